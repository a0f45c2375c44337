/** Single values with a name before them (`tty_nr 34816`, `CapBnd: …`, `exit_code 139`), and bare flag masks. */
import { capabilityNames, unknownCapabilities } from '../kernel/capabilities.ts';
import { priorityText } from '../kernel/sched.ts';
import { signalNames } from '../kernel/signals.ts';
import { STATUS_KEYS_BY_NAME } from '../kernel/status-keys.ts';
import { ttyName, ttyNumbers, ttyRange } from '../kernel/tty.ts';
import { flagsThing, TASK_FLAGS_LINE } from './flags.ts';
import { columns } from './layout.ts';
import { capabilityWords, signalWords } from './masks.ts';
import { fromHex, head, hex, hex32, type Context, type Thing } from './thing.ts';
import { shellReading, waitStatus, type WaitStatus } from './wait-status.ts';

const keyMeaning = (name: string): string =>
  STATUS_KEYS_BY_NAME.get(name)?.meaning.replace('; bit n-1 = signal n', '') ?? '';

/** A 64-bit signal mask: bit n - 1 is signal n. `name` is what stood before it. */
export function signalsThing(name: string, digits: string, text: string, context: Context): Thing {
  const mask = fromHex(digits);
  const meaning = keyMeaning(name);
  return {
    facts: {
      ...head('signals', text, context),
      name,
      raw: hex(mask, 16),
      names: signalNames(mask),
      meaning,
    },
    lines: [`signals ${hex(mask, 16)}`, ...columns([[name, signalWords(mask)], ...(meaning ? [['', meaning]] : [])])],
  };
}

/** A 64-bit capability mask: bit n is capability n. */
export function capabilitiesThing(name: string, digits: string, text: string, context: Context): Thing {
  const mask = fromHex(digits);
  const meaning = keyMeaning(name);
  return {
    facts: {
      ...head('capabilities', text, context),
      name,
      raw: hex(mask, 16),
      names: capabilityNames(mask),
      unknown_bits: hex(unknownCapabilities(mask), 16),
      meaning,
    },
    lines: [
      `capabilities ${hex(mask, 16)}`,
      ...columns([[name, capabilityWords(mask, context.release)], ...(meaning ? [['', meaning]] : [])]),
    ],
  };
}

const terminalWithoutName = (major: number, minor: number): string =>
  major > 0 ? 'a driver with a dynamic major' : minor > 0 ? 'no terminal has major 0' : 'no controlling terminal';

function ttyThing(text: string, number: number, context: Context): Thing {
  const name = ttyName(number) ?? '';
  const range = number === 0 ? undefined : ttyRange(number);
  const { major, minor } = ttyNumbers(number);
  const meaning = range?.meaning ?? terminalWithoutName(major, minor);
  const hints = [range?.note, range || major === 0 ? undefined : 'see /proc/tty/drivers of that machine'];
  const words = [meaning, ...hints.filter(hint => hint !== undefined)].join('; ');
  return {
    facts: { ...head('tty', text, context), tty_nr: number, major, minor, name, meaning },
    lines: [
      `tty_nr ${number} (${hex32(number >>> 0)}): major ${major}, minor ${minor}`,
      ...columns([[name === '' ? 'none' : `/dev/${name}`, words]]),
    ],
  };
}

/** The kernel's own scale (task->prio) is field 18 of stat plus 100. */
const KERNEL_SCALE = 100;
const FIELD_18 = { from: -101, to: 39 };

/**
 * `priority` is taken for field 18 of stat, `prio` for the kernel's own scale, as traces print it; a number that is
 * beyond the one scale is taken for the other. Both are told.
 */
function priorityThing(text: string, name: string, number: number, context: Context): Thing {
  const inField = FIELD_18.from <= number && number <= FIELD_18.to;
  const inKernel = FIELD_18.from <= number - KERNEL_SCALE && number - KERNEL_SCALE <= FIELD_18.to;
  const isKernel = inKernel && (name === 'prio' || !inField);
  const field18 = isKernel ? number - KERNEL_SCALE : number;
  const other = isKernel ? number : number - KERNEL_SCALE;
  const taken = isKernel ? "the kernel's own scale (task->prio)" : 'field 18 of stat';
  const rows = [
    ['taken as', taken],
    ['means', priorityText(field18)],
    ['scales', `field 18 of stat ${field18} = kernel priority ${field18 + KERNEL_SCALE}`],
  ];
  const elsewhere = isKernel ? inField : inKernel;
  if (elsewhere)
    rows.push(['else', `were it ${isKernel ? 'field 18 of stat' : "the kernel's own scale"}: ${priorityText(other)}`]);
  return {
    facts: {
      ...head('priority', text, context),
      scale: isKernel ? 'kernel' : 'stat',
      field_18: field18,
      kernel_priority: field18 + KERNEL_SCALE,
      meaning: priorityText(field18),
    },
    lines: [`${name} ${number}`, ...columns(rows)],
  };
}

/** What nothing is known of. */
const NO_STATUS: WaitStatus = { words: 'no wait status', signal: null, exit_value: null, core_dumped: false };

/** `exited with` stands before what a program or shell gave, never before a wait status. */
function exitThing(text: string, name: string, status: number, context: Context): Thing {
  const isValue = /^exited/i.test(name);
  const wait = isValue && status !== 0 ? undefined : waitStatus(status);
  const shell = shellReading(status);
  const first = wait ?? shell ?? NO_STATUS;
  const other = wait && shell ? shell.words : null;
  const label = wait || !shell ? 'wait status' : 'exit value';
  return {
    facts: { ...head('exit_code', text, context), raw: hex(status), ...first, other_reading: other },
    lines: [
      `${name} ${status} (${hex(status)})`,
      ...columns([[label, first.words], ...(other === null ? [] : [['otherwise', other]])]),
    ],
  };
}

/** A nice value, -20 … 19, is 20 less than field 18 of stat and 120 less than the kernel's priority. */
function niceThing(text: string, nice: number, context: Context): Thing {
  const field18 = nice + 20;
  return {
    facts: {
      ...head('priority', text, context),
      scale: 'nice',
      field_18: field18,
      kernel_priority: field18 + KERNEL_SCALE,
      meaning: priorityText(field18),
    },
    lines: [
      `nice ${nice}`,
      ...columns([
        ['means', priorityText(field18)],
        ['scales', `field 18 of stat ${field18} = kernel priority ${field18 + KERNEL_SCALE}`],
      ]),
    ],
  };
}

interface Pattern {
  /** Matches name and value where it stands. */
  readonly match: RegExp;
  /** May stand among other words: the name cannot mean anything else. */
  readonly anywhere: boolean;
  readonly thing: (match: RegExpExecArray, context: Context) => Thing;
}

const INT = '-?(?:0x[0-9a-f]{1,8}|\\d{1,10})';
const END = '(?![\\w.])';
const pattern = (source: string): RegExp => new RegExp(`(?<![\\w-])${source}${END}`, 'giy');
const number = (digits: string): number => (digits.startsWith('-') ? -Number(digits.slice(1)) : Number(digits));

const PATTERNS: readonly Pattern[] = [
  {
    match: pattern('((?:Sig|Shd)(?:Pnd|Blk|Ign|Cgt))\\s*[:=\\s]\\s*(0x[0-9a-f]{1,16}|[0-9a-f]{16}|\\d[0-9a-f]{0,15})'),
    anywhere: true,
    thing: ([text, name, digits], context) => signalsThing(statusSpelling(name!), digits!, text, context),
  },
  {
    match: pattern('(Cap(?:Inh|Prm|Eff|Bnd|Amb))\\s*[:=\\s]\\s*(0x[0-9a-f]{1,16}|[0-9a-f]{16}|\\d[0-9a-f]{0,15})'),
    anywhere: true,
    thing: ([text, name, digits], context) => capabilitiesThing(statusSpelling(name!), digits!, text, context),
  },
  {
    match: pattern('(signal mask|sigmask|signals)\\s*[:=\\s]\\s*(0x[0-9a-f]{1,16}|[0-9a-f]{16})'),
    anywhere: false,
    thing: ([text, name, digits], context) => signalsThing(name!, digits!, text, context),
  },
  {
    match: pattern('(cap|caps|capabilities|capability mask)\\s*[:=\\s]\\s*(0x[0-9a-f]{1,16}|[0-9a-f]{16})'),
    anywhere: false,
    thing: ([text, name, digits], context) => capabilitiesThing(name!, digits!, text, context),
  },
  {
    match: pattern(`tty_nr\\s*[:=\\s]\\s*(${INT})`),
    anywhere: true,
    thing: ([text, digits], context) => ttyThing(text, number(digits!) | 0, context),
  },
  {
    match: pattern(`(priority|prio)\\s*[:=\\s]\\s*(-?\\d{1,3})`),
    anywhere: false,
    thing: ([text, name, digits], context) => priorityThing(text, name!.toLowerCase(), number(digits!), context),
  },
  {
    match: pattern('nice\\s*[:=\\s]\\s*(-20|-?1?\\d)'),
    anywhere: false,
    thing: ([text, digits], context) => niceThing(text, number(digits!), context),
  },
  {
    match: pattern(
      `(exit_code|exit code|exit status|wait status|wait_status|exited with(?: code| status)?)\\s*[:=\\s]\\s*(0x[0-9a-f]{1,8}|\\d{1,10})`,
    ),
    anywhere: false,
    thing: ([text, name, digits], context) => exitThing(text, name!, Number(digits) >>> 0, context),
  },
  {
    // a mask that an editor or journalctl has cut (0x40>) is not taken for a whole one
    match: new RegExp('(?<!\\w)task_flags:\\s*(0x[0-9a-f]{1,8})(?=[\\s,;)\\]"\'`]|$)', 'giy'),
    anywhere: true,
    thing: ([, digits], context) => flagsThing(digits!, context, undefined, TASK_FLAGS_LINE),
  },
];

/** `sigblk` → `SigBlk`. */
const statusSpelling = (name: string): string =>
  [...STATUS_KEYS_BY_NAME.keys()].find(key => key.toLowerCase() === name.toLowerCase()) ?? name;

export interface NamedThing {
  /** Where it stands in the line. */
  readonly at: number;
  readonly thing: Thing;
}

const SEPARATORS = /[\s,;]*/y;
const WORD = /[^\s,;]+/y;

/** Hexadecimal with 0x, or decimal without zeros before it (those are words of a memory dump), of 32 bits. */
const isMask = (word: string): boolean =>
  /^(?:0x[0-9a-f]{1,8}|0|[1-9]\d{0,9})$/i.test(word) && Number(word) <= 0xffffffff;

/** A line of a memory dump that happens to have no letter in it. */
const isDump = (line: string): boolean => /^\d{8}(?:\s+\d{8})+$/.test(line);

/** A bare flag mask at this place. */
function maskAt(line: string, at: number): string | undefined {
  WORD.lastIndex = at;
  const word = WORD.exec(line)?.[0];
  return word !== undefined && isMask(word) ? word : undefined;
}

/**
 * Values one after the other, with nothing between them but blanks, commas and semicolons; undefined if anything else is
 * there. A number among other words may be anything: a pid, an address, a time.
 */
function wholeLine(line: string, context: Context, mayBeMasks: boolean): NamedThing[] | undefined {
  const found: NamedThing[] = [];
  let at = 0;
  for (;;) {
    SEPARATORS.lastIndex = at;
    SEPARATORS.exec(line);
    at = SEPARATORS.lastIndex;
    if (at >= line.length) return found;
    const hit = matchAt(line, at, PATTERNS);
    const mask = hit || !mayBeMasks ? undefined : maskAt(line, at);
    if (hit) found.push({ at, thing: hit.pattern.thing(hit.match, context) });
    else if (mask !== undefined) found.push({ at, thing: flagsThing(mask, context) });
    else return undefined;
    at += (mask ?? hit!.match[0]).length;
  }
}

function matchAt(
  line: string,
  at: number,
  patterns: readonly Pattern[],
): { readonly pattern: Pattern; readonly match: RegExpExecArray } | undefined {
  for (const candidate of patterns) {
    candidate.match.lastIndex = at;
    const match = candidate.match.exec(line);
    if (match) return { pattern: candidate, match };
  }
  return undefined;
}

const BEGINNINGS = /(?<![\w-])(?:sig|shd|cap|tty_nr|task_flags)/gi;

/** Values whose names leave no doubt, among other words. */
function amongWords(line: string, context: Context): NamedThing[] {
  const found: NamedThing[] = [];
  const unmistakable = PATTERNS.filter(({ anywhere }) => anywhere);
  for (const { index } of line.matchAll(BEGINNINGS)) {
    const hit = matchAt(line, index, unmistakable);
    // in a sentence only a mask as the kernel prints it is one
    if (!hit || (/^(?:sig|shd|cap)/i.test(hit.match[0]) && !/[0-9a-f]{16}$/i.test(hit.match[0]))) continue;
    found.push({ at: index, thing: hit.pattern.thing(hit.match, context) });
  }
  return found;
}

/** The values in a line; bare flag masks only where no log stands before them. */
export const namedThings = (line: string, context: Context, isLogged: boolean): NamedThing[] =>
  wholeLine(line, context, !isLogged && !isDump(line)) ?? amongWords(line, context);

/** `flags:0x…` and nothing else: the thread_info mask of a log, alone. */
export const loneThreadInfo = (line: string): string | undefined => /^flags:\s*(0x[0-9a-f]{1,16})$/i.exec(line)?.[1];
