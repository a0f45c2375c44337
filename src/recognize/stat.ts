/** Raw stat lines: every field by id, with every digit, and in words. */
import { exactHex } from '../fields/hex.ts';
import { RAW_STAT_FIELDS } from '../fields/stat-fields.ts';
import { minorText } from '../kernel/release.ts';
import { policyName } from '../kernel/sched.ts';
import { STAT_FIELDS, statFieldCount } from '../kernel/stat-fields.ts';
import { ttyName } from '../kernel/tty.ts';
import type { Unit } from '../units/format.ts';
import { flagNames, flagRows, narrowed, needsRelease, type Span } from './flags.ts';
import { columns, wrapped } from './layout.ts';
import { FIELD_COUNTS, findStatLines, type StatLine } from './stat-lines.ts';
import { fieldRow, isUnlimited, TICKS, type StatValues } from './stat-words.ts';
import { stateWords } from './states.ts';
import { head, hex32, type Context, type Found, type Json, type Thing } from './thing.ts';

const KTHREAD = 0x200000;
const INDEX = new Map(STAT_FIELDS.map(({ name, n }) => [name, n - 1]));
const UNIT = new Map(RAW_STAT_FIELDS.map(({ id, unit }) => [id, unit]));
const WORD_SIZED = STAT_FIELDS.filter(({ unit }) => unit === 'address' || unit === 'bytes').map(({ name }) => name);

/** The low 32 bits, as the kernel prints the mask; more digits than that no kernel gives. */
const mask32 = (digits: string): number => Number(BigInt.asUintN(32, BigInt(digits)));

function valuesOf({ texts }: StatLine, { release }: Context): StatValues {
  const raw = (id: string): string | undefined => texts[INDEX.get(id) ?? -1];
  const number = (id: string): number => Number(raw(id) ?? Number.NaN);
  return {
    raw,
    number,
    release,
    isKernelThread: (mask32(raw('flags')!) & KTHREAD) !== 0,
    isHidden: raw('startcode') === '1',
    is64Bit: WORD_SIZED.some(id => id !== 'rsslim' && number(id) > 0xffffffff),
  };
}

/** One value as the JSON of a live task has it: base units, masks and addresses in hexadecimal. */
function value(digits: string, unit: Unit | undefined, values: StatValues): Json {
  switch (unit) {
    case 'text':
    case 'letter':
      return digits;
    case 'mask':
      return exactHex(digits, 8);
    case 'address':
      return exactHex(digits, 1);
    case 'limit':
      return isUnlimited(digits, values) ? 'unlimited' : digits;
    case 'seconds':
    case 'cpu-time':
      return Number(digits) / TICKS;
    default:
      return Number(digits);
  }
}

/** What must be known beside the values. */
function notes(line: StatLine, values: StatValues): string[] {
  const count = line.texts.length;
  const { release } = values;
  const said: string[] = [];
  if (!FIELD_COUNTS.includes(count))
    said.push(
      count > 52
        ? `${count} fields: a kernel newer than is known here; only the first 52 are told.`
        : `${count} fields, which no kernel prints: the line was cut off, and the last number with it perhaps.`,
    );
  else if (release && statFieldCount(release) !== count)
    said.push(
      `Linux ${minorText(release)} prints ${statFieldCount(release)} fields, this line has ${count}: another kernel?`,
    );
  if (values.isHidden)
    said.push(
      'startcode is 1: the reader was not permitted to see addresses, wait channel and exit code of this task.',
    );
  if (values.number('num_threads') > 1)
    said.push(
      'Several threads: in /proc/PID/stat fields 10, 12, 14, 15 and 43 are sums over all of them; state, flags, priority, ' +
        'policy, processor, signals and wait channel are of the first thread alone.',
    );
  said.push(`Times are told with ${TICKS} ticks per second, as x86, arm and arm64 have; the line does not say.`);
  return said;
}

/** Which kernels print so many fields. */
const SPANS: Readonly<Record<number, Span & { readonly words: string }>> = {
  44: { first: '2.6.32', last: '3.2', words: 'Linux 3.2 or older', because: '44 fields are printed up to Linux 3.2' },
  47: { first: '3.3', last: '3.4', words: 'Linux 3.3 or 3.4', because: '47 fields are printed by Linux 3.3 and 3.4' },
  52: { first: '3.5', last: null, words: 'Linux 3.5 or later', because: '52 fields are printed since Linux 3.5' },
};

/** Since when a letter is printed: no older kernel shows it. */
const YOUNG_STATES: Readonly<Record<string, string>> = { I: '4.14', P: '4.14' };

/** Which kernels can have printed so many fields and this state. */
function spanOf(fields: number, state: string): Span | undefined {
  const counted = SPANS[fields];
  const young = YOUNG_STATES[state];
  if (young === undefined || (counted && counted.last !== null)) return counted;
  return { first: young, last: null, because: `state ${state} is shown since Linux ${young}` };
}

function statThing(line: StatLine, context: Context): Thing {
  const values = valuesOf(line, context);
  const present = STAT_FIELDS.slice(0, line.texts.length);
  const comm = values.raw('comm')!;
  const mask = mask32(values.raw('flags')!);
  const span = spanOf(line.texts.length, values.raw('state')!);
  const decoded = flagNames(mask, context.release, comm, span, context.among);
  const because = narrowed(mask, decoded, context, comm, span);
  const unknown = Number(decoded.unknown_bits) === 0 ? [] : [decoded.unknown_bits];
  const said = notes(line, values);
  const policy = values.raw('policy');
  const shownBy = ({ name, gated }: (typeof STAT_FIELDS)[number]): Json => {
    const digits = values.raw(name);
    return digits === undefined || (gated && values.isHidden) ? null : value(digits, UNIT.get(name), values);
  };
  return {
    needsRelease: needsRelease(decoded),
    facts: {
      ...head('stat', line.text, context),
      fields: Object.fromEntries(STAT_FIELDS.map(field => [field.name, shownBy(field)])),
      raw: Object.fromEntries(present.map(({ name }, n) => [name, line.texts[n]!])),
      flag_names: [...decoded.names, ...unknown],
      ...(decoded.possible ? { possible: decoded.possible } : {}),
      state_name: stateWords(values.raw('state')!, context.release).name,
      policy_name: policy === undefined ? null : policyName(Number(policy)),
      tty_name: ttyName(values.number('tty_nr')) ?? '',
      ticks_per_second: TICKS,
      notes: said,
    },
    lines: [
      ...wrapped(
        `stat of task ${values.raw('pid')} (${comm})`,
        `, ${line.texts.length} fields: ${SPANS[line.texts.length]?.words ?? 'incomplete or unknown'}`,
      ),
      ...fieldLines(present, values, flagRows(decoded, context), mask),
      ...[...(because === undefined ? [] : [because]), ...said].flatMap(note => wrapped('  ', note)),
    ],
  };
}

function fieldLines(
  present: readonly (typeof STAT_FIELDS)[number][],
  values: StatValues,
  flags: readonly (readonly string[])[],
  mask: number,
): string[] {
  const rows = present.flatMap(field => {
    if (field.name !== 'flags') return [fieldRow(field, values)];
    const [first, ...rest] = flags.map(cells => cells.slice(1).filter(Boolean));
    const words = (cells: readonly string[]): string => cells.join(cells[0]?.startsWith('PF_') ? ': ' : ' ');
    return [
      [String(field.n), 'flags', hex32(mask), first ? words(first) : 'no flag is set'],
      ...rest.map(cells => ['', '', '', words(cells)]),
    ];
  });
  return columns(rows, [0]);
}

/** The stat lines of a text and where they end: what they cover is nothing else. */
export function recognizeStats(text: string, context: Context): (Found & { readonly end: number })[] {
  return findStatLines(text).map(line => ({ at: line.at, end: line.end, thing: statThing(line, context) }));
}
