/** The kernel log, newest report first, and whether the tasks that it names are still alive. */
import { latin1 } from '../decode/bytes.ts';
import { exactOf } from '../decode/escapes.ts';
import { decodeKmsg, type KmsgRecord, LOG_LEVELS, type NamedTask, tasksNamed } from '../decode/kmsg.ts';
import { statTexts } from '../decode/pid-stat.ts';
import type { Dossier } from '../fields/dossier.ts';
import { dateTimeText, grouped } from '../units/format.ts';
import { isMissing, type Missing } from '../units/missing.ts';
import type { Tone } from '../view/cells.ts';
import type { SystemContext } from './context.ts';
import {
  fact,
  facts,
  item,
  type Item,
  type Json,
  missingItem,
  note,
  numberItem,
  type Page,
  type Section,
} from './document.ts';
import { bootedAt } from './identity.ts';
import { isoTime, whyNot } from './system-source.ts';
import { lineOf } from './task-files.ts';

const KMSG = '/dev/kmsg';
const MOST_RECORDS = 2_000;
/** Of so many tasks it is told whether they are alive: those that the newest records name. */
const MOST_TASKS = 200;

const ERR = 3;
const WARNING = 4;
const DEBUG = 7;

function toneOf(level: number): Tone {
  if (level <= ERR) return 'bad';
  return level === WARNING ? 'warn' : level === DEBUG ? 'dim' : 'normal';
}

interface Now {
  readonly words: string;
  /** null: not known. */
  readonly alive: boolean | null;
}

const UNKNOWN: Now = { words: '', alive: null };
const COMM_LENGTH = 15;

/** What has become of a task since a record named it. */
function taskNow({ dossier, machine }: SystemContext, { pid, name }: NamedTask, seconds: number): Now {
  const bytes = dossier.file(`/proc/${pid}/stat`);
  if (isMissing(bytes)) {
    if (bytes.missing !== 'gone' && bytes.missing !== 'not-in-this-kernel') return UNKNOWN;
    // a mount of /proc with hidepid=2 hides the tasks of others, and so the first one
    const seesAll = machine.mayPtrace || !isMissing(dossier.file('/proc/1/stat'));
    return seesAll ? { words: 'ended', alive: false } : { words: 'ended, or hidden', alive: null };
  }
  const fields = statTexts(latin1(bytes));
  if (!fields) return UNKNOWN;
  const [, written = '', state = ''] = fields;
  const comm = exactOf(written);
  const same = name === undefined || name.slice(0, COMM_LENGTH) === comm;
  const isYounger = Number(fields[21]) / machine.ticksPerSecond > seconds + 1;
  // the log's clock stands still during suspend, so that age alone proves nothing
  if (isYounger && !same) return { words: `ended, its pid is now ${comm}`, alive: false };
  return { words: `alive, ${state}${same ? '' : `, now ${comm}`}`, alive: true };
}

interface NamingRecord {
  readonly record: KmsgRecord;
  readonly named: readonly NamedTask[];
}

interface Log {
  readonly bytes: Uint8Array;
  readonly records: readonly KmsgRecord[];
  /** Those that are shown: the newest report first, its lines in order. */
  readonly newest: readonly NamingRecord[];
}

/** The log is long, and seldom another than at the sample before: who shows it keeps it decoded. */
const LOGS = new WeakMap<Dossier, Log>();

const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a === b || (a.length === b.length && a.every((byte, at) => byte === b[at]));

/** Lines of one report follow each other sooner. */
const GAP_MICROSECONDS = 1e6;
/** The first line of a warning or an oops. @see lib/bug.c */
const CUT_HERE = /^-+\[ cut here \]-+$/;

/** Records that belong together, oldest first: what a pause, or the mark of a warning, parts from what is before it. */
function reportsOf(records: readonly KmsgRecord[]): KmsgRecord[][] {
  const reports: KmsgRecord[][] = [];
  let lastAt = Number.NEGATIVE_INFINITY;
  for (const record of records) {
    const begins =
      reports.length === 0 || record.microseconds - lastAt > GAP_MICROSECONDS || CUT_HERE.test(record.text);
    if (begins) reports.push([record]);
    else reports.at(-1)!.push(record);
    lastAt = record.microseconds;
  }
  return reports;
}

function logOf(dossier: Dossier, bytes: Uint8Array): Log {
  const last = LOGS.get(dossier);
  if (last && isSame(last.bytes, bytes)) return last;
  const records = decodeKmsg(bytes);
  const newest = reportsOf(records.slice(-MOST_RECORDS))
    .reverse()
    .flat()
    .map(record => ({ record, named: tasksNamed(record.text) }));
  const log = { bytes, records, newest };
  LOGS.set(dossier, log);
  return log;
}

interface Told {
  /** Behind the text: `  (pid 871: ended)`. */
  readonly text: string;
  readonly value: Json;
}

const NOBODY: Told = { text: '', value: [] };

/** Looks a task up once, and only so many. */
class Tasks {
  readonly #context: SystemContext;
  readonly #pids = new Set<number>();

  constructor(context: SystemContext, shown: readonly NamingRecord[]) {
    this.#context = context;
    const naming = shown.filter(({ named }) => named.length > 0);
    for (const { named } of naming.sort((a, b) => b.record.sequence - a.record.sequence))
      for (const { pid } of named) if (this.#pids.size < MOST_TASKS) this.#pids.add(pid);
  }

  of({ named, record: { microseconds } }: NamingRecord): Told {
    const tasks = named.map(task => {
      const now = this.#pids.has(task.pid) ? taskNow(this.#context, task, microseconds / 1e6) : UNKNOWN;
      return { ...task, now };
    });
    if (tasks.length === 0) return NOBODY;
    const words = tasks.map(({ pid, now }) => (now.words === '' ? `pid ${pid}` : `pid ${pid}: ${now.words}`));
    return {
      text: `  (${words.join('; ')})`,
      value: tasks.map(({ pid, name, why, now }) => ({ pid, name: name ?? null, why, alive: now.alive })),
    };
  }
}

/** `[12345.678]`, with the thread or CPU that wrote it where the kernel says (CONFIG_PRINTK_CALLER). */
function sinceBoot({ microseconds, caller }: KmsgRecord): string {
  const by = caller === undefined ? '' : 'thread' in caller ? ` T${caller.thread}` : ` C${caller.cpu}`;
  return `[${(Math.floor(microseconds / 1e3) / 1e3).toFixed(3)}${by}]`;
}

/** Only the time of what is of today, the date with what is older. */
function wallItem(ms: number, today: string): Item {
  const iso = isoTime(ms);
  if (iso === null) return item('-', null, 'dim');
  const [date, time] = dateTimeText(ms).split(' ') as [string, string];
  return item(date === today ? time : `${date.slice(5)} ${time.slice(0, 5)}`, iso, 'dim');
}

function row(context: SystemContext, tasks: Tasks, today: string, naming: NamingRecord): Item[] {
  const { record } = naming;
  const { level, facility, facilityName, sequence, microseconds, caller, text } = record;
  const name = LOG_LEVELS[level]!.name;
  const tone = toneOf(level);
  const told = tasks.of(naming);
  return [
    item(sinceBoot(record), { sequence, microseconds, caller: caller ? { ...caller } : null }, 'dim'),
    wallItem(bootedAt(context.machine) + microseconds / 1e3, today),
    item(facility === 0 ? name : `${facilityName}.${name}`, { number: level, name, facility: facilityName }, tone),
    item(text + told.text, { text, tasks: told.value }, tone),
  ];
}

/** Why the log cannot be read: a right, a container without the device, a copy. */
function whyNoLog(context: SystemContext, reading: Missing): string {
  if (!context.machine.live) return 'a copy of /proc does not hold it';
  if (reading.missing === 'not-in-this-kernel')
    return 'there is no /dev/kmsg: a container without it, Linux before 3.5, or a kernel without CONFIG_PRINTK';
  const restrict = context.dossier.file('/proc/sys/kernel/dmesg_restrict');
  const isOpen = !isMissing(restrict) && lineOf(restrict) === '0';
  if (reading.missing === 'no-permission' && isOpen)
    return 'not permitted: kernel.dmesg_restrict is 0, so the mode of /dev/kmsg or a security module refuses it';
  return whyNot(context, KMSG, reading);
}

function summary(records: readonly KmsgRecord[]): Section {
  const counts = LOG_LEVELS.map(({ n, name }) => ({ name, count: records.filter(({ level }) => level === n).length }));
  const first = records[0]!.sequence;
  const shown =
    records.length > MOST_RECORDS
      ? `${grouped(records.length)}, of which the newest ${grouped(MOST_RECORDS)} are shown`
      : grouped(records.length);
  const levels = counts.filter(({ count }) => count > 0).map(({ name, count }) => `${name} ${grouped(count)}`);
  return facts('', undefined, [
    fact('records', 'Records', numberItem(shown, records.length)),
    fact(
      'levels',
      'By level',
      item(levels.join('   '), Object.fromEntries(counts.map(each => [each.name, each.count]))),
    ),
    ...(first > 0 ? [fact('lost', 'Lost', numberItem(`${grouped(first)} older ones are no longer kept`, first))] : []),
  ]);
}

export function logPage(context: SystemContext): Page {
  const bytes = context.dossier.file(KMSG);
  if (isMissing(bytes)) {
    const of = missingItem(bytes, whyNoLog(context, bytes));
    return { sections: [facts('', undefined, [fact('records', 'Kernel log', of)])] };
  }
  const { records, newest } = logOf(context.dossier, bytes);
  if (records.length === 0) return { sections: [note('The kernel log is empty.')] };
  const tasks = new Tasks(context, newest);
  const today = dateTimeText(context.wallMs).split(' ')[0]!;
  return {
    sections: [
      summary(records),
      {
        kind: 'table',
        id: 'log',
        columns: [
          { id: 'record', title: 'since boot', align: 'right' },
          { id: 'at', title: 'time' },
          { id: 'level', title: 'level' },
          { id: 'message', title: 'message' },
        ],
        rows: newest.map(each => row(context, tasks, today, each)),
      },
      note(
        'The newest report stands first, its lines in the order of dmesg: a report ends where nothing is logged for more ' +
          'than a second, or where "cut here" begins another.',
      ),
      note('The clock of the log stands still during suspend: after one, the times shown are too early.'),
    ],
  };
}
