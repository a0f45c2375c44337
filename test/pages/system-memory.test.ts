import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json } from '../../src/pages/document.ts';
import { buildSystemPage } from '../../src/pages/system-pages.ts';
import { fixturePage, jsonOf, rowsOf, type SystemParts, systemContext, textOf } from '../support/system.ts';

const page = (parts: SystemParts) => buildSystemPage('memory', systemContext(parts));

const MEMINFO = `MemTotal:        8000 kB
MemFree:         2000 kB
Slab:             500 kB
SReclaimable:     400 kB
SwapTotal:       4000 kB
HugePages_Total:    12
Hugepagesize:    2048 kB
`;

describe('meminfo', () => {
  test('sizes in bytes, and shares of all memory where they are part of it', () => {
    const rows = rowsOf(page({ samples: [{ meminfo: MEMINFO }] }), 'meminfo', 'name');
    const got = (name: string): Json[] => [rows.get(name)!['value']!, rows.get(name)!['percent']!];
    assert.deepEqual(got('MemFree'), [2_048_000, 25]);
    assert.deepEqual(got('Slab'), [512_000, 6.25]);
    assert.deepEqual(got('SwapTotal'), [4_096_000, null]);
    assert.deepEqual(got('HugePages_Total'), [12, null]);
    const lines = textOf(page({ samples: [{ meminfo: MEMINFO }] }));
    // a part stands under its whole
    assert.ok(lines.some(line => /^ {4}SReclaimable +400K +5\.0 {2}can be freed/.test(line)));
    assert.ok(lines.some(line => /^ {2}HugePages_Total +12 {3,}huge pages/.test(line)));
  });
  test('what the kernel does not count is said, not shown as 0', () => {
    const shown = page({ samples: [{ meminfo: MEMINFO }] });
    assert.equal(rowsOf(shown, 'meminfo', 'name').has('Zswap'), false);
    const [note] = jsonOf(shown)['notes'] as string[];
    assert.match(note!, /^Not in this kernel: MemAvailable, .*Zswap, .*Committed_AS\.$/);
    assert.equal(jsonOf(shown)['high_memory'], undefined);
  });
  test('without meminfo that is said', () => {
    assert.ok((jsonOf(page({}))['notes'] as string[]).includes('/proc/meminfo was not read.'));
  });
  test('high memory of a 32-bit machine', () => {
    const rows = rowsOf(fixturePage('debian12-armhf-6.1', 'memory'), 'high_memory', 'name');
    // 262144 kB of 1019988 kB
    assert.equal(rows.get('HighTotal')!['value'], 268_435_456);
    assert.equal((rows.get('HighTotal')!['percent'] as number).toFixed(2), '25.70');
    assert.equal(rows.get('LowFree')!['value'], 721_148 * 1024);
  });
});

const VMSTAT = '/proc/vmstat';

describe('faults and reclaim', () => {
  const counters = (before: string, now: string, elapsed = 2): Map<Json, Readonly<Record<string, Json>>> =>
    rowsOf(page({ files: { [VMSTAT]: now }, before: { [VMSTAT]: before }, elapsed }), 'vmstat', 'counter');
  test('minor faults are those of pgfault that are not major', () => {
    const rows = counters('pgfault 1000\npgmajfault 10\n', 'pgfault 1500\npgmajfault 20\n');
    assert.equal(rows.get('minor_faults')!['per_second'], 245);
    assert.equal(rows.get('minor_faults')!['total'], 1480);
    assert.equal(rows.get('major_faults')!['per_second'], 5);
  });
  test('counters by zone are added up, whatever the release calls them', () => {
    const old = 'pgscan_direct_dma 1\npgscan_direct_normal 2\npgscan_direct_throttle 900\nallocstall 4\n';
    const rows = counters('', old);
    assert.equal(rows.get('scanned_direct')!['total'], 3);
    assert.equal(rows.get('allocation_stalls')!['total'], 4);
    const now = counters(
      'allocstall_dma 1\nallocstall_normal 2\npgscan_kswapd 10\nworkingset_refault_file 0\n',
      'allocstall_dma 1\nallocstall_normal 6\npgscan_kswapd 30\npgscan_anon 99\nworkingset_refault_file 8\n',
    );
    assert.equal(now.get('allocation_stalls')!['per_second'], 2);
    assert.equal(now.get('allocation_stalls')!['total'], 7);
    assert.equal(now.get('scanned_kswapd')!['per_second'], 10);
    assert.equal(now.get('refaults_file')!['per_second'], 4);
    assert.equal(now.get('oom_kills')!['total'], null);
  });
  test('one that went backwards has no rate', () => {
    assert.equal(counters('pswpin 10\n', 'pswpin 5\n').get('swapped_in')!['per_second'], null);
  });
  test('the first sample has totals, and says why there are no rates', () => {
    const first = page({ files: { [VMSTAT]: 'pgmajfault 7\n' } });
    const row = rowsOf(first, 'vmstat', 'counter').get('major_faults')!;
    assert.deepEqual([row['per_second'], row['total']], [null, 7]);
    assert.ok((jsonOf(first)['notes'] as string[]).includes('What happens a second needs a second sample.'));
  });
  test('a captured machine', () => {
    // (43046753 - 25019) - (42986360 - 24989) = 60363 minor, 1313 refaults in 2.67 s
    const rows = rowsOf(fixturePage('host-x86_64-6.18', 'memory'), 'vmstat', 'counter');
    assert.equal((rows.get('minor_faults')!['per_second'] as number).toFixed(0), '22608');
    assert.equal((rows.get('refaults_file')!['per_second'] as number).toFixed(1), '491.8');
    assert.equal(rows.get('major_faults')!['total'], 25_019);
  });
});

describe('pressure', () => {
  const line = (kind: string): string => `${kind} avg10=1.50 avg60=0.20 avg300=0.03 total=61000000\n`;
  test('a row for each line that the kernel has', () => {
    const files = {
      '/proc/pressure/cpu': line('some'),
      '/proc/pressure/memory': line('some') + line('full'),
      '/proc/pressure/irq': line('full'),
    };
    const rows = rowsOf(page({ files }), 'pressure', 'kind');
    assert.deepEqual([...rows.keys()], ['cpu_some', 'memory_some', 'memory_full', 'io', 'irq_full']);
    const { meaning, ...numbers } = rows.get('memory_full')!;
    assert.deepEqual(numbers, { kind: 'memory_full', avg10: 1.5, avg60: 0.2, avg300: 0.03, total_us: 61_000_000 });
    assert.match(meaning as string, /all tasks waited for memory/);
    assert.ok(
      textOf(page({ files })).some(text => /^ {2}memory full +1\.50 +0\.20 +0\.03 +1m01s {2}all tasks/.test(text)),
    );
  });
  const why = (parts: SystemParts): string => {
    const none = { missing: 'not-in-this-kernel' } as const;
    const files = { '/proc/pressure/cpu': none, '/proc/pressure/irq': none, ...parts.files };
    const lines = textOf(page({ ...parts, files }), Infinity);
    return ['cpu', 'irq']
      .map(id => lines.find(text => text.startsWith(`  ${id} `))!.replace(/^.*- {2}/, ''))
      .join(' | ');
  };
  test('why there is none: the release, a boot option, the build', () => {
    assert.equal(
      why({ machine: { releaseText: '4.19.1' } }),
      'this kernel does not have it: since Linux 4.20 | this kernel does not have it: since Linux 6.1',
    );
    assert.match(why({ machine: { releaseText: '5.10.0' } }), /needs CONFIG_PSI, and psi=1 .* \| .*since Linux 6\.1$/);
    assert.match(why({}), /CONFIG_PSI_DEFAULT_DISABLED is set \| .*needs CONFIG_PSI and CONFIG_IRQ_TIME_ACCOUNTING$/);
    const off = { files: { '/proc/cmdline': 'quiet psi=0\n' } };
    assert.equal(why(off), 'switched off at boot: psi=0 | switched off at boot: psi=0');
  });
});
