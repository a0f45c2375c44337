import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeLock, decodeLocks, lockHolders } from '../../src/decode/locks.ts';
import { bytes } from '../support/stat-line.ts';

// of a 6.18 kernel
const FILE = `\
1: LEASE  ACTIVE    READ 2064 fe:00:2148661 0 EOF
2: OFDLCK ADVISORY  WRITE -1 fe:00:2148660 0 EOF
3: POSIX  ADVISORY  WRITE 2064 fe:00:2148659 5 14
3: -> POSIX  ADVISORY  WRITE 2107 fe:00:2148659 0 EOF
4: FLOCK  ADVISORY  WRITE 2064 fe:00:2148658 0 EOF
4: -> FLOCK  ADVISORY  WRITE 2108 fe:00:2148658 0 EOF
`;

test('the list of a 6.18 kernel', () => {
  const locks = decodeLocks(bytes(FILE));
  assert.equal(locks.length, 6);
  assert.deepEqual(locks[2], {
    id: 3,
    waiting: false,
    kind: 'POSIX',
    mode: 'ADVISORY',
    access: 'WRITE',
    pid: 2064,
    file: { major: 254, minor: 0, inode: '2148659' },
    start: '5',
    end: '14',
  });
  assert.equal(locks[1]!.pid, undefined, 'an open file owns it, no process');
  assert.equal(locks[0]!.mode, 'ACTIVE');
  assert.deepEqual(
    locks.filter(lock => lock.waiting).map(lock => [lock.pid, lockHolders(locks, lock).map(holder => holder.pid)]),
    [
      [2107, [2064]],
      [2108, [2064]],
    ],
  );
});

test('older forms, other kinds', () => {
  const old = decodeLock('1: -> POSIX  MANDATORY READ  708 08:01:12345678901234567890 1073741824 1073742335');
  assert.equal(old!.waiting, true);
  assert.equal(old!.access, 'READ');
  assert.equal(old!.file!.inode, '12345678901234567890');
  assert.equal(old!.end, '1073742335');
  assert.equal(decodeLock('7:  -> FLOCK  ADVISORY  WRITE 9 00:14:5 0 EOF')!.waiting, true, 'waits for one that waits');
  assert.equal(decodeLock('5: POSIX  *NOINODE* WRITE 9 <none>:0 0 EOF')!.file, undefined);
  assert.equal(decodeLock('5: LEASE  BREAKING  UNLCK 9 08:02:3 0 EOF')!.access, 'UNLCK');
  assert.equal(decodeLock('\t1: POSIX  ADVISORY  WRITE 2064 fe:00:2148659 5 14')!.pid, 2064, 'as fdinfo has it');
  assert.equal(decodeLock('1: POSIX  ADVISORY  WRITE 0 fe:00:1 0 EOF')!.pid, undefined, 'of another pid namespace');
});

test('cut off and malformed', () => {
  assert.deepEqual(decodeLocks(bytes('')), []);
  assert.equal(decodeLocks(bytes(FILE.slice(0, -2))).length, 5);
  for (const line of [
    '',
    '1:',
    '1: POSIX',
    'x: POSIX  ADVISORY  WRITE 1 fe:00:1 0 EOF',
    '1: POSIX  ADVISORY  WRITE 1 fe:00 0 EOF',
    '1: posix ADVISORY WRITE 1 fe:00:1 0 EOF',
  ])
    assert.equal(decodeLock(line), undefined, line);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), data => decodeLocks(data).length === 0));
});
