/** The one-file bundle of `scripts/build.mjs`: alone, without node_modules, and the same each time. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ptyTest } from '../e2e/harness.ts';
import { NODE, assertColumns, folder } from './demo.ts';

/** The project, from wherever the compiled tests are. */
function root(): string {
  let at = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(at, 'scripts', 'build.mjs'))) at = path.dirname(at);
  return path.dirname(path.dirname(realpathSync(path.join(at, 'scripts', 'build.mjs'))));
}

function build(entry: string, outfile: string): string {
  const { status, stderr } = spawnSync(NODE, [path.join(root(), 'scripts', 'build.mjs'), entry, outfile]);
  assert.equal(status, 0, stderr.toString());
  return outfile;
}

const DEMO = 'test/e2e/term-demo.ts';
/** Writes down which files are asked for, by whichever call. */
const SPY = `
const fs = require('fs');
const seen = [];
for (const name of ['openSync', 'open', 'readFileSync', 'readFile', 'statSync', 'readdirSync', 'accessSync', 'existsSync']) {
  const original = fs[name];
  fs[name] = (...args) => (seen.push(String(args[0])), original.apply(fs, args));
}
process.on('exit', () => fs.writeFileSync(process.env.SPY_LOG, seen.join('\\n')));
`;

ptyTest('the bundled demo runs alone: nothing of node_modules, terminfo or a shell is touched', async open => {
  const bundle = build(DEMO, path.join(folder, 'demo.cjs'));
  const spy = path.join(folder, 'spy.cjs');
  const SPY_LOG = path.join(folder, 'spy.log');
  writeFileSync(spy, SPY);
  const env = { SPY_LOG, PATH: '/nonexistent', TERM: 'tmux-256color', TMUX: '/tmp/none,1,0' };
  const screen = open(NODE, ['--require', spy, bundle], { columns: 60, rows: 14, cwd: folder, env });
  await screen.expectText('ready');
  await screen.expectLine(1, /▁▁▁▁▁ █▄/);
  assertColumns(screen);
  await screen.press('down');
  await screen.expectText('key down');
  await screen.press('q');
  assert.equal(await screen.exitStatus(), 0);
  assert.doesNotMatch(readFileSync(SPY_LOG, 'utf8'), /node_modules|terminfo|\/usr\//);
});

test('the same sources give the same bytes, wherever they are built from', () => {
  const first = readFileSync(build(DEMO, path.join(folder, 'first.cjs')));
  const second = readFileSync(build(DEMO, path.join(folder, 'elsewhere.cjs')));
  assert.ok(first.equals(second));
  assert.equal(first.includes(root()), false, 'no path of the builder');
});

test('a dynamic import is inside, and runs only when it is asked for', () => {
  const entry = path.join(folder, 'lazy.ts');
  const terminal = path.join(root(), 'src', 'term', 'terminal.ts');
  // blessed reads this variable when it is loaded
  writeFileSync(
    entry,
    `const asked: string[] = [];
    process.env = new Proxy(process.env, { get: (env, name) => (asked.push(String(name)), env[String(name)]) });
    const loaded = (): boolean => asked.includes('TERMINFO_DIRS');
    async function main(): Promise<void> {
      process.stdout.write(String(loaded()));
      await import(${JSON.stringify(terminal)});
      process.stdout.write(' ' + String(loaded()));
    }
    void main();`,
  );
  const { stdout, stderr } = spawnSync(NODE, [build(entry, path.join(folder, 'lazy.cjs'))], { cwd: folder });
  assert.equal(stdout.toString(), 'false true', stderr.toString());
});

test('the licences of what is inside are inside', () => {
  const text = readFileSync(build(DEMO, path.join(folder, 'licences.cjs')), 'utf8');
  for (const name of ['blessed 0.1.81', 'blessed-contrib 4.11.0', 'sparkline 0.1.2', 'get-east-asian-width 1.7.0']) {
    assert.ok(text.includes(`\n${name} (MIT)`), name);
  }
});
