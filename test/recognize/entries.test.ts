import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryText, entryWords, type EntryFormat } from '../../src/recognize/arm-entries.ts';

const text = (level: string, value: bigint, format: EntryFormat, pageShift?: number): string =>
  entryText(entryWords(level, value, format, pageShift));

test('first-level short descriptors', () => {
  assert.equal(text('pgd', 0n, 'arm-short'), 'none: no section or page table here');
  assert.equal(text('pgd', 0x100n, 'arm-short'), 'fault entry, though not empty');
  assert.equal(text('pgd', 0x8f7d1831n, 'arm-short'), 'page table at 0x8f7d1800, domain 1');
  // bits: section, B, C, domain 0, AP 11, TEX 1, S
  assert.equal(
    text('pgd', 0x80011c0en, 'arm-short'),
    'section of 1 MiB at 0x80000000, domain 0, AP 011 = kernel and user read-write, TEX 1 C 1 B 1 = write-back, write-allocate, S: shareable',
  );
  // device of ioremap(): domain 2, AP 01, XN, nG
  assert.equal(
    text('pgd', 0x3f020452n, 'arm-short'),
    'section of 1 MiB at 0x3f000000, domain 2, AP 001 = kernel read-write, user none, TEX 0 C 0 B 0 = strongly ordered, XN: not executable, nG: not global',
  );
});

test('a supersection has no domain, but 40 address bits', () => {
  // bit 18; bits 23 to 20 = 7 are address bits 35 to 32, bits 8 to 5 = 1 are bits 39 to 36
  assert.equal(
    text('pgd', 0x8174142en, 'arm-short'),
    'supersection of 16 MiB at 0x1781000000, AP 001 = kernel read-write, user none, TEX 1 C 1 B 1 = write-back, write-allocate',
  );
});

test('second-level entries of the processor', () => {
  assert.equal(text('ppte', 0n, 'arm-short'), 'none: an access faults');
  assert.equal(
    text('ppte', 0x87650021n, 'arm-short'),
    'large page of 64 KiB at 0x87650000, AP 010 = kernel read-write, user read-only, TEX 0 C 0 B 0 = strongly ordered',
  );
});

test('what Linux keeps beside them', () => {
  assert.equal(text('pte', 0n, 'arm-short'), 'none: nothing is mapped here');
  assert.equal(text('pte', 0x1230n, 'arm-short'), 'not present: swapped out, or a migration or special entry');
  assert.equal(text('pte', 0x9f00824dn, 'arm-short'), 'page at 0x9f008000, PRESENT, DIRTY, XN, memory type WRITEBACK');
});

test('64-bit entries', () => {
  assert.equal(
    text('pmd', 0x0060000080000711n, 'arm64'),
    'block (huge mapping) at 0x80000000, AP 00 = kernel read-write, user none, AF: accessed, AttrIndx 4, inner shareable, PXN: not executable by the kernel, UXN: not executable by users',
  );
  assert.equal(
    text('pte', 0x00e8000100abdfd3n, 'arm64'),
    'page at 0x100abd000, AP 11 = kernel and user read-only, AF: accessed, AttrIndx 4, inner shareable, nG: not global, DBM: writable, PXN: not executable by the kernel, UXN: not executable by users, Linux: dirty',
  );
  assert.equal(
    text('pte', 0x1234000000000000n, 'arm64'),
    'not valid: swapped out, PROT_NONE, or a migration or special entry',
  );
  assert.equal(
    text('pmd', 0x80000000123c003n, 'arm64', 14),
    'page table at 0x123c000, PXNTable: not executable by the kernel',
  );
  assert.equal(
    text('pte', 0x04c0000087654743n, 'arm-lpae'),
    'page at 0x87654000, AP 01 = kernel and user read-write, AF: accessed, AttrIndx 0, inner shareable, XN: not executable, Linux: dirty, Linux: read-only',
  );
});
