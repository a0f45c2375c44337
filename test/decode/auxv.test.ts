import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeAuxv } from '../../src/decode/auxv.ts';

function vector(pairs: readonly (readonly [number, number])[], wordBytes: 4 | 8, little: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(pairs.length * 2 * wordBytes));
  pairs.flat().forEach((value, index) => {
    if (wordBytes === 4) view.setUint32(index * 4, value, little);
    else view.setBigUint64(index * 8, BigInt(value), little);
  });
  return new Uint8Array(view.buffer);
}

const AT_NULL = [0, 0] as const;

for (const wordBytes of [4, 8] as const) {
  for (const little of [true, false]) {
    test(`${wordBytes * 8} bit, ${little ? 'little' : 'big'} endian`, () => {
      fc.assert(
        fc.property(
          fc.constantFrom(4096, 16384, 65536),
          fc.constantFrom(100, 250, 1000, 1024),
          // other types: values of a whole word; AT_FLAGS and AT_SECURE are 0, which looks like another word size
          fc.array(
            fc.tuple(fc.constantFrom(16, 3, 4, 5, 7, 9, 11, 25, 26, 33, 51), fc.integer({ min: 1, max: 0xffffffff })),
            { maxLength: 12 },
          ),
          fc.boolean(),
          (pageBytes, ticksPerSecond, others, zeros) => {
            const pairs = [
              [16, 0xfabecafe],
              ...others,
              [6, pageBytes],
              ...(zeros
                ? [
                    [8, 0],
                    [23, 0],
                  ]
                : []),
              [17, ticksPerSecond],
              AT_NULL,
            ] as const;
            const found = decodeAuxv(vector(pairs as unknown as (readonly [number, number])[], wordBytes, little));
            assert.deepEqual(found, { wordBytes, pageBytes, ticksPerSecond });
          },
        ),
      );
    });
  }
}

test('what is no vector is none', () => {
  assert.equal(decodeAuxv(new Uint8Array(0)), undefined);
  assert.equal(decodeAuxv(new Uint8Array(4096)), undefined);
  assert.equal(decodeAuxv(new TextEncoder().encode('Name:\tinit\nState:\tS\n'.repeat(20))), undefined);
  const whole = vector([[6, 4096], [17, 100], AT_NULL], 8, true);
  for (let end = 0; end < whole.length - 16; end++)
    assert.equal(decodeAuxv(whole.subarray(0, end)), undefined, `${end} bytes`);
  assert.equal(decodeAuxv(vector([[6, 4095], [17, 100], AT_NULL], 8, true)), undefined, 'no page size');
  assert.equal(decodeAuxv(vector([[6, 4096], AT_NULL], 8, true)), undefined, 'no ticks');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), noise => decodeAuxv(noise) === undefined),
    { numRuns: 2000 },
  );
});

test('a vector that does not start at a word of its buffer', () => {
  const inside = new Uint8Array(7 + 48);
  inside.set(vector([[6, 16384], [17, 100], AT_NULL], 8, true), 7);
  assert.equal(decodeAuxv(inside.subarray(7))?.pageBytes, 16384);
});
