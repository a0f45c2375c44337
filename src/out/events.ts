/** Events as JSON (`taskscope.events/1`): base units, null for what an event of its kind does not tell. */
import { parseRelease } from '../kernel/release.ts';
import { policyName } from '../kernel/sched.ts';
import { decodeFlags, type FlagTable, flagTable } from '../kernel/task-flags.ts';
import type { TaskEvent } from '../model/events.ts';
import { takenAt } from './snapshot.ts';

const hex = (mask: number): string => `0x${(mask >>> 0).toString(16).padStart(8, '0')}`;

function gainedNames({ gained, comm }: TaskEvent, table: FlagTable): string[] {
  const { flags, unknownBits } = decodeFlags(gained, table, comm);
  return [...flags.map(({ name }) => name), ...(unknownBits === 0 ? [] : [hex(unknownBits)])];
}

const eventJson = (event: TaskEvent, table: FlagTable | undefined): Record<string, unknown> => ({
  time: takenAt(event.wallMs),
  pid: event.pid,
  tgid: event.tgid,
  start_time_ticks: event.startTicks,
  comm: event.comm,
  kind: event.kind,
  state: event.state,
  flags: hex(event.flags),
  gained: event.kind === 'gained_flags' && table ? gainedNames(event, table) : null,
  policy_before: event.kind === 'policy' ? policyName(event.policy[0]) : null,
  policy_after: event.kind === 'policy' ? policyName(event.policy[1]) : null,
  seconds_in_d: event.kind === 'left_d' && Number.isFinite(event.seconds) ? event.seconds : null,
});

interface EventsFacts {
  readonly wallMs?: number;
  readonly dropped?: number;
  readonly filter?: string;
}

/**
 * @param events oldest first, and so they are told.
 * @param filter what let these through; empty: they are all.
 * @param machine as all JSON tells of it: flags are named by the table that it names.
 */
export function eventsJson(
  events: readonly TaskEvent[],
  machine: Readonly<Record<string, unknown>>,
  { wallMs = Number.NaN, dropped = 0, filter = '' }: EventsFacts = {},
): Record<string, unknown> {
  const release = parseRelease(String(machine['flag_table']));
  const table = release && flagTable(release);
  return {
    schema: 'taskscope.events/1',
    taken_at: takenAt(wallMs),
    machine,
    dropped,
    filter: filter === '' ? null : filter,
    events: events.map(event => eventJson(event, table)),
  };
}
