/**
 * A release: the tests pass on a clean tree, two builds give the same package, and that lies here with its sum.
 *
 *     npm run release
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const run = (command, ...args) => execFileSync(command, args, { cwd: root, stdio: ['ignore', 2, 'inherit'] });

function stop(why) {
  process.stderr.write(`release: ${why}\n`);
  process.exit(1);
}

/** The package, built anew. */
function pack() {
  const folder = mkdtempSync(path.join(tmpdir(), 'taskscope-release-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));
  rmSync(path.join(root, 'dist'), { recursive: true, force: true });
  run('npm', 'pack', '--pack-destination', folder);
  const [name] = readdirSync(folder);
  return { name, file: path.join(folder, name) };
}

const sum = file => createHash('sha256').update(readFileSync(file)).digest('hex');

const changed = () => execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' });
if (changed() !== '') stop(`the tree is not clean:\n${changed()}`);
run('npm', 'test');
const [first, second] = [pack(), pack()];
if (sum(first.file) !== sum(second.file)) stop(`two builds differ: ${sum(first.file)} and ${sum(second.file)}`);
if (changed() !== '') stop(`tests or build changed the tree:\n${changed()}`);
copyFileSync(first.file, path.join(root, first.name));
process.stdout.write(`${sum(first.file)}  ${first.name}\n`);
