import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeInterrupts, SOFTIRQS } from '../../src/decode/interrupts.ts';
import { bytes, rawBytes } from '../support/stat-line.ts';

// of a 6.18 machine
const X86 = `\
           CPU0       CPU1       
 26:          0         15  IO-APIC   4-edge      ttyS0
 31:          0       2824 PCI-MSIX-0000:00:01.0   3-edge      virtio0-stats
 32:          3          4  IO-APIC   9-fasteoi   acpi, i801_smbus, GPIO Key Power
 33:          1          0  IO-APIC   7-edge    
LOC:    1431758    1437352   Local timer interrupts
ERR:          0
MIS:          7
PIN:          0          0   Posted-interrupt notification event
`;

test('x86_64', () => {
  const table = decodeInterrupts(bytes(X86))!;
  assert.deepEqual(table.cpus, [0, 1]);
  assert.deepEqual(
    table.rows.map(row => row.label),
    ['26', '31', '32', '33', 'LOC', 'ERR', 'MIS', 'PIN'],
  );
  assert.deepEqual(table.rows[1], {
    label: '31',
    counts: Float64Array.of(0, 2824),
    total: 2824,
    description: 'PCI-MSIX-0000:00:01.0 3-edge virtio0-stats',
    handlers: ['virtio0-stats'],
  });
  assert.deepEqual(table.rows[2]!.handlers, ['acpi', 'i801_smbus', 'GPIO Key Power']);
  assert.deepEqual(table.rows[3]!.handlers, [], 'nobody handles it any more');
  assert.equal(table.rows[4]!.total, 2_869_110);
  assert.equal(table.rows[4]!.description, 'Local timer interrupts');
  assert.deepEqual(table.rows[4]!.handlers, []);
  assert.deepEqual(table.rows[6]!.counts, Float64Array.of(7), 'one number for the machine');
});

test('arm (6.1): a chip whose name is a number, inter-processor interrupts', () => {
  const table = decodeInterrupts(
    bytes(
      '           CPU0       \n' +
        ' 26:       2523 GIC-0  27 Level     arch_timer\n' +
        ' 31:          0 9030000.pl061   3 Edge      GPIO Key Poweroff\n' +
        'IPI0:          0  CPU wakeup interrupts\n' +
        'FIQ:              usb_fiq\n' +
        'Err:          0\n',
    ),
  )!;
  assert.deepEqual(table.rows[0]!.handlers, ['arch_timer']);
  assert.deepEqual(table.rows[1]!.counts, Float64Array.of(0));
  assert.equal(table.rows[1]!.description, '9030000.pl061 3 Edge GPIO Key Poweroff');
  assert.deepEqual(table.rows[1]!.handlers, ['GPIO Key Poweroff']);
  assert.equal(table.rows[2]!.description, 'CPU wakeup interrupts');
  assert.equal(table.rows[3]!.counts.length, 0);
  assert.equal(table.rows[3]!.description, 'usb_fiq');
});

test('CPUs that are off-line have no column', () => {
  const table = decodeInterrupts(
    bytes(
      '           CPU0       CPU2       CPU13      \n  0:          1          2          3   IO-APIC    2-edge      timer\n',
    ),
  )!;
  assert.deepEqual(table.cpus, [0, 2, 13]);
  assert.deepEqual([...table.rows[0]!.counts], [1, 2, 3]);
});

test('softirqs', () => {
  const table = decodeInterrupts(
    bytes(
      '                    CPU0       CPU1       \n          HI:          0          0\n      NET_RX:      15495      16351\n',
    ),
  )!;
  assert.deepEqual(table.rows[1], {
    label: 'NET_RX',
    counts: Float64Array.of(15495, 16351),
    total: 31846,
    description: '',
    handlers: [],
  });
  assert.match(SOFTIRQS[table.rows[1].label]!, /received/);
});

test('large numbers, odd names', () => {
  const table = decodeInterrupts(
    rawBytes('     CPU0\n 1: 4294967295 X  1-edge  \xff\xc3\xa9\x1b\n 2: 9007199254740991\n'),
  )!;
  assert.equal(table.rows[0]!.total, 4294967295);
  assert.deepEqual(table.rows[0]!.handlers, ['\udcffé\u001b']);
  assert.equal(table.rows[1]!.total, 9007199254740991);
});

test('cut off and malformed', () => {
  for (const text of ['', '\n', 'CPU0', 'no title\n 1: 2\n', ' CPUx\n'])
    assert.equal(decodeInterrupts(bytes(text)), undefined);
  assert.equal(decodeInterrupts(bytes(X86.slice(0, -1)))!.rows.length, 7, 'a count may be cut off');
  assert.deepEqual(decodeInterrupts(bytes(' CPU0\n\nno colon\n: 1\na b: 1\n'))!.rows, []);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), data => decodeInterrupts(data) === undefined));
});

test('256 CPUs and 500 lines', () => {
  const cpus = Array.from({ length: 256 }, (_, cpu) => `CPU${cpu}`.padEnd(11)).join('');
  const row = (irq: number) =>
    `${String(irq).padStart(4)}:${Array.from({ length: 256 }, (_, cpu) => String(irq * cpu).padStart(11)).join('')}  IR-PCI-MSI ${irq}-edge      nvme0q${irq}\n`;
  const file = `      ${cpus}\n${Array.from({ length: 500 }, (_, irq) => row(irq)).join('')}`;
  const table = decodeInterrupts(bytes(file))!;
  assert.equal(table.cpus.length, 256);
  assert.equal(table.rows.length, 500);
  assert.equal(table.rows[499]!.counts[255], 499 * 255);
  assert.equal(table.rows[499]!.total, (499 * (255 * 256)) / 2);
  assert.deepEqual(table.rows[499]!.handlers, ['nvme0q499']);
});
