/** Every key of `/proc/[pid]/status` as a column `status.<Key>`; the facts come from the kernel table. */
import { exactText } from '../decode/bytes.ts';
import { statusNumber, statusValue } from '../decode/pid-status.ts';
import { STATUS_KEYS, type StatusKeyFact, type StatusUnit } from '../kernel/status-keys.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import type { Unit } from '../units/format.ts';
import type { Field } from './field.ts';
import { fromFile, hasAddressSpace, NOT_APPLICABLE, type TaskView } from './task.ts';

/** The column's unit by the unit of the facts; what is not one plain number stays text. */
const UNIT_OF: Record<StatusUnit, Unit> = {
  kB: 'bytes',
  count: 'count',
  slots: 'count',
  pid: 'id',
  'group id': 'id',
  '0/1': 'integer',
  '0/1/2': 'integer',
  octal: 'text',
  hex: 'mask',
  'hex mask': 'mask',
  'hex groups': 'text',
  'CPU list': 'text',
  'node list': 'text',
  numbers: 'text',
  '4 numbers': 'text',
  'n/max': 'text',
  'letter + text': 'text',
  words: 'text',
  text: 'text',
};

/** Keys that belong to one thread; all others are the process's. */
const PER_THREAD = new Set([
  'Name',
  'State',
  'Pid',
  'NSpid',
  'SigPnd',
  'SigBlk',
  'Cpus_allowed',
  'Cpus_allowed_list',
  'Mems_allowed',
  'Mems_allowed_list',
  'voluntary_ctxt_switches',
  'nonvoluntary_ctxt_switches',
]);

function convert(text: string, unit: Unit): number | string | undefined {
  // the values come as code points of their bytes; a name (and nothing else here) may hold any
  if (unit === 'text') return exactText(Uint8Array.from(text, character => character.charCodeAt(0)));
  if (unit === 'mask') return '0x' + text.replace(/^0x/, '');
  return statusNumber(text);
}

const ZOMBIE = 'Z'.charCodeAt(0);

/** Whether the kernel leaves the key out for tasks like this one. */
const leftOut = ({ condition = '' }: StatusKeyFact, task: TaskView): boolean =>
  (condition.includes('address space') && !hasAddressSpace(task)) ||
  (condition.includes('zombie') && task.stat(3) === ZOMBIE);

function statusField(fact: StatusKeyFact): Field {
  const unit = UNIT_OF[fact.unit];
  return {
    id: `status.${fact.key}`,
    title: fact.key,
    width: Math.max(fact.key.length, unit === 'mask' ? 18 : unit === 'bytes' ? 6 : 8),
    unit,
    files: ['status'],
    scope: PER_THREAD.has(fact.key) ? 'leader' : 'group',
    since: fact.first ?? '2.6',
    ...(fact.last === null ? {} : { until: fact.last }),
    help:
      fact.meaning.charAt(0).toUpperCase() +
      fact.meaning.slice(1) +
      '.' +
      (fact.condition ? ` ${fact.condition}.` : ''),
    value: (task: TaskView): Reading<number | string> => {
      const text = fromFile(task, 'status', bytes => statusValue(bytes, fact.key));
      if (isMissing(text)) return text.missing === 'not-in-this-kernel' && leftOut(fact, task) ? NOT_APPLICABLE : text;
      return fromFile(task, 'status', () => convert(text, unit));
    },
  };
}

export const STATUS_FIELDS: readonly Field[] = STATUS_KEYS.map(statusField);
