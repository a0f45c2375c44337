import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { affinityWords, cpuList, cpuNumbers } from '../../src/kernel/cpu-list.ts';
import { schedulingPage } from '../../src/pages/scheduling.ts';
import { built, type Built, type Parts, type Record_, statusText } from './built.ts';

const page = (parts: Parts): Built => built(schedulingPage, parts);
const cost = ({ rows }: Built, counter: string): Record_ => rows('costs').find(row => row['counter'] === counter)!;

describe('policy and priority', () => {
  test('an ordinary task', () => {
    const shown = page({ stat: { priority: 10, nice: -10, policy: 0 } });
    assert.equal(shown.json['policy'], 'other');
    assert.equal(shown.json['priority'], 10);
    assert.match(shown.line('Policy'), /other \(SCHED_NORMAL\): time sharing/);
    assert.match(shown.line('Priority'), /10: nice -10 \(kernel priority 110\)$/);
    assert.match(shown.line('RT priority'), /0: not real time/);
  });
  test('real time, and nice without effect', () => {
    const shown = page({ stat: { priority: -51, nice: 5, policy: 1, rt_priority: 50 } });
    assert.match(shown.line('Priority'), /-51: real-time priority 50 \(kernel priority 49\)$/);
    assert.match(shown.line('Nice'), /5, without effect under fifo/);
    assert.match(shown.line('RT priority'), /50 of 99/);
  });
  test('a borrowed priority is told with the own one, also from one real-time task to another', () => {
    const other = page({ stat: { priority: -51, nice: 0, policy: 0 } }).line('Priority');
    assert.match(other, /-51: real-time priority 50 .*, borrowed from a task that waits for it; its own: nice 0/);
    const fifo = page({ stat: { priority: -90, policy: 1, rt_priority: 10 } }).line('Priority');
    assert.match(fifo, /real-time priority 89 .*borrowed.*its own: real-time priority 10 \(kernel priority 89\)/);
    const deadline = page({ stat: { priority: -101, policy: 6 } }).line('Priority');
    assert.doesNotMatch(deadline, /borrowed/);
    assert.match(page({ stat: { priority: 20, nice: 5 } }).line('Priority'), /nice 0 .*borrowed.*its own: nice 5/);
  });
  test('autogroup: as the file says, none, or switched off', () => {
    const path = '/proc/42/autogroup';
    const setting = '/proc/sys/kernel/sched_autogroup_enabled';
    const of = (text: string, enabled: string): string =>
      page({ files: { [path]: text, [setting]: enabled } }).line('Autogroup');
    assert.match(of('/autogroup-12 nice 0\n', '1\n'), /\/autogroup-12 nice 0$/);
    assert.match(of('/autogroup-12 nice 0\n', '0\n'), /without effect: kernel\.sched_autogroup_enabled is 0/);
    assert.match(of('', '1\n'), /none$/);
    const old = page({ machine: { releaseText: '2.6.32' }, files: { [path]: { missing: 'not-in-this-kernel' } } });
    assert.match(old.line('Autogroup'), /since Linux 2\.6\.38/);
    // of a thread too it is the file of the process
    assert.match(page({ thread: true, files: { [path]: '/autogroup-12 nice 0\n' } }).line('Autogroup'), /autogroup-12/);
  });
});

describe('CPUs', () => {
  const affinity = (allowed: string, online: string, possible: string, flags = 0): Built =>
    page({
      stat: { flags },
      files: {
        status: statusText({ Cpus_allowed_list: allowed }),
        '/sys/devices/system/cpu/online': `${online}\n`,
        '/sys/devices/system/cpu/possible': `${possible}\n`,
      },
    });
  test('all that are online, or which are missing', () => {
    assert.match(affinity('0-3', '0-3', '0-3').line('Allowed CPUs'), /0-3: all 4 online CPUs$/);
    assert.match(affinity('0,2', '0-3', '0-7').line('Allowed CPUs'), /0,2: 2 of 4 online CPUs, not 1,3; possible 0-7$/);
    assert.match(affinity('0-7', '0-3', '0-7').line('Allowed CPUs'), /0-7: all 4 online CPUs; possible 0-7$/);
    assert.match(affinity('0', '0-1', '0-1', 0x4000000).line('Allowed CPUs'), /user space may not change it/);
    assert.deepEqual(affinity('0', '0-1', '0-3').json['cpus_allowed'], {
      allowed: '0',
      online: '0-1',
      possible: '0-3',
    });
  });
  test('of a captured machine, which has no /sys: the list alone', () => {
    const shown = page({ files: { status: statusText({ Cpus_allowed_list: '0-5' }) } });
    assert.match(shown.line('Allowed CPUs'), /Allowed CPUs +0-5$/);
  });
  test('lists and numbers are the same', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 300 })), numbers => {
        const sorted = [...numbers].sort((a, b) => a - b);
        assert.deepEqual(cpuNumbers(cpuList(sorted)), sorted);
      }),
    );
    assert.deepEqual(cpuNumbers('0-2,5\n'), [0, 1, 2, 5]);
    for (const other of ['(null)', '1-', 'a', '0-99999999', '0-70000']) assert.equal(cpuNumbers(other), undefined);
    assert.equal(affinityWords('0', ''), '');
    assert.equal(affinityWords('0', '0'), 'the only online CPU');
  });
});

describe('time and switches', () => {
  const status = (voluntary: number, nonvoluntary: number): string =>
    statusText({ voluntary_ctxt_switches: String(voluntary), nonvoluntary_ctxt_switches: String(nonvoluntary) });

  test('of one thread, with rates over the time between the reads', () => {
    const shown = page({
      // 2 s: 0.5 s on a CPU = 25 %, 0.2 s waiting = 10 %, in 100 slices of 2 ms each
      files: { schedstat: '1500000000 300000000 250\n', status: status(60, 8) },
      before: { schedstat: '1000000000 100000000 150\n', status: status(50, 8) },
      elapsed: 2,
    });
    assert.deepEqual(
      ['run_ns', 'run_delay_ns', 'time_slices', 'delay_per_slice_ns'].map(id => {
        const { total, rate } = cost(shown, id) as { total: number; rate: number };
        return [total, rate];
      }),
      [
        [1_500_000_000, 25],
        [300_000_000, 10],
        [250, 50],
        [1_200_000, 2_000_000],
      ],
    );
    assert.equal(cost(shown, 'voluntary_ctxt_switches')['rate'], 5);
    assert.equal(cost(shown, 'nonvoluntary_ctxt_switches')['total'], 8);
    assert.match(shown.line('run delay'), /run delay +300 ms +10\.0 %/);
    assert.match(shown.line('delay per slice'), /1\.20 ms +2\.00 ms/);
  });

  test('the threads of a process are summed; one that is new has no rate yet', () => {
    const shown = page({
      stat: { num_threads: 3 },
      files: {
        status: status(1, 0),
        schedstat: '100 0 1\n',
        'task/42/schedstat': '100 0 1\n',
        'task/43/schedstat': '900 50 9\n',
        'task/44/schedstat': '1000 50 10\n',
        'task/42/status': status(1, 0),
        'task/43/status': status(20, 5),
        'task/44/status': status(300, 0),
      },
      before: { 'task/42/schedstat': '100 0 1\n', 'task/43/schedstat': '700 40 5\n', 'task/43/status': status(10, 5) },
      elapsed: 1,
    });
    assert.equal(cost(shown, 'time_slices')['total'], 20);
    assert.equal(cost(shown, 'time_slices')['rate'], 4);
    assert.equal(cost(shown, 'time_slices')['first_total'], 1);
    assert.equal(cost(shown, 'voluntary_ctxt_switches')['total'], 321);
    assert.equal(cost(shown, 'voluntary_ctxt_switches')['rate'], 10);
    assert.match(shown.text, /Time and switches of all 3 threads/);
  });

  test('a first sample has no rates; a counter that went back says so', () => {
    const first = page({ files: { schedstat: '5 5 5\n', status: status(5, 5) } });
    assert.equal(cost(first, 'time_slices')['rate'], null);
    assert.match(first.line('time slices'), /5 +-$/);
    const back = page({ files: { schedstat: '5 5 5\n' }, before: { schedstat: '6 6 6\n' } });
    assert.equal(cost(back, 'run_ns')['rate'], null);
  });

  test('a kernel that does not count shows no zeros', () => {
    const shown = page({ files: { schedstat: '0 0 0\n', status: status(5, 5) } });
    assert.equal(cost(shown, 'run_ns')['total'], null);
    assert.match(shown.text, /schedstat: this kernel does not have it: needs CONFIG_SCHED_INFO\./);
  });
});

test('the OOM killer: what the numbers mean in this release', () => {
  const of = (releaseText: string, score: string, adjustment: string): Built =>
    page({ machine: { releaseText }, files: { oom_score: score, oom_score_adj: adjustment } });
  const shown = of('6.1.0', '667\n', '-1000\n');
  assert.deepEqual(shown.json['oom'], { oom_score: 667, oom_score_adj: -1000 });
  assert.match(shown.text, /Score +667: around 666 is a small process without adjustment/);
  assert.match(shown.text, /Adjustment +-1000: never killed/);
  assert.match(of('4.19.0', '3\n', '0\n').text, /Score +3: per mille of memory, with the adjustment/);
  assert.match(of('6.1.0', '0\n', '5\n').text, /Adjustment +5: sooner/);
});

test('what cannot be read says which right would show it', () => {
  const { json, line } = page({ files: { '/proc/42/timerslack_ns': { missing: 'no-permission' } }, thread: true });
  assert.match(line('Timer slack'), /not permitted: needs CAP_SYS_NICE/);
  assert.equal(json['timerslack_ns'], null);
  assert.match(page({ files: { timerslack_ns: '50000\n' } }).line('Timer slack'), /50,000 ns/);
});
