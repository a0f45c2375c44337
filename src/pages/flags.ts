/** The flags of one task, bit by bit: all 32, named for the kernel that runs, and what changed while we watched. */
import { decodeFlags, type FlagTable, possibleNames, type TaskFlag } from '../kernel/task-flags.ts';
import { durationText, timeText } from '../units/format.ts';
import type { FlagChange, FlagWatch, TaskContext } from './context.ts';
import { fact, facts, item, type Item, note, type Page, type Section } from './document.ts';

const BITS = Array.from({ length: 32 }, (_, bit) => 2 ** bit);

const hex = (bits: number): string => '0x' + (bits >>> 0).toString(16).padStart(8, '0');

function namesOf(mask: number, table: FlagTable, comm: string): string[] {
  const { flags, unknownBits } = decodeFlags(mask, table, comm);
  return [...flags.map(({ name }) => name), ...(unknownBits === 0 ? [] : [hex(unknownBits)])];
}

const changesOf = (bit: number, { changes }: FlagWatch): FlagChange[] =>
  changes.filter(({ set, cleared }) => ((set | cleared) & bit) !== 0);

/** When a bit last changed, and how often: `12s`, `3× 2s`. */
function changeText(changes: readonly FlagChange[], nowMs: number): string {
  const [latest] = changes;
  if (!latest) return '';
  const ago = durationText(Math.max(0, nowMs - latest.wallMs) / 1000);
  return changes.length === 1 ? ago : `${changes.length}× ${ago}`;
}

/** A bit without a name in this table, in words. */
function unnamed(bit: number, isSet: boolean): string {
  const elsewhere = possibleNames(bit).map(flag => `${flag.name} (${flag.first} to ${flag.last ?? 'now'})`);
  const known = elsewhere.length > 0 ? `; elsewhere ${elsewhere.join(', ')}` : '';
  return isSet ? `set, but it has no name in this table${known}` : `unused in this kernel${known}`;
}

const sinceText = (flag: TaskFlag | undefined): string => (flag?.first === '2.6.32' ? '2.6' : (flag?.first ?? ''));

function bitRow({ task, watch, wallMs }: TaskContext, table: FlagTable, bit: number): Item[] {
  const isSet = (task.stat(9) & bit) !== 0;
  const flag = table.byMask(bit);
  const changes = changesOf(bit, watch);
  const tone = isSet ? 'normal' : 'dim';
  const text = flag ? flag.meaning : unnamed(bit, isSet);
  return [
    item(hex(bit), hex(bit), tone),
    item(flag?.letter ?? '', flag?.letter ?? null, isSet ? 'strong' : 'dim'),
    item(flag ? flag.name.slice(3) : '-', flag?.name ?? null, isSet ? 'strong' : 'dim'),
    item(isSet ? '●' : '·', isSet, isSet ? 'good' : 'dim'),
    item(changeText(changes, wallMs), changes.length, 'changed'),
    item(sinceText(flag), flag?.first ?? null, 'dim'),
    item(text, text, tone),
  ];
}

function tableName({ release, newerThanKnown, olderThanKnown }: FlagTable): string {
  if (newerThanKnown) return `this kernel is newer than the newest table, that of ${release}`;
  return olderThanKnown ? `this kernel is older than the oldest table, that of ${release}` : `table of ${release}`;
}

function history({ task, watch, wallMs }: TaskContext, table: FlagTable): Section[] {
  const { changes } = watch;
  const seconds = Math.max(0, wallMs - watch.openedMs) / 1000;
  const watched = Number.isFinite(seconds) ? `watched for ${durationText(seconds)}` : 'watched';
  if (changes.length === 0) return [note(`No bit has changed: ${watched}.`)];
  const list = (mask: number, sign: string): string[] => namesOf(mask, table, task.comm).map(name => `${sign} ${name}`);
  return [
    {
      kind: 'table',
      id: 'changes',
      title: `Changes, ${watched}`,
      columns: [
        { id: 'time', title: 'time' },
        { id: 'bits', title: 'bits set (+) and cleared (-)' },
      ],
      rows: changes.map(({ wallMs: ms, set, cleared }) => [
        item(timeText(ms), Number.isFinite(ms) ? new Date(ms).toISOString() : null, 'dim'),
        item(
          [...list(set, '+'), ...list(cleared, '-')].join('  '),
          { set: hex(set), cleared: hex(cleared) },
          'changed',
        ),
      ]),
    },
  ];
}

export function flagsPage(context: TaskContext): Page {
  const { task } = context;
  const mask = task.stat(9);
  const { release } = task.machine;
  const table = task.machine.flags.forTask(mask, task.comm);
  const names = namesOf(mask, table, task.comm);
  const changed = context.watch.changes.length > 0;
  return {
    sections: [
      facts('', undefined, [
        fact('flags', 'flags', item(`${hex(mask)}  ${mask}   Linux ${release.text}, ${tableName(table)}`, hex(mask))),
        fact('flag_names', 'set', item(names.join(' ') || 'none', names, 'strong')),
      ]),
      ...(changed ? history(context, table) : []),
      {
        kind: 'table',
        id: 'bits',
        columns: [
          { id: 'bit', title: 'bit' },
          // as the column of the table is called, which shows these letters
          { id: 'letter', title: 'FLAGS' },
          { id: 'name', title: 'name PF_' },
          { id: 'set', title: 'now' },
          { id: 'changes', title: 'ago' },
          { id: 'since', title: 'since' },
          { id: 'meaning', title: 'meaning' },
        ],
        rows: BITS.map(bit => bitRow(context, table, bit)),
      },
      ...(changed ? [] : history(context, table)),
      ...(task.isThread || task.stat(20) <= 1
        ? []
        : [note('These are the flags of the first thread; the page Threads has those of the others.')]),
    ],
  };
}
