import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SERIES, SystemHistory } from '../../src/model/system.ts';
import { bytes } from '../support/stat-line.ts';

function history(
  ...samples: readonly (readonly [ms: number, files: Readonly<Record<string, string>>])[]
): SystemHistory {
  const system = new SystemHistory(100);
  for (const [ms, files] of samples) {
    system.push({
      wallMs: ms,
      systemMs: ms,
      system: new Map(Object.entries(files).map(([name, text]) => [name, bytes(text)])),
    });
  }
  return system;
}

const stat = (cpu: string, forks = 0): string =>
  `cpu  ${cpu}\ncpu0 ${cpu}\nintr 5\nctxt 7\nbtime 1\nprocesses ${forks}\n`;

test('nothing is known before the first sample, and no rate after it', () => {
  const empty = history();
  assert.deepEqual(empty.cpu, { missing: 'not-read' });
  assert.deepEqual(empty.load, { missing: 'not-read' });
  assert.ok(Number.isNaN(empty.uptimeSeconds) && Number.isNaN(empty.wallMs));
  const first = history([0, { stat: stat('1 0 1 1'), vmstat: 'pgfault 5\npgmajfault 1\n' }]);
  for (const reading of [first.cpu, first.forkRate, first.minorFaultRate, first.intervalSeconds])
    assert.deepEqual(reading, { missing: 'first-sample' });
  assert.deepEqual(first.past.minor_faults, [Number.NaN]);
});

test('a suspend is seen by uptime running ahead', () => {
  const awake = history([0, { uptime: '10.00 0\n' }], [2000, { uptime: '12.01 0\n' }]);
  assert.equal(awake.suspendedSeconds, 0);
  const asleep = history([0, { uptime: '10.00 0\n' }], [2000, { uptime: '72.00 0\n' }]);
  assert.equal(asleep.suspendedSeconds, 60);
  assert.equal(history([0, { uptime: '10.00 0\n' }]).suspendedSeconds, 0, 'one sample says nothing');
});

test('minor faults are without the major ones', () => {
  const system = history(
    [0, { vmstat: 'pgfault 100\npgmajfault 10\n' }],
    [2000, { vmstat: 'pgfault 300\npgmajfault 20\n' }],
  );
  assert.equal(system.minorFaultRate, 95);
  assert.equal(system.majorFaultRate, 5);
  assert.deepEqual(system.past.minor_faults, [Number.NaN, 95]);
});

test('a kernel that does not count it', () => {
  const system = history(
    [0, { stat: 'cpu  1 2 3 4\n', vmstat: 'x 1\n' }],
    [1000, { stat: 'cpu  2 2 3 4\n', vmstat: 'x 2\n' }],
  );
  assert.deepEqual(system.forkRate, { missing: 'not-in-this-kernel' });
  assert.deepEqual(system.minorFaultRate, { missing: 'not-in-this-kernel' });
  assert.deepEqual(system.memory('HighTotal'), { missing: 'not-in-this-kernel' });
});

test('a counter that went backwards gives no rate', () => {
  const system = history([0, { stat: stat('1 0 1 1', 50) }], [1000, { stat: stat('2 0 1 1', 40) }]);
  assert.deepEqual(system.forkRate, { missing: 'went-backwards' });
});

describe('CPU shares', () => {
  test('add up to 100; guest time is not counted twice', () => {
    const { cpu } = history(
      [0, { stat: stat('0 0 0 0 0 0 0 0 0 0') }],
      [1000, { stat: stat('50 10 20 5 5 2 3 5 20 4') }],
    );
    assert.ok('user' in cpu);
    assert.equal(
      Math.round(Object.values(cpu as unknown as Record<string, number>).reduce((sum, part) => sum + part, 0)),
      100,
    );
    assert.deepEqual(cpu, {
      user: 30,
      nice: 6,
      system: 20,
      irq: 2,
      softirq: 3,
      iowait: 5,
      steal: 5,
      guest: 24,
      idle: 5,
    });
  });
  test('a CPU that went offline with its counters: no share can be told', () => {
    const { cpu } = history([0, { stat: stat('100 0 100 900000') }], [1000, { stat: stat('101 0 101 450200') }]);
    assert.deepEqual(cpu, { missing: 'went-backwards' });
  });

  test('idle time that went back by a tick gained nothing', () => {
    const { cpu } = history([0, { stat: stat('100 0 100 500') }], [1000, { stat: stat('130 0 110 499') }]);
    assert.ok('user' in cpu);
    assert.deepEqual([cpu.user, cpu.system, cpu.idle], [75, 25, 0]);
  });

  test('no tick passed', () => {
    const { cpu } = history([0, { stat: stat('1 0 1 1') }], [1, { stat: stat('1 0 1 1') }]);
    assert.deepEqual(cpu, { missing: 'first-sample' });
  });
});

describe('the past', () => {
  const faults = (ms: number, total: number): readonly [number, Readonly<Record<string, string>>] => [
    ms,
    { vmstat: `pgfault ${total}\npgmajfault 0\n` },
  ];

  test('ten minutes at two seconds', () => {
    const { past } = history(...Array.from({ length: 500 }, (_, at) => faults(at * 2000, at * at)));
    assert.equal(past.ms.length, 301);
    assert.equal(past.ms.at(-1)! - past.ms[0]!, 600_000);
    // (499² - 498²) / 2
    assert.equal(past.minor_faults.at(-1), 498.5);
    for (const name of SERIES) assert.equal(past[name].length, 301, name);
  });
  test('no fewer samples at long intervals, a bounded number at short ones', () => {
    assert.equal(history(...Array.from({ length: 400 }, (_, at) => faults(at * 60_000, at))).past.ms.length, 300);
    const { past } = history(...Array.from({ length: 6500 }, (_, at) => faults(at * 100, at)));
    assert.equal(past.ms.at(-1)! - past.ms[0]!, 600_000, 'ten minutes at the shortest interval');
    const more = history(...Array.from({ length: 7000 }, (_, at) => faults(at, at)));
    assert.equal(more.past.ms.length, 6144);
  });
  test('what is missing is no number, and nothing is moved by it', () => {
    const { past } = history(faults(0, 10), faults(1000, 12), faults(2000, 3), faults(3000, 8));
    assert.deepEqual(past.minor_faults, [Number.NaN, 2, Number.NaN, 5]);
    assert.deepEqual(past.io_pressure, [Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  });
  test('CPU: nice and guests are users’ work, interrupts the kernel’s; pressure as it is told', () => {
    const { past } = history(
      [0, { stat: stat('0 0 0 0 0 0 0 0 0 0') }],
      [
        1000,
        {
          stat: stat('30 10 20 20 5 2 3 5 20 4'),
          'pressure/memory': 'some avg10=1.50 avg60=0.00 avg300=0.00 total=1\n',
        },
      ],
    );
    // user 10, nice 6, guest 24; system 20, irq 2, softirq 3; iowait 5; steal 5; idle 20 of 95
    assert.deepEqual(
      [past.user[1]!, past.system[1]!, past.iowait[1]!].map(share => Math.round((share * 95) / 100)),
      [40, 25, 5],
    );
    assert.equal(past.memory_pressure[1], 1.5);
  });
  test('a recording that jumps back has another one', () => {
    const { past } = history(faults(5000, 1), faults(6000, 2), faults(1000, 1), faults(2000, 9));
    assert.deepEqual(past.ms, [1000, 2000]);
    assert.deepEqual(past.minor_faults, [Number.NaN, 8]);
  });
});

describe('each CPU', () => {
  const lines = (...cpus: readonly string[]): string => ['cpu  1 0 0 1', ...cpus, ''].join('\n');

  test('its own shares, offline and back', () => {
    const system = history(
      [0, { stat: lines('cpu0 0 0 0 0', 'cpu1 0 0 0 0') }],
      [1000, { stat: lines('cpu0 25 0 25 50', 'cpu1 0 0 0 0') }],
      [2000, { stat: lines('cpu0 50 0 50 100') }],
    );
    const cpu = system.cpuShares(0);
    assert.ok('user' in cpu);
    assert.deepEqual([cpu.user, cpu.system, cpu.idle], [25, 25, 50]);
    assert.deepEqual(system.cpus, [0, 1], 'a CPU that was seen keeps its place');
    assert.equal(system.isOnline(1), false);
    assert.deepEqual(system.cpuShares(1), { missing: 'not-read' });
    assert.equal(system.cpuCount, 1);
    system.push({
      wallMs: 0,
      systemMs: 3000,
      system: new Map([['stat', bytes(lines('cpu0 50 0 50 200', 'cpu1 9 0 0 9'))]]),
    });
    assert.deepEqual(system.cpuShares(1), { missing: 'first-sample' });
  });
  test('its counters went backwards', () => {
    const system = history([0, { stat: lines('cpu0 900 0 0 900') }], [1000, { stat: lines('cpu0 5 0 0 9') }]);
    assert.deepEqual(system.cpuShares(0), { missing: 'went-backwards' });
  });
});

test('the last suspend is remembered', () => {
  const at = (uptime: number): Readonly<Record<string, string>> => ({ uptime: `${uptime}.00 1\n` });
  const system = history([0, at(10)], [1000, at(71)], [2000, at(72)]);
  assert.equal(system.suspendedSeconds, 0);
  assert.deepEqual(system.lastSuspend, { seconds: 60, wallMs: 1000, ms: 1000 });
});
