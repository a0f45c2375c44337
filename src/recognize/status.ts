/** /proc/PID/status, whole, in part, or single lines of it. */
import { findField } from '../fields/registry.ts';
import { statusNumber } from '../decode/pid-status.ts';
import { capabilityNames } from '../kernel/capabilities.ts';
import { isBetween, minorText } from '../kernel/release.ts';
import { signalName, signalNames } from '../kernel/signals.ts';
import { STATUS_KEYS_BY_NAME, type StatusKeyFact, type StatusUnit } from '../kernel/status-keys.ts';
import { bytesText } from '../units/format.ts';
import { columns, wrapped } from './layout.ts';
import type { Line } from './lines.ts';
import { capabilityWords, cpuList, signalWords } from './masks.ts';
import { capabilitiesThing, signalsThing } from './named.ts';
import { stateWords } from './states.ts';
import { fromHex, head, hex, plural, type Context, type Json, type Thing } from './thing.ts';

interface Entry {
  readonly key: string;
  readonly value: string;
  /** Undefined: a key that is not known, between known ones. */
  readonly fact: StatusKeyFact | undefined;
}

/** What a value of each unit looks like: other text with the same key before it is no status line. */
const SHAPES: Record<StatusUnit, RegExp> = {
  kB: /^\d+ kB$/,
  count: /^\d+$/,
  slots: /^\d+$/,
  pid: /^\d+$/,
  'group id': /^\d+$/,
  '0/1': /^\d$/,
  '0/1/2': /^\d$/,
  octal: /^[0-7]{1,5}$/,
  hex: /^0x[0-9a-f]{1,16}$/i,
  'hex mask': /^[0-9a-f]{1,16}$/i,
  'hex groups': /^[0-9a-f]{1,8}(?:,[0-9a-f]{8})*$/i,
  'CPU list': /^[\d,-]*$/,
  'node list': /^[\d,-]*$/,
  numbers: /^[\d\s]*$/,
  '4 numbers': /^\d+(?:\s+\d+){3}$/,
  'n/max': /^\d+\/\d+$/,
  'letter + text': /^[A-Za-z] \([a-z ]{1,30}\)$/,
  words: /^[\w ]*$/,
  text: /^/,
};

/** Keys that mean something else in other texts: they count only beside another key. */
const COMMON = new Set(['Name', 'Pid', 'Threads', 'Groups', 'Tgid', 'Uid', 'Gid', 'Umask', 'State']);
const ALONE: ReadonlySet<StatusUnit> = new Set(['4 numbers', 'letter + text']);

const ENTRY = /^(?:\S*status:)?(\w+):[ \t]*(.*)$/;

function entryOf(body: string): Entry | undefined {
  const match = ENTRY.exec(body);
  const fact = match && STATUS_KEYS_BY_NAME.get(match[1]!);
  return fact && SHAPES[fact.unit].test(match[2]!) ? { key: fact.key, value: match[2]!, fact } : undefined;
}

/** A line as a key that this program does not know: `Key:` and a tab. */
function unknownEntry(body: string): Entry | undefined {
  const match = /^(\w+):\t(.*)$/.exec(body);
  return match && !STATUS_KEYS_BY_NAME.has(match[1]!)
    ? { key: match[1]!, value: match[2]!.trim(), fact: undefined }
    : undefined;
}

/** The entries from line `from` on, until something else or a key for the second time follows. */
function block(lines: readonly Line[], from: number): Entry[] {
  const entries: Entry[] = [];
  const seen = new Set<string>();
  for (let n = from; n < lines.length; n++) {
    const entry = entryOf(lines[n]!.body) ?? (n > from ? unknownEntry(lines[n]!.body) : undefined);
    if (!entry || seen.has(entry.key)) break;
    seen.add(entry.key);
    entries.push(entry);
  }
  return entries.slice(0, entries.findLastIndex(({ fact }) => fact !== undefined) + 1);
}

const FOUR = ['real', 'effective', 'saved', 'file system'];
const yes =
  (meaning: string, otherwise: string) =>
  (value: string): string =>
    value === '0' ? otherwise : meaning;

/** What a value says beyond what its key means. */
const BY_KEY: Readonly<Record<string, (value: string) => string>> = {
  NoNewPrivs: yes('execve() can give no more privileges', 'execve() may give privileges'),
  Kthread: yes('a kernel thread', 'no kernel thread'),
  CoreDumping: yes('it is writing a core dump', 'no core dump in progress'),
  THP_enabled: yes('not disabled', 'disabled by prctl()'),
  TracerPid: value => (value === '0' ? 'not traced' : `traced by pid ${value}`),
  Ngid: value => (value === '0' ? 'none' : ''),
  Seccomp: value => ['off', 'strict: read, write, exit and sigreturn only', 'filter'][Number(value)] ?? 'unknown mode',
  Umask: value => {
    const mask = parseInt(value, 8);
    const mode = (all: number): string => (all & ~mask).toString(8).padStart(4, '0');
    return `new files get at most ${mode(0o666)}, directories ${mode(0o777)}`;
  },
  SigQ: value => value.replace('/', ' queued of at most '),
  untag_mask: value => {
    const ignored = BigInt.asUintN(64, ~fromHex(value));
    return ignored === 0n ? 'no tag bits' : `tag bits ${hex(ignored)}`;
  },
};

const kilobytes = (bytes: number): string => (bytes === 0 ? '0 B' : `${bytesText(bytes)}iB`);

function words({ key, value, fact }: Entry, { release }: Context): string {
  const special = BY_KEY[key];
  if (special) return special(value);
  switch (fact?.unit) {
    case 'letter + text':
      return stateWords(value.charAt(0), release).words;
    case 'kB':
      return kilobytes(statusNumber(value) ?? 0);
    case 'hex mask':
      return key.startsWith('Cap') ? capabilityWords(fromHex(value), release) : signalWords(fromHex(value));
    case 'hex groups':
      return `${key.startsWith('Mems') ? 'nodes' : 'CPUs'} ${cpuList(value) ?? ''}`;
    case '4 numbers': {
      const numbers = value.split(/\s+/);
      return new Set(numbers).size === 1 ? '' : FOUR.map((name, n) => `${name} ${numbers[n]}`).join(', ');
    }
    default:
      return '';
  }
}

/** A key in a release that does not have it. */
function unexpected({ fact }: Entry, { release }: Context): string {
  if (!fact || !release || isBetween(release, fact.first, fact.last)) return '';
  const span = fact.last === null ? `since ${fact.first}` : `${fact.first ?? 'before'} to ${fact.last}`;
  return `not in mainline Linux ${minorText(release)} (${span})`;
}

/** The value as JSON: kB in bytes, masks as hexadecimal strings, numbers as such, other text as it is. */
function json({ key, value }: Entry): Json {
  const unit = findField(`status.${key}`)?.unit;
  if (unit === 'mask') return hex(fromHex(value), value.replace(/^0x/, '').length);
  if (unit === undefined || unit === 'text') return value.trim();
  return statusNumber(value) ?? value;
}

const bitNames = ({ key, value }: Entry): readonly string[] =>
  key.startsWith('Cap') ? capabilityNames(fromHex(value)) : signalNames(fromHex(value));

/** What several keys say together. */
function remarks(entries: readonly Entry[]): string[] {
  const mask = (key: string): bigint => fromHex(entries.find(entry => entry.key === key)?.value ?? '0');
  const state = entries.find(({ key }) => key === 'State')?.value.charAt(0);
  const pending = mask('SigPnd') | mask('ShdPnd');
  const held = pending & mask('SigBlk');
  const said: string[] = [];
  if (held !== 0n)
    said.push(
      `${signalWords(held)} pending and blocked: delivered when this thread (or for ShdPnd another one) unblocks it.`,
    );
  const kill = 1n << 8n;
  if ((pending & kill) !== 0n)
    said.push(
      state === 'D'
        ? `${signalName(9)} is pending while it is in D: it dies when what it waits for comes, or at once if the wait is killable.`
        : `${signalName(9)} is pending: it is about to die.`,
    );
  return said;
}

function statusThing(entries: readonly Entry[], text: string, context: Context): Thing {
  const find = (key: string): string | undefined => entries.find(entry => entry.key === key)?.value;
  const name = find('Name');
  const pid = find('Pid');
  const said = remarks(entries);
  const id = ({ key }: Entry): string => `status.${key}`;
  const masks = entries.filter(({ fact }) => fact?.unit === 'hex mask');
  const explained = entries.map(entry => [entry, words(entry, context)] as const);
  const whose = [name, pid && `pid ${pid}`].filter(Boolean).join(', ');
  return {
    facts: {
      ...head('status', text, context),
      fields: Object.fromEntries(entries.map(entry => [id(entry), json(entry)])),
      raw: Object.fromEntries(entries.map(entry => [id(entry), entry.value])),
      names: Object.fromEntries(masks.map(entry => [id(entry), bitNames(entry)])),
      words: Object.fromEntries(
        explained.filter(([, words]) => words !== '').map(([entry, words]) => [id(entry), words]),
      ),
      meanings: Object.fromEntries(entries.map(entry => [id(entry), entry.fact?.meaning ?? ''])),
      notes: said,
    },
    lines: [
      ...wrapped(`status${whose === '' ? '' : ` of ${whose}`}: `, plural(entries.length, 'key')),
      ...columns(
        explained.map(([entry, words]) => {
          const rest = [words, meaningBeside(entry, words), unexpected(entry, context)].filter(part => part !== '');
          return [entry.key, shown(entry), rest.join(' - ')];
        }),
      ),
      ...said.flatMap(note => wrapped('  ', note)),
    ],
  };
}

/** Keys whose meaning explains only the numbers that the words have said already. */
const SAID = new Set(['State', 'TracerPid', 'Ngid', 'Seccomp', 'SigQ', 'Kthread', 'Cpus_allowed']);

const meaningBeside = ({ key, fact }: Entry, words: string): string =>
  !fact ? 'not known' : SAID.has(key) && words !== '' ? '' : fact.meaning.replace('; bit n-1 = signal n', '');

/** Without the leading zeros of masks that have room for thousands of CPUs. */
const shown = ({ value }: Entry): string => value.replaceAll(/\s+/g, ' ').replace(/^(?:00000000,){2,}/, '…');

export interface StatusFound {
  readonly thing: Thing;
  /** How many lines it covers. */
  readonly lines: number;
}

/** What begins at line `from`: several keys as `status`, a signal or capability mask alone as such. */
export function recognizeStatus(
  lines: readonly Line[],
  from: number,
  textOf: (from: number, count: number) => string,
  context: Context,
): StatusFound | undefined {
  const entries = block(lines, from);
  const [first] = entries;
  if (!first?.fact) return undefined;
  const text = textOf(from, entries.length);
  if (entries.length > 1) return { thing: statusThing(entries, text, context), lines: entries.length };
  const { key, value, fact } = first;
  if (fact.unit === 'hex mask') {
    const make = key.startsWith('Cap') ? capabilitiesThing : signalsThing;
    return { thing: make(key, value, text, context), lines: 1 };
  }
  if (COMMON.has(key) && !ALONE.has(fact.unit)) return undefined;
  return { thing: statusThing(entries, text, context), lines: 1 };
}
