/** What all pages that take a task apart have in common: they build from anything, and say the same in text and JSON. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Dossier } from '../../src/fields/dossier.ts';
import { accountingPage } from '../../src/pages/accounting.ts';
import type { TaskContext, TaskPageBuilder } from '../../src/pages/context.ts';
import type { Json } from '../../src/pages/document.ts';
import { environmentPage } from '../../src/pages/environment.ts';
import { pageJson } from '../../src/pages/json.ts';
import { limitsPage } from '../../src/pages/limits.ts';
import { privilegesPage } from '../../src/pages/privileges.ts';
import { RAW_FILES, rawPage } from '../../src/pages/raw.ts';
import { pageText } from '../../src/pages/render.ts';
import { schedulingPage } from '../../src/pages/scheduling.ts';
import { signalsPage } from '../../src/pages/signals.ts';
import { statPage } from '../../src/pages/stat.ts';
import { statusPage } from '../../src/pages/status.ts';
import { threadsPage } from '../../src/pages/threads.ts';
import { readWhole, type Tree } from '../../src/sample/tree.ts';
import { missing, type Reading } from '../../src/units/missing.ts';
import { textWidth } from '../../src/units/text.ts';
import { MACHINES, sampleFixture } from '../support/fixtures.ts';
import { built } from './built.ts';

const PAGES: Readonly<Record<string, TaskPageBuilder>> = {
  signals: signalsPage,
  scheduling: schedulingPage,
  accounting: accountingPage,
  limits: limitsPage,
  privileges: privilegesPage,
  environment: environmentPage,
  raw: rawPage,
  stat: statPage,
  status: statusPage,
  threads: threadsPage,
};

/** The files of a captured task. */
function captured(tree: Tree, folder: string): Dossier {
  const place = (path: string): string => (path.startsWith('/proc/') ? path.slice(6) : `${folder}/${path}`);
  const failing = <T>(read: () => T): Reading<T> => {
    try {
      return read();
    } catch {
      return missing('not-read');
    }
  };
  return {
    file: path => {
      const content = path.startsWith('/sys/') ? 'not-read' : readWhole(tree, place(path));
      return typeof content === 'string' ? missing(content) : content;
    },
    before: () => missing('first-sample'),
    elapsed: () => Number.NaN,
    truncated: () => false,
    names: path => failing(() => tree.names(place(path))),
    link: path => failing(() => tree.link(place(path))),
    word: () => missing('not-read'),
  };
}

/** The JSON types by path, whatever the array index; null says nothing. */
function typesOf(value: Json, path: string, types: Map<string, string>): void {
  if (value === null) return;
  const type = Array.isArray(value) ? 'array' : typeof value;
  assert.equal(types.get(path) ?? type, type, `${path} has two types`);
  types.set(path, type);
  if (Array.isArray(value)) for (const one of value as readonly Json[]) typesOf(one, `${path}[]`, types);
  else if (typeof value === 'object')
    for (const [key, one] of Object.entries(value)) typesOf(one, `${path}.${key}`, types);
}

/** In these tables a column's type goes by the row's name. */
const named = (value: Json): Json => {
  if (value === null || typeof value !== 'object') return value;
  if (!Array.isArray(value)) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, named(one)]));
  const rows = value as readonly Json[];
  const keyOf = (row: Json): string | undefined => {
    const { key, name, file } = (row ?? {}) as Record<string, Json>;
    return [key, name, file].find((id): id is string => typeof id === 'string');
  };
  return rows.length > 0 && rows.every(row => row !== null && typeof row === 'object' && 'decoded' in row)
    ? Object.fromEntries(rows.map((row, index) => [keyOf(row) ?? String(index), row]))
    : rows.map(named);
};

describe('pages of captured tasks', () => {
  for (const machine of MACHINES) {
    test(machine, () => {
      const { tree, table, cursor } = sampleFixture(machine);
      const types = new Map<string, string>();
      for (const seat of table.order.subarray(0, table.count)) {
        const task = cursor.at(seat);
        const context: TaskContext = {
          task,
          dossier: captured(tree, String(task.pid)),
          watch: { openedMs: 0, changes: [] },
          wallMs: tree.wallMs(),
        };
        for (const [id, build] of Object.entries(PAGES)) {
          const page = build(context);
          typesOf(named(pageJson(page)), id, types);
          for (const columns of [80, 120]) {
            const wide = pageText(page, columns)
              .split('\n')
              .find(line => textWidth(line) > columns);
            assert.equal(wide, undefined, `${id} of ${task.pid} at ${columns}`);
          }
        }
        for (const rawFile of RAW_FILES) rawPage({ ...context, rawFile });
      }
      assert.ok(types.size > 100);
    });
  }
});

test('any bytes in any file: no page fails, and nothing unprintable reaches the screen', () => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 120 }),
    fc.string({ maxLength: 120 }).map(text => new TextEncoder().encode(text)),
    fc
      .constantFrom('0 0 0\n', '-1\n', '99999999999999999999\n', 'Uid:\t1\nSigQ:\t9/0\n', '')
      .map(text => new TextEncoder().encode(text)),
  );
  const paths = [
    ...RAW_FILES,
    ...['stat', 'status', 'schedstat', 'wchan'].flatMap(file => [`task/42/${file}`, `task/43/${file}`]),
    '/proc/42/autogroup',
    '/proc/sys/kernel/cap_last_cap',
    '/proc/sys/kernel/task_delayacct',
    '/sys/devices/system/cpu/online',
    '/sys/devices/system/cpu/possible',
  ];
  const files = fc.record(Object.fromEntries(paths.map(path => [path, content])), { requiredKeys: [] });
  const links = fc.dictionary(fc.constantFrom('exe', 'cwd', 'ns/net', 'ns/x', '/proc/self/ns/net'), fc.string());
  fc.assert(
    fc.property(files, links, fc.constantFrom(...RAW_FILES), fc.boolean(), (some, ends, rawFile, thread) => {
      const given = Object.fromEntries(Object.entries(some).filter(([, bytes]) => bytes !== undefined)) as Record<
        string,
        Uint8Array
      >;
      for (const build of Object.values(PAGES)) {
        const { text, json } = built(build, {
          stat: { num_threads: 2 },
          files: given,
          links: ends,
          rawFile,
          thread,
          columns: 80,
        });
        assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
        assert.ok(JSON.stringify(json).length > 2);
      }
    }),
    { numRuns: 60 },
  );
});

test('what may not be read says which right would show it; nothing is undefined or NaN', () => {
  const denied = [...RAW_FILES, 'fd', 'ns', 'task', '/proc/42/autogroup', '/proc/42/timerslack_ns'];
  const files = Object.fromEntries(denied.map(path => [path, { missing: 'no-permission' } as const]));
  for (const [id, build] of Object.entries(PAGES)) {
    const { text, json } = built(build, { files, machine: { mayPtrace: false } });
    assert.doesNotMatch(text + JSON.stringify(json), /undefined|NaN|\[object/, id);
    // stat is read by the sampler; the folder of threads is not listed by this dossier
    if (id === 'stat' || id === 'threads') continue;
    assert.match(text, /not permitted: (needs|everybody)/, id);
    assert.ok(Object.values(json['missing'] ?? {}).includes('no-permission') || id === 'accounting', id);
  }
});
