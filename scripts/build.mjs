/**
 * The bundle: one CommonJS file without dependencies, the same bytes from the same sources.
 *
 *     node scripts/build.mjs                      src/cli/main.ts -> dist/taskscope.cjs
 *     node scripts/build.mjs ENTRY.ts OUT.cjs     another entry, for tests
 *
 * CommonJS because blessed is sloppy-mode code; not minified because V8 starts the readable file 3-4 ms faster, and who
 * finds a fault can read it. Dynamic imports stay lazy: what they name is in the file, but runs only when it is asked for.
 */
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const packageFolder = name => path.join(root, 'node_modules', name);

/** What blessed's Screen, Element and contrib's sparkline need of the widgets; blessed loads all 34 by computed names. */
const WIDGETS = ['Node', 'Screen', 'Element', 'Box'];
/** The terminal descriptions that src/term/environment.ts chooses from. */
const DESCRIPTIONS = ['linux', 'xterm', 'xterm-256color'];

/** Replaces text that has to be there: a new version of blessed is looked at by a human first. */
function replace(source, from, to) {
  if (!source.includes(from)) throw new Error(`blessed has changed: no "${from}"`);
  return source.replaceAll(from, to);
}

/** Octal literals and escapes are no syntax in strict mode. */
function withoutOctals(source) {
  return source
    .replace(/\b0(200|377)\b/g, (_, digits) => '0x' + Number.parseInt(digits, 8).toString(16))
    .replace(/'\\(200|016|017)'/g, (_, digits) => `'\\x${Number.parseInt(digits, 8).toString(16).padStart(2, '0')}'`);
}

/** blessed's use of a module that costs start-up time, put off until it is really used (never, in our case). */
const lazily = (module, ...names) =>
  `{ ${names.map(name => `get ${name}() { return require('${module}').${name}; }`).join(', ')} }`;

const patches = {
  'widget.js': () =>
    `exports.classes = ${JSON.stringify(WIDGETS)};\n` +
    WIDGETS.map(
      name => `exports.${name} = exports.${name.toLowerCase()} = require('./widgets/${name.toLowerCase()}');\n`,
    ).join(''),
  'tput.js': async source => {
    const embedded = {};
    for (const name of DESCRIPTIONS) {
      embedded[name] = (await readFile(path.join(packageFolder('blessed'), 'usr', name))).toString('base64');
    }
    let text = replace(withoutOctals(source), '__dirname', "'/embedded'");
    text = replace(text, "require('assert')", 'embeddedAssert');
    text = replace(text, "cp = require('child_process')", `cp = ${lazily('child_process', 'execFileSync')}`);
    return `${text}
function embeddedAssert(value) { if (!value) throw new Error('terminal description'); }
embeddedAssert.equal = function (a, b) { embeddedAssert(a == b); };
var EMBEDDED = ${JSON.stringify(embedded)};
Tput.prototype.readTerminfo = function (name) {
  var known = Object.hasOwn(EMBEDDED, this.terminal) ? this.terminal : 'xterm-256color';
  return this.parseTerminfo(Buffer.from(EMBEDDED[known], 'base64'), known);
};
`;
  },
  'program.js': source =>
    replace(withoutOctals(source), "cp = require('child_process')", `cp = ${lazily('child_process', 'execFileSync')}`),
  'unicode.js': source => replace(withoutOctals(source), "exports.blessed = require('../');", ''),
  'keys.js': withoutOctals,
  'widgets/screen.js': source => {
    const text = replace(
      source,
      "cp = require('child_process')",
      `cp = ${lazily('child_process', 'spawn', 'execSync')}`,
    );
    // only for options.debug, which nobody sets
    return replace(text, "var Log = require('./log');", 'var Log;');
  },
  // only for scrollable elements, of which there are none
  'widgets/element.js': source =>
    replace(source, "var ScrollableBox = require('./scrollablebox');", 'var ScrollableBox = Element;'),
};

const blessedPlugin = {
  name: 'blessed',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]node_modules[\\/]blessed[\\/]lib[\\/].*\.js$/ }, async ({ path: file }) => {
      const patch = patches[path.relative(path.join(packageFolder('blessed'), 'lib'), file)];
      return patch && { contents: await patch(await readFile(file, 'utf8')), loader: 'js' };
    });
  },
};

/** The licences of what is inside, as they ask for. */
async function notices(inputs) {
  const names = new Set(inputs.map(input => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]).filter(Boolean));
  let text = '';
  for (const name of [...names].sort()) {
    const folder = packageFolder(name);
    const { version, license, licenses } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).sort().find(entry => /^licen[cs]e/i.test(entry));
    const full = file ? (await readFile(path.join(folder, file), 'utf8')).trim() : '';
    text += `\n${name} ${version} (${license ?? licenses?.[0]?.type ?? 'see below'})\n\n${full}\n`;
  }
  return text === '' ? '' : `\n/*! This file holds code of others:\n${text.replaceAll('*/', '* /')}*/\n`;
}

const [entry = 'src/cli/main.ts', outfile = 'dist/taskscope.cjs'] = process.argv.slice(2);
const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
const result = await build({
  absWorkingDir: root,
  entryPoints: [entry],
  outfile: path.resolve(outfile),
  bundle: true,
  platform: 'node',
  target: 'node20.11',
  format: 'cjs',
  charset: 'utf8',
  legalComments: 'none',
  // no "use strict" for the file as a whole: blessed is older than that
  tsconfigRaw: { compilerOptions: { target: 'es2023', verbatimModuleSyntax: true } },
  define: { __TASKSCOPE_VERSION__: JSON.stringify(version) },
  plugins: [blessedPlugin],
  logLevel: 'warning',
  metafile: true,
  write: false,
});
const [output] = result.outputFiles;
const inputs = Object.keys(result.metafile.inputs);
await mkdir(path.dirname(output.path), { recursive: true });
await writeFile(output.path, output.text + (await notices(inputs)));
console.error(
  `${path.relative(process.cwd(), output.path)}: ${output.contents.length} bytes from ${inputs.length} files`,
);
