import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { architectureOf, decodePasswd } from '../../src/decode/machine.ts';
import {
  decodeCpuList,
  decodeLoadavg,
  decodeMeminfo,
  decodePressure,
  decodeSystemStat,
  decodeUptime,
  decodeVmstat,
  decodeZramMemory,
  releaseOfVersion,
  vmstatCounter,
} from '../../src/decode/system-files.ts';
import { bytes } from '../support/stat-line.ts';

const STAT = `cpu  5000 1 3000 90000 40 5 6 7 8 9
cpu0 2500 1 1500 45000 20 5 6 7 8 9
cpu3 2500 0 1500 45000 20 0 0 0 0 0
intr 123456 7 0 0 9
ctxt 777
btime 1763000000
processes 4321
procs_running 3
procs_blocked 2
softirq 99 1 2
`;

test('/proc/stat', () => {
  const stat = decodeSystemStat(bytes(STAT))!;
  assert.deepEqual(stat.cpu, {
    user: 5000,
    nice: 1,
    system: 3000,
    idle: 90000,
    iowait: 40,
    irq: 5,
    softirq: 6,
    steal: 7,
    guest: 8,
    guestNice: 9,
  });
  assert.deepEqual([...stat.cpus.keys()], [0, 3], 'offline CPUs are absent');
  assert.equal(stat.cpus.get(3)!.idle, 45000);
  assert.equal(stat.interrupts, 123456);
  assert.equal(stat.contextSwitches, 777);
  assert.equal(stat.bootTime, 1763000000);
  assert.equal(stat.forks, 4321);
  assert.equal(stat.running, 3);
  assert.equal(stat.blocked, 2);
});

test('/proc/stat of an old kernel, or cut short', () => {
  const old = decodeSystemStat(bytes('cpu  1 2 3 4\nbtime 5\n'))!;
  assert.deepEqual([old.cpu.idle, old.cpu.iowait, old.cpu.steal, old.cpu.guestNice], [4, 0, 0, 0]);
  assert.ok(Number.isNaN(old.forks), 'not there is not 0');
  assert.equal(decodeSystemStat(bytes('')), undefined);
  assert.equal(decodeSystemStat(bytes('ctxt 5\n')), undefined);
});

test('/proc/stat of a large machine: hundreds of CPUs with gaps, thousands of interrupts', () => {
  const numbers = Array.from({ length: 300 }, (_, index) => index * 2);
  const text = [
    'cpu  1 2 3 4 5 6 7 8 9 10',
    ...numbers.map(cpu => `cpu${cpu} ${cpu} 0 0 9000000000000000 0 0 0 0 0 ${cpu + 1}`),
    `intr 5000000000${' 12345'.repeat(4000)}`,
    'ctxt 99',
    '',
  ].join('\n');
  const { cpus, interrupts, contextSwitches } = decodeSystemStat(bytes(text))!;
  assert.deepEqual([...cpus.keys()], numbers);
  assert.deepEqual([cpus.get(598)!.user, cpus.get(598)!.idle, cpus.get(598)!.guestNice], [598, 9e15, 599]);
  assert.deepEqual([interrupts, contextSwitches], [5_000_000_000, 99]);
});

test('/proc/stat that is none', () => {
  const odd = decodeSystemStat(bytes('cpu  1 x -3 4\ncpux 1 2\ncpu7\ncpufreq 5\n\nctxt\nintr y\n'))!;
  assert.equal(odd.cpu.user, 1);
  assert.ok(Number.isNaN(odd.cpu.nice) && Number.isNaN(odd.cpu.system) && Number.isNaN(odd.contextSwitches));
  assert.deepEqual([odd.cpu.idle, odd.cpu.iowait], [4, 0]);
  assert.deepEqual([...odd.cpus.keys()], [7]);
  const anyBytes = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(anyBytes, fc.constantFrom('', 'cpu', 'cpu  1 2', 'cpu1 2 3\n'), (tail, head) => {
      const text = Uint8Array.from([...bytes(head), ...tail]);
      decodeSystemStat(text);
      decodeCpuList(text);
      vmstatCounter(text, 'pgfault');
      decodeZramMemory(text);
    }),
  );
});

test('lists of CPUs', () => {
  const list = (text: string): readonly number[] => decodeCpuList(bytes(text));
  assert.deepEqual(list('0-3,5\n'), [0, 1, 2, 3, 5]);
  assert.deepEqual(list('0\n'), [0]);
  for (const none of ['\n', '', '0-', 'x', '3-1', '0-99999,0-99999']) assert.deepEqual(list(none), [], none);
});

test('one counter of vmstat', () => {
  const text = bytes('pgfault 123\npgmajfault 4\nxpgfault 9\npgfault_x 7\n');
  assert.equal(vmstatCounter(text, 'pgfault'), 123);
  assert.equal(vmstatCounter(text, 'pgmajfault'), 4);
  assert.equal(vmstatCounter(text, 'fault'), undefined);
  assert.equal(vmstatCounter(bytes('a 1\npgfault 12'), 'pgfault'), undefined, 'cut short');
});

test('what a zram device holds', () => {
  const stat = '1048576000 419430400 440401920        0 440401920      512       21        0        0\n';
  assert.deepEqual(decodeZramMemory(bytes(stat)), { stored: 1048576000, compressed: 419430400, used: 440401920 });
  assert.equal(decodeZramMemory(bytes('')), undefined);
});

test('loadavg and uptime', () => {
  assert.deepEqual(decodeLoadavg(bytes('0.52 0.58 12.59 3/601 12345\n')), {
    load1: 0.52,
    load5: 0.58,
    load15: 12.59,
    runnableThreads: 3,
    threads: 601,
  });
  assert.equal(decodeLoadavg(bytes('0.52 0.58\n')), undefined);
  assert.equal(decodeUptime(bytes('2449.98 2839.12\n')), 2449.98);
  assert.equal(decodeUptime(bytes('')), undefined);
});

test('meminfo in bytes, vmstat as it is', () => {
  const memory = decodeMeminfo(
    bytes('MemTotal:        2048 kB\nHugePages_Total:       3\nActive(anon):   1 kB\nBad: x\n'),
  );
  assert.deepEqual(
    [...memory],
    [
      ['MemTotal', 2097152],
      ['HugePages_Total', 3],
      ['Active(anon)', 1024],
    ],
  );
  assert.equal(decodeVmstat(bytes('pgfault 123\npgmajfault 4\n')).get('pgmajfault'), 4);
});

test('pressure', () => {
  const found = decodePressure(
    bytes('some avg10=99.94 avg60=71.72 avg300=22.95 total=76461787\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n'),
  );
  assert.deepEqual(found.some, { avg10: 99.94, avg60: 71.72, avg300: 22.95, totalUs: 76461787 });
  assert.equal(found.full!.totalUs, 0);
  assert.deepEqual(decodePressure(bytes('')), {});
});

test('the release in the banner', () => {
  assert.equal(
    releaseOfVersion('Linux version 6.1.0-56-arm64 (debian-kernel@lists.debian.org) #1 SMP'),
    '6.1.0-56-arm64',
  );
  assert.equal(releaseOfVersion('FreeBSD 14'), undefined);
});

test('the architecture in cpuinfo', () => {
  assert.equal(architectureOf('vendor_id\t: GenuineIntel\nflags\t\t: fpu lm sse\n'), 'x86_64');
  assert.equal(architectureOf('vendor_id\t: GenuineIntel\nflags\t\t: fpu sse\n'), 'i686');
  assert.equal(architectureOf('Processor : x\nCPU architecture: 8\n'), 'aarch64');
  assert.equal(architectureOf('CPU architecture: AArch64\n'), 'aarch64');
  assert.equal(architectureOf('CPU architecture: 7\n'), 'armv7l');
  assert.equal(architectureOf('CPU architecture: 5\n'), 'armv5l');
  assert.equal(architectureOf(''), '');
});

test('passwd: the first name of a uid counts', () => {
  const names = decodePasswd(
    'root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\nu:x:1000:1000::/:\n+::::::\nbad:x:x1:\n',
  );
  assert.deepEqual(
    [...names],
    [
      [0, 'root'],
      [1000, 'u'],
    ],
  );
});
