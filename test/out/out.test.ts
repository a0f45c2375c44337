import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { allColumns, DEFAULT_COLUMNS, field, fieldFacts } from '../../src/fields/registry.ts';
import { renderCsv } from '../../src/out/csv.ts';
import { renderJson, renderNdjson } from '../../src/out/json.ts';
import type { Snapshot } from '../../src/out/snapshot.ts';
import { renderTable } from '../../src/out/table.ts';
import { MACHINES, sampleFixture } from '../support/fixtures.ts';
import { Pushed, type PushedTask } from '../support/model.ts';

interface Json {
  readonly schema: string;
  readonly taken_at: string | null;
  readonly interval_seconds: number | null;
  readonly machine: Record<string, unknown>;
  readonly system: Record<string, unknown>;
  readonly columns: readonly string[];
  readonly tasks: readonly Record<string, unknown>[];
  readonly unreadable: { readonly hidden_tasks: number; readonly fields: Record<string, Record<string, number>> };
}

/** A snapshot of pushed tasks: one sample, or two a second apart. */
function snapshot(
  tasks: readonly PushedTask[],
  ids: readonly string[],
  samples = 1,
  fill?: (pushed: Pushed) => void,
): Snapshot {
  const pushed = new Pushed();
  for (let at = 0; at < samples; at++) pushed.sample(tasks, { ms: at * 1000, denied: 3 });
  fill?.(pushed);
  return { cursor: pushed.cursor, seats: pushed.table.order.slice(0, pushed.table.count), fields: ids.map(field) };
}
const json = (of: Snapshot): Json => JSON.parse(renderJson(of)) as Json;

describe('JSON', () => {
  for (const name of MACHINES) {
    test(`${name}: parses, with the documented types, null for missing, and the counts of it`, () => {
      const { cursor, table, machine } = sampleFixture(name);
      const fields = allColumns(machine.release).map(field);
      const result = json({ cursor, seats: table.order.slice(0, table.count), fields });
      assert.equal(result.schema, 'taskscope.snapshot/1');
      assert.match(result.taken_at!, /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
      assert.ok(result.interval_seconds! > 2);
      assert.equal(result.machine['kernel_release'], machine.release.text);
      assert.equal(result.machine['page_bytes'], machine.pageBytes);
      assert.deepEqual(
        result.columns,
        fields.map(({ id }) => id),
      );
      assert.equal(result.tasks.length, table.count);
      for (const entry of fields) {
        const values = result.tasks.map(task => task[entry.id]);
        const nulls = values.filter(value => value === null).length;
        const counted = Object.values(result.unreadable.fields[entry.id] ?? {}).reduce((sum, count) => sum + count, 0);
        assert.equal(counted, nulls, entry.id);
        for (const value of values) {
          if (value !== null)
            assert.equal(Array.isArray(value) ? 'array' : typeof value, fieldFacts(entry).type, entry.id);
        }
      }
      for (const task of result.tasks)
        assert.deepEqual(new Set(Object.keys(task)), new Set(['pid', 'start_time_ticks', ...result.columns]));
    });
  }

  test('one sample: rates are null and counted, the interval is null', () => {
    const result = json(snapshot([{ pid: 1 }, { pid: 2 }], ['cpu_percent', 'utime']));
    assert.equal(result.interval_seconds, null);
    assert.deepEqual(result.tasks, [
      { pid: 1, start_time_ticks: 100, cpu_percent: null, utime: 0 },
      { pid: 2, start_time_ticks: 100, cpu_percent: null, utime: 0 },
    ]);
    assert.deepEqual(result.unreadable, {
      hidden_tasks: 3,
      hidden_threads: 0,
      fields: { cpu_percent: { 'first-sample': 2 } },
    });
    assert.equal(result.system['load'], null);
  });

  test('two samples: the real interval', () =>
    assert.equal(json(snapshot([{ pid: 1 }], ['pid'], 2)).interval_seconds, 1));

  test('masks and limits are text, numbers are exact', () => {
    const [task] = json(
      snapshot(
        [{ pid: 1, flags: 0x400140, rsslim: '18446744073709551614', vsize: 2 ** 52 + 1 }],
        ['flags', 'rsslim', 'vsize', 'flag_names'],
      ),
    ).tasks;
    assert.equal(task!['flags'], '0x00400140');
    assert.equal(task!['rsslim'], '18446744073709551614');
    assert.equal(task!['vsize'], 2 ** 52 + 1);
    assert.deepEqual([...(task!['flag_names'] as string[])].sort(), ['PF_FORKNOEXEC', 'PF_RANDOMIZE', 'PF_SUPERPRIV']);
  });

  test('bytes that are no UTF-8 are escaped, so that every byte comes back', () => {
    const { cursor, seat } = sampleFixture('host-x86_64-6.18');
    const text = renderJson({ cursor, seats: Int32Array.of(seat(2284)), fields: ['comm', 'command'].map(field) });
    assert.ok(text.includes('"bad\\udcff\\udcfeutf"'), text);
    assert.ok(Buffer.from(text, 'utf8').toString('utf8') === text, 'the output itself is UTF-8');
    assert.equal((JSON.parse(text) as Json).tasks[0]!['comm'], 'bad\udcff\udcfeutf');
    const hostile = renderNdjson({ cursor, seats: Int32Array.of(seat(2277), seat(2273)), fields: [field('comm')] });
    assert.doesNotMatch(hostile.trimEnd(), /[\x00-\x1f]/);
  });

  test('ndjson: the same object on one line', () => {
    const of = snapshot([{ pid: 1 }, { pid: 2 }], ['comm']);
    assert.match(renderNdjson(of), /^[^\n]+\n$/);
    assert.deepEqual(JSON.parse(renderNdjson(of)), JSON.parse(renderJson(of)));
  });

  test('nobody', () => assert.deepEqual(json(snapshot([], ['pid'])).tasks, []));

  test('threads bear the id of their process', () => {
    const { cursor, table } = sampleFixture('debian12-armhf-6.1', { threads: true });
    const { tasks } = json({ cursor, seats: table.order.slice(0, table.count), fields: [field('comm')] });
    assert.ok(tasks.some(task => task['pid'] === 431 && task['tgid'] === 164));
  });
});

describe('CSV', () => {
  const cells = (values: Partial<PushedTask>, id: string, fill?: (pushed: Pushed) => void): string => {
    const text = renderCsv(snapshot([{ pid: 7, ...values }], [id], 1, fill), false);
    return text.replace(/^[^,]*,7,100,/, '').replace(/\n$/, '');
  };
  const command = (line: string): string => cells({}, 'command', pushed => pushed.file(7, 'cmdline', line, 0));

  test('a header of ids once, the time and the identity in every line', () => {
    const of = snapshot([{ pid: 7 }], ['pid', 'comm']);
    assert.equal(renderCsv(of, true), 'taken_at,pid,start_time_ticks,comm\n2023-11-14T22:13:20.000Z,7,100,task\n');
    assert.equal(renderCsv(of, false).split('\n').length, 2);
  });
  test('missing is empty', () => assert.equal(cells({}, 'cpu_percent'), ''));
  test('quotes, commas and newlines', () => {
    assert.equal(command('a,b'), '"a,b"');
    assert.equal(command('say "hi"'), '"say ""hi"""');
    assert.equal(command('a\nb'), 'a\\x0ab', 'a task is a line');
    assert.equal(
      command('\u009b\u202e\\x0a'),
      '\\u009b\\u202e\\\\x0a',
      'escapes are told from text that looks like one',
    );
    assert.equal(command("'a"), "''a", 'what the guard adds is told from what was there');
    assert.equal(command('plain text'), 'plain text');
  });
  test('nothing is a formula', () => {
    for (const start of ['=', '+', '-', '@', '\t', '\r'])
      assert.match(command(`${start}1+1`), /^"?'/, JSON.stringify(start));
    assert.equal(command('=HYPERLINK("x","y")'), `"'=HYPERLINK(""x"",""y"")"`);
    assert.equal(cells({ nice: -5 }, 'nice'), '-5', 'a number is none');
    assert.equal(cells({ comm: '=cmd' }, 'comm'), "'=cmd");
  });
  test('bytes that are no UTF-8', () => {
    const { cursor, seat } = sampleFixture('host-x86_64-6.18');
    const text = renderCsv({ cursor, seats: Int32Array.of(seat(2284)), fields: [field('comm')] }, false);
    assert.ok(text.endsWith(',bad\\xff\\xfeutf\n'), text);
  });
  test('lists are joined', () => assert.equal(cells({ flags: 0x40 | 0x200000 }, 'flag_names').split(' ').length, 2));
});

describe('text', () => {
  test('a line about the machine, then titles, then tasks', () => {
    const { cursor, table } = sampleFixture('debian12-armhf-6.1');
    const text = renderTable({ cursor, seats: table.order.slice(0, table.count), fields: DEFAULT_COLUMNS.map(field) });
    const lines = text.split('\n');
    assert.match(
      lines[0]!,
      /^taskscope {2}Linux 6\.1\.0-50-armmp armv7l {2}20\S+Z {2}rates over 21\.75 s {2}23 tasks: /,
    );
    assert.match(lines[1]!, /^ *PID USER .* COMMAND$/);
    assert.equal(lines.length, 2 + 23 + 1);
    assert.doesNotMatch(text.replaceAll('\n', ''), /[\x00-\x1f\x7f-\x9f]|\p{Cs}/u, 'names are harmless');
    assert.ok(lines.some(line => line.endsWith('/bin/sh /tmp/zoo/new·line')));
    assert.ok(lines.some(line => line.endsWith('[sleep] <defunct>')));
    for (const line of lines) assert.equal(line, line.trimEnd());
  });
  test('one sample, and tasks that we may not see', () => {
    const [first] = renderTable(snapshot([{ pid: 1, state: 'D' }], ['pid'])).split('\n');
    assert.match(first!, /one sample, no rates {2}1 task: 1 D {2}3 not readable/);
  });
});
