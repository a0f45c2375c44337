import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../../src/pages/document.ts';
import { pageText } from '../../src/pages/render.ts';
import { buildSystemPage } from '../../src/pages/system-pages.ts';
import { fixturePage, jsonOf, rowsOf, type SystemParts, systemContext, textOf } from '../support/system.ts';

const INTERRUPTS = '/proc/interrupts';
const page = (parts: SystemParts) => buildSystemPage('interrupts', systemContext(parts));

const BEFORE = `           CPU0       CPU1
 24:        100          0  IO-APIC   5-edge      ACPI:Ged
 42:          0       5000 PCI-MSIX-0000:00:04.0   1-edge      eth0-rx, eth0-tx
LOC:      10000      20000   Local timer interrupts
TLB:         10         10   TLB shootdowns
NMI:          0          0   Non-maskable interrupts
ERR:          3
`;
// two seconds later: 42 +3000 on CPU1; LOC +200 and +100; TLB +4; ERR +1
const NOW = `           CPU0       CPU1
 24:        100          0  IO-APIC   5-edge      ACPI:Ged
 42:          0       8000 PCI-MSIX-0000:00:04.0   1-edge      eth0-rx, eth0-tx
LOC:      10200      20100   Local timer interrupts
TLB:         14         10   TLB shootdowns
NMI:          0          0   Non-maskable interrupts
ERR:          4
`;
const TWO: SystemParts = { files: { [INTERRUPTS]: NOW }, before: { [INTERRUPTS]: BEFORE }, elapsed: 2 };

describe('interrupts', () => {
  test('by line and CPU a second, busy lines first, then those that were', () => {
    const rows = rowsOf(page(TWO), 'interrupts', 'line');
    assert.deepEqual([...rows.keys()], ['all', '42', 'LOC', 'TLB', 'ERR', '24', 'NMI']);
    const numbers = (line: string): Json[] =>
      ['per_second', 'cpu0', 'cpu1', 'since_boot'].map(key => rows.get(line)![key]!);
    assert.deepEqual(numbers('42'), [1500, 0, 1500, 8000]);
    assert.deepEqual(numbers('LOC'), [150, 100, 50, 30_300]);
    assert.deepEqual(numbers('TLB'), [2, 2, 0, 24]);
    // errors are counted for the machine
    assert.deepEqual(numbers('ERR'), [0.5, null, null, 4]);
    // without ERR, and without TLB, which is counted among CAL: 1500 + 150; 100 + 8000 + 30300
    assert.deepEqual(numbers('all'), [1650, 100, 1550, 38_400]);
    const old = rowsOf(page({ ...TWO, machine: { releaseText: '4.2.0' } }), 'interrupts', 'line');
    assert.equal(old.get('all')!['per_second'], 1652);
    assert.deepEqual(rows.get('42')!['source'], {
      handlers: ['eth0-rx', 'eth0-tx'],
      description: 'PCI-MSIX-0000:00:04.0 1-edge eth0-rx, eth0-tx',
    });
  });
  test('who it is for stands before where it comes from', () => {
    const lines = textOf(page(TWO));
    assert.ok(lines.some(line => line.endsWith('  8,000  eth0-rx, eth0-tx (PCI-MSIX-0000:00:04.0 1-edge)')));
    assert.ok(lines.some(line => line.endsWith('  30,300  Local timer interrupts')));
  });
  test('the first sample: totals, no rates, and why', () => {
    const first = page({ files: { [INTERRUPTS]: NOW } });
    const rows = rowsOf(first, 'interrupts', 'line');
    assert.equal(rows.get('LOC')!['per_second'], null);
    assert.equal(rows.get('LOC')!['since_boot'], 30_300);
    assert.equal(rows.get('all')!['since_boot'], 38_400);
    assert.ok((jsonOf(first)['notes'] as string[]).includes('What happens a second needs a second sample.'));
  });
  test('a CPU that went offline or came is no rate, and no huge one', () => {
    const one = `           CPU0\nLOC:      10200   Local timer interrupts\n`;
    const gone = rowsOf(
      page({ files: { [INTERRUPTS]: one }, before: { [INTERRUPTS]: BEFORE }, elapsed: 2 }),
      'interrupts',
      'line',
    );
    assert.equal(gone.get('LOC')!['per_second'], 100);
    const came = rowsOf(
      page({ files: { [INTERRUPTS]: NOW }, before: { [INTERRUPTS]: one }, elapsed: 2 }),
      'interrupts',
      'line',
    );
    assert.equal(came.get('LOC')!['cpu1'], null);
    assert.equal(came.get('LOC')!['cpu0'], 0);
  });
  test('a counter of 32 bits that began anew is marked', () => {
    const line = (count: number): string => `           CPU0\n 24:  ${count}  IO-APIC   5-edge      x\n`;
    const parts = { files: { [INTERRUPTS]: line(7) }, before: { [INTERRUPTS]: line(4_294_967_000) } };
    assert.equal(rowsOf(page(parts), 'interrupts', 'line').get('24')!['per_second'], null);
  });
  test('256 CPUs: the sum and the busiest ones', () => {
    const cpus = Array.from({ length: 256 }, (_, cpu) => cpu);
    const line = (label: string, of: (cpu: number) => number): string =>
      `${label}: ${cpus.map(cpu => of(cpu)).join(' ')}  x\n`;
    const title = cpus.map(cpu => `CPU${cpu}`).join(' ') + '\n';
    const before = title + line('LOC', () => 1000) + line('7', () => 0);
    const now =
      title + line('LOC', cpu => 1000 + (cpu === 200 ? 50 : 1)) + line('7', cpu => (cpu === 3 ? 400 : 0)) + 'ERR: 0\n';
    const shown = page({ files: { [INTERRUPTS]: now }, before: { [INTERRUPTS]: before } });
    const rows = rowsOf(shown, 'interrupts', 'line');
    assert.deepEqual(rows.get('LOC')!['busiest'], { cpu: 200, per_second: 50 });
    assert.equal(rows.get('LOC')!['per_second'], 305);
    assert.equal(rows.get('all')!['per_second'], 705);
    assert.deepEqual(rows.get('all')!['busiest'], { cpu: 3, per_second: 401 });
    const busiest = jsonOf(shown)['busiest_cpus'] as Json[];
    assert.deepEqual(busiest.slice(0, 3), [
      { cpu: 3, per_second: 401 },
      { cpu: 200, per_second: 50 },
      { cpu: 0, per_second: 1 },
    ]);
    for (const text of pageText(shown, 80).split('\n')) assert.ok(text.length <= 80, text);
  });
  test('what cannot be read says why', () => {
    const refused = page({ files: { [INTERRUPTS]: { missing: 'no-permission' } } });
    assert.ok(textOf(refused, Infinity).some(line => line.includes('- (not permitted: everybody may read it')));
    assert.equal((jsonOf(refused)['missing'] as Record<string, string>)['interrupts'], 'no-permission');
  });
});

const SOFTIRQS = '/proc/softirqs';

test('softirqs with their meanings, for the CPUs that are online', () => {
  const softirqs = (timer: number): string =>
    `                    CPU0       CPU1       CPU2\n       TIMER:  ${timer}  10  0\n      NET_RX:  5  5  0\n CONSTRUCTOR: 0 0 0\n`;
  const shown = page({
    files: { [INTERRUPTS]: NOW, [SOFTIRQS]: softirqs(50) },
    before: { [INTERRUPTS]: BEFORE, [SOFTIRQS]: softirqs(30) },
    elapsed: 2,
  });
  const rows = rowsOf(shown, 'softirqs', 'line');
  assert.deepEqual(rows.get('TIMER'), {
    line: 'TIMER',
    per_second: 10,
    cpu0: 10,
    cpu1: 0,
    since_boot: 60,
    meaning: 'timers of the kernel',
  });
  assert.equal(rows.get('NET_RX')!['meaning'], 'packets received');
  assert.equal(rows.get('CONSTRUCTOR')!['meaning'], null);
});

const STAT = (ctxt: number, forks: number, intr: number): string =>
  `cpu  1 0 0 0 0 0 0 0 0 0\ncpu0 1 0 0 0 0 0 0 0 0 0\nintr ${intr} 0\nctxt ${ctxt}\nbtime 1\nprocesses ${forks}\nprocs_running 3\nprocs_blocked 2\n`;

test('context switches, forks, what runs and what waits', () => {
  const samples = [{ stat: STAT(1000, 50, 70) }, { stat: STAT(3000, 60, 90) }];
  const shown = page({ samples, files: { '/proc/stat': STAT(3000, 60, 90) } });
  const rows = rowsOf(shown, 'activity', 'what');
  const got = (what: string): Json[] => [rows.get(what)!['per_second']!, rows.get(what)!['since_boot']!];
  assert.deepEqual(got('context_switches'), [2000, 3000]);
  assert.deepEqual(got('forks'), [10, 60]);
  assert.deepEqual(got('interrupts'), [20, 90]);
  assert.equal(jsonOf(shown)['running'], 3);
  assert.equal(jsonOf(shown)['blocked'], 2);
});

test('a captured machine', () => {
  // 13369554 - 13364154 context switches and 257554 - 256984 forks in 2452.65 - 2449.98 s
  const rows = rowsOf(fixturePage('host-x86_64-6.18', 'interrupts'), 'activity', 'what');
  const rate = (what: string): string => (rows.get(what)!['per_second'] as number).toFixed(1);
  assert.equal(rate('context_switches'), '2022.5');
  assert.equal(rate('forks'), '213.5');
  assert.equal(rows.get('forks')!['since_boot'], 257_554);
  // the excerpt has no /proc/interrupts
  assert.ok(
    textOf(fixturePage('host-x86_64-6.18', 'interrupts'), Infinity).some(line => line.includes('(not in the copy)')),
  );
});

test('any text in any of the files', () => {
  const any = fc.oneof(
    fc.string(),
    fc.constantFrom(NOW, BEFORE, NOW.slice(0, 90), 'CPU0\n 1: 2\n', 'CPU9 CPU9\n1: 1 1\n'),
  );
  fc.assert(
    fc.property(any, any, fc.integer({ min: 40, max: 200 }), (now, before, columns) => {
      const parts = {
        files: { [INTERRUPTS]: now, [SOFTIRQS]: before, '/proc/stat': now },
        before: { [INTERRUPTS]: before, [SOFTIRQS]: now },
      };
      assert.ok(pageText(page(parts), columns).length > 0);
    }),
  );
});
