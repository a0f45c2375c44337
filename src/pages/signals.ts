/** Signals of one task: pending, blocked, ignored, caught; for a process by which of its threads. Out of `status` alone. */
import { NOT_IN_KERNEL } from '../fields/task.ts';
import { exitSignalText } from '../kernel/sched.ts';
import { type SignalFact, signalFact } from '../kernel/signals.ts';
import { grouped } from '../units/format.ts';
import { isMissing } from '../units/missing.ts';
import type { TaskContext, TaskPageBuilder } from './context.ts';
import { fact, facts, type Fact, item, type Item, missingItem, note, type Section } from './document.ts';
import { stateLetter } from './identity.ts';
import { ignoresAll, isPending, type Signals, signalsOf, storiesOf, type Story } from './signals-of.ts';
import { missingSection, type Status, statusOf } from './task-files.ts';

const ACTION_WORDS: Readonly<Record<SignalFact['action'], string>> = {
  terminate: 'terminates',
  core: 'core dump',
  ignore: 'nothing',
  stop: 'stops',
  continue: 'continues',
};
const DISPOSITION_TONE = { caught: 'good', ignored: 'dim', default: 'normal' } as const;

function outcome({ signal, disposition }: Story): string {
  if (disposition === 'default') return ACTION_WORDS[signal.action];
  return disposition === 'caught' ? 'handler' : 'nothing';
}

const MOST_TIDS = 12;
function tidList(tids: readonly number[]): string {
  const shown = tids.slice(0, MOST_TIDS).join(', ');
  return tids.length > MOST_TIDS ? `${shown} and ${tids.length - MOST_TIDS} more` : shown;
}

function blockedWords({ blockedBy }: Story, { threads, whole }: Signals): string {
  const count = blockedBy.length;
  if (threads.length === 1) return `${count === 1 ? '' : 'not '}blocked${whole ? '' : ' by this thread'}`;
  if (count === 0) return 'blocked by no thread';
  if (count === threads.length) return `blocked by all ${count} threads`;
  return `blocked by ${count} of ${threads.length} threads: ${tidList(blockedBy)}`;
}

function blockedItem({ blockedBy }: Story, threads: number): Item {
  const count = blockedBy.length;
  if (count === 0) return item('', 0);
  return item(threads === 1 ? 'yes' : count === threads ? `all ${count}` : `${count} of ${threads}`, count);
}

function pendingItem({ forProcess, forThreads }: Story, threads: number): Item {
  const count = forThreads.length;
  const whom = threads === 1 ? 'thread' : count === 1 ? String(forThreads[0]) : `${count} threads`;
  const words = [...(forProcess ? ['process'] : []), ...(count === 0 ? [] : [whom])];
  return item(words.join('+'), { process: forProcess, threads: forThreads }, 'changed');
}

function row(story: Story, threads: number): Item[] {
  const { signal, disposition, stuck } = story;
  return [
    item(String(signal.n), signal.n, 'dim'),
    item(signal.name, signal.name, stuck ? 'warn' : 'strong'),
    pendingItem(story, threads),
    blockedItem(story, threads),
    item(disposition, disposition, DISPOSITION_TONE[disposition]),
    item(outcome(story)),
    item(signal.meaning),
  ];
}

/** Names of signals, runs of four and more as `SIGHUP to SIGILL`. */
function rangeText(numbers: readonly number[]): string {
  const words: string[] = [];
  for (let at = 0, end = 0; at < numbers.length; at = ++end) {
    while (numbers[end + 1] === numbers[end]! + 1) end++;
    const names = numbers.slice(at, end + 1).map(n => signalFact(n)!.name);
    words.push(...(names.length > 3 ? [`${names[0]!} to ${names.at(-1)!}`] : names));
  }
  return words.join(', ');
}

/** Signals that some threads block and some do not, by who blocks them. */
function dividedSection(stories: readonly Story[], threads: number): Section[] {
  const groups = new Map<string, Story[]>();
  for (const story of stories) {
    const { length } = story.blockedBy;
    if (length === 0 || length === threads) continue;
    const key = story.blockedBy.join();
    groups.set(key, [...(groups.get(key) ?? []), story]);
  }
  if (groups.size === 0) return [];
  const rows = [...groups.values()].map(group => {
    const { blockedBy } = group[0]!;
    const signals = group.map(({ signal }) => signal);
    return [
      item(`${blockedBy.length} of ${threads}`, blockedBy),
      item(
        `${rangeText(signals.map(({ n }) => n))}: by ${tidList(blockedBy)}`,
        signals.map(({ name }) => name),
      ),
    ];
  });
  const columns = [
    { id: 'threads', title: 'threads' },
    { id: 'signals', title: 'signals' },
  ];
  return [{ kind: 'table', id: 'blocked_by_some', title: 'Blocked by some threads only', columns, rows }];
}

function warnings(stories: readonly Story[], signals: Signals, letter: string): Section[] {
  const stuck = stories.filter(story => story.stuck);
  const out = stuck.map(story => {
    const whom = story.forProcess ? 'the process' : `thread ${tidList(story.forThreads)}`;
    const text = `${story.signal.name} is pending for ${whom}, ${blockedWords(story, signals)}: it acts when it is unblocked.`;
    return note(text, 'warn');
  });
  if (stories.some(story => isPending(story) && !story.stuck)) {
    if (letter === 'D')
      out.push(
        note('A signal is pending in state D: it acts when the sleep ends. SIGKILL ends a killable one.', 'warn'),
      );
    if (letter === 'T')
      out.push(note('A signal is pending, but a stopped task acts on SIGKILL and SIGCONT only.', 'warn'));
  }
  return out;
}

function pendingFact(stories: readonly Story[], signals: Signals): Fact {
  const pending = stories.filter(isPending);
  const words = pending.map(story => `${story.signal.name} (${blockedWords(story, signals)})`);
  const names = pending.map(({ signal }) => signal.name);
  return fact('pending', 'Pending', item(words.join(', ') || 'none', names, names.length > 0 ? 'changed' : 'normal'));
}

/** `used/limit`: signals queued for the real user of the task, against its soft RLIMIT_SIGPENDING. */
function queueItem(status: Status): Item {
  const match = /^(\d+)\/(\d+)$/.exec(status.get('SigQ') ?? '');
  if (!match) return missingItem(NOT_IN_KERNEL);
  const [used, limit] = [Number(match[1]), Number(match[2])];
  const text = `${grouped(used)} of ${grouped(limit)} (RLIMIT_SIGPENDING; counts all of its real user)`;
  return item(text, { used, limit: match[2]! }, used >= 0.8 * limit ? 'warn' : 'normal');
}

function tracerItem(status: Status): Item {
  const text = status.get('TracerPid') ?? '';
  if (!/^\d+$/.test(text)) return missingItem(NOT_IN_KERNEL);
  return text === '0'
    ? item('no', 0)
    : item(`by ${text}: it sees each signal first, but SIGKILL`, Number(text), 'warn');
}

function exitSignalFact({ task }: TaskContext): Fact {
  const n = task.stat(38);
  return fact('exit_signal', 'Exit signal', item(`${n}, ${exitSignalText(n)}`, n));
}

const hex = (mask: bigint): string => '0x' + mask.toString(16).padStart(16, '0');

function masksSection({ pending, ignored, caught, threads }: Signals, pid: number): Section {
  const own = threads.find(({ tid }) => tid === pid) ?? threads[0]!;
  const mask = (id: string, label: string, bits: bigint, whose: string): Fact =>
    fact(id, label, item(`${hex(bits)}  ${whose}`, hex(bits)));
  const thread = threads.length > 1 ? 'first thread' : 'thread';
  return facts('masks', 'Masks', [
    mask('sig_pnd', 'SigPnd', own.pending, `pending for the ${thread}`),
    mask('shd_pnd', 'ShdPnd', pending, 'pending for the process'),
    mask('sig_blk', 'SigBlk', own.blocked, `blocked by the ${thread}`),
    mask('sig_ign', 'SigIgn', ignored, 'ignored by the process'),
    mask('sig_cgt', 'SigCgt', caught, 'caught by the process'),
  ]);
}

/** What most signals have in common, told once instead of in a row each. */
function othersText(others: readonly Story[], told: number, ignored: boolean): string {
  const which = told === 0 ? `All ${others.length} signals` : `All others (${others.length})`;
  if (ignored) return `${which}: ignored, as kernel threads do.`;
  const divided = others.some(({ blockedBy }) => blockedBy.length > 0);
  return `${which}: default action, not pending, ${divided ? 'blocked by some threads at most' : 'not blocked'}.`;
}

function tableSections(stories: readonly Story[], signals: Signals): Section[] {
  const threads = signals.threads.length;
  const ignored = ignoresAll(signals);
  const usual = ignored ? 'ignored' : 'default';
  // what only some threads block has a table of its own
  const quiet = (story: Story): boolean =>
    story.disposition === usual && !isPending(story) && story.blockedBy.length < threads;
  const told = stories.filter(story => !quiet(story));
  const others = stories.filter(quiet);
  return [
    {
      kind: 'table',
      id: 'signals',
      columns: [
        { id: 'signal', title: '#', align: 'right' },
        { id: 'name', title: 'name' },
        { id: 'pending', title: 'pending' },
        { id: 'blocked_by', title: 'blocked' },
        { id: 'disposition', title: 'disposition' },
        { id: 'then', title: 'then' },
        { id: 'meaning', title: 'meaning' },
      ],
      rows: told.map(story => row(story, threads)),
    },
    ...(others.length > 0 ? [note(othersText(others, told.length, ignored))] : []),
    ...dividedSection(stories, threads),
  ];
}

export const signalsPage: TaskPageBuilder = context => {
  const { task } = context;
  const status = statusOf(context);
  if (isMissing(status)) {
    const table = missingSection(context, 'status', { id: 'signals', title: 'Signals' }, status);
    return { sections: [facts('', undefined, [exitSignalFact(context)]), table] };
  }
  const signals = signalsOf(context, status);
  if (!signals) return { sections: [note('This status file does not hold all masks of signals.', 'warn')] };
  const stories = storiesOf(signals);
  return {
    sections: [
      ...warnings(stories, signals, stateLetter(task)),
      ...(signals.lacking === '' ? [] : [note(signals.lacking)]),
      facts('', undefined, [
        pendingFact(stories, signals),
        fact('queued', 'Queued', queueItem(status)),
        exitSignalFact(context),
        fact('tracer_pid', 'Traced', tracerItem(status)),
      ]),
      ...tableSections(stories, signals),
      masksSection(signals, task.pid),
      note('SIGKILL and SIGSTOP can be neither caught, blocked nor ignored.'),
      ...(task.tgid === 1
        ? [note('Process 1: what has no handler and comes from its own pid namespace does nothing to it, SIGKILL too.')]
        : []),
      note(
        'Fields 31 to 34 of stat are obsolete: signals 1 to 31 only, and nothing of what is pending for the process.',
      ),
    ],
  };
};
