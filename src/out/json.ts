/**
 * Snapshots as JSON (`taskscope.snapshot/1`) and as NDJSON (the same object on one line). Base units; a missing value is
 * null; a field's type never depends on its value. Text that is no UTF-8 has its bytes as \udc80…\udcff.
 */
import type { Machine } from '../decode/machine.ts';
import type { Field } from '../fields/field.ts';
import { hiddenThreads } from '../model/hidden.ts';
import type { TaskCursor } from '../model/task-cursor.ts';
import { isMissing, type MissingReason, type Reading } from '../units/missing.ts';
import { intervalOf, type Snapshot, takenAt } from './snapshot.ts';
import { jsonText } from '../units/json-text.ts';

type JsonValue = number | string | readonly string[] | null;
type Counts = Partial<Record<MissingReason, number>>;

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
const orNull = (reading: Reading<number>): number | null => (isMissing(reading) ? null : finite(reading));

/** One task; missing values are counted by field and reason. */
function taskObject(
  cursor: TaskCursor,
  fields: readonly Field[],
  unreadable: Map<string, Counts>,
): Record<string, JsonValue> {
  const out: Record<string, JsonValue> = { pid: cursor.pid, start_time_ticks: cursor.startTicks };
  if (cursor.isThread) out['tgid'] = cursor.tgid;
  for (const field of fields) {
    const value = field.value(cursor);
    if (isMissing(value)) {
      let counts = unreadable.get(field.id);
      if (!counts) unreadable.set(field.id, (counts = {}));
      counts[value.missing] = (counts[value.missing] ?? 0) + 1;
      out[field.id] = null;
    } else out[field.id] = typeof value === 'number' ? finite(value) : value;
  }
  return out;
}

function system({ cursor }: Snapshot): Record<string, unknown> {
  const { system: history } = cursor.table;
  const load = history.load;
  const memory = (key: string): number | null => orNull(history.memory(key));
  const cpu = history.cpu;
  return {
    uptime_seconds: finite(history.uptimeSeconds),
    load: isMissing(load) ? null : [load.load1, load.load5, load.load15],
    cpus: history.cpuCount,
    cpu_percent: isMissing(cpu) ? null : cpu,
    minor_faults_per_second: orNull(history.minorFaultRate),
    major_faults_per_second: orNull(history.majorFaultRate),
    forks_per_second: orNull(history.forkRate),
    context_switches_per_second: orNull(history.contextSwitchRate),
    interrupts_per_second: orNull(history.interruptRate),
    memory_bytes: {
      total: memory('MemTotal'),
      free: memory('MemFree'),
      available: memory('MemAvailable'),
      buffers: memory('Buffers'),
      cached: memory('Cached'),
      shmem: memory('Shmem'),
      swap_total: memory('SwapTotal'),
      swap_free: memory('SwapFree'),
      high_total: memory('HighTotal'),
      high_free: memory('HighFree'),
    },
  };
}

/** The machine, as every JSON output tells it. */
export const machineJson = (machine: Machine): Record<string, JsonValue> => ({
  hostname: machine.hostname,
  kernel_release: machine.release.text,
  kernel_banner: machine.banner,
  architecture: machine.architecture,
  page_bytes: machine.pageBytes,
  ticks_per_second: machine.ticksPerSecond,
  boot_time: finite(machine.bootTime),
  flag_table: machine.flags.release,
});

/** Everything about the snapshot but its tasks. */
function frame(snapshot: Snapshot): Record<string, unknown> {
  const { cursor, fields } = snapshot;
  const { machine, table } = cursor;
  return {
    schema: 'taskscope.snapshot/1',
    taken_at: takenAt(table.system.wallMs),
    interval_seconds: intervalOf(cursor),
    machine: machineJson(machine),
    system: system(snapshot),
    columns: fields.map(({ id }) => id),
  };
}

function parts(snapshot: Snapshot): { head: string; tasks: string[]; tail: string } {
  const { cursor, seats, fields } = snapshot;
  const unreadable = new Map<string, Counts>();
  const tasks = Array.from(seats, seat => jsonText(taskObject(cursor.at(seat), fields, unreadable)));
  const head = jsonText(frame(snapshot)).slice(0, -1);
  const tail = jsonText({
    hidden_tasks: cursor.table.denied,
    hidden_threads: hiddenThreads(cursor.table) ?? null,
    fields: Object.fromEntries(unreadable),
  });
  return { head, tasks, tail };
}

/** One object, a task a line: readable, and still greppable. */
export function renderJson(snapshot: Snapshot): string {
  const { head, tasks, tail } = parts(snapshot);
  return `${head},"tasks":[\n${tasks.join(',\n')}\n],"unreadable":${tail}}\n`;
}

export function renderNdjson(snapshot: Snapshot): string {
  const { head, tasks, tail } = parts(snapshot);
  return `${head},"tasks":[${tasks.join(',')}],"unreadable":${tail}}\n`;
}
