/** Who is compared. One refresh a second, everything else as it comes. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { folder, home, root, versionOf } from './tools.mjs';

const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
/** A copy: a build meanwhile must not pull the parts away that it loads later. */
const copy = path.join(folder, 'taskscope');
for (const part of ['package.json', 'bin', 'dist'])
  cpSync(path.join(root, part), path.join(copy, part), { recursive: true });
const launcher = path.join(copy, 'bin', 'taskscope.js');

/** Its settings are a file. */
mkdirSync(path.join(home, 'btop'));
writeFileSync(path.join(home, 'btop', 'btop.conf'), 'update_ms=1000\n');

export const OURS = 'taskscope';

/** `threads`: what else to say for a row a thread; absent: it cannot. */
export const PROGRAMS = [
  { name: OURS, command: process.execPath, args: [launcher, '-d', '1'], threads: ['-H'], version },
  { name: 'top', command: 'top', args: ['-d', '1'], threads: ['-H'], version: versionOf('top', ['-V'], ['-v']) },
  { name: 'htop', command: 'htop', args: ['-d', '10'], threads: [], version: versionOf('htop', ['--version']) },
  { name: 'btop', command: 'btop', args: [], version: versionOf('btop', ['--version']) },
  { name: 'atop', command: 'atop', args: ['1'], threads: ['-y'], version: versionOf('atop', ['-V']) },
];

export const isHere = ({ version }) => version !== undefined;

export const once = (...args) => ['taskscope --once', process.execPath, [launcher, '--once', ...args]];
export const recorder = (...args) => [process.execPath, [launcher, 'record', ...args]];
