/** A captured machine whose tasks have every byte in all that they may choose: names, arguments, environment, groups. */
import fs from 'node:fs';
import path from 'node:path';
import { exactText } from '../../src/decode/bytes.ts';
import { CAPTURE } from './program.ts';
import { statText } from '../support/stat-line.ts';

export interface Hostile {
  readonly pid: number;
  readonly comm: Buffer;
  readonly cmdline: Buffer;
}

const raw = (text: string): Buffer => Buffer.from(text, 'latin1');
const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');
const FIRST = 900_000;

/** Every byte but NUL, which ends a name, in names of 15. */
const EVERY_BYTE = Array.from({ length: 17 }, (_, nth) =>
  Buffer.from(Array.from({ length: 15 }, (_each, at) => 1 + nth * 15 + at)),
);
const NAMES: readonly Buffer[] = [
  ...EVERY_BYTE,
  // a formula, answers of a terminal, a title, a link, what clears the screen, in 7 and in 8 bits
  ...['=1+1', '+1', '-1', '@x', '\t=x', '\r=x', "'=x", '\\x1b', '"a",b', '%0A|calc', '\x1b[6n', '\x1b[2J', '\x1bc'].map(
    raw,
  ),
  ...['\x9b6n', '\x9d0;x\x07', '\x1b]0;x\x07', '\x1b]8;;a\x07', '\x90$qm\x9c', '\x1b[?1049l', '\x1b[21t', '\x05'].map(
    raw,
  ),
  // direction, width, separators, halves of letters
  ...[
    '\u202egpj.exe',
    '\u2066a\u2069',
    '\u200ba\u200d',
    '\ufeffx',
    '\u2028x',
    '\u061c',
    'e\u0301\u0301',
    '🐢',
    '👩‍🚀',
  ].map(utf8),
  ...[
    '\xc3',
    '\xe2\x80',
    '\xf0\x9f\x90',
    '\xed\xa0\x80',
    '\xc0\xaf',
    ') R 1 (',
    ') S',
    '(',
    ')',
    '\n',
    ' ',
    '__proto__',
  ].map(raw),
];

const TASKS: readonly Hostile[] = NAMES.map((comm, nth) => ({
  pid: FIRST + nth,
  comm,
  cmdline:
    nth === 0
      ? Buffer.from(Uint8Array.from({ length: 1 << 20 }, (_, at) => at % 256))
      : Buffer.concat([comm, raw('\0--name\0'), comm, raw('\0')]),
}));

/** All values of a task's text as JSON tells them. */
export const exact = (bytes: Buffer): string => exactText(bytes);

function writeTask(folder: string, { pid, comm, cmdline }: Hostile, utime: number): void {
  const place = path.join(folder, String(pid));
  fs.mkdirSync(path.join(place, 'task', String(pid)), { recursive: true });
  // stuck in D with a fault storm, so that the boards tell of it
  const [before, after] = statText({ pid, comm: '@@', state: 'D', utime, maj_flt: utime * 100, ppid: 1 }).split('@@');
  const stat = Buffer.concat([raw(before!), comm, raw(after!)]);
  const files: Readonly<Record<string, Buffer>> = {
    stat,
    cmdline,
    comm: Buffer.concat([comm, raw('\n')]),
    environ: Buffer.concat([raw('A='), comm, raw('\0'), comm, raw('=B\0')]),
    cgroup: Buffer.concat([raw('0::/'), Buffer.from(comm.filter(byte => byte !== 10)), raw('\n')]),
    wchan: Buffer.from(comm.filter(byte => byte !== 10)),
    status: Buffer.concat([
      raw('Name:\t'),
      Buffer.from(comm.filter(byte => byte !== 10)),
      raw('\nState:\tD (disk sleep)\nTgid:\t'),
      raw(`${pid}\nUid:\t0\t0\t0\t0\n`),
    ]),
    maps: Buffer.concat([
      raw('00400000-00401000 r-xp 00000000 08:01 5 /'),
      Buffer.from(comm.filter(byte => byte !== 10)),
      raw('\n'),
    ]),
    mountinfo: Buffer.concat([
      raw('22 27 0:21 / /'),
      Buffer.from(comm.filter(byte => byte > 32)),
      raw(' rw - proc proc rw\n'),
    ]),
  };
  for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(place, name), content);
  fs.writeFileSync(path.join(place, 'task', String(pid), 'stat'), stat);
}

/** Two instants of it in a folder. */
export function hostileTree(folder: string): readonly Hostile[] {
  for (const [nth, snap] of ['snap-1', 'snap-2'].entries()) {
    const proc = path.join(folder, snap, 'proc');
    fs.cpSync(path.join(CAPTURE, snap, 'proc'), proc, { recursive: true });
    for (const task of TASKS) writeTask(proc, task, 10 + nth * 90);
  }
  return TASKS;
}
