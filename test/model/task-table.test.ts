import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NOTICED } from '../../src/frame/sink.ts';
import { Pushed, testMachine } from '../support/model.ts';
import { bytes, statBytes } from '../support/stat-line.ts';

const { changed, arrived, renamed, uninterruptible, exiting } = NOTICED;

describe('identity is pid and start time', () => {
  test('a pid that another task took starts afresh', () => {
    const pushed = new Pushed();
    pushed.sample([{ pid: 5, start_time: 100, utime: 1000, min_flt: 9 }], { ms: 0 });
    pushed.file(5, 'cmdline', 'old\0', 0);
    pushed.sample([{ pid: 5, start_time: 100, utime: 1200, min_flt: 9 }], { ms: 2000 });
    assert.equal(pushed.value(5, 'cpu_percent'), 100);
    const noticed = pushed.sample([{ pid: 5, start_time: 777, utime: 1300, min_flt: 50 }], { ms: 4000 });
    assert.deepEqual(noticed, [changed | arrived | renamed]);
    assert.equal(pushed.value(5, 'cpu_percent'), 'missing: first-sample');
    assert.equal(pushed.value(5, 'min_flt_delta'), 'missing: first-sample');
    assert.equal(pushed.value(5, 'rss_delta'), 'missing: first-sample');
    assert.equal(pushed.value(5, 'command'), '[task]', 'the command line was of the old task');
    assert.equal(pushed.value(5, 'state_age'), 0);
    pushed.sample([{ pid: 5, start_time: 777, utime: 1350, min_flt: 60 }], { ms: 5000 });
    assert.equal(pushed.value(5, 'cpu_percent'), 50);
    assert.equal(pushed.table.find(5, 100), -1);
    assert.ok(pushed.table.find(5, 777) >= 0);
  });

  test('a seat that another task took starts afresh', () => {
    const pushed = new Pushed();
    pushed.sample([{ pid: 5, utime: 1000 }], { ms: 0 });
    pushed.sample([{ pid: 5, utime: 1100 }], { ms: 1000 });
    pushed.file(5, 'wchan', 'do_wait', 1000);
    pushed.sample([{ pid: 6, comm: 'fresh', utime: 1200 }], { ms: 2000 });
    assert.equal(pushed.seat(6), 0, 'the same seat');
    assert.equal(pushed.value(6, 'cpu_percent'), 'missing: first-sample');
    assert.equal(pushed.value(6, 'wchan_name'), 'missing: not-read');
    assert.equal(pushed.value(6, 'comm'), 'fresh');
    assert.equal(pushed.table.count, 1);
    assert.equal(pushed.table.find(5, 100), -1);
  });

  test('the seat of a task that is gone is vacant, also when the same task seems to come back', () => {
    const pushed = new Pushed();
    pushed.sample([{ pid: 5, utime: 10 }], { ms: 0 });
    pushed.sample([], { ms: 1000 });
    assert.ok(!pushed.table.holds(0));
    pushed.sample([{ pid: 5, utime: 20 }], { ms: 2000 });
    assert.equal(pushed.value(5, 'cpu_percent'), 'missing: first-sample');
  });
});

describe('deltas', () => {
  test('rates are of the time between the two reads of the task', () => {
    const pushed = new Pushed();
    pushed.sample([{ pid: 1, utime: 0, stime: 10, maj_flt: 2, cutime: 5 }], { ms: 1000 });
    assert.equal(pushed.value(1, 'user_percent'), 'missing: first-sample');
    pushed.sample([{ pid: 1, utime: 150, stime: 60, maj_flt: 12, cutime: 55 }], { ms: 3500 });
    assert.equal(pushed.value(1, 'user_percent'), 60);
    assert.equal(pushed.value(1, 'system_percent'), 20);
    assert.equal(pushed.value(1, 'maj_flt_rate'), 4);
    assert.equal(pushed.value(1, 'reaped_cpu_percent'), 20);
    assert.equal(pushed.value(1, 'utime_delta'), 1.5);
  });

  test('an unchanged line means 0, not missing; after a change it means 0 again', () => {
    const pushed = new Pushed();
    const still = { pid: 1, utime: 100 };
    pushed.sample([still], { ms: 0 });
    assert.deepEqual(pushed.sample([still], { ms: 1000 }), [0]);
    assert.equal(pushed.value(1, 'cpu_percent'), 0);
    assert.deepEqual(pushed.sample([{ pid: 1, utime: 150 }], { ms: 2000 }), [changed]);
    assert.equal(pushed.value(1, 'cpu_percent'), 50);
    pushed.sample([{ pid: 1, utime: 150 }], { ms: 3000 });
    assert.equal(pushed.value(1, 'cpu_percent'), 0);
    assert.equal(pushed.value(1, 'utime_delta'), 0);
    pushed.sample([{ pid: 1, utime: 160 }], { ms: 4000 });
    assert.equal(pushed.value(1, 'cpu_percent'), 10);
  });

  test('a counter that goes backwards is marked, and goes on from there', () => {
    const pushed = new Pushed();
    pushed.sample([{ pid: 1, utime: 100, min_flt: 5 }], { ms: 0 });
    pushed.sample([{ pid: 1, utime: 40, min_flt: 6 }], { ms: 1000 });
    assert.equal(pushed.value(1, 'user_percent'), 'missing: went-backwards');
    assert.equal(pushed.value(1, 'cpu_percent'), 'missing: went-backwards');
    assert.equal(pushed.value(1, 'min_flt_rate'), 1);
    pushed.sample([{ pid: 1, utime: 50, min_flt: 6 }], { ms: 2000 });
    assert.equal(pushed.value(1, 'user_percent'), 10);
  });

  test('memory and threads may shrink', () => {
    const pushed = new Pushed();
    pushed.sample([{ pid: 1, rss: 100, num_threads: 9 }], { ms: 0 });
    pushed.sample([{ pid: 1, rss: 90, num_threads: 4 }], { ms: 1000 });
    assert.equal(pushed.value(1, 'rss_delta'), -40960);
    assert.equal(pushed.value(1, 'num_threads_delta'), -5);
  });

  test('two samples at one instant give no rate', () => {
    const pushed = new Pushed();
    pushed.sample([{ pid: 1, utime: 1 }], { ms: 500 });
    pushed.sample([{ pid: 1, utime: 2 }], { ms: 500 });
    assert.equal(pushed.value(1, 'cpu_percent'), 'missing: first-sample');
    assert.equal(pushed.value(1, 'utime_delta'), 0.01);
  });

  test('ticks are those of the machine', () => {
    const pushed = new Pushed(testMachine({ ticksPerSecond: 1000 }));
    pushed.sample([{ pid: 1, utime: 0 }], { ms: 0 });
    pushed.sample([{ pid: 1, utime: 500 }], { ms: 1000 });
    assert.equal(pushed.value(1, 'cpu_percent'), 50);
  });

  test('a line that is none is counted, and the task keeps what it had', () => {
    const pushed = new Pushed();
    pushed.sample([{ pid: 1, utime: 100 }], { ms: 0 });
    const { table } = pushed;
    table.begin({ wallMs: 0, system: new Map(), systemMs: 1000 });
    const torn = statBytes({ pid: 1, utime: 150 }).subarray(0, 50);
    assert.equal(table.stat(0, 1, 1, torn, torn.length, 1000), 0);
    table.end(0);
    assert.equal(table.malformed, 1);
    assert.equal(table.count, 0);
    pushed.sample([{ pid: 1, utime: 150 }], { ms: 2000 });
    assert.equal(pushed.value(1, 'cpu_percent'), 25);
  });
});

describe('what is noticed', () => {
  const seen = (...samples: Readonly<Record<string, number | string>>[]): number => {
    const pushed = new Pushed();
    let noticed = 0;
    samples.forEach((values, index) => {
      noticed = pushed.sample([{ pid: 1, ...values }], { ms: index * 1000 })[0]!;
    });
    return noticed;
  };
  test('arrival', () => assert.equal(seen({}), changed | arrived | renamed));
  test('nothing', () => assert.equal(seen({}, {}), 0));
  test('uninterruptible sleep, also when nothing changed', () => {
    assert.equal(seen({}, { state: 'D' }), changed | uninterruptible);
    assert.equal(seen({ state: 'D' }, { state: 'D' }), uninterruptible);
    assert.equal(seen({ state: 'D' }, {}), changed);
  });
  test('exiting, also when nothing changed', () => {
    assert.equal(seen({}, { flags: 0x400004 }), changed | exiting);
    assert.equal(seen({ flags: 4 }, { flags: 4 }), exiting);
  });
  test('another name, other arguments', () => {
    assert.equal(seen({ comm: 'sh' }, { comm: 'ls' }), changed | renamed);
    assert.equal(seen({ comm: 'sh' }, { comm: 'shell' }), changed | renamed);
    assert.equal(seen({ comm: 'shell' }, { comm: 'sh' }), changed | renamed);
    assert.equal(seen({ arg_start: 1, arg_end: 5 }, { arg_start: 1, arg_end: 6 }), changed | renamed);
    assert.equal(seen({ utime: 1 }, { utime: 2 }), changed);
  });
  test('a kernel without the argument addresses renames nothing', () => {
    const pushed = new Pushed();
    const push = (utime: number): number => {
      const line = statBytes({ pid: 1, utime }, 44);
      pushed.table.begin({ wallMs: 0, system: new Map(), systemMs: utime });
      const noticed = pushed.table.stat(0, 1, 1, line, line.length, utime);
      pushed.table.end(0);
      return noticed;
    };
    push(1);
    assert.equal(push(2), changed);
  });
});

describe('ages', () => {
  test('of a state: since we saw it', () => {
    const pushed = new Pushed();
    const ages = (['S', 'S', 'D', 'D', 'D', 'R'] as const).map((state, index) => {
      pushed.sample([{ pid: 1, state, utime: index }], { ms: index * 1000 });
      return pushed.value(1, 'state_age');
    });
    // one sample saw nothing of its past
    assert.deepEqual(ages, ['missing: first-sample', 1, 0, 1, 2, 0]);
  });
  test('of a state that we did not see begin: at least', () => {
    const pushed = new Pushed();
    const began: boolean[] = [];
    for (const state of ['S', 'S', 'D'] as const) {
      pushed.sample([{ pid: 1, state, utime: began.length }], { ms: began.length * 1000 });
      began.push(pushed.table.stateBegan(pushed.table.find(1, pushed.table.startTicks(0))));
    }
    assert.deepEqual(began, [false, false, true]);
    pushed.sample([{ pid: 1 }, { pid: 2, start_time: 9 }], { ms: 4000 });
    assert.equal(pushed.table.stateBegan(pushed.table.find(2, 9)), true, 'it came while we watched');
  });
  test('of exiting', () => {
    const pushed = new Pushed();
    const ages = [0, 4, 4, 4].map((flags, index) => {
      pushed.sample([{ pid: 1, flags, utime: index }], { ms: index * 1000 });
      return pushed.value(1, 'exiting_age');
    });
    assert.deepEqual(ages, ['missing: not-applicable', 0, 1, 2]);
  });
});

describe('lines of any length, seats of any number', () => {
  test('a line that is longer than the room kept for it, and back', () => {
    const pushed = new Pushed();
    const comm = 'x'.repeat(300);
    const long = { pid: 1, comm, utime: '18446744073709551615', min_flt: 3 };
    pushed.sample([long], { ms: 0 });
    assert.equal(pushed.value(1, 'comm'), comm);
    pushed.sample([{ ...long, min_flt: 5 }], { ms: 1000 });
    assert.equal(pushed.value(1, 'min_flt_rate'), 2);
    pushed.sample([{ pid: 1, comm: 'y', utime: 1 }], { ms: 2000 });
    assert.equal(pushed.value(1, 'comm'), 'y');
    assert.equal(pushed.value(1, 'ppid'), 1);
  });
  test('many tasks: every one keeps its own values as the arrays grow', () => {
    const pushed = new Pushed();
    const tasks = (gain: number) =>
      Array.from({ length: 3000 }, (_, at) => ({ pid: at + 1, comm: `t${at}`, utime: at + gain * (at % 7) }));
    pushed.sample(tasks(0).slice(0, 100), { ms: 0 });
    pushed.sample(tasks(0), { ms: 1000 });
    pushed.sample(tasks(1), { ms: 2000 });
    for (const pid of [1, 2, 99, 100, 101, 1500, 3000]) {
      assert.equal(pushed.value(pid, 'comm'), `t${pid - 1}`);
      assert.equal(pushed.value(pid, 'cpu_percent'), (pid - 1) % 7);
    }
  });
  test('states are counted', () => {
    const pushed = new Pushed();
    pushed.sample([{ pid: 1, state: 'D' }, { pid: 2 }, { pid: 3 }], { ms: 0, denied: 4 });
    assert.deepEqual(
      [...pushed.table.census()],
      [
        ['D', 1],
        ['S', 2],
      ],
    );
    assert.equal(pushed.table.denied, 4);
    pushed.sample([{ pid: 2 }], { ms: 1000 });
    assert.deepEqual([...pushed.table.census()], [['S', 1]]);
  });
  test('old kernels: fields that the line does not have are not in this kernel', () => {
    const pushed = new Pushed();
    const line = bytes(new TextDecoder().decode(statBytes({ pid: 1 }, 44)));
    pushed.table.begin({ wallMs: 0, system: new Map(), systemMs: 0 });
    pushed.table.stat(pushed.seat(1), 1, 1, line, line.length, 0);
    pushed.table.end(0);
    assert.equal(pushed.value(1, 'arg_start'), 'missing: not-in-this-kernel');
    assert.equal(pushed.value(1, 'exit_code'), 'missing: not-in-this-kernel');
    assert.equal(pushed.value(1, 'guest_time'), 0);
  });
});
