import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SystemHistory } from '../../src/model/system.ts';
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
  assert.deepEqual(first.minorFaults, []);
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
  assert.deepEqual(system.minorFaults, [95]);
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

test('the sparklines keep a bounded past', () => {
  const system = new SystemHistory(100);
  for (let at = 0; at < 500; at++) {
    system.push({
      wallMs: at,
      systemMs: at * 1000,
      system: new Map([['vmstat', bytes(`pgfault ${at * at}\npgmajfault 0\n`)]]),
    });
  }
  assert.equal(system.minorFaults.length, 120);
  assert.equal(system.minorFaults.at(-1), 499 * 499 - 498 * 498);
});
