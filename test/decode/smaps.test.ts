import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeSmapsRollup, SMAPS_KEYS } from '../../src/decode/smaps.ts';
import { bytes } from '../support/stat-line.ts';

/** Of `head` on Linux 6.18. */
const CAPTURED = `\
56151b31f000-7ffc42a78000 ---p 00000000 00:00 0                          [rollup]
Rss:                1780 kB
Pss:                 396 kB
Pss_Dirty:           112 kB
Pss_Anon:            112 kB
Pss_File:            284 kB
Pss_Shmem:             0 kB
Shared_Clean:       1616 kB
Shared_Dirty:          0 kB
Private_Clean:        52 kB
Private_Dirty:       112 kB
Referenced:         1780 kB
Anonymous:           112 kB
KSM:                   0 kB
LazyFree:              0 kB
AnonHugePages:         0 kB
ShmemPmdMapped:        0 kB
FilePmdMapped:         0 kB
Shared_Hugetlb:        0 kB
Private_Hugetlb:       0 kB
Swap:                  0 kB
SwapPss:               0 kB
Locked:                0 kB
`;

test('a captured rollup: every key of the table, in bytes', () => {
  const found = decodeSmapsRollup(bytes(CAPTURED));
  assert.deepEqual(
    [...found.keys()],
    SMAPS_KEYS.map(({ key }) => key),
  );
  assert.equal(found.get('Rss'), 1_822_720);
  assert.equal(found.get('Swap'), 0);
  assert.ok(SMAPS_KEYS.every(({ meaning }) => meaning !== ''));
});

test('keys by release', () => {
  const newer = SMAPS_KEYS.filter(({ first }) => first !== '4.14').map(({ key, first }) => `${key} ${first}`);
  assert.deepEqual(newer, [
    'Pss_Dirty 6.0',
    'Pss_Anon 5.3',
    'Pss_File 5.3',
    'Pss_Shmem 5.3',
    'KSM 6.6',
    'FilePmdMapped 5.4',
  ]);
});

test('a whole smaps is added up; what is of one region only is left out', () => {
  const region = (range: string, rss: number) =>
    `${range} r--p 00000000 08:01 7    /a: 5 kB\nSize: 552 kB\nKernelPageSize: 4 kB\nMMUPageSize: 4 kB\n` +
    `Rss:  ${rss} kB\nPss:  3 kB\nTHPeligible:    0\nVmFlags: rd mr mw\n`;
  const found = decodeSmapsRollup(bytes(region('1000-2000', 8) + region('abcd-ef00', 12)));
  assert.deepEqual(
    [...found],
    [
      ['Rss', 20 * 1024],
      ['Pss', 6 * 1024],
    ],
  );
});

test('unknown keys stay, a cut last line and what is no line of it do not', () => {
  assert.deepEqual(
    [...decodeSmapsRollup(bytes('Rss: 5 kB\nNew_Key:     7 kB\nPss:   12'))],
    [
      ['Rss', 5120],
      ['New_Key', 7168],
    ],
  );
  assert.equal(decodeSmapsRollup(bytes('Rss: 1780 kB')).size, 0, 'kB without end may be kB of another number');
  for (const text of ['', '\n', 'Rss: -1 kB\n', 'Rss: 1 MB\n', 'Rss 1 kB\n', ' Rss: 1 kB\n', '1Rss: 1 kB\n'])
    assert.equal(decodeSmapsRollup(bytes(text)).size, 0, text);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), noise => decodeSmapsRollup(noise).size === 0));
});
