import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeSyscall } from '../../src/decode/syscall.ts';
import { bytes } from '../support/stat-line.ts';

const decode = (text: string) => decodeSyscall(bytes(text));

test('in a system call (6.18, x86_64)', () => {
  assert.deepEqual(
    decode('0 0x3 0x7f045efed000 0x20000 0x7f045f080b60 0xffffffff 0x0 0x7fff23864608 0x7f045f1692ad\n'),
    {
      state: 'inside',
      nr: 0,
      args: ['0x3', '0x7f045efed000', '0x20000', '0x7f045f080b60', '0xffffffff', '0x0'],
      sp: '0x7fff23864608',
      pc: '0x7f045f1692ad',
    },
  );
});

test('64 bits stay exact', () => {
  const call = decode('202 0xffffffffffffffff 0x80 0x0 0x0 0x0 0xfffffffffffffffe 0x7ffd00000001 0x1\n');
  assert.ok(call?.state === 'inside');
  assert.equal(call.args[0], '0xffffffffffffffff');
  assert.equal(call.args[5], '0xfffffffffffffffe');
});

test('running, and blocked outside of a call', () => {
  assert.deepEqual(decode('running\n'), { state: 'running' });
  assert.deepEqual(decode('-1 0x7ffd1234 0x401000\n'), { state: 'outside', sp: '0x7ffd1234', pc: '0x401000' });
});

test('a kernel thread is in no call, although its zeros read like one', () => {
  assert.deepEqual(decode('0 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0\n'), { state: 'none' });
  assert.deepEqual(decode('-1 0x0 0x0\n'), { state: 'none' });
  assert.equal(decode('-1 0x0 0x400000\n')?.state, 'outside');
});

test('what is none', () => {
  for (const text of [
    '',
    '\n',
    'run',
    '0',
    '0 0x1',
    '0 0x1 0x2',
    '-1 0x1',
    '-1 0x1 0x2 0x3',
    '0 1 2 3 4 5 6 7 8',
    '0 0x1 0x2 0x3 0x4 0x5 0x6 0x7', // cut off
    '0 0x1 0x2 0x3 0x4 0x5 0x6 0x7 0x8 0x9',
    'x 0x1 0x2',
    '0 0x1 0x2 0x3 0x4 0x5 0x6 0x7 0x',
    '-1 0x12345678901234567 0x0',
  ])
    assert.equal(decode(text), undefined, JSON.stringify(text));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), data => decodeSyscall(data) === undefined));
});
