/**
 * What the package has beside the bundle, in dist/: completions, the licences and the list (CycloneDX) of what is
 * bundled. scripts/build.mjs comes first.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundledPackages, noticesText } from './notices.mjs';

const at = place => new URL(`../${place}`, import.meta.url);
const program = fileURLToPath(at('bin/taskscope.js'));

await mkdir(at('dist/completions'), { recursive: true });
for (const [shell, file] of Object.entries({ bash: 'taskscope', zsh: '_taskscope', fish: 'taskscope.fish' }))
  await writeFile(at(`dist/completions/${file}`), execFileSync(process.execPath, [program, 'completion', shell]));

const { inputs } = JSON.parse(await readFile(at('dist/meta.json'), 'utf8'));
const packages = await bundledPackages(Object.keys(inputs));
await writeFile(
  at('dist/THIRD-PARTY-NOTICES'),
  `Files of dist hold code of others, under these licences:\n\n${noticesText(packages)}`,
);

const component = ({ name, version, license }, type) => ({
  type,
  name,
  version,
  purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
  licenses: [{ license: { id: license } }],
});
const own = JSON.parse(await readFile(at('package.json'), 'utf8'));
await writeFile(
  at('dist/sbom.cdx.json'),
  JSON.stringify(
    {
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      version: 1,
      metadata: { component: component(own, 'application') },
      components: packages.map(entry => component(entry, 'library')),
    },
    undefined,
    2,
  ) + '\n',
);
