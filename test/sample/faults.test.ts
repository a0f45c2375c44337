/** Any call on /proc may fail with any error at any time: the pass goes on, nothing leaks, and what is told is true. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Tree } from '../../src/sample/tree.ts';
import { TASK_FILES, type TaskFile } from '../../src/fields/files.ts';
import { TaskCursor } from '../../src/model/task-cursor.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { ExtraFiles } from '../../src/sample/extra-files.ts';
import { Sampler } from '../../src/sample/sampler.ts';
import { tries } from '../fuzz/budget.ts';
import { numbersFrom } from '../support/churning-source.ts';
import { failure, FakeTree } from '../support/fake-tree.ts';
import { testMachine, valueOf } from '../support/model.ts';

const CODES = ['EACCES', 'EPERM', 'ESRCH', 'ENOENT', 'EMFILE', 'ENFILE', 'EIO', 'ENOMEM', 'EINTR', 'EAGAIN'] as const;
type Call = 'open' | 'read' | 'eachPid' | 'tids';

/** A source before another one: calls fail as `decide` says. */
class Faulty {
  readonly tree = new FakeTree();
  decide: (call: Call, path: string) => string | undefined = () => undefined;
  readonly source: Tree;

  constructor() {
    const guard = (call: Call, path: string): void => {
      const code = this.decide(call, path);
      if (code !== undefined) throw failure(code);
    };
    const { tree } = this;
    this.source = new Proxy(tree, {
      get: (_, name) => {
        if (name === 'open') return (path: string) => (guard('open', path), tree.open(path));
        if (name === 'read')
          return (handle: number, into: Uint8Array) => (
            guard('read', tree.open_.get(handle)!.path),
            tree.read(handle, into)
          );
        if (name === 'tids') return (pid: number) => (guard('tids', String(pid)), tree.tids(pid));
        if (name === 'eachPid')
          return () => {
            guard('eachPid', '');
            return tree.eachPid();
          };
        const value: unknown = Reflect.get(tree, name, tree);
        return typeof value === 'function' ? (value.bind(tree) as unknown) : value;
      },
    });
  }
}

const TASKS = 12;

describe('faults from every call', () => {
  for (const threads of [false, true]) {
    test(threads ? 'threads' : 'processes', () => {
      fc.assert(
        fc.property(
          fc.nat(),
          fc.integer({ min: 2, max: 30 }),
          fc.integer({ min: 0, max: 20 }),
          (seed, rarity, descriptors) => {
            const faulty = new Faulty();
            const { tree, source } = faulty;
            const table = new TaskTable(testMachine(), threads);
            const cursor = new TaskCursor(table);
            const sampler = new Sampler(source, table, { threads, descriptors });
            const extra = new ExtraFiles(source, sampler, table, undefined, () => undefined);
            const files = Object.keys(TASK_FILES).filter(file => file !== 'stat') as TaskFile[];
            const content = Object.fromEntries(files.map(file => [file, '1 2 3 4 5 6 7\n']));
            for (let pid = 1; pid <= TASKS; pid++) tree.start(pid, { start_time: pid }, content);
            const sample = (): void => {
              tree.ms += 1000;
              for (let pid = 1; pid <= TASKS; pid++) tree.change(pid, { utime: tree.ms / 10 });
              sampler.sample();
              for (const seat of table.order.subarray(0, table.count))
                for (const file of files) extra.want(seat, file, false);
            };
            const seatOf = (pid: number): number =>
              [...table.order.subarray(0, table.count)].find(at => table.pid(at) === pid) ?? -1;
            sample();
            const pick = numbersFrom(seed);
            faulty.decide = () => (pick(rarity) === 0 ? CODES[pick(CODES.length)] : undefined);
            for (let round = 0; round < 12; round++) {
              sample();
              assert.ok(table.count <= TASKS && table.denied <= 2 * TASKS);
              assert.ok(tree.open_.size <= descriptors, 'no descriptor is left open');
              for (let pid = 1; pid <= TASKS; pid++) {
                const seat = seatOf(pid);
                const cpu = seat < 0 ? 0 : valueOf(cursor.at(seat), 'cpu_percent');
                // it works all the time: 100 % over whatever time lies between its reads, or nothing is told
                if (typeof cpu === 'number' && cpu !== 0) assert.ok(Math.abs(cpu - 100) < 1e-6, `${cpu} %`);
              }
            }
            faulty.decide = () => undefined;
            sample();
            tree.forks++;
            sample();
            sample();
            assert.equal(table.count, TASKS, 'all are back');
            assert.equal(table.denied, 0);
            for (let pid = 1; pid <= TASKS; pid++) assert.equal(valueOf(cursor.at(seatOf(pid)), 'cpu_percent'), 100);
            sampler.close();
            assert.equal(tree.open_.size, 0);
          },
        ),
        tries(150),
      );
    });
  }
});

test('clocks that jump: rates are over the time that passed for the kernel', () => {
  const tree = new FakeTree();
  const table = new TaskTable(testMachine(), false);
  const sampler = new Sampler(tree, table, { threads: false, descriptors: 10 });
  const cursor = new TaskCursor(table);
  tree.start(1, { start_time: 1 });
  let wall = 1.7e12;
  tree.wallMs = () => wall;
  const after = (ms: number, wallMs: number, ticks: number): unknown => {
    tree.ms += ms;
    wall += wallMs;
    tree.change(1, { utime: ticks });
    sampler.sample();
    return valueOf(cursor.at(table.order[0]!), 'cpu_percent');
  };
  after(1000, 1000, 0);
  assert.equal(after(1000, 1000, 50), 50);
  assert.equal(after(1000, -86_400_000, 100), 50, 'the wall clock was put back a day');
  assert.equal(after(1000, 86_400_000_000, 150), 50, 'and a thousand days forward');
  assert.equal(after(0, 0, 150), 'missing: first-sample', 'no time passed: no rate');
});
