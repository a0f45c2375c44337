/** The order of the tasks from record to record, and a record's steps in the order in which they happened. */
import { changed, type FileRecord, type LineChange, type SampleRecord } from './record.ts';

/** Tasks in the order of a sample. */
export type TaskOrder = readonly (readonly [tid: number, tgid: number])[];

/** The order of a sample, made of the one before. */
export function nextOrder(before: TaskOrder, { order, came, left }: SampleRecord): TaskOrder {
  if (order) return order;
  if (!came && !left) return before;
  const gone = new Set(left);
  const stayed = gone.size > 0 ? before.filter(([tid]) => !gone.has(tid)) : before;
  if (!came) return stayed;
  const out: (readonly [number, number])[] = [];
  let at = 0;
  for (const [index, tid, tgid] of came) {
    while (out.length < index && at < stayed.length) out.push(stayed[at++]!);
    out.push([tid, tgid]);
  }
  while (at < stayed.length) out.push(stayed[at++]!);
  return out;
}

export interface Steps {
  /** A task was read, the one at `index` of the order; `line`: its stat line, where it changed. */
  stat(tid: number, tgid: number, ms: number, line: string | undefined, index: number): void;
  file(record: FileRecord): void;
  /** The line of a task as it was; undefined: not known, or not wanted. */
  former(tid: number): string | undefined;
}

/** Goes through a sample: stat lines along the order, files where they came in between. */
export function walk(record: SampleRecord, order: TaskOrder, steps: Steps): void {
  const { reads, files } = record;
  // few tasks have a line, all are looked up
  const lines = new Map(Object.entries(record.stat).map(([tid, line]) => [Number(tid), line]));
  let file = 0;
  let run = 0;
  let left = reads[1] ?? 0;
  for (let index = 0; index < order.length; index++) {
    while (file < files.length && (files[file]![4] ?? Number.POSITIVE_INFINITY) <= index) steps.file(files[file++]!);
    while (left === 0 && run + 2 < reads.length) {
      run += 2;
      left = reads[run + 1]!;
    }
    left--;
    const [tid, tgid] = order[index]!;
    const change = lines.get(tid);
    steps.stat(tid, tgid, reads[run] ?? record.ms, lineOf(change, tid, steps), index);
  }
  while (file < files.length) steps.file(files[file++]!);
}

function lineOf(change: LineChange | undefined, tid: number, steps: Steps): string | undefined {
  if (change === undefined || typeof change === 'string') return change;
  const former = steps.former(tid);
  return former === undefined ? undefined : changed(former, change);
}
