/** The JSON Schema of `taskscope.snapshot/1`, out of the registry: what scripts may rely on. */
import { field, fieldIds, jsonType } from '../fields/registry.ts';
import { TASK_PAGES } from '../keys/keys.ts';
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
