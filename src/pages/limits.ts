/** The resource limits of one task, and how much of each is in use where that is cheap to know. */
import { decodeLimits, type Limit } from '../decode/limits.ts';
import { statusNumber } from '../decode/pid-status.ts';
import { isBetween } from '../kernel/release.ts';
import { bytesText, grouped } from '../units/format.ts';
import { isMissing, missing, type Reading } from '../units/missing.ts';
import type { TaskContext, TaskPageBuilder } from './context.ts';
import { item, type Item, note, numberItem, type Section } from './document.ts';
import { livingContext } from './living.ts';
import { cellOf } from './numbers.ts';
import { absence } from './status-words.ts';
import { missingSection, type Status, statusOf, whyNot } from './task-files.ts';

/** From this share of a soft limit on a line is worth a warning. */
const NEAR = 0.8;

/** What is in use of a resource, in the unit of its limit. */
type Usage = (context: TaskContext, status: Reading<Status>) => Reading<number>;

const fromStatus =
  (key: string): Usage =>
  ({ task }, status) =>
    isMissing(status) ? status : (statusNumber(status.get(key) ?? '') ?? absence(key, task).reading);

/** Before 4.7 the limit counted the heap alone, which no key tells. */
const data: Usage = (context, status) =>
  isBetween(context.task.machine.release, '4.7', null) ? fromStatus('VmData')(context, status) : missing('not-read');

const queuedSignals: Usage = ({ task }, status) => {
  if (isMissing(status)) return status;
  const used = /^(\d+)\//.exec(status.get('SigQ') ?? '')?.[1];
  return used === undefined ? absence('SigQ', task).reading : Number(used);
};

const openFiles: Usage = ({ dossier }) => {
  const names = dossier.names('fd');
  return isMissing(names) ? names : names.length;
};

/** Of the process as a whole, which a thread's own times do not tell. */
const cpuSeconds: Usage = ({ task }) =>
  task.isThread ? missing('not-read') : (task.stat(14) + task.stat(15)) / task.machine.ticksPerSecond;

const USAGE: Readonly<Record<string, Usage>> = {
  RLIMIT_CPU: cpuSeconds,
  RLIMIT_DATA: data,
  RLIMIT_STACK: fromStatus('VmStk'),
  RLIMIT_NOFILE: openFiles,
  RLIMIT_MEMLOCK: fromStatus('VmLck'),
  RLIMIT_AS: fromStatus('VmSize'),
  RLIMIT_SIGPENDING: queuedSignals,
};

interface LimitRow {
  readonly limit: Limit;
  /** Absent: not known without counting on the whole machine, or nothing that is used up. */
  readonly used: Reading<number> | undefined;
  /** Used share of the soft limit; NaN without a limit. */
  readonly share: number;
}

function rowOf(limit: Limit, context: TaskContext, status: Reading<Status>): LimitRow {
  const used = USAGE[limit.fact?.resource ?? '']?.(context, status);
  const soft = limit.soft === 'unlimited' ? Number.NaN : Number(limit.soft);
  return { limit, used, share: used === undefined || isMissing(used) || soft === 0 ? Number.NaN : used / soft };
}

const shortName = ({ name }: Limit): string => name.replace(/^Max /, '');
const limitText = (digits: string): string => (digits === 'unlimited' ? digits : grouped(Number(digits)));
const percentText = (share: number): string => `${Math.floor(share * 100)} %`;

function usedText(value: number, { limit, share }: LimitRow): string {
  const text = limit.unit === 'bytes' ? bytesText(value) : grouped(value);
  return Number.isNaN(share) ? text : `${text} (${percentText(share)}${share >= NEAR ? '!' : ''})`;
}

function cells(row: LimitRow): Item[] {
  const { limit, used, share } = row;
  const near = share >= NEAR;
  return [
    item(shortName(limit), limit.name, near ? 'warn' : 'strong'),
    item(limitText(limit.soft), limit.soft),
    item(limitText(limit.hard), limit.hard, limit.hard === limit.soft ? 'dim' : 'normal'),
    item(limit.unit, limit.unit, 'dim'),
    used === undefined
      ? item('', null)
      : cellOf(used, value => numberItem(usedText(value, row), value, near ? 'warn' : 'normal')),
    item(limit.fact?.meaning ?? 'not known to this table'),
  ];
}

function warning({ limit, used, share }: LimitRow): string {
  const value = used === undefined || isMissing(used) ? '' : usedText(used, { limit, used, share: Number.NaN });
  return `${shortName(limit)}: ${value} of ${limitText(limit.soft)} ${limit.unit} in use (${percentText(share)}).`;
}

/** Why the use of what another file would tell is not known. */
function lacking(context: TaskContext, status: Reading<Status>): Section[] {
  const files = [
    ['fd', context.dossier.names('fd')],
    ['status', status],
  ] as const;
  return files.flatMap(([name, reading]) =>
    isMissing(reading) ? [note(`In use, from ${name}: ${whyNot(context, name, reading)}.`)] : [],
  );
}

export const limitsPage: TaskPageBuilder = leader => {
  const context = livingContext(leader);
  const bytes = context.dossier.file('limits');
  const title = 'Limits';
  if (isMissing(bytes)) return { sections: [missingSection(context, 'limits', { id: 'limits', title }, bytes)] };
  const status = statusOf(context);
  const rows = decodeLimits(bytes).map(limit => rowOf(limit, context, status));
  return {
    sections: [
      ...rows.filter(({ share }) => share >= NEAR).map(row => note(warning(row), 'warn')),
      {
        kind: 'table',
        id: 'limits',
        columns: [
          { id: 'resource', title: 'resource' },
          { id: 'soft', title: 'soft', align: 'right' },
          { id: 'hard', title: 'hard', align: 'right' },
          { id: 'unit', title: 'unit' },
          { id: 'in_use', title: 'in use', align: 'right' },
          { id: 'meaning', title: 'meaning' },
        ],
        rows: rows.map(cells),
      },
      ...lacking(context, status),
      note("All limits are the process's. In use is told where it is cheap to know; what is counted by user is not."),
    ],
  };
};
