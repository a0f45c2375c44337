import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createFrameParser } from '../../src/sample/slow-frames.ts';

describe('frames of the helper', () => {
  const TOKEN = '0123456789abcdef0123456789abcdef';
  const trailer = (n: number, status = 0) => `${TOKEN} ${n} ${status} 1 text: of an error\n`;
  const pieces = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map(bytes => Buffer.from(bytes)),
    fc
      .constantFrom(`${TOKEN} 99 0 1 \n`, TOKEN, `${TOKEN} 7`, TOKEN.slice(0, 20), '\n', '\0', '')
      .map(text => Buffer.from(text)),
  );

  it('gives every content back, however the bytes arrive', () => {
    const contents = fc.array(
      fc.array(pieces, { maxLength: 6 }).map(parts => Buffer.concat(parts)),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(contents, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (files, sizes) => {
        const wire = Buffer.concat(files.flatMap((content, n) => [content, Buffer.from(trailer(n, n))]));
        const parser = createFrameParser(TOKEN, 1_000);
        const frames = [];
        for (let at = 0, turn = 0; at < wire.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          frames.push(...parser.push(wire.subarray(at, at + size)));
          at += size;
        }
        assert.deepEqual(
          frames,
          files.map((bytes, n) => ({
            bytes,
            truncated: false,
            status: n,
            folderThere: true,
            error: 'text: of an error',
          })),
        );
        assert.equal(parser.received, 0);
      }),
    );
  });

  it('keeps no more than the limit', () => {
    const parser = createFrameParser(TOKEN, 10);
    parser.push(Buffer.alloc(100_000, 'x'));
    assert.equal(parser.partial().length, 10);
    assert.equal(parser.received, 100_000);
    const frames = parser.push(Buffer.from(`${trailer(0)}0123456789${trailer(1)}`));
    assert.deepEqual(
      frames.map(({ bytes, truncated }) => [bytes.toString(), truncated]),
      [
        ['xxxxxxxxxx', true],
        ['0123456789', false],
      ],
    );
  });
});
