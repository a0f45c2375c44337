/** A small machine, sampled twice within a second: tasks for filters to choose from. */
import { parseFilter, type Filter } from '../../src/filter/filter.ts';
import { Pushed, type PushedTask, testMachine } from '../support/model.ts';

const RANDOMIZE = 0x400000;
const KTHREAD = 0x208040; // KTHREAD, NOFREEZE, FORKNOEXEC
const MIB = 256; // pages

const tasks: readonly PushedTask[] = [
  { pid: 1, comm: 'systemd', ppid: 0, flags: RANDOMIZE | 0x100, start_time: 100, rss: 12 * MIB },
  { pid: 2, comm: 'kthreadd', ppid: 0, flags: KTHREAD, start_time: 100, vsize: 0, rss: 0, startcode: 0 },
  {
    pid: 40,
    comm: 'kworker/0:3',
    state: 'I',
    flags: KTHREAD | 0x4000020,
    start_time: 100,
    vsize: 0,
    rss: 0,
    startcode: 0,
  },
  { pid: 100, comm: 'cp', state: 'D', start_time: 50_000, rss: 200 * MIB, maj_flt: 10, nice: 5, wchan: 1 },
  { pid: 200, comm: 'Web Content', start_time: 90_000, rss: 900 * MIB, num_threads: 30, min_flt: 1000 },
  { pid: 300, comm: 'audio', state: 'R', policy: 1, rt_priority: 50, priority: -51, start_time: 20_000, utime: 100 },
  { pid: 400, comm: 'make', state: 'Z', flags: RANDOMIZE | 0x4, start_time: 99_900, vsize: 0, rss: 0, startcode: 0 },
  { pid: 500, comm: 'worker', flags: RANDOMIZE | 0x40, start_time: 98_000, startcode: 1 },
];

/** What the second sample changes: faults, CPU time. */
const later: Readonly<Record<number, Omit<PushedTask, 'pid'>>> = {
  100: { maj_flt: 35 },
  200: { min_flt: 4000, rss: 910 * MIB },
  300: { utime: 180 },
};

const status = (uid: number, more = ''): string =>
  `Name:\tx\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nGroups:\t4 27 100 \n` +
  'SigPnd:\t0000000000000000\nShdPnd:\t0000000000000000\nSigBlk:\t0000000000000000\nSeccomp:\t0\n' +
  `CapEff:\t000001ffffffffff\nCpus_allowed_list:\t0-3,8\n${more}`;

const files: Readonly<Record<number, readonly (readonly ['status' | 'cmdline' | 'wchan', string])[]>> = {
  1: [
    ['status', status(0)],
    ['cmdline', '/sbin/init\0splash\0'],
    ['wchan', 'do_epoll_wait'],
  ],
  2: [
    ['status', status(0)],
    ['cmdline', ''],
  ],
  40: [['status', status(0)]],
  100: [
    ['status', status(1000).replace(/(ShdPnd:\t\d{12})0000/, '$14000')],
    ['cmdline', 'cp\0-r\0/mnt/nfs/photos\0/tmp\0'],
    ['wchan', 'rpc_wait_bit_killable'],
  ],
  200: [
    [
      'status',
      status(1000)
        .replace('Seccomp:\t0', 'Seccomp:\t2')
        .replace('000001ffffffffff', '0000000000000400')
        .replace('0-3,8', '1'),
    ],
    ['cmdline', '/usr/lib/firefox/firefox\0-contentproc\0'],
    ['wchan', '0'],
  ],
  300: [
    ['status', status(77)],
    ['cmdline', 'audio\0'],
  ],
};

/** @param samples 1: nothing to compare with. */
export function crowd(samples: 1 | 2 = 2): Pushed {
  const machine = testMachine({
    userNames: new Map([
      [0, 'root'],
      [1000, 'joe'],
    ]),
  });
  const pushed = new Pushed(machine);
  pushed.sample(tasks, { ms: 0, system: { uptime: '999 1\n' } });
  if (samples === 2) {
    const moved = tasks.map(task => ({ ...task, ...later[task.pid] }));
    pushed.sample(moved, { ms: 1000, system: { uptime: '1000 1\n' } });
  }
  for (const [pid, list] of Object.entries(files)) {
    for (const [name, content] of list) pushed.file(Number(pid), name, content, 1000);
  }
  return pushed;
}

/** The filter of a text that is one. */
export function filterOf(text: string): Filter {
  const parsed = parseFilter(text);
  if ('error' in parsed) throw new Error(`${text}: ${parsed.error.message} at ${parsed.error.at}`);
  return parsed.filter;
}

/** The pids of the tasks that a filter lets through. */
export function chosen(text: string, from: Pushed = crowd()): number[] {
  const filter = filterOf(text);
  return [...from.seats].filter(([, seat]) => filter.matches(from.cursor.at(seat))).map(([pid]) => pid);
}
