import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeStack } from '../../src/decode/stack.ts';
import { bytes } from '../support/stat-line.ts';

const decode = (text: string) => decodeStack(bytes(text));

test('a 6.18 kernel hides the addresses', () => {
  assert.deepEqual(
    decode(
      '[<0>] proc_pid_stack+0xb1/0x150\n[<0>] seq_read+0xfb/0x140\n[<0>] entry_SYSCALL_64_after_hwframe+0x76/0x7e\n',
    ),
    [
      { name: 'proc_pid_stack', offset: '0xb1/0x150' },
      { name: 'seq_read', offset: '0xfb/0x140' },
      { name: 'entry_SYSCALL_64_after_hwframe', offset: '0x76/0x7e' },
    ],
  );
});

test('modules, names of the compiler, no symbol', () => {
  assert.deepEqual(
    decode(
      '[<0>] nfs_wait_bit_killable+0x2e/0x90 [nfs]\n' +
        '[<0>] x+0x0/0x10 [nfs 0123456789abcdef0123456789abcdef01234567]\n' +
        '[<0>] sigsuspend.isra.0+0x5/0x60\n' +
        '[<0>] 0xffffffffc0a01234\n',
    ),
    [
      { name: 'nfs_wait_bit_killable', offset: '0x2e/0x90', module: 'nfs' },
      { name: 'x', offset: '0x0/0x10', module: 'nfs' },
      { name: 'sigsuspend.isra.0', offset: '0x5/0x60' },
      { name: '0xffffffffc0a01234' },
    ],
  );
});

test('an old kernel tells addresses, and ends with one that is none', () => {
  assert.deepEqual(
    decode(
      '[<ffffffff81012345>] do_wait+0x1d4/0x250\n[<c0123456>] sys_wait4+0x56/0xd0\n[<ffffffffffffffff>] 0xffffffffffffffff\n',
    ),
    [
      { name: 'do_wait', offset: '0x1d4/0x250', address: '0xffffffff81012345' },
      { name: 'sys_wait4', offset: '0x56/0xd0', address: '0xc0123456' },
    ],
  );
});

test('what is no frame is left out', () => {
  assert.deepEqual(decode(''), []);
  assert.deepEqual(decode('\n\n[<0>]\n[<0>] \nnonsense\n[<0>] a+0x1/0x2 b c\n'), []);
  assert.deepEqual(decode('[<0>] a+0x1/0x2'), [], 'cut: it may have been 0x20');
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), data => decodeStack(data).length === 0));
});
