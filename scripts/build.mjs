/**
 * The bundle: files without dependencies, the same bytes from the same sources. What a dynamic import names is a
 * part of its own, read and compiled only when it is asked for: reading two megabytes costs as much as starting Node.
 * The thirty parts that a snapshot needs stand in one file.
 *
 *     node scripts/build.mjs                      src/cli/main.ts -> dist/taskscope.cjs and its parts
 *     node scripts/build.mjs ENTRY.ts OUT.cjs     another entry, for tests
 *
 * CommonJS because blessed is sloppy-mode code; not minified because V8 starts the readable file 3-4 ms faster, and who
 * finds a fault can read it.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { commit } from './commit.mjs';
import { bundledPackages, noticesText } from './notices.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const packageFolder = name => path.join(root, 'node_modules', name);

/** What blessed's Screen, Element and contrib's sparkline need of the widgets; blessed loads all 34 by computed names. */
const WIDGETS = ['Node', 'Screen', 'Element', 'Box'];
/** The terminal description of src/term/widgets.ts. */
const DESCRIPTION = 'xterm';

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
    const file = path.join(packageFolder('blessed'), 'usr', DESCRIPTION);
    const embedded = await readFile(file, 'base64');
    let text = replace(withoutOctals(source), '__dirname', "'/embedded'");
    text = replace(text, "require('assert')", 'embeddedAssert');
    text = replace(text, "cp = require('child_process')", `cp = ${lazily('child_process', 'execFileSync')}`);
    return `${text}
function embeddedAssert(value) { if (!value) throw new Error('terminal description'); }
embeddedAssert.equal = function (a, b) { embeddedAssert(a == b); };
Tput.prototype.readTerminfo = function () {
  return this.parseTerminfo(Buffer.from('${embedded}', 'base64'), '${DESCRIPTION}');
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
  const packages = await bundledPackages(inputs);
  return packages.length === 0
    ? ''
    : `\n/*! This file holds code of others:\n\n${noticesText(packages).replaceAll('*/', '* /')}*/\n`;
}

const [entry = 'src/cli/main.ts', outfile = 'dist/taskscope.cjs'] = process.argv.slice(2);
const folder = path.dirname(path.resolve(outfile));
const name = path.basename(outfile, '.cjs');
const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
const result = await build({
  absWorkingDir: root,
  entryPoints: { [name]: entry },
  outdir: folder,
  bundle: true,
  platform: 'node',
  target: 'node20.11',
  // parts are made of modules alone; they are turned into CommonJS below
  format: 'esm',
  splitting: true,
  chunkNames: 'part-[hash]',
  outExtension: { '.js': '.cjs' },
  charset: 'utf8',
  legalComments: 'none',
  tsconfigRaw: { compilerOptions: { target: 'es2023', verbatimModuleSyntax: true } },
  define: { __TASKSCOPE_VERSION__: JSON.stringify(version), __TASKSCOPE_COMMIT__: JSON.stringify(commit()) },
  plugins: [blessedPlugin],
  logLevel: 'warning',
  metafile: true,
  write: false,
});

const IMPORT = /^import(?: (?:\* as )?(?<whole>\w+))?(?:,? ?\{(?<names>[^}]*)\})?(?: from)? ?(?<from>"[^"]+");\n/gm;
const EXPORT = /^export \{([^}]*)\};\n/gm;
const LEFT = /^(?:import|export)\b.*|[^.\w]import\(.*/m;

/** What stands in the braces of an import or export: `a as b, c` as [a, b], [c, c]. */
const pairs = list => Array.from(list.matchAll(/(\w+|\$\w+)(?: as (\w+))?/g), ([, from, to = from]) => [from, to]);

function required(whole, names, from) {
  const taken =
    names === undefined
      ? ''
      : `{ ${pairs(names)
          .map(([from, to]) => `${from}: ${to}`)
          .join(', ')} }`;
  const lines = [whole, taken].filter(Boolean).map(what => `const ${what} = require(${from});\n`);
  return lines.length === 0 ? `require(${from});\n` : lines.join('');
}

/**
 * A part as CommonJS, as esbuild would make it but for one thing: what is imported becomes a constant instead of a look-up in the
 * other module's getters at each use, which code that is never hot enough to be compiled pays in full. No "use strict" for it as a
 * whole: blessed is older than that.
 */
function commonJs(text) {
  const exported = [];
  const code = text
    .replace(IMPORT, (...found) => {
      const { whole, names, from } = found.at(-1);
      return required(whole, names, from);
    })
    .replace(EXPORT, (_, names) => (exported.push(...pairs(names)), ''))
    .replace(/^export default /gm, 'exports.default = ')
    .replace(/\bimport\(("[^"]+")\)/g, 'Promise.resolve().then(() => require($1))');
  const left = LEFT.exec(code);
  if (left) throw new Error(`cannot be written as CommonJS: ${left[0]}`);
  return code + exported.map(([from, to]) => `exports.${to} = ${from};\n`).join('');
}

/** A constant needs its value when it is made: parts must not need each other in a circle. */
function refuseCircles(outputs) {
  const done = new Set();
  const visit = (part, above) => {
    if (above.includes(part)) throw new Error(`parts need each other: ${[...above, part].join(' -> ')}`);
    if (done.has(part)) return;
    for (const { path: next, kind } of outputs[part]?.imports ?? [])
      if (kind === 'import-statement') visit(next, [...above, part]);
    done.add(part);
  };
  for (const part of Object.keys(outputs)) visit(part, []);
}

/** The outputs that stand in one file: what the entry needs, and what a snapshot does, each after what it needs itself. */
function together(outputs) {
  const found = new Set();
  const visit = part => {
    if (found.has(part) || outputs[part] === undefined) return;
    for (const { path: next, kind } of outputs[part].imports) if (kind === 'import-statement') visit(next);
    found.add(part);
  };
  for (const source of [entry, 'src/cli/print.ts'])
    visit(Object.keys(outputs).find(part => outputs[part].entryPoint === source));
  return [...found].map(part => path.basename(part));
}

/** Parts as methods of one object: to look for a file and to read it takes longer than to run what most of them hold. */
const joined = (names, texts) =>
  `({\n__proto__: null,\n${names.map(name => `'./${name}'(exports, require) {\n${texts.get(name)}},\n`).join('')}})\n`;

/** Reads parts: Node's own way would look for each of them in several places. */
const loader = (first, start) => `'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { Script } = require('node:vm');
const made = Object.create(null);
function read(name) {
  const filename = path.join(__dirname, name);
  return new Script(fs.readFileSync(filename, 'utf8'), { filename }).runInThisContext();
}
const parts = read('${first}');
function part(name) {
  if (!name.startsWith('./')) return require(name);
  if (made[name] !== undefined) return made[name];
  const exported = (made[name] = {});
  try {
    (parts[name] ?? read(name))(exported, part);
  } catch (error) {
    delete made[name];
    throw error;
  }
  return exported;
}
part('./${start}');
`;

refuseCircles(result.metafile.outputs);
await mkdir(folder, { recursive: true });
// parts of a build before this one
if (folder === path.join(root, 'dist'))
  for (const old of await readdir(folder)) if (/^part-[A-Z0-9]{8}\.cjs$/.test(old)) await rm(path.join(folder, old));
const inputs = Object.keys(result.metafile.inputs);
await writeFile(path.join(folder, 'meta.json'), JSON.stringify(result.metafile));
// the entry's name is the builder's
const START = 'start.cjs';
const called = file => (path.basename(file) === `${name}.cjs` ? START : path.basename(file));
const texts = new Map(result.outputFiles.map(({ path: file, text }) => [called(file), commonJs(text)]));
const names = together(result.metafile.outputs).map(called);
const snapshot = joined(names, texts);
const first = `part-${createHash('sha256').update(snapshot).digest('hex').slice(0, 8).toUpperCase()}.cjs`;
await writeFile(path.join(folder, first), snapshot);
for (const [file, text] of texts)
  if (!names.includes(file)) await writeFile(path.join(folder, file), `(function (exports, require) {\n${text}})\n`);
await writeFile(path.join(folder, `${name}.cjs`), loader(first, START) + (await notices(inputs)));
