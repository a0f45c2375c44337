import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  decodeEsr,
  decodeFsr,
  EXCEPTION_CLASSES,
  exceptionClass,
  longFault,
  SHORT_FAULTS,
} from '../../src/kernel/arm-faults.ts';

describe('FSR of arm', () => {
  test('status from bits 10 and 3 to 0; domain, write, external, fetch', () => {
    const cases: readonly (readonly [number, number, string, number | undefined, boolean])[] = [
      [0x5, 5, 'section translation fault', undefined, false],
      [0x17, 7, 'page translation fault', 1, false],
      [0x805, 5, 'section translation fault', undefined, true],
      [0x80f, 15, 'page permission fault', 0, true],
      [0x81f, 15, 'page permission fault', 1, true],
      [0x80d, 13, 'section permission fault', 0, true],
      [0x1, 1, 'alignment exception', undefined, false],
      [0x1008, 8, 'external abort on non-linefetch', undefined, false],
      [0x1406, 22, 'imprecise external abort', undefined, false],
      [0xc06, 22, 'imprecise external abort', undefined, true],
      [0x40f, 31, 'unknown 31', undefined, false],
    ];
    for (const [fsr, status, name, domain, write] of cases) {
      const is = decodeFsr(fsr);
      assert.deepEqual(
        [is.format, is.status, is.name, is.domain, is.write],
        ['short-descriptor', status, name, domain, write],
        fsr.toString(16),
      );
    }
    assert.deepEqual([decodeFsr(0x1008).external, decodeFsr(0x8).external], [true, false]);
    assert.equal(decodeFsr(0x2805).cacheMaintenance, true);
  });
  test('bit 31: an instruction fetch, with names of its own', () => {
    const is = decodeFsr(0x80000006);
    assert.deepEqual([is.instruction, is.write, is.name], [true, false, 'page access flag fault']);
    assert.equal(decodeFsr(0x80000002).name, 'debug event');
    assert.equal(decodeFsr(0x8000000d).name, 'section permission fault');
  });
  test('the IFSR has no domain, WnR and cache maintenance, and names of its own', () => {
    const is = decodeFsr(0x281f, true);
    assert.deepEqual(
      [is.name, is.domain, is.write, is.cacheMaintenance, is.instruction],
      ['page permission fault', undefined, false, false, true],
    );
    assert.deepEqual([decodeFsr(0x001, true).name, decodeFsr(0x001).name], ['unknown 1', 'alignment exception']);
    assert.match(decodeFsr(0x001, true).meaning, /reserved/);
    assert.equal(decodeFsr(0x406, true).name, 'unknown 22');
  });
  test('asynchronous aborts', () => {
    const are = [0x1406, 0xc06, 0x408, 0x211, 0x219].map(fsr => decodeFsr(fsr).asynchronous);
    assert.deepEqual(are, [true, true, true, true, true]);
    const not = [decodeFsr(0x008), decodeFsr(0x007), decodeFsr(0x210), decodeFsr(0x406, true), decodeFsr(0x11)];
    assert.deepEqual(
      not.map(({ asynchronous }) => asynchronous),
      [false, false, false, false, false],
    );
  });
  test('bit 9: long descriptors', () => {
    const is = decodeFsr(0xa06);
    assert.deepEqual(
      [is.format, is.status, is.name, is.domain, is.write],
      ['long-descriptor', 6, 'level 2 translation fault', undefined, true],
    );
    assert.equal(decodeFsr(0x222).name, 'debug event');
    assert.equal(decodeFsr(0x211).name, 'asynchronous external abort');
  });
  test('each status once', () => {
    const all = SHORT_FAULTS.map(({ status }) => status);
    assert.deepEqual(
      all,
      [...new Set(all)].toSorted((a, b) => a - b),
    );
    assert.ok(all.every(status => status >= 0 && status < 32));
  });
});

describe('fault status of long descriptors', () => {
  test('by level', () => {
    assert.deepEqual(longFault(0x04, 'arm64'), {
      name: 'level 0 translation fault',
      meaning: 'the entry is empty (pgd or p4d)',
    });
    assert.deepEqual(longFault(0x07, 'arm'), {
      name: 'level 3 translation fault',
      meaning: 'the entry is empty (pte)',
    });
    assert.equal(longFault(0x0b, 'arm64').name, 'level 3 access flag fault');
    assert.equal(longFault(0x00, 'arm64').name, 'ttbr address size fault');
    assert.equal(longFault(0x15, 'arm64').name, 'level 1 (translation table walk)');
    assert.equal(longFault(0x2b, 'arm64').name, 'level -1 translation fault');
  });
  test('the same number, another meaning on each architecture', () => {
    assert.equal(longFault(0x11, 'arm64').name, 'synchronous tag check fault');
    assert.equal(longFault(0x11, 'arm').name, 'asynchronous external abort');
    assert.equal(longFault(0x25, 'arm').name, 'unknown 37');
  });
  test('all 64 have a name', () => {
    for (let status = 0; status < 64; status++)
      for (const architecture of ['arm', 'arm64'] as const) assert.match(longFault(status, architecture).name, /\S/);
    assert.equal(longFault(0x3f, 'arm64').name, 'unknown 63');
  });
});

describe('ESR of arm64', () => {
  test('a data abort', () => {
    const is = decodeEsr(0x96000046n);
    assert.deepEqual([is.ec.ec, is.instructionBits, is.iss], [0x25, 32, 0x46]);
    assert.deepEqual(
      [is.abort?.fsc, is.abort?.name, is.abort?.write, is.abort?.walk, is.abort?.addressInvalid],
      [6, 'level 2 translation fault', true, false, false],
    );
    const all = decodeEsr(0x960007d0n).abort!;
    assert.deepEqual(
      [all.addressInvalid, all.external, all.cacheMaintenance, all.walk, all.write, all.fsc],
      [true, true, true, true, true, 0x10],
    );
  });
  test('an instruction abort never writes', () => {
    const is = decodeEsr(0x8600000fn);
    assert.deepEqual([is.ec.name, is.abort?.instruction, is.abort?.write], ['IABT (current EL)', true, false]);
    assert.equal(decodeEsr(0x8600004fn).abort?.write, false);
  });
  test('printed with 64 bits: what is above bit 31 does not disturb', () => {
    assert.equal(decodeEsr(0x0000000596000004n).abort?.name, 'level 0 translation fault');
  });
  test('other classes', () => {
    assert.deepEqual([decodeEsr(0xf2000800n).brk, decodeEsr(0xf2000800n).abort], [0x800, undefined]);
    assert.deepEqual(
      [decodeEsr(0x02000000n).ec.name, decodeEsr(0x02000000n).brk],
      ['Unknown/Uncategorized', undefined],
    );
    assert.equal(decodeEsr(0xbf000002n).ec.name, 'SError');
    assert.equal(exceptionClass(0x3f).name, 'UNRECOGNIZED EC');
    assert.equal(decodeEsr(0n).instructionBits, 16);
  });
  test('each class once', () => {
    const all = EXCEPTION_CLASSES.map(({ ec }) => ec);
    assert.deepEqual(
      all,
      [...new Set(all)].toSorted((a, b) => a - b),
    );
  });
});
