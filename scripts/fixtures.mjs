// Cuts test/fixtures/<machine>/ out of captures of whole machines: a few processes of every kind, two instants each.
// Never needed to build or to test; run it again when a capture is added:
//
//   node scripts/fixtures.mjs /path/to/captures
//
// One machine stays a plain tree, so that it can be read (and `--proc` is tested on both forms); the others are packed.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const PLAIN = 'host-x86_64-6.18';
/** Kinds that the plain tree does without, so that it stays small: the archives have them. */
const NOT_PLAIN = ['sleeping', 'name-utf8-cut-at-15-bytes', 'name-wide', 'parent-of-a-zombie', 'long-command-line'];
/** Kinds of processes started for the capture that are kept (names of the capture's `population` file). */
const KINDS = [
  'busy',
  'busy-nice10',
  'sleeping',
  'stopped',
  'parent-of-a-zombie',
  'name-with-parentheses-and-spaces',
  'name-with-newline',
  'name-with-escape-sequence',
  'name-utf8-cut-at-15-bytes',
  'name-not-utf8',
  'name-wide',
  'long-command-line',
  'deleted-program',
  'other-user',
  'in-a-cgroup',
  'node-with-threads',
  'realtime-fifo-20',
];
/** Kernel threads that are kept, by name. */
const KERNEL_THREADS = [/^kthreadd$/, /^migration\/0$/, /^kswapd0$/, /^kworker\/0:0H/, /^ksoftirqd\/0$/];
const TASK_FILES = ['stat', 'status', 'statm', 'cmdline', 'wchan', 'cgroup', 'io', 'schedstat', 'oom_score'];
const SYSTEM_FILES = [
  'stat',
  'loadavg',
  'meminfo',
  'uptime',
  'vmstat',
  'version',
  'cpuinfo',
  'self/auxv',
  'sys/kernel/osrelease',
  'pressure/cpu',
  'pressure/memory',
  'pressure/io',
];

const [captures] = process.argv.slice(2);
if (!captures) {
  process.stderr.write('usage: node scripts/fixtures.mjs CAPTURES\n');
  process.exit(2);
}
const target = path.join(import.meta.dirname, '..', 'test', 'fixtures');
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'fixtures-'));

function copy(from, to) {
  if (!fs.existsSync(from)) return;
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.writeFileSync(to, fs.readFileSync(from));
}

const commOf = folder => fs.readFileSync(path.join(folder, 'stat'), 'latin1').replace(/^\d+ \(([^]*)\) [^]*$/, '$1');
const stateAndParent = folder =>
  /\) (\S) (\d+) [^)]*$/.exec(fs.readFileSync(path.join(folder, 'stat'), 'latin1')).slice(1);

/** The kept pids with the reason for each. */
function choose(machine, root) {
  const proc = path.join(root, 'snap-1', 'proc');
  const kept = new Map();
  for (const line of fs.readFileSync(path.join(root, 'population'), 'utf8').trim().split('\n')) {
    const [pid, kind] = line.split(' ');
    if (!fs.existsSync(path.join(proc, pid))) continue;
    if (KINDS.includes(kind) && !(machine === PLAIN && NOT_PLAIN.includes(kind))) kept.set(pid, kind);
  }
  for (const pid of fs.readdirSync(proc).filter(name => /^\d+$/.test(name))) {
    const folder = path.join(proc, pid);
    const [state, parent] = stateAndParent(folder);
    if (pid === '1') kept.set(pid, 'init');
    else if (state === 'Z') kept.set(pid, 'zombie');
    else if ((pid === '2' || parent === '2') && KERNEL_THREADS.some(name => name.test(commOf(folder))))
      kept.set(pid, `kernel thread ${commOf(folder)}`);
  }
  // what came and went between the instants: the copying program itself
  const pids = instant => new Set(fs.readdirSync(path.join(root, instant, 'proc')).filter(name => /^\d+$/.test(name)));
  const [first, second] = [pids('snap-1'), pids('snap-2')];
  for (const pid of first) if (!second.has(pid)) kept.set(pid, 'in the first instant only');
  for (const pid of second) if (!first.has(pid)) kept.set(pid, 'in the second instant only');
  return kept;
}

for (const machine of fs.readdirSync(captures).sort()) {
  const archive = path.join(captures, machine, 'capture.tar.gz');
  if (!fs.existsSync(archive)) continue;
  const root = path.join(work, machine);
  fs.mkdirSync(root);
  execFileSync('tar', ['xzf', archive, '-C', root]);
  const kept = choose(machine, root);
  const cut = path.join(work, `${machine}.cut`);
  for (const instant of ['snap-1', 'snap-2']) {
    const from = path.join(root, instant, 'proc');
    const to = path.join(cut, instant, 'proc');
    for (const file of SYSTEM_FILES) copy(path.join(from, file), path.join(to, file));
    for (const pid of kept.keys()) {
      for (const file of TASK_FILES) copy(path.join(from, pid, file), path.join(to, pid, file));
      const threads = path.join(from, pid, 'task');
      if (!fs.existsSync(threads)) continue;
      for (const tid of fs.readdirSync(threads))
        copy(path.join(threads, tid, 'stat'), path.join(to, pid, 'task', tid, 'stat'));
    }
  }
  const folder = path.join(target, machine);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  if (machine === PLAIN) {
    for (const instant of ['snap-1', 'snap-2'])
      fs.cpSync(path.join(cut, instant), path.join(folder, instant), { recursive: true });
  } else {
    const packed = execFileSync(
      'tar',
      [
        '--sort=name',
        '--mtime=@0',
        '--owner=0',
        '--group=0',
        '--numeric-owner',
        '--format=ustar',
        '-C',
        cut,
        '-cf',
        '-',
        'snap-1',
        'snap-2',
      ],
      { maxBuffer: 1 << 28 },
    );
    fs.writeFileSync(path.join(folder, 'proc.tar.gz'), gzipSync(packed, { level: 9 }));
  }
  const probe = JSON.parse(fs.readFileSync(path.join(root, 'probe.json'), 'utf8'));
  const about = fs
    .readFileSync(path.join(captures, machine, 'README.md'), 'utf8')
    .split('\n')
    .filter(line => /^- (?!see)|^ {2}/.test(line));
  const facts = {
    machine,
    about: about.join(' ').replaceAll('- ', '').replace(/\s+/g, ' ').trim(),
    kernel: probe.release,
    page_bytes: probe.page_size,
    ticks_per_second: probe.clk_tck,
    auxv_word_bytes: probe.auxv?.word,
    instants: 2,
    kept: Object.fromEntries([...kept].sort(([a], [b]) => Number(a) - Number(b))),
    files_of_a_task: [...TASK_FILES, 'task/TID/stat'],
    left_out: 'all other processes; comm, exe, loginuid, oom_score_adj; interrupts, softirqs, diskstats, filesystems',
  };
  fs.writeFileSync(path.join(folder, 'machine.json'), JSON.stringify(facts, undefined, 2) + '\n');
  process.stdout.write(`${machine}: ${kept.size} processes\n`);
}
fs.rmSync(work, { recursive: true });
