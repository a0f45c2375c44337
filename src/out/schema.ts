/** The JSON Schema of `taskscope.snapshot/1`, out of the registry: what scripts may rely on. */
import { field, fieldIds, jsonType } from '../fields/registry.ts';
import { TASK_PAGES } from '../keys/keys.ts';
import { EVENT_KINDS } from '../model/events.ts';
import { TEXT_PAGES } from '../pages/system-pages.ts';
import { MISSING_REASONS } from '../units/missing.ts';

type Schema = Readonly<Record<string, unknown>>;

const orNull = (type: string): Schema => ({ type: [type, 'null'] });
const object = (properties: Readonly<Record<string, Schema>>, more = false): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: more,
});

function columnSchema(id: string): Schema {
  const { help } = field(id);
  const type = jsonType(field(id));
  const items = type === 'array' ? { items: { type: 'string' } } : {};
  return { type: [type, 'null'], ...items, description: help };
}

const numbers = (...names: string[]): Record<string, Schema> =>
  Object.fromEntries(names.map(name => [name, orNull('number')]));

const MACHINE_SCHEMA = object({
  hostname: { type: 'string' },
  kernel_release: { type: 'string' },
  kernel_banner: { type: 'string' },
  architecture: { type: 'string' },
  page_bytes: { type: 'number' },
  ticks_per_second: { type: 'number' },
  boot_time: orNull('number'),
  flag_table: { type: 'string' },
});

const SYSTEM = object({
  ...numbers('uptime_seconds'),
  load: { type: ['array', 'null'], items: { type: 'number' }, minItems: 3, maxItems: 3 },
  cpus: { type: 'number' },
  cpu_percent: {
    oneOf: [
      { type: 'null' },
      object(
        Object.fromEntries(
          ['user', 'nice', 'system', 'irq', 'softirq', 'iowait', 'steal', 'guest', 'idle'].map(part => [
            part,
            { type: 'number' },
          ]),
        ),
      ),
    ],
  },
  ...numbers(
    'minor_faults_per_second',
    'major_faults_per_second',
    'forks_per_second',
    'context_switches_per_second',
    'interrupts_per_second',
  ),
  memory_bytes: object(
    numbers(
      ...['total', 'free', 'available', 'buffers', 'cached', 'shmem'],
      ...['swap_total', 'swap_free', 'high_total', 'high_free'],
    ),
  ),
});

/** The schema as an object; docs/schema holds it as a file. */
export function snapshotSchema(): Schema {
  const ids = fieldIds();
  const task = {
    type: 'object',
    properties: {
      start_time_ticks: { type: 'number', description: 'Start time in clock ticks since boot, exact.' },
      tgid: { type: 'number', description: 'With --threads: the process that the thread belongs to.' },
      ...Object.fromEntries(ids.map(id => [id, columnSchema(id)])),
    },
    required: ['pid', 'start_time_ticks'],
    additionalProperties: false,
  };
  const counts = {
    type: 'object',
    properties: Object.fromEntries(Object.keys(MISSING_REASONS).map(reason => [reason, { type: 'number' }])),
    additionalProperties: false,
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'taskscope.snapshot/1',
    ...object({
      schema: { const: 'taskscope.snapshot/1' },
      taken_at: orNull('string'),
      interval_seconds: orNull('number'),
      machine: MACHINE_SCHEMA,
      system: SYSTEM,
      columns: { type: 'array', items: { enum: ids } },
      tasks: { type: 'array', items: task },
      unreadable: object({
        hidden_tasks: { type: 'number' },
        hidden_threads: orNull('number'),
        fields: { type: 'object', additionalProperties: counts },
      }),
    }),
  };
}

const REASON: Schema = { enum: Object.keys(MISSING_REASONS) };

/** A page: facts and tables by id, and why what is null is missing. */
const PAGE: Schema = {
  type: 'object',
  properties: {
    notes: { type: 'array', items: { type: 'string' }, description: 'Sentences: what misleads, what was left out.' },
    missing: {
      type: 'object',
      additionalProperties: REASON,
      description: 'Why a value is null, by its path in the page.',
    },
    raw: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Every digit as the kernel wrote it, by path.',
    },
  },
};

function pagesSchema(schema: string, pages: readonly string[], more: Readonly<Record<string, Schema>>): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: schema,
    type: 'object',
    properties: {
      schema: { const: schema },
      ...more,
      taken_at: { type: ['string', 'null'], description: 'ISO 8601, UTC.' },
      interval_seconds: { type: ['number', 'null'], description: 'Real seconds between the two samples.' },
      machine: MACHINE_SCHEMA,
      pages: {
        type: 'object',
        propertyNames: { pattern: `^(${pages.join('|')})(:.*)?$` },
        additionalProperties: PAGE,
      },
    },
    required: [
      'schema',
      ...Object.keys(more).filter(key => key !== 'tgid'),
      'taken_at',
      'interval_seconds',
      'machine',
      'pages',
    ],
    additionalProperties: false,
  };
}

/** `show PID --json` */
export const taskSchema = (): Schema =>
  pagesSchema(
    'taskscope.task/1',
    TASK_PAGES.map(({ id }) => id),
    {
      pid: { type: 'number' },
      start_time_ticks: { type: 'number', description: 'With the pid it says which task this is.' },
      tgid: { type: 'number', description: 'Of a thread: its process.' },
      ended: { type: 'boolean', description: 'It ended while it was looked at: the pages show what it showed last.' },
    },
  );

/** `show system --json` */
export const systemSchema = (): Schema =>
  pagesSchema(
    'taskscope.system/1',
    TEXT_PAGES.map(({ id }) => id),
    {},
  );

const text: Schema = { type: 'string' };
const texts: Schema = { type: 'array', items: text };
const flag: Schema = { type: 'boolean' };
const number: Schema = { type: 'number' };

// prettier-ignore
const STUCK_KINDS = ['uninterruptible', 'exiting', 'rt-lock', 'false-zombie', 'vfork', 'frozen', 'traced', 'stopped', 'resting'];

const STUCK_TASK = object({
  pid: { ...number, description: 'The process.' },
  tid: { ...number, description: 'The task itself; the same as pid for the first thread.' },
  start_time_ticks: { ...number, description: 'Of the task itself, in clock ticks since boot.' },
  user: orNull('string'),
  comm: text,
  state: { ...text, description: 'One letter, as in stat.' },
  age_seconds: { ...orNull('number'), description: 'Seen in this state, or exiting, for so long; null: seen once.' },
  at_least: { ...flag, description: 'It was not seen to begin: it may be older.' },
  since: { ...orNull('string'), description: 'ISO 8601, UTC.' },
  wchan_name: { ...orNull('string'), description: '"0": the kernel names none; null: not permitted, or not read.' },
  flags: { ...text, pattern: '^0x[0-9a-f]{8}$' },
  flag_words: texts,
  remarks: texts,
  threads_alike: { ...number, description: 'Threads of the process that are in the same kind, not listed.' },
  stack: { type: ['array', 'null'], items: text, description: 'Kernel stack, innermost first; null: not read.' },
});

const STUCK_GROUP = object({
  kind: { enum: STUCK_KINDS },
  family: { ...orNull('string'), description: 'Family of the wait functions.' },
  title: { ...text, description: 'What is waited for.' },
  words: { ...text, description: 'Follows the name of a task.' },
  means: text,
  next: text,
  other_names: {
    type: 'array',
    items: object({ name: text, first: text, last: orNull('string') }),
    description: 'What other releases call the function.',
  },
  count: number,
  longest_seconds: orNull('number'),
  at_least: flag,
  tasks: { type: 'array', items: STUCK_TASK },
});

/** `--stuck --json` */
export const stuckSchema = (): Schema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'taskscope.stuck/1',
  ...object({
    schema: { const: 'taskscope.stuck/1' },
    taken_at: orNull('string'),
    samples: { ...number, description: 'With one sample there are no ages.' },
    machine: MACHINE_SCHEMA,
    looked_at: object({
      processes: number,
      threads: { ...orNull('number'), description: 'Null: threads were not looked at.' },
      threads_seconds_ago: { ...orNull('number'), description: 'Since the last full round over the threads.' },
      hidden_tasks: number,
    }),
    passing: { ...number, description: 'Tasks that are so for a moment only, and so in no group.' },
    counts: { type: 'object', propertyNames: { enum: STUCK_KINDS }, additionalProperties: number },
    groups: { type: 'array', items: STUCK_GROUP },
    notes: texts,
  }),
});

const FINDING = object({
  id: { ...text, description: 'Of the rule.' },
  severity: { enum: ['note', 'warning', 'serious'] },
  title: text,
  since: { ...orNull('string'), description: 'The first sample at which it held; ISO 8601, UTC.' },
  seconds: { ...number, description: 'From that sample to the last one, or to its end.' },
  ended_at: { ...orNull('string'), description: 'The first sample at which it held no more; null: it goes on.' },
  task_count: number,
  tasks: {
    type: 'array',
    description: 'The first of them: at most 50.',
    items: object({
      pid: { ...number, description: 'Of a thread: its own id.' },
      start_time_ticks: number,
      tgid: { ...number, description: 'The process; the same as pid for a process.' },
      comm: text,
      user: orNull('string'),
    }),
  },
  evidence: { ...texts, description: 'Sentences with numbers, in the units and the time zone of people.' },
  values: {
    type: 'object',
    additionalProperties: { type: ['number', 'string'] },
    description: 'The numbers of these sentences in base units, by column or by name; of the first task.',
  },
  meaning: text,
  look: { ...texts, description: 'What to look at next: keys and commands.' },
  guide: { ...orNull('string'), description: 'docs/guides/GUIDE.md' },
});

/** `check --json` */
export const findingsSchema = (): Schema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'taskscope.findings/1',
  ...object({
    schema: { const: 'taskscope.findings/1' },
    taken_at: orNull('string'),
    watched_seconds: number,
    machine: MACHINE_SCHEMA,
    findings: { type: 'array', items: FINDING },
  }),
});

const EVENT = object({
  time: { ...orNull('string'), description: 'ISO 8601, UTC: the sample that noticed it.' },
  pid: { ...number, description: 'The task itself: of a thread its own id.' },
  tgid: { ...number, description: 'Its process.' },
  start_time_ticks: { ...number, description: 'With the pid it says which task this is.' },
  comm: text,
  kind: { enum: EVENT_KINDS },
  state: { ...text, description: 'One letter, after the event; of kind gone the last one that was seen.' },
  flags: { ...text, pattern: '^0x[0-9a-f]{8}$', description: 'After the event, or last seen.' },
  gained: {
    type: ['array', 'null'],
    items: text,
    description: 'Kind gained_flags: PF_ names, hexadecimal without one.',
  },
  policy_before: { ...orNull('string'), description: 'Kind policy.' },
  policy_after: orNull('string'),
  seconds_in_d: { ...orNull('number'), description: 'Kind left_d: for so long it was seen in D.' },
});

/** The board of events as JSON. */
export const eventsSchema = (): Schema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'taskscope.events/1',
  ...object({
    schema: { const: 'taskscope.events/1' },
    taken_at: orNull('string'),
    machine: MACHINE_SCHEMA,
    dropped: { ...number, description: 'Older events that were dropped because there were too many.' },
    filter: { ...orNull('string'), description: 'Only events that it lets through are here; null: all.' },
    events: { type: 'array', items: EVENT, description: 'Oldest first.' },
  }),
});
