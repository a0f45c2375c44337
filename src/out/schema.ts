/** The JSON Schema of `taskscope.snapshot/1`, out of the registry: what scripts may rely on. */
import { field, fieldIds, jsonType } from '../fields/registry.ts';
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
      machine: object({
        ...Object.fromEntries(
          ['hostname', 'kernel_release', 'kernel_banner', 'architecture', 'flag_table'].map(name => [
            name,
            { type: 'string' },
          ]),
        ),
        page_bytes: { type: 'number' },
        ticks_per_second: { type: 'number' },
        boot_time: orNull('number'),
      }),
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
