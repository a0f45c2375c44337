import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeCpuinfo } from '../../src/decode/cpuinfo.ts';
import { readWhole } from '../../src/sample/tree.ts';
import { type MachineName, openFixture } from '../support/fixtures.ts';
import { bytes } from '../support/stat-line.ts';

const captured = (name: MachineName): Uint8Array => {
  const content = readWhole(openFixture(name), 'cpuinfo');
  assert.ok(typeof content !== 'string');
  return content;
};

test('captured machines', () => {
  const models = (name: MachineName): unknown => decodeCpuinfo(captured(name)).models;
  assert.deepEqual(models('host-x86_64-6.18'), [{ model: 'AMD EPYC', cpus: [0, 1] }]);
  assert.deepEqual(models('debian12-x86_64-6.1'), [{ model: 'QEMU TCG CPU version 2.5+', cpus: [0] }]);
  // implementer 0x41 part 0xd07 variant 0x1 revision 0
  assert.deepEqual(models('debian12-arm64-6.1'), [{ model: 'ARM Cortex-A57 r1p0', cpus: [0] }]);
  assert.deepEqual(models('debian13-arm64-16k-6.12'), [{ model: 'ARM Cortex-A76 r4p1', cpus: [0] }]);
  assert.deepEqual(decodeCpuinfo(captured('debian12-armhf-6.1')), {
    models: [{ model: 'ARM Cortex-A15 r4p0', cpus: [0] }],
    board: 'Generic DT based system',
  });
});

const arm = (cpu: number, part: string): string =>
  `processor\t: ${cpu}\nBogoMIPS\t: 48.00\nCPU implementer\t: 0x41\nCPU variant\t: 0x0\nCPU part\t: ${part}\nCPU revision\t: 4\n\n`;

test('cores of two kinds, and one without a name', () => {
  const text = [arm(0, '0xd03'), arm(1, '0xd03'), arm(2, '0xd08'), arm(3, '0xd03'), arm(5, '0xabc')].join('');
  assert.deepEqual(decodeCpuinfo(bytes(text + 'Hardware\t: X\nModel\t\t: Board 4 B\n')), {
    models: [
      { model: 'ARM Cortex-A53 r0p4', cpus: [0, 1, 3] },
      { model: 'ARM Cortex-A72 r0p4', cpus: [2] },
      { model: 'ARM part 0xabc r0p4', cpus: [5] },
    ],
    board: 'Board 4 B',
  });
  assert.deepEqual(
    decodeCpuinfo(bytes('processor: 0\nCPU implementer: 0x77\nCPU part: 0x12\n')).models[0]?.model,
    'implementer 0x77 part 0x012',
  );
});

test('ARM before 3.8 says of all CPUs at once what they are', () => {
  const text =
    'Processor\t: ARMv6-compatible processor rev 7 (v6l)\nBogoMIPS\t: 697.95\n\n' +
    'processor\t: 0\nBogoMIPS\t: 697.95\n\nFeatures\t: swp half\nCPU implementer\t: 0x41\nCPU variant\t: 0x0\n' +
    'CPU part\t: 0xb76\nCPU revision\t: 7\n\nHardware\t: BCM2708\n';
  assert.deepEqual(decodeCpuinfo(bytes(text)), {
    models: [{ model: 'ARM ARM1176 r0p7', cpus: [0] }],
    board: 'BCM2708',
  });
});

test('other architectures say it in their own keys', () => {
  const model = (text: string): string | undefined => decodeCpuinfo(bytes(text)).models[0]?.model;
  assert.equal(model('processor\t: 0\nhart\t: 1\nisa\t: rv64imafdc\nuarch\t: sifive,u74-mc\n'), 'sifive,u74-mc');
  assert.equal(model('processor\t: 0\ncpu\t\t: POWER9, altivec supported\n'), 'POWER9, altivec supported');
  assert.equal(model('processor\t: 0\ncpu model\t: MIPS 24Kc V7.4\n'), 'MIPS 24Kc V7.4');
  assert.equal(model('processor\t: 0\n'), '');
});

test('any bytes', () => {
  assert.deepEqual(decodeCpuinfo(new Uint8Array()), { models: [] });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), any => void decodeCpuinfo(any)));
});
