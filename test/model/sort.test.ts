import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { chooseSort } from '../../src/fields/registry.ts';
import { selectTasks } from '../../src/model/select.ts';
import { sortTasks } from '../../src/model/sort.ts';
import { Pushed, type PushedTask, testMachine } from '../support/model.ts';

function order(pushed: Pushed, ...words: string[]): number[] {
  const chosen = chooseSort(words);
  assert.ok('keys' in chosen);
  const all = pushed.table.order.slice(0, pushed.table.count);
  return Array.from(sortTasks(pushed.cursor, all, chosen.keys), seat => pushed.table.pid(seat));
}

/** Tasks 1 to 4 with CPU of 0, 50, 0 and 20 percent, and 5, which is new. */
function five(): Pushed {
  const pushed = new Pushed();
  const old = [1, 2, 3, 4].map((pid): PushedTask => ({ pid, comm: 'dbac'[pid - 1]! }));
  pushed.sample(old, { ms: 0 });
  const gained = [0, 50, 0, 20];
  pushed.sample([...old.map((task, at) => ({ ...task, utime: gained[at]! })), { pid: 5, comm: 'e' }], { ms: 1000 });
  return pushed;
}

test('missing is last in both directions', () => {
  assert.deepEqual(order(five(), '-cpu_percent'), [2, 4, 1, 3, 5]);
  assert.deepEqual(order(five(), 'cpu_percent'), [1, 3, 4, 2, 5]);
});

test('ties stand by pid, in both directions', () => {
  assert.deepEqual(order(five(), '-nice'), [1, 2, 3, 4, 5]);
  assert.deepEqual(order(five(), 'nice'), [1, 2, 3, 4, 5]);
});

test('text, several keys, no key', () => {
  assert.deepEqual(order(five(), 'comm'), [3, 2, 4, 1, 5]);
  assert.deepEqual(order(five(), '-comm'), [5, 1, 4, 2, 3]);
  assert.deepEqual(order(five(), '-cpu_percent', '-pid'), [2, 4, 3, 1, 5]);
  assert.deepEqual(order(five()), [1, 2, 3, 4, 5]);
});

test('text that is missing is last too', () => {
  const pushed = new Pushed();
  pushed.sample([{ pid: 1 }, { pid: 2 }, { pid: 3 }], { ms: 0 });
  pushed.file(2, 'wchan', 'b_wait', 0);
  pushed.file(3, 'wchan', 'a_wait', 0);
  assert.deepEqual(order(pushed, 'wchan_name'), [3, 2, 1]);
  assert.deepEqual(order(pushed, '-wchan_name'), [2, 3, 1]);
});

describe('any values', () => {
  const gains = fc.array(
    fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: -3, max: 30 }), fc.constant('new' as const)),
    { maxLength: 40 },
  );
  for (const id of ['rss_delta', 'min_flt_rate']) {
    for (const descending of [true, false]) {
      test(`${descending ? '-' : ''}${id}: as a plain stable sort has it`, () => {
        fc.assert(
          fc.property(gains, fc.boolean(), (list, shuffled) => {
            const pids = list.map((_, at) => (shuffled ? ((at * 7) % 41) + 1 : at + 1));
            const pushed = new Pushed();
            const base = { rss: 100, min_flt: 100 };
            pushed.sample(
              list.flatMap((gain, at) => (gain === 'new' ? [] : [{ pid: pids[at]!, ...base }])),
              { ms: 0 },
            );
            pushed.sample(
              list.map((gain, at) => ({
                pid: pids[at]!,
                rss: 100 + (gain === 'new' ? 0 : gain),
                min_flt: 100 + (gain === 'new' ? 0 : gain),
              })),
              { ms: 1000 },
            );
            const value = (pid: number): number => {
              const found = pushed.value(pid, id);
              return typeof found === 'number' ? found : Number.NaN;
            };
            const expected = [...pids].sort((a, b) => {
              const [x, y] = [value(a), value(b)];
              if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
              return (descending ? y - x : x - y) || 0 || a - b;
            });
            assert.deepEqual(order(pushed, (descending ? '-' : '') + id), expected);
          }),
        );
      });
    }
  }
});

describe('any columns of any tasks', () => {
  const COLUMNS = ['pid', 'comm', 'state', 'rss', 'rss_delta', 'cpu_percent', 'wchan_name', 'command', 'rsslim'];
  const tasks = fc.uniqueArray(
    fc.record({
      pid: fc.integer({ min: 1, max: 60 }),
      comm: fc.constantFrom('a', 'b', 'B', 'ab', 'é', '\u{1f600}'),
      state: fc.constantFrom('R', 'S', 'D'),
      rss: fc.constantFrom(0, 1, 2, 1000),
      grown: fc.integer({ min: -1, max: 1 }),
      ticks: fc.constantFrom(0, 0, 0, 1, 7),
      rsslim: fc.constantFrom('9', '1000', '18446744073709551615'),
      wchan: fc.constantFrom(undefined, '0', 'ep_poll', 'do_wait'),
      cmdline: fc.constantFrom(undefined, '', 'b\0x\0', 'a\0'),
      isNew: fc.boolean(),
    }),
    { selector: ({ pid }) => pid, maxLength: 60 },
  );
  const words = fc.uniqueArray(fc.record({ id: fc.constantFrom(...COLUMNS), descending: fc.boolean() }), {
    selector: ({ id }) => id,
    maxLength: 4,
  });

  test('stand as a plain sort has them that compares the values of two tasks, and then their pids', () => {
    fc.assert(
      fc.property(tasks, words, (list, sort) => {
        const pushed = new Pushed();
        const line = ({ pid, comm, state, rss, rsslim }: (typeof list)[number]): PushedTask => ({
          ...{ pid, comm, state, rss, rsslim },
        });
        pushed.sample(list.filter(({ isNew }) => !isNew).map(line), { ms: 0 });
        pushed.sample(
          list.map(task => ({ ...line(task), rss: task.rss + 1 + task.grown, utime: task.ticks })),
          { ms: 1000 },
        );
        for (const { pid, wchan, cmdline } of list) {
          if (wchan !== undefined) pushed.file(pid, 'wchan', wchan, 1000);
          if (cmdline !== undefined) pushed.file(pid, 'cmdline', cmdline, 1000);
        }
        const valueOf = (pid: number, id: string): number | string | undefined => {
          const value = pushed.value(pid, id) as number | string;
          if (typeof value === 'string' && value.startsWith('missing: ')) return undefined;
          if (value === 'unlimited') return Infinity;
          return id === 'rsslim' ? Number(value) : value;
        };
        const plain = (a: number, b: number): number => {
          for (const { id, descending } of sort) {
            const [x, y] = [valueOf(a, id), valueOf(b, id)];
            if (x === y) continue;
            if (x === undefined) return 1;
            if (y === undefined) return -1;
            return x < y === descending ? 1 : -1;
          }
          return a - b;
        };
        assert.deepEqual(
          order(pushed, ...sort.map(({ id, descending }) => (descending ? '-' : '') + id)),
          list.map(({ pid }) => pid).sort(plain),
        );
      }),
    );
  });
});

describe('which tasks', () => {
  const pushed = new Pushed(
    testMachine({
      userNames: new Map([
        [0, 'root'],
        [1000, 'u'],
      ]),
    }),
  );
  pushed.sample([{ pid: 1 }, { pid: 2, flags: 0x208040, vsize: 0 }, { pid: 3 }, { pid: 4 }], { ms: 0 });
  pushed.file(1, 'status', 'Uid:\t0\t0\t0\t0\n', 0);
  pushed.file(2, 'status', 'Uid:\t0\t0\t0\t0\n', 0);
  pushed.file(3, 'status', 'Uid:\t0\t1000\t0\t0\n', 0);
  pushed.file(4, 'status', { why: 'gone' }, 0);
  const selected = (kernelThreads: 'show' | 'hide' | 'only', users?: string[]): number[] =>
    Array.from(selectTasks(pushed.cursor, { kernelThreads, users }), seat => pushed.table.pid(seat));
  test('kernel threads', () => {
    assert.deepEqual(selected('show'), [1, 2, 3, 4]);
    assert.deepEqual(selected('hide'), [1, 3, 4]);
    assert.deepEqual(selected('only'), [2]);
  });
  test('users by effective id, name or number', () => {
    assert.deepEqual(selected('show', ['u']), [3]);
    assert.deepEqual(selected('show', ['1000', 'root']), [1, 2, 3]);
    assert.deepEqual(selected('hide', ['0']), [1]);
    assert.deepEqual(selected('show', ['nobody']), []);
    assert.deepEqual(selected('show', ['[object Object]']), [], 'a missing user is nobody');
  });
});

test('limits and addresses are ordered as numbers, not as text', () => {
  const pushed = new Pushed();
  const limits = ['9', '1000', '100', '18446744073709551615'];
  pushed.sample(
    limits.map((rsslim, at): PushedTask => ({ pid: at + 1, rsslim, startcode: String(10 ** at + 1) })),
    { ms: 0 },
  );
  assert.deepEqual(order(pushed, 'rsslim'), [1, 3, 2, 4]);
  assert.deepEqual(order(pushed, '-rsslim'), [4, 2, 3, 1]);
  assert.deepEqual(order(pushed, '-startcode'), [4, 3, 2, 1]);
});
