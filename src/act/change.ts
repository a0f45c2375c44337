/** Changes how threads are scheduled, one after the other, and reads back from the kernel what came of it. */
import os from 'node:os';
import { policyName } from '../kernel/sched.ts';
import {
  type Change,
  hasLevels,
  IO_CLASSES,
  ioClassText,
  niceAfter,
  POLICY_OPTIONS,
  policyText,
  type Result,
  type Subject,
} from './action.ts';
import { codeOf, lookAt, statField, threadsOf, threadStat, threadStatus } from './look.ts';
import { refusalText } from './refusals.ts';
import { runTool, type ToolName, type ToolOptions } from './tools.ts';

const NICE = 19;
const RT_PRIORITY = 40;
const POLICY = 41;
/** Threads that one not yet changed has started meanwhile are changed, too; so many times. */
const ROUNDS = 3;
/** So many different values that threads had before are named. */
const MOST_VALUES = 3;

const TITLES: Record<Change['kind'], string> = {
  renice: 'nice',
  'io-class': 'I/O class',
  affinity: 'CPUs',
  policy: 'policy',
};

interface Thread {
  readonly tgid: number;
  readonly tid: number;
}

interface Refusal {
  readonly text: string;
  /** Is there no use in trying the next one? */
  readonly hopeless: boolean;
}

const refused = (kind: Change['kind'], code: string): Refusal => ({ text: refusalText(kind, code), hopeless: false });

// ---- what the kernel says

/** ionice answers `none: prio 0`, `best-effort: prio 6`, `realtime: prio 2`, `idle`; procfs does not have it. */
async function presentIoClass({ tid }: Thread, tools: ToolOptions): Promise<string | undefined> {
  const answer = await runTool('ionice', ['-p', String(tid)], tools);
  const match = 'stdout' in answer ? /^([a-z-]+)(?:: prio (\d))?/.exec(answer.stdout) : null;
  if (!match) return undefined;
  const ioClass = IO_CLASSES.find(known => known === match[1]!.replace('realtime', 'real-time'));
  return ioClass === undefined ? match[1] : ioClassText(ioClass, Number(match[2] ?? 0));
}

/** A thread's present value in words; undefined: it has ended, or nobody tells. */
async function present(kind: Change['kind'], thread: Thread, tools: ToolOptions): Promise<string | undefined> {
  const { tgid, tid } = thread;
  if (kind === 'io-class') return presentIoClass(thread, tools);
  if (kind === 'affinity') return threadStatus(tgid, tid, 'Cpus_allowed_list');
  const stat = threadStat(tgid, tid);
  if (!stat) return undefined;
  return kind === 'renice'
    ? statField(stat, NICE)
    : policyText(policyName(Number(statField(stat, POLICY))), Number(statField(stat, RT_PRIORITY)));
}

/** What it is to be afterwards; undefined: that depends. */
function wanted(change: Change, before: string | undefined): string | undefined {
  switch (change.kind) {
    case 'renice':
      return String(niceAfter(change, Number(before)));
    case 'io-class':
      // newer kernels tell the class that follows from nice in place of none
      return change.ioClass === 'none' ? undefined : ioClassText(change.ioClass, change.level);
    case 'affinity':
      return change.cpus;
    case 'policy':
      return policyText(change.policy, change.rtPriority);
  }
}

// ---- what is asked of it

async function byTool(kind: Change['kind'], name: ToolName, words: readonly string[], tools: ToolOptions) {
  const answer = await runTool(name, words, tools);
  if ('stdout' in answer) return undefined;
  return 'errno' in answer ? refused(kind, answer.errno) : { text: answer.complaint, hopeless: answer.hopeless };
}

function setNice(change: Change & { readonly kind: 'renice' }, { tid }: Thread, before: number): Refusal | undefined {
  try {
    // setpriority(PRIO_PROCESS) means one thread, on Linux
    os.setPriority(tid, niceAfter(change, before));
    return undefined;
  } catch (error) {
    const info = error instanceof Error && 'info' in error ? (error.info as { readonly code?: string }) : {};
    return refused('renice', info.code ?? codeOf(error));
  }
}

/** `0-2,5` → `27`: every taskset takes a mask, lists only the newer ones. */
function maskOf(cpus: string): string {
  let mask = 0n;
  for (const part of cpus.split(',')) {
    const [first = 0n, last = first] = part.split('-').map(BigInt);
    mask |= ((1n << (last - first + 1n)) - 1n) << first;
  }
  return mask.toString(16);
}

async function set(change: Change, thread: Thread, before: string | undefined, tools: ToolOptions) {
  const tid = String(thread.tid);
  switch (change.kind) {
    case 'renice':
      return setNice(change, thread, Number(before));
    case 'io-class': {
      const level = hasLevels(change.ioClass) ? ['-n', String(change.level)] : [];
      const number = String(IO_CLASSES.indexOf(change.ioClass));
      return byTool(change.kind, 'ionice', ['-c', number, ...level, '-p', tid], tools);
    }
    case 'affinity':
      return byTool(change.kind, 'taskset', ['-p', maskOf(change.cpus), tid], tools);
    case 'policy': {
      const words = [POLICY_OPTIONS[change.policy], '-p', String(change.rtPriority), tid];
      return byTool(change.kind, 'chrt', words, tools);
    }
  }
}

// ---- one task

/** What came of its threads so far. */
interface Tally {
  changed: number;
  /** How many would not, by the reason. */
  readonly refusals: Map<string, number>;
  readonly before: Set<string>;
  readonly after: Set<string>;
  /** What was asked for, where it became something else. */
  missed: string | undefined;
}

/** Why to stop here; undefined: go on. */
interface Stop {
  readonly text: string;
  readonly hopeless: boolean;
}

async function changeThread(
  change: Change,
  subject: Subject,
  tid: number,
  tally: Tally,
  tools: ToolOptions,
): Promise<Stop | undefined> {
  const { kind } = change;
  const thread = { tgid: subject.tgid, tid };
  const before = await present(kind, thread, tools);
  // directly before the call: nothing is awaited between them
  const look = lookAt(subject);
  if ('left' in look) return { text: look.left, hopeless: false };
  if (!threadStat(thread.tgid, tid)) return undefined;
  const refusal = await set(change, thread, before, tools);
  if (refusal?.hopeless) return refusal;
  if (refusal) {
    tally.refusals.set(refusal.text, (tally.refusals.get(refusal.text) ?? 0) + 1);
    return undefined;
  }
  const after = await present(kind, thread, tools);
  const asked = wanted(change, before);
  tally.changed++;
  tally.before.add(before ?? '?');
  tally.after.add(after ?? '?');
  if (after !== undefined && asked !== undefined && after !== asked) tally.missed = asked;
  return undefined;
}

const values = (set: ReadonlySet<string>): string =>
  [...set].slice(0, MOST_VALUES).join(', ') + (set.size > MOST_VALUES ? ' …' : '');

const WHY_MISSED: Partial<Record<Change['kind'], string>> = {
  affinity: ': its cpuset, or the CPUs that there are, allow no more',
};

function tellTally(kind: Change['kind'], { changed, refusals, before, after, missed }: Tally): string {
  const refusedThreads = [...refusals.values()].reduce((sum, count) => sum + count, 0);
  const total = changed + refusedThreads;
  const many = total > 1 ? ` (${changed === total ? '' : `${changed} of `}${total} threads)` : '';
  const done = changed === 0 ? [] : [`${TITLES[kind]} ${values(before)} → ${values(after)}${many}`];
  const asked = missed === undefined ? [] : [`asked for ${missed}${WHY_MISSED[kind] ?? ''}`];
  const not = [...refusals].map(([text, count]) => (total > 1 ? `${count} of ${total} threads: ${text}` : text));
  return [...done, ...asked, ...not].join('; ');
}

function threadsMeant({ allThreads }: Change, { pid, tgid, isThread }: Subject): number[] {
  return allThreads && !isThread ? threadsOf(tgid) : [pid];
}

/** What came of one task; `hopeless` says why the next one would fail the same way. */
interface Changed {
  readonly result: Result;
  readonly hopeless?: string;
}

function stopped({ pid }: Subject, { text, hopeless }: Stop, told: string): Changed {
  const why = hopeless ? text : `left alone: ${text}`;
  const result = { pid, ok: false, text: told === '' ? why : `${told}; then ${why}` };
  return hopeless ? { result, hopeless: text } : { result };
}

/** Changes one task: a thread, or a process with all or the first of its threads. */
export async function changeTask(change: Change, subject: Subject, tools: ToolOptions): Promise<Changed> {
  const { pid } = subject;
  const tally: Tally = { changed: 0, refusals: new Map(), before: new Set(), after: new Set(), missed: undefined };
  const done = new Set<number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const tid of threadsMeant(change, subject).filter(one => !done.has(one))) {
      done.add(tid);
      const stop = await changeThread(change, subject, tid, tally, tools);
      if (stop) return stopped(subject, stop, tellTally(change.kind, tally));
    }
  }
  const told = tellTally(change.kind, tally);
  if (told === '') return { result: { pid, ok: false, text: 'left alone: it has ended' } };
  const look = lookAt(subject);
  const since = 'left' in look ? `; since then: ${look.left}` : '';
  const ok = tally.refusals.size === 0 && tally.missed === undefined && !('left' in look && look.why === 'another');
  return { result: { pid, ok, text: told + since } };
}
