import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { threadsPage } from '../../src/pages/threads.ts';
import { built, type Built, lineText, type Parts } from './built.ts';
import type { Values } from '../support/stat-line.ts';

/** A process whose threads have these stat fields and wait channels; `before` a second earlier. */
function page(
  threads: Readonly<Record<number, Values>>,
  {
    wchan = {},
    before = {},
    ...parts
  }: Omit<Parts, 'before'> & { wchan?: Record<number, string>; before?: Record<number, Values> } = {},
): Built {
  const folder = parts.thread === true ? '/proc/42/task' : 'task';
  const files = (of: Readonly<Record<number, Values>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(of).map(([tid, values]) => [`${folder}/${tid}/stat`, lineText({ pid: Number(tid), ...values })]),
    );
  const waits = Object.entries(wchan).map(([tid, name]) => [`${folder}/${tid}/wchan`, name] as const);
  return built(threadsPage, {
    stat: { num_threads: Object.keys(threads).length },
    ...parts,
    files: { ...files(threads), ...Object.fromEntries(waits), ...parts.files },
    before: files(before),
  });
}

const tids = ({ rows }: Built): unknown[] => rows('threads').map(({ tid }) => tid);

describe('the page of threads', () => {
  test('counts by state and wait channel, most frequent first', () => {
    const wchan = { 42: 'ep_poll', 43: 'futex_wait', 44: 'futex_wait', 45: 'folio_wait', 46: '0' };
    const shown = page({ 42: {}, 43: {}, 44: {}, 45: { state: 'D' }, 46: { state: 'R' } }, { wchan });
    assert.deepEqual(shown.rows('states'), [
      { count: 2, state: 'S', wchan: 'futex_wait' },
      { count: 1, state: 'S', wchan: 'ep_poll' },
      { count: 1, state: 'D', wchan: 'folio_wait' },
      { count: 1, state: 'R', wchan: null },
    ]);
    assert.equal(shown.json['num_threads'], 5);
  });

  test('the busiest first, then by id; rates over the time between the reads', () => {
    const threads = {
      42: { utime: 100, stime: 50 },
      43: {
        utime: 10,
        stime: 10,
        min_flt: 30,
        maj_flt: 4,
        comm: 'worker',
        processor: 3,
        policy: 2,
        priority: -8,
        rt_priority: 7,
      },
      44: { utime: 100 },
    };
    const before = { 42: { utime: 100, stime: 50 }, 43: { utime: 0, stime: 0, min_flt: 10 }, 44: { utime: 100 } };
    const shown = page(threads, { before, elapsed: 2 });
    assert.deepEqual(tids(shown), [43, 42, 44]);
    const [first] = shown.rows('threads');
    // 20 ticks of 10 ms in 2 s
    assert.equal(first!['cpu_percent'], 10);
    assert.equal(first!['min_flt_rate'], 10);
    assert.equal(first!['maj_flt_rate'], 2);
    assert.deepEqual([first!['comm'], first!['processor']], ['worker', 3]);
    assert.deepEqual(first!['scheduling'], { policy: 'rr', priority: -8, rt_priority: 7, nice: 0 });
    assert.match(shown.line('43  '), /43 +worker +S +10\.0 +3 +rr\/7 +0 +10\.0 +2\.00 +00400000/);
    assert.equal(first!['flags'], '0x00400000');
    assert.match(page({ 42: { nice: -5, priority: 15 } }).line('42  '), / other\/-5 +-5 /);
  });

  test('without a sample before nothing is claimed', () => {
    const shown = page({ 44: {}, 42: {} });
    assert.deepEqual(tids(shown), [42, 44]);
    assert.equal(shown.rows('threads')[0]!['cpu_percent'], null);
  });

  test('a zombie leader with living threads is told first', () => {
    const zombie = { 42: { state: 'Z', vsize: 0 }, 43: {}, 44: { state: 'D' } };
    const warning = 'the process still holds its memory and files.';
    assert.equal(page(zombie).lines[0], `  The leader is a zombie, but 2 threads live: ${warning}`);
    assert.match(page({ 42: { state: 'Z' }, 43: {} }).lines[0]!, /but 1 thread lives/);
    assert.doesNotMatch(page({ 42: { state: 'Z' }, 43: { state: 'Z' } }).text, /The leader/);
    assert.doesNotMatch(page({ 42: {}, 43: { state: 'Z' } }).text, /The leader/);
  });

  test('wait channels that are hidden, or that the kernel does not know, are no "0"', () => {
    const hidden = page({ 42: {} }, { stat: { startcode: 1 }, wchan: { 42: '0' }, machine: { mayPtrace: false } });
    assert.equal(hidden.rows('states')[0]!['wchan'], null);
    assert.match(hidden.text, /Wait channels: not permitted: needs the same user/);
    const nameless = page({ 42: {}, 43: { state: 'R' } }, { wchan: { 42: '0', 43: '0' } });
    assert.match(nameless.text, /Wait channels: this kernel does not have it: needs CONFIG_KALLSYMS/);
  });

  test('more than a thousand: counts of all, rows of the busiest', () => {
    const many = Object.fromEntries(Array.from({ length: 1203 }, (_, n) => [100 + n, { utime: 5 }]));
    const shown = page(many, { before: { ...many, 1302: { utime: 0 } } });
    assert.equal(shown.rows('threads').length, 1000);
    assert.equal(tids(shown)[0], 1302, 'the only busy one, though its id is the last');
    assert.equal(shown.rows('states')[0]!['count'], 1203);
    assert.match(shown.text, /203 more threads are left out; the counts are of all\./);
  });

  test('threads that came and went; those not read yet', () => {
    const shown = page(
      { 42: {}, 43: {} },
      { statBefore: { num_threads: 5 }, files: { 'task/44/stat': { missing: 'gone' } } },
    );
    assert.match(shown.line('Threads'), /2, -3 since the sample before/);
    const late = page({ 42: {} }, { files: { 'task/44/stat': { missing: 'not-read' } } });
    assert.match(late.line('Threads'), /2; 1 not read \(yet\)/);
    assert.deepEqual(tids(late), [42]);
  });

  test('of a row that is one of them: all the same', () => {
    assert.deepEqual(tids(page({ 42: {}, 43: {} }, { thread: true })), [42, 43]);
  });

  test('without the list', () => {
    const shown = built(threadsPage, {});
    assert.equal(shown.json['threads'], null);
    assert.match(shown.line('Threads'), /not read in this sample/);
  });
});
