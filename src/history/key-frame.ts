/** A key frame out of a table: all there is, so that playing can begin there. */
import { latin1 } from '../decode/bytes.ts';
import type { WhyUnread } from '../frame/sink.ts';
import type { SeenTask } from '../model/task-past.ts';
import type { TaskTable } from '../model/task-table.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import type { KeptFile, KeyFrame } from './record.ts';

const textOf = (reading: Reading<Uint8Array>): string | { missing: WhyUnread } =>
  isMissing(reading) ? { missing: reading.missing as WhyUnread } : latin1(reading);

/** The state after the last finished sample. */
export function keyFrameOf(table: TaskTable): KeyFrame {
  const { system, past, samples } = table;
  const seats = [...table.order.subarray(0, table.count)];
  const aside = table.unlisted();
  const named = (list: readonly number[]) => list.map(seat => [table.pid(seat), table.tgid(seat)] as const);
  const reads: number[] = [];
  const before: Record<string, number> = {};
  const stat: Record<string, string> = {};
  const files: KeptFile[] = [];
  const seen: Record<string, SeenTask> = {};
  for (const seat of [...seats, ...aside]) {
    const tid = table.pid(seat);
    const ms = table.readMs(seat);
    if (reads.length > 0 && reads[reads.length - 2] === ms) reads[reads.length - 1]!++;
    else reads.push(ms, 1);
    const beforeMs = table.readBeforeMs(seat);
    if (Number.isFinite(beforeMs)) before[tid] = beforeMs;
    stat[tid] = latin1(table.line(seat));
    seen[tid] = past.take(seat, samples);
    for (const [file, slot] of table.filesOf(seat)) {
      const hasBefore = !Number.isNaN(slot.beforeMs);
      files.push([
        ...([tid, file, slot.nowMs, textOf(slot.now)] as const),
        ...(hasBefore ? ([slot.beforeMs, textOf(slot.before)] as const) : ([null, null] as const)),
      ]);
    }
  }
  return {
    type: 'key',
    wall_ms: Number.isNaN(system.wallMs) ? null : system.wallMs,
    ms: system.ms,
    samples,
    generation_ms: past.generationMs,
    system: Object.fromEntries([...system.files].map(([name, bytes]) => [name, latin1(bytes)])),
    order: named(seats),
    aside: named(aside),
    reads,
    before,
    stat,
    files,
    seen,
    wchan_names: table.wchanNamesSeen,
    denied: table.denied,
  };
}
