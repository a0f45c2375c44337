/** The 52 fields of `stat`: every digit, what it means, what it gained, and what this kernel makes of it. */
import { latin1 } from '../decode/bytes.ts';
import { statTexts } from '../decode/pid-stat.ts';
import { field } from '../fields/registry.ts';
import { FIRST_SAMPLE, NO_PERMISSION, NOT_IN_KERNEL, type TaskView } from '../fields/task.ts';
import { isBetween } from '../kernel/release.ts';
import { exitSignalText, policyName, priorityText } from '../kernel/sched.ts';
import { signalName } from '../kernel/signals.ts';
import { STAT_FIELDS, type StatFieldFact } from '../kernel/stat-fields.ts';
import { stateName } from '../kernel/states.ts';
import { ttyName } from '../kernel/tty.ts';
import { bytesText, compactText, dateTimeText, formatValue, grouped, type Unit } from '../units/format.ts';
import { isMissing } from '../units/missing.ts';
import type { TaskContext, TaskPageBuilder } from './context.ts';
import { item, type Item, missingItem, note, numberItem } from './document.ts';
import { bootedAt, stateLetter } from './identity.ts';
import { whyNoValue } from './values.ts';

/** PTRACE_EVENT_…, include/uapi/linux/ptrace.h. */
const PTRACE_EVENTS: Readonly<Record<number, string>> = {
  1: 'fork',
  2: 'vfork',
  3: 'clone',
  4: 'exec',
  5: 'the end of vfork',
  6: 'exit',
  7: 'seccomp',
  128: 'stop',
};

/** What a debugger was told beside the signal. */
function stopWords(code: number): string {
  const event = code >> 8;
  if (event !== 0) return ` (ptrace event: ${PTRACE_EVENTS[event] ?? event})`;
  return (code & 0x80) === 0 ? '' : ' (ptrace: a system call)';
}

/**
 * What waitpid() would give. A stopped task holds the signal that stopped it; one that lives and holds 0 has nothing to
 * tell. @see wait(2).
 */
export function exitCodeText(code: number, state: string): string {
  const signal = code & 0x7f;
  if (state === 'T' || state === 't') return signal === 0 ? '' : `stopped by ${signalName(signal)}${stopWords(code)}`;
  if (signal !== 0) return `killed by ${signalName(signal)}${(code & 0x80) !== 0 ? ', core dumped' : ''}`;
  return code !== 0 || state === 'Z' || state === 'X' ? `exited with ${(code >> 8) & 0xff}` : '';
}

/** Where the truth is that a field does not tell any more. */
const OBSOLETE: Readonly<Record<number, string>> = {
  21: 'obsolete: no file tells the interval timer',
  31: 'obsolete: SigPnd and ShdPnd of status (page Signals)',
  32: 'obsolete: SigBlk of status (page Signals)',
  33: 'obsolete: SigIgn of status (page Signals)',
  34: 'obsolete: SigCgt of status (page Signals)',
  36: 'obsolete: VmSwap of status',
  37: 'obsolete: nothing tells it of children',
};

const seconds = (task: TaskView, n: number): number => task.stat(n) / task.machine.ticksPerSecond;

/** Since 4.4 no address, but whether it sleeps; of several threads it is told under task/ only. */
function wchanWords(task: TaskView): string {
  const value = task.stat(35);
  if (value > 1) return field('wchan').value(task) as string;
  if (value === 1) return 'sleeps';
  return !task.isThread && task.stat(20) > 1 ? 'not told' : 'runs';
}

/** Fields whose value says more in words than in its unit. */
const WORDS: Readonly<Record<number, (task: TaskView) => string>> = {
  3: task => stateName(stateLetter(task), task.machine.tables),
  4: task => (task.stat(4) === 0 ? 'none' : ''),
  7: task => ttyName(task.stat(7)) ?? 'none',
  8: task => (task.stat(8) === -1 ? 'no terminal' : ''),
  18: task => priorityText(task.stat(18)).replace(/ \(.*/, '').replace('real-time priority', 'real time'),
  22: task => dateTimeText(bootedAt(task.machine) + seconds(task, 22) * 1000),
  24: task => bytesText(task.stat(24) * task.machine.pageBytes),
  35: wchanWords,
  38: task => exitSignalText(task.stat(38)).replace(/:.*/, ''),
  41: task => policyName(task.stat(41)),
  42: task => `${seconds(task, 42).toFixed(2)} s`,
  52: task => exitCodeText(task.stat(52), stateLetter(task)),
};

function valueWords(value: number | string | readonly string[], unit: Unit): string {
  if (typeof value !== 'number') return typeof value === 'string' ? value : value.join(' ');
  if (unit === 'count') return value > 999 ? grouped(value) : '';
  return unit === 'id' || unit === 'integer' || unit === 'letter' ? '' : formatValue(value, unit, 24);
}

function decodedItem({ n, name }: StatFieldFact, task: TaskView): Item {
  const { value: valueOf, unit } = field(name);
  const value = valueOf(task);
  if (isMissing(value)) return missingItem(value, value.missing === 'no-permission' ? 'hidden' : '');
  const words = WORDS[n]?.(task) ?? valueWords(value, unit);
  return item(words === task.statText(n) ? '' : words, value);
}

/** Counters and amounts; of the others a difference says nothing. */
const COUNTED: ReadonlySet<number> = new Set([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 23, 24, 42, 43, 44]);

const VSIZE = 23;
const MOST_CHANGES = 3;
/** A date and time. */
const MOST_DECODED = 19;

/** In the field's own unit; large ones shortened, in full in JSON. */
function signed(value: number, n: number): string {
  const size = Math.abs(value);
  const text = n === VSIZE ? bytesText(size) : size < 1e6 ? grouped(size) : compactText(size);
  return value === 0 ? '0' : (value < 0 ? '-' : '+') + text;
}

/**
 * What a field gained since the sample before, in its own unit. The model keeps fields 10 to 24.
 * @param before the line read before, for the others.
 */
function gainItem(n: number, task: TaskView, before: readonly string[] | undefined): Item {
  if (!COUNTED.has(n) || task.statText(n) === undefined) return item('', null);
  const kept = task.statBefore(n);
  const then = Number.isNaN(kept) ? Number(before?.[n - 1] ?? Number.NaN) : kept;
  if (Number.isNaN(then)) return missingItem(FIRST_SAMPLE, '');
  const gained = task.stat(n) - then;
  return numberItem(signed(gained, n), gained, gained === 0 ? 'dim' : 'changed');
}

/** Whom a value speaks of, where that could be another one. */
function scopeWords({ scope }: StatFieldFact, task: TaskView): string {
  if (task.isThread) return scope === 'same' ? 'of the process' : 'of this thread';
  if (scope === 'sum') return 'of all threads, ended ones too';
  return task.stat(20) > 1 ? (scope === 'same' ? 'of the process' : 'of the first thread') : '';
}

const isHidden = (fact: StatFieldFact, task: TaskView): boolean => {
  const value = field(fact.name).value(task);
  return isMissing(value) && value.missing === 'no-permission';
};

/** Fields whose oldest change is older than the tables and still says something. */
const ALWAYS: ReadonlySet<number> = new Set([14, 42]);

/** What changed up to this release; old news (for 3.0 and later what 2.6 brought) is left out. */
function changeWords({ n, changes }: StatFieldFact, { machine: { tables } }: TaskView): string[] {
  const news = isBetween(tables, '3.0', null) ? '3.0' : '2.6.33';
  const always = ALWAYS.has(n) ? changes.slice(0, 1).map(({ what }) => what) : [];
  const since = changes
    .filter(({ from }) => isBetween(from, news, null) && isBetween(tables, from, null))
    .slice(-MOST_CHANGES)
    .map(({ from, what }) => `since ${from}: ${what}`);
  return [...always, ...since];
}

/** Meaning, scope, kernel variable, and what changed up to this kernel. */
function meaningWords(fact: StatFieldFact, task: TaskView): string {
  const { n, meaning, kernelVariable = '', since, hiddenReads = '' } = fact;
  return [
    task.statText(n) === undefined ? `since Linux ${since ?? ''}` : '',
    isHidden(fact, task) ? `hidden: reads ${hiddenReads}` : '',
    OBSOLETE[n] ?? '',
    meaning,
    scopeWords(fact, task),
    kernelVariable,
    ...changeWords(fact, task),
  ]
    .filter(words => words !== '')
    .join('; ');
}

function row(fact: StatFieldFact, task: TaskView, before: readonly string[] | undefined): Item[] {
  const { n, name } = fact;
  const raw = n === 2 ? task.comm : task.statText(n);
  const dim = raw === undefined || OBSOLETE[n] !== undefined;
  const decoded = decodedItem(fact, task);
  const meaning = meaningWords(fact, task);
  // what is cut in its column stands in full before the meaning
  const long = decoded.text.length > MOST_DECODED;
  return [
    item(String(n), n, 'dim'),
    item(name, name, dim ? 'dim' : 'strong'),
    raw === undefined ? missingItem(NOT_IN_KERNEL, '') : item(raw),
    decoded,
    gainItem(n, task, before),
    item(long ? `${decoded.text}; ${meaning}` : meaning, fact.meaning, 'dim'),
  ];
}

/** The line of the sample before, for the fields whose past the model does not keep. */
function lineBefore({ dossier }: TaskContext): readonly string[] | undefined {
  dossier.file('stat');
  const bytes = dossier.before('stat');
  return isMissing(bytes) ? undefined : statTexts(latin1(bytes));
}

export const statPage: TaskPageBuilder = context => {
  const { task } = context;
  const before = lineBefore(context);
  return {
    sections: [
      {
        kind: 'table',
        id: 'fields',
        columns: [
          { id: 'n', title: '#', align: 'right' },
          { id: 'name', title: 'field' },
          { id: 'raw', title: 'raw', most: 20 },
          { id: 'decoded', title: 'decoded', most: MOST_DECODED },
          { id: 'delta', title: 'delta', align: 'right' },
          { id: 'meaning', title: 'meaning' },
        ],
        rows: STAT_FIELDS.map(fact => row(fact, task, before)),
      },
      ...(STAT_FIELDS.some(fact => isHidden(fact, task)) ? [note(`Hidden: ${whyNoValue(task, NO_PERMISSION)}.`)] : []),
      ...(task.statText(52) === undefined ? [note('52 fields since Linux 3.5; 47 in 3.3 and 3.4, 44 before.')] : []),
    ],
  };
};
