import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodePagemapEntry, PAGEMAP_FLAGS, pagemapOffset, pagemapPermission } from '../../src/decode/pagemap.ts';
import { parseRelease } from '../../src/kernel/release.ts';

interface Fact {
  readonly bits: string;
  readonly name: string;
  readonly since?: string;
}

// Seen from build/test/decode, where the compiled test lies.
const FACTS_FILE = new URL('../../../test/fixtures/kernel-facts/pagemap-bits.json', import.meta.url);
const FACTS = JSON.parse(readFileSync(FACTS_FILE, 'utf8')) as readonly Fact[];

const decode = (word: bigint, release: string) => decodePagemapEntry(word, parseRelease(release)!);
const setFlags = (word: bigint, release: string) =>
  decode(word, release)
    .flags.filter(({ set }) => set)
    .map(({ flag }) => flag.name);
const known = (release: string) => decode(0n, release).flags.map(({ flag }) => flag.bit);

test('the flags are those of the facts', () => {
  const single = FACTS.filter(({ bits }) => /^\d+$/.test(bits)).map(({ bits, since }) => [
    Number(bits),
    /(?:always from )?(\d+\.\d+)$/.exec(since ?? '')?.[1] ?? null,
  ]);
  assert.deepEqual(PAGEMAP_FLAGS.map(({ bit, first }) => [bit, first]).reverse(), single);
});

test('which flags a release knows', () => {
  assert.deepEqual(known('2.6.32'), [63, 62]);
  assert.deepEqual(known('3.4'), [63, 62]);
  assert.deepEqual(known('3.5'), [63, 62, 61]);
  assert.deepEqual(known('4.3'), [63, 62, 61, 56, 55]);
  assert.deepEqual(known('5.12'), [63, 62, 61, 56, 55]);
  assert.deepEqual(known('5.13'), [63, 62, 61, 57, 56, 55]);
  assert.deepEqual(known('6.14'), [63, 62, 61, 57, 56, 55]);
  assert.deepEqual(known('6.15'), [63, 62, 61, 58, 57, 56, 55]);
});

// Read on 6.18, x86_64, as root and as another user.
test('captured words of 6.18: anonymous, zero page, file, guard, nothing', () => {
  const anonymous = decode(0x810000000018cc8en, '6.18');
  assert.deepEqual([anonymous.state, anonymous.frame, anonymous.hidden], ['present', 0x18cc8en, false]);
  assert.deepEqual(setFlags(0x810000000018cc8en, '6.18'), ['present', 'exclusive']);
  assert.deepEqual(setFlags(0x8000000000003b34n, '6.18'), ['present']);
  assert.deepEqual(setFlags(0xa1000000001301d8n, '6.18'), ['present', 'file or shared', 'exclusive']);
  // the guard is a marker of area 31 in place of a swap slot: it is no swapped page
  const guard = decode(0x440000000000009fn, '6.18');
  assert.deepEqual([guard.state, guard.swap, guard.frame, guard.hidden], ['guard', undefined, undefined, false]);
  assert.deepEqual(setFlags(0x440000000000009fn, '6.18'), ['swapped', 'guard']);
  const nothing = decode(0n, '6.18');
  assert.deepEqual(
    [nothing.state, nothing.frame, nothing.swap, nothing.hidden],
    ['nothing', undefined, undefined, false],
  );
});

test('without CAP_SYS_ADMIN frame and slot read 0: hidden, not 0', () => {
  for (const word of [0x8100000000000000n, 0xa100000000000000n, 0x4000000000000000n]) {
    const entry = decode(word, '6.18');
    assert.deepEqual([entry.hidden, entry.frame, entry.swap], [true, undefined, undefined]);
  }
  assert.equal(decode(0x4400000000000000n, '6.18').hidden, false, 'a guard has none');
  assert.equal(decode(0x8600000000000000n, '4.2').frame, 0n, 'before 4.3 it was refused or true');
});

test('a swapped page: area in 5 bits, slot above', () => {
  // area 2, slot 0x12345: 0x12345 << 5 | 2 = 0x2468a2
  assert.deepEqual(decode(0x40000000002468a2n, '6.1').swap, { area: 2, offset: 0x12345n });
  // the largest: bits 5 to 54
  assert.deepEqual(decode(0x407fffffffffffffn, '6.1').swap, { area: 31, offset: (1n << 50n) - 1n });
});

test('up to 4.2 bits 55 to 60 are the page shift, unless soft-dirty was asked for', () => {
  // present, shift 12 (12 << 55 = 0x06…), frame 0x1234; 16 << 55 = 0x08…
  const word = 0x8600000000001234n;
  assert.deepEqual(decode(word, '3.2'), {
    state: 'present',
    flags: PAGEMAP_FLAGS.slice(0, 2).map(flag => ({ flag, set: flag.bit === 63 })),
    hidden: false,
    frame: 0x1234n,
    pageShift: 12,
  });
  assert.equal(decode(0x8800000000001234n, '3.10').pageShift, 16);
  assert.deepEqual(setFlags(word, '4.2'), ['present'], 'no flags of 4.3 in it');
  // the same bits are other flags later: 0x06 = bits 57 and 58
  assert.deepEqual(setFlags(word, '6.15'), ['present', 'guard', 'uffd-wp']);
  assert.equal(decode(word, '6.15').pageShift, undefined);
  // soft-dirty format of 3.11 to 4.2: 1 or 0 in place of the shift
  assert.deepEqual(setFlags(0x8080000000001234n, '3.11'), ['present', 'soft-dirty']);
  assert.deepEqual(setFlags(0x8000000000001234n, '3.11'), ['present']);
  assert.ok(decode(0x8000000000001234n, '3.11').flags.some(({ flag }) => flag.name === 'soft-dirty'));
  assert.ok(!decode(word, '3.11').flags.some(({ flag }) => flag.name === 'soft-dirty'), 'not told');
  assert.deepEqual(setFlags(0x8080000000001234n, '3.10'), ['present'], 'not yet there');
});

test('every word decodes, and says one thing', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, (1n << 64n) - 1n), fc.constantFrom('2.6.32', '3.11', '4.3', '6.18'), (word, release) => {
      const { state, frame, swap, hidden } = decode(word, release);
      assert.equal(frame !== undefined, state === 'present' && !hidden);
      assert.equal(swap !== undefined, state === 'swapped' && !hidden);
      if (frame !== undefined) assert.equal(frame, word & ((1n << 55n) - 1n));
      if (swap) assert.equal((swap.offset << 5n) | BigInt(swap.area), word & ((1n << 55n) - 1n));
    }),
  );
});

test('where the word of an address is', () => {
  assert.equal(pagemapOffset(0x7f324cc8afffn, 4096), 0x7f324cc8an * 8n);
  assert.equal(pagemapOffset(0x10000n, 65536), 8n);
  assert.equal(pagemapOffset(0xffffn, 65536), 0n);
});

test('who may read it', () => {
  const by = (release: string) => pagemapPermission(parseRelease(release)!);
  assert.equal(by('4.0'), by('4.2'));
  assert.match(by('4.2'), /EPERM/);
  assert.match(by('4.3'), /read 0/);
  assert.equal(by('4.3'), by('6.18'));
  assert.match(by('3.19'), /^whoever may ptrace/);
});
