import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { locksPage } from '../../src/pages/locks.ts';
import { missing, type Reading } from '../../src/units/missing.ts';
import { FakeDossier } from '../support/dossier.ts';
import { lineOf, shown, type Subject } from './shown.ts';

/** Process 42 holds 1 and 3, waits for 2; 77 waits for 1. */
const LOCKS = `1: POSIX  ADVISORY  WRITE 42 fe:00:1001 5 14
1: -> POSIX  ADVISORY  READ 77 fe:00:1001 6 9
2: FLOCK  ADVISORY  WRITE 88 fe:00:1002 0 EOF
2: -> FLOCK  ADVISORY  WRITE 42 fe:00:1002 0 EOF
3: OFDLCK ADVISORY  WRITE -1 fe:00:1003 0 EOF
4: LEASE  BREAKING  READ 42 fe:00:1004 0 EOF
5: POSIX  ADVISORY  WRITE 99 fe:00:1005 0 EOF
`;
const info = (inode: number, lock = ''): string => `pos:\t0\nflags:\t02\nmnt_id:\t24\nino:\t${inode}\n${lock}`;

const SUBJECT: Subject = {
  files: {
    '/proc/locks': LOCKS,
    '/proc/77/comm': 'vim\n',
    '/proc/88/comm': 'backup\n',
    'fdinfo/3': info(1001, 'lock:\t1: POSIX  ADVISORY  WRITE 42 fe:00:1001 5 14\n'),
    'fdinfo/4': info(1002),
    'fdinfo/5': info(1003, 'lock:\t1: OFDLCK ADVISORY  WRITE -1 fe:00:1003 0 EOF\n'),
    'fdinfo/6': info(1001, 'lock:\t1: POSIX  ADVISORY  WRITE 42 fe:00:1001 5 14\n'),
    'fdinfo/7': info(1007, 'lock:\t1: FLOCK  ADVISORY  READ 9 fe:00:1007 0 EOF\n'),
    mountinfo: '24 1 254:0 / / rw - ext4 /dev/vda rw\n',
    maps: '00400000-00401000 r--s 00000000 fe:00 1004                     /srv/leased\n',
  },
  links: { 'fd/3': '/srv/db', 'fd/4': '/srv/spool', 'fd/5': '/srv/ofd', 'fd/6': '/srv/db', 'fd/7': '/srv/inherited' },
};

describe('the locks of a task', () => {
  const page = shown(locksPage, SUBJECT);
  const rows = page.json['locks'] as Record<string, unknown>[];
  test('its own by pid; of open files, and inherited ones, by fdinfo; none of others', () => {
    assert.deepEqual(
      rows.map(({ kind, state, fds }) => [kind, state, fds]),
      [
        ['POSIX', 'held', [3, 6]],
        ['FLOCK', 'waiting', []],
        ['OFDLCK', 'held', [5]],
        ['LEASE', 'held', []],
        ['FLOCK', 'held', [7]],
      ],
    );
    assert.deepEqual(page.json['counts'], { held: 4, waits_for: 1, waiters: 1 });
    assert.equal(lineOf(page, 'File locks'), 'File locks        4 held, waits for 1, 1 of others wait for it');
  });
  test('their files: by descriptor, by inode and mount, by mapping', () => {
    assert.deepEqual(
      rows.map(({ file }) => (file as Record<string, unknown>)['path']),
      ['/srv/db', '/srv/spool', '/srv/ofd', '/srv/leased', '/srv/inherited'],
    );
    assert.match(lineOf(page, 'POSIX'), /^POSIX +ADVISORY {2}WRITE +held +5-14 +3,6 {2}\/srv\/db$/);
  });
  test('a lease that is being broken', () => {
    assert.match(lineOf(page, 'LEASE'), /BREAKING {2}READ/);
  });
  test('who waits for whom, by name', () => {
    assert.match(lineOf(page, '42 subject (this)'), /WRITE 0-EOF {2}88 backup +\/srv\/spool$/);
    assert.match(lineOf(page, '77 vim'), /READ 6-9 +42 subject \(this\) {2}\/srv\/db$/);
    assert.deepEqual(
      (page.json['waits'] as Record<string, unknown>[]).map(({ waiter, holder }) => [waiter, holder]),
      [
        [42, 88],
        [77, 42],
      ],
    );
  });
  test('an inode of another device is another file', () => {
    const files = { ...SUBJECT.files, mountinfo: '24 1 8:1 / / rw - ext4 /dev/sda1 rw\n' };
    const other = shown(locksPage, { ...SUBJECT, files });
    assert.match(other.text, /FLOCK +ADVISORY +WRITE +waits +0-EOF +fe:00:1002\n/);
  });
});

describe('what is not told', () => {
  test('before 4.1 fdinfo shows no locks: by pid alone, and the file by number', () => {
    const page = shown(locksPage, {
      files: { '/proc/locks': LOCKS, 'fdinfo/3': 'pos:\t0\nflags:\t02\n' },
      links: { 'fd/3': '/srv/db' },
      machine: { releaseText: '3.10.0' },
      screen: 200,
    });
    assert.equal((page.json['locks'] as unknown[]).length, 3);
    assert.match(lineOf(page, 'POSIX'), /fe:00:1001$/);
    assert.match(page.text, /Locks of open files \(OFDLCK\)[^.]* since Linux 4\.1/);
  });
  test('fdinfo refused: what follows of it', () => {
    class Refused extends FakeDossier {
      override link(): Reading<string> {
        return missing('no-permission');
      }
    }
    const page = shown(locksPage, SUBJECT, new Refused(SUBJECT));
    assert.match(page.text, /fdinfo: not permitted: .*OFDLCK/s);
    assert.equal((page.json['locks'] as unknown[]).length, 3);
  });
  test('/proc/locks not there', () => {
    const page = shown(locksPage, { files: { '/proc/locks': { missing: 'not-in-this-kernel' } } });
    assert.match(page.text, /\/proc\/locks: .*CONFIG_FILE_LOCKING/);
  });
  test('no lock at all: nothing more is read', () => {
    const page = shown(locksPage, {
      ...SUBJECT,
      files: { '/proc/locks': '', 'fdinfo/3': info(1) },
      links: { 'fd/3': '/x' },
    });
    assert.match(page.text, /File locks {8}none/);
    for (const path of ['maps', 'mountinfo']) assert.ok(!page.asked.has(path), path);
  });
});

test('any bytes in any file: a page', () => {
  const content = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary', maxLength: 200 }));
  const lock = fc.constantFrom(...LOCKS.split('\n')).map(line => `lock:\t${line}\n`);
  const names = ['/proc/locks', 'mountinfo', 'maps', 'fdinfo/3'];
  const files = fc.record(Object.fromEntries(names.map(name => [name, fc.oneof(content, lock, fc.constant(LOCKS))])));
  fc.assert(
    fc.property(files, texts => {
      assert.ok(shown(locksPage, { files: texts, links: { 'fd/3': '/x' } }).text.length > 0);
    }),
    { numRuns: 200 },
  );
});
