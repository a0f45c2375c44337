import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBootOptions } from '../../src/decode/system-files.ts';
import { bytes, rawBytes } from '../support/stat-line.ts';

test('words, and what stands behind -- for init', () => {
  assert.deepEqual(decodeBootOptions(bytes('console=ttyS0 panic=-1  quiet -- single --x\n')), {
    kernel: ['console=ttyS0', 'panic=-1', 'quiet'],
    init: ['single', '--x'],
  });
  assert.deepEqual(decodeBootOptions(bytes('\n')), { kernel: [], init: [] });
});

test('quotes keep blanks together, also when they do not end', () => {
  assert.deepEqual(decodeBootOptions(bytes('dyndbg="file a.c +p; module b +p" quiet "x y\n')).kernel, [
    'dyndbg="file a.c +p; module b +p"',
    'quiet',
    '"x y',
  ]);
});

test('bytes that are no UTF-8 are kept', () => {
  assert.deepEqual(decodeBootOptions(rawBytes('name=\xff\n')).kernel, ['name=\udcff']);
});
