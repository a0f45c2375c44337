/** How one task is scheduled: policy, priority, CPUs; what it got and what it waited for; how the OOM killer sees it. */
import { decodeSchedstat } from '../decode/pid-files.ts';
import { statusNumber, statusValue } from '../decode/pid-status.ts';
import { isKernelThread, NOT_IN_KERNEL, type TaskView } from '../fields/task.ts';
import { isBetween, type Release } from '../kernel/release.ts';
import { POLICIES, policyName, priorityText } from '../kernel/sched.ts';
import { grouped } from '../units/format.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import type { TaskContext, TaskPageBuilder } from './context.ts';
import { affinityWords } from '../kernel/cpu-list.ts';
import { fact, type Fact, facts, item, type Item, missingItem, note, numberItem, type Section } from './document.ts';
import { cellOf, countCell, decimals, nanosecondsText, perSecond, quotient, rateCell } from './numbers.ts';
import { fileItem, fileMissing, lineOf, numberOf, type Status, statusOf, whyNot } from './task-files.ts';
import {
  elapsedOf,
  gainOfAll,
  isOneOfMany,
  readOne,
  readThreads,
  sumOf,
  threadIds,
  type ThreadReading,
} from './threads-of.ts';

const FIFO = 1;
const RR = 2;
const IDLE = 5;
const DEADLINE = 6;

/** What field 18 would be if the task had borrowed nothing. */
function ownPriority(task: TaskView): number {
  const policy = task.stat(41);
  if (policy === DEADLINE) return -101;
  return policy === FIFO || policy === RR ? -1 - task.stat(40) : 20 + task.stat(19);
}

function priorityItem(task: TaskView): Item {
  const value = task.stat(18);
  const own = ownPriority(task);
  const text = `${value}: ${priorityText(value)}`;
  // priority inheritance: it holds a lock that a more urgent task waits for
  return value < own
    ? item(`${text}, borrowed from a task that waits for it; its own: ${priorityText(own)}`, value, 'warn')
    : item(text, value);
}

function policyItem(policy: number): Item {
  const known = POLICIES[policy];
  return item(known ? `${known.name} (${known.kernelName}): ${known.meaning}` : policyName(policy), policyName(policy));
}

function niceItem(task: TaskView): Item {
  const policy = task.stat(41);
  const idle = [FIFO, RR, IDLE, DEADLINE].includes(policy) ? `, without effect under ${policyName(policy)}` : '';
  return numberItem(`${task.stat(19)}${idle}`, task.stat(19));
}

/** `/autogroup-12 nice 0`: the session's group shares the CPU as one; nice counts inside of it only. Since 2.6.38. */
function autogroupItem(context: TaskContext): Item {
  const { dossier, task } = context;
  const path = `/proc/${task.tgid}/autogroup`;
  const bytes = dossier.file(path);
  if (isMissing(bytes)) return fileMissing(context, 'autogroup', bytes);
  const text = lineOf(bytes);
  if (text === '') return item('none', '');
  const enabled = dossier.file('/proc/sys/kernel/sched_autogroup_enabled');
  const off = !isMissing(enabled) && numberOf(enabled) === 0;
  return item(`${text}${off ? ', without effect: kernel.sched_autogroup_enabled is 0' : ''}`, text);
}

const BOUND = ['PF_NO_SETAFFINITY', 'PF_THREAD_BOUND'];

function affinityItem(context: TaskContext, status: Status): Item {
  const { dossier, task } = context;
  const allowed = status.get('Cpus_allowed_list');
  if (allowed === undefined) return missingItem(NOT_IN_KERNEL);
  const list = (name: string): string => {
    const bytes = dossier.file(`/sys/devices/system/cpu/${name}`);
    return isMissing(bytes) ? '' : lineOf(bytes);
  };
  const [online, possible] = [list('online'), list('possible')];
  const bound = task.machine.flags.flags.some(({ name, mask }) => BOUND.includes(name) && (task.stat(9) & mask) !== 0);
  const words = [
    affinityWords(allowed, online),
    possible === online ? '' : `possible ${possible}`,
    bound ? 'user space may not change it' : '',
  ].filter(word => word !== '');
  const text = words.length > 0 ? `${allowed}: ${words.join('; ')}` : allowed;
  return item(text, { allowed, online: online || null, possible: possible || null });
}

const textItem = (status: Status, key: string): Item => {
  const text = status.get(key);
  return text === undefined ? missingItem(NOT_IN_KERNEL) : item(text);
};

function placeFacts(context: TaskContext): Fact[] {
  const { task } = context;
  const status = statusOf(context);
  const fromStatus = (show: (keys: Status) => Item): Item =>
    isMissing(status) ? fileMissing(context, 'status', status) : show(status);
  return [
    fact(
      'cpus_allowed',
      'Allowed CPUs',
      fromStatus(keys => affinityItem(context, keys)),
    ),
    fact('processor', 'Last CPU', numberItem(String(task.stat(39)), task.stat(39))),
    fact(
      'mems_allowed',
      'Memory nodes',
      fromStatus(keys => textItem(keys, 'Mems_allowed_list')),
    ),
    fact(
      'timerslack_ns',
      'Timer slack',
      fileItem(context, 'timerslack_ns', bytes => {
        const ns = numberOf(bytes);
        return ns === undefined ? undefined : numberItem(`${grouped(ns)} ns`, ns);
      }),
    ),
  ];
}

interface Times {
  readonly runNs: number;
  readonly delayNs: number;
  readonly slices: number;
}

/** What ran had a slice: where all is 0, the kernel does not count (no CONFIG_SCHED_INFO, or it is off). */
function counted(threads: readonly ThreadReading<Times>[]): readonly ThreadReading<Times>[] {
  const sum = sumOf(threads, ({ runNs, delayNs, slices }) => runNs + delayNs + slices);
  return sum === 0 ? threads.map(thread => ({ ...thread, now: NOT_IN_KERNEL })) : threads;
}

interface Switches {
  readonly voluntary: number;
  readonly nonvoluntary: number;
}

function switchesOf(bytes: Uint8Array): Switches | undefined {
  const voluntary = statusNumber(statusValue(bytes, 'voluntary_ctxt_switches') ?? '');
  const nonvoluntary = statusNumber(statusValue(bytes, 'nonvoluntary_ctxt_switches') ?? '');
  return voluntary === undefined || nonvoluntary === undefined ? undefined : { voluntary, nonvoluntary };
}

/** Both counters of some threads: all of a process, or one. */
interface Costs {
  readonly times: readonly ThreadReading<Times>[];
  readonly switches: readonly ThreadReading<Switches>[];
}

const ownCosts = (context: TaskContext): Costs => ({
  times: counted([readOne(context, context.task.pid, 'schedstat', decodeSchedstat)]),
  switches: [readOne(context, context.task.pid, 'status', switchesOf)],
});

function allCosts(context: TaskContext): Reading<Costs> {
  const tids = threadIds(context);
  if (isMissing(tids)) return tids;
  return {
    times: counted(readThreads(context, tids, 'schedstat', decodeSchedstat)),
    switches: readThreads(context, tids, 'status', switchesOf),
  };
}

type Pair = readonly [total: Item, rate: Item];

interface Counter {
  /** Times are nanoseconds in JSON, their rates percent of the interval. */
  readonly id: string;
  readonly label: string;
  readonly cells: (costs: Costs) => Pair;
}

const nanosecondsCell = (ns: Reading<number>): Item => cellOf(ns, value => numberItem(nanosecondsText(value), value));
const percentCell = (nsPerSecond: Reading<number>): Item =>
  cellOf(nsPerSecond, ns => numberItem(`${decimals(ns / 1e7)} %`, ns / 1e7));

const timeCells =
  (pick: (of: Times) => number): Counter['cells'] =>
  ({ times }) => [
    nanosecondsCell(sumOf(times, pick)),
    percentCell(perSecond(gainOfAll(times, pick), elapsedOf(times))),
  ];
const countCells = <T>(threads: readonly ThreadReading<T>[], pick: (of: T) => number): Pair => [
  countCell(sumOf(threads, pick)),
  rateCell(perSecond(gainOfAll(threads, pick), elapsedOf(threads))),
];
const delayNs = (of: Times): number => of.delayNs;
const slices = (of: Times): number => of.slices;

const COUNTERS: readonly Counter[] = [
  { id: 'run_ns', label: 'on a CPU', cells: timeCells(of => of.runNs) },
  { id: 'run_delay_ns', label: 'run delay', cells: timeCells(delayNs) },
  { id: 'time_slices', label: 'time slices', cells: ({ times }) => countCells(times, slices) },
  {
    id: 'delay_per_slice_ns',
    label: 'delay per slice',
    cells: ({ times }) => [
      nanosecondsCell(quotient(sumOf(times, delayNs), sumOf(times, slices))),
      nanosecondsCell(quotient(gainOfAll(times, delayNs), gainOfAll(times, slices))),
    ],
  },
  {
    id: 'voluntary_ctxt_switches',
    label: 'voluntary switches',
    cells: ({ switches }) => countCells(switches, of => of.voluntary),
  },
  {
    id: 'nonvoluntary_ctxt_switches',
    label: 'nonvoluntary switches',
    cells: ({ switches }) => countCells(switches, of => of.nonvoluntary),
  },
];

/** Why a file of some threads has no sum, in one sentence each. */
function lacking(context: TaskContext, { times, switches }: Costs): Section[] {
  const files = [
    ['schedstat', sumOf(times, () => 0)],
    ['status', sumOf(switches, () => 0)],
  ] as const;
  return files.flatMap(([name, sum]) => (isMissing(sum) ? [note(`${name}: ${whyNot(context, name, sum)}.`)] : []));
}

function costSections(context: TaskContext): Section[] {
  const { task } = context;
  const many = isOneOfMany(task);
  const own = ownCosts(context);
  const all = many ? allCosts(context) : own;
  const whole = isMissing(all) ? own : all;
  const title =
    isMissing(all) || !many ? 'Time and switches' : `Time and switches of all ${grouped(whole.times.length)} threads`;
  return [
    {
      kind: 'table',
      id: 'costs',
      title: isMissing(all) ? `${title} of the first thread` : title,
      columns: [
        { id: 'counter', title: 'counter' },
        { id: 'total', title: 'total', align: 'right' },
        { id: 'rate', title: 'rate', align: 'right' },
        // the kernel keeps these by thread: of a process the first one is told beside the sum
        { id: 'first_total', title: many ? 'first thread' : '', align: 'right' },
        { id: 'first_rate', title: many ? 'rate' : '', align: 'right' },
      ],
      rows: COUNTERS.map(({ id, label, cells }) => [
        item(label, id),
        ...cells(whole),
        ...cells(own).map(cell => (many ? cell : { ...cell, text: '' })),
      ]),
    },
    ...(isMissing(all) ? [note(`The sum of all threads is missing: ${whyNot(context, 'task', all)}.`)] : []),
    ...lacking(context, whole),
    note(
      'Run delay: ready to run, but waiting for a CPU. Voluntary: it gave up the CPU to wait; else it was preempted.',
    ),
    ...(many ? [note('Threads that have ended are not in the sums.')] : []),
  ];
}

/** What oom_score counts in a release. @see kernel mm/oom_kill.c, oom_badness; fs/proc/base.c, proc_oom_score. */
function scoreWords(score: number, release: Release): string {
  if (isBetween(release, '5.9', null))
    return score === 0
      ? 'never chosen (init, no memory of its own), or adjusted that far'
      : 'around 666 is a small process without adjustment';
  return isBetween(release, '2.6.36', null) ? 'per mille of memory, with the adjustment' : 'open-ended';
}

const adjustmentWords = (adjustment: number): string =>
  adjustment === -1000 ? 'never killed' : adjustment === 0 ? 'none' : adjustment < 0 ? 'later' : 'sooner';

function oomSection(context: TaskContext): Section {
  const { task } = context;
  const numbered = (name: string, words: (value: number) => string): Item =>
    fileItem(context, name, bytes => {
      const value = numberOf(bytes);
      return value === undefined ? undefined : numberItem(`${value}: ${words(value)}`, value);
    });
  return facts('oom', isKernelThread(task) ? 'OOM killer (never takes a kernel thread)' : 'OOM killer', [
    fact(
      'oom_score',
      'Score',
      numbered('oom_score', score => scoreWords(score, task.machine.release)),
    ),
    fact('oom_score_adj', 'Adjustment', numbered('oom_score_adj', adjustmentWords)),
  ]);
}

export const schedulingPage: TaskPageBuilder = context => {
  const { task } = context;
  const rt = task.stat(40);
  return {
    sections: [
      facts('', undefined, [
        fact('policy', 'Policy', policyItem(task.stat(41))),
        fact('priority', 'Priority', priorityItem(task)),
        fact('nice', 'Nice', niceItem(task)),
        fact('rt_priority', 'RT priority', numberItem(rt === 0 ? '0: not real time' : `${rt} of 99`, rt)),
        fact('autogroup', 'Autogroup', autogroupItem(context)),
        ...placeFacts(context),
      ]),
      ...costSections(context),
      oomSection(context),
      ...(isOneOfMany(task)
        ? [note("Policy, priority, nice and CPUs are the first thread's; the page Threads has those of the others.")]
        : []),
    ],
  };
};
