/** Columns as facts of a page: the registry's value, with its unit in words. */
import { whyMissing } from '../fields/file-reasons.ts';
import { field } from '../fields/registry.ts';
import type { TaskView } from '../fields/task.ts';
import { formatValue, type Unit } from '../units/format.ts';
import { isMissing, type Missing, MISSING_REASONS } from '../units/missing.ts';
import { type Fact, fact, item, type Item, missingItem, numberItem } from './document.ts';

const UNIT_TEXT: Partial<Record<Unit, string>> = { percent: ' %', 'per-second': ' /s', 'bytes-per-second': '/s' };
const ROOM = 24;

/**
 * Why a column of the task has no value. Where one is hidden, it is from who may not ptrace the task, as `auxv` is; who has
 * the right for all tasks is not told to get it.
 */
export const whyNoValue = ({ machine }: TaskView, { missing }: Missing): string =>
  missing === 'no-permission' && machine.live && machine.mayPtrace
    ? whyMissing('auxv', missing, machine.release, true)
    : MISSING_REASONS[missing];

/** The value of a column in its unit, or why there is none. */
export function fieldItem(id: string, task: TaskView): Item {
  const { value: valueOf, unit } = field(id);
  const value = valueOf(task);
  if (isMissing(value)) return missingItem(value, whyNoValue(task, value));
  if (typeof value === 'number') return numberItem(formatValue(value, unit, ROOM) + (UNIT_TEXT[unit] ?? ''), value);
  return typeof value === 'string' ? item(value) : item(value.join(' '), value);
}

export const fieldFact = (id: string, label: string, task: TaskView): Fact => fact(id, label, fieldItem(id, task));

/** Its text alone, to be part of a sentence. */
export function fieldText(id: string, task: TaskView): string {
  const { missing, text } = fieldItem(id, task);
  return missing ? '-' : text;
}
