/** Every key of a task's `status`, decoded; and the keys that this kernel knows but the file has not. */
import { exactText } from '../decode/bytes.ts';
import { isBetween } from '../kernel/release.ts';
import { STATUS_KEYS, STATUS_KEYS_BY_NAME, type StatusKeyFact } from '../kernel/status-keys.ts';
import { isMissing } from '../units/missing.ts';
import { lastCapabilityOf } from './capability-words.ts';
import type { TaskContext, TaskPageBuilder } from './context.ts';
import { item, type Item, type Section } from './document.ts';
import { absence, statusWords, type StatusWorld } from './status-words.ts';
import { missingSection, type Status, statusOf } from './task-files.ts';

const MOST_VALUE = 20;
const MOST_DECODED = 28;

/** Masks of CPUs and nodes: groups of 32 bits, the highest first; a kernel built for many begins with many zeros. */
const withoutLeadingZeros = (groups: string): string => groups.replace(/^(?:0{8},)+/, '…');

function shownValue(exact: string, known: StatusKeyFact | undefined): string {
  return known?.unit === 'hex groups' ? withoutLeadingZeros(exact) : exact.replaceAll('\t', ' ');
}

/** What does not fit into its column stands before the meaning, which wraps. */
function row(key: string, value: string, world: StatusWorld): Item[] {
  const known = STATUS_KEYS_BY_NAME.get(key);
  const exact = exactText(Uint8Array.from(value, character => character.charCodeAt(0)));
  const shown = shownValue(exact, known);
  const decoded = statusWords(key, value, world);
  const long = decoded.text.length > MOST_DECODED;
  const count = long && Array.isArray(decoded.value) ? `${decoded.value.length} names` : decoded.text;
  const meaning = known?.meaning ?? 'not known to this table: a newer kernel, or another tree';
  const words = [...(shown.length > MOST_VALUE ? [shown] : []), ...(long ? [decoded.text] : []), meaning];
  return [
    item(key, key, known ? 'strong' : 'warn'),
    item(shown, exact),
    { ...decoded, text: count },
    item(words.join('; '), meaning, 'dim'),
  ];
}

function absentSection(context: TaskContext, status: Status): Section[] {
  const { tables } = context.task.machine;
  const rows = STATUS_KEYS.filter(({ key, first, last }) => !status.has(key) && isBetween(tables, first, last)).map(
    known => [
      item(known.key, known.key, 'dim'),
      item(absence(known.key, context.task).why),
      item(known.meaning, known.meaning, 'dim'),
    ],
  );
  if (rows.length === 0) return [];
  return [
    {
      kind: 'table',
      id: 'absent',
      title: `Keys of Linux ${context.task.machine.flags.release} that are not in the file`,
      columns: [
        { id: 'key', title: 'key' },
        { id: 'why', title: 'why', most: 48 },
        { id: 'meaning', title: 'meaning' },
      ],
      rows,
    },
  ];
}

export const statusPage: TaskPageBuilder = context => {
  const status = statusOf(context);
  if (isMissing(status))
    return { sections: [missingSection(context, 'status', { id: 'keys', title: 'Status' }, status)] };
  const world = { machine: context.task.machine, lastCapability: lastCapabilityOf(context) };
  return {
    sections: [
      {
        kind: 'table',
        id: 'keys',
        columns: [
          { id: 'key', title: 'key' },
          { id: 'value', title: 'value', most: MOST_VALUE },
          { id: 'decoded', title: 'decoded', most: MOST_DECODED },
          { id: 'meaning', title: 'meaning' },
        ],
        rows: [...status].map(([key, value]) => row(key, value, world)),
      },
      ...absentSection(context, status),
    ],
  };
};
