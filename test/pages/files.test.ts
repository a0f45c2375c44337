import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { filesPage } from '../../src/pages/files.ts';
import { openFlags } from '../../src/pages/open-flags.ts';
import { FakeDossier } from '../support/dossier.ts';
import { missing, type Reading } from '../../src/units/missing.ts';
import { lineOf, shown, type Subject } from './shown.ts';

const info = (flags: string, pos = 0, more = ''): string => `pos:\t${pos}\nflags:\t${flags}\nmnt_id:\t24\n${more}`;

const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000  1000        0 501 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:D431 01 00000010:00000200 00:00000000 00000000  1000        0 502 1 0 20 4 30 10 -1
`;
const UNIX = `Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01 503 /run/a socket
`;

const SUBJECT: Subject = {
  screen: 200,
  files: {
    'fdinfo/0': info('0100002', 77),
    'fdinfo/1': info('0100001', 12345),
    'fdinfo/2': info('0300000'),
    'fdinfo/3': info('02004000'),
    'fdinfo/4': info('02004001'),
    'fdinfo/5': info('02'),
    'fdinfo/6': info('02004002'),
    'fdinfo/7': info('02'),
    'fdinfo/8': info('02000002', 0, 'tfd: 5 events: 19 data: 5\ntfd: 6 events: 19 data: 6\n'),
    'fdinfo/9': info('02'),
    'fdinfo/10': info('02'),
    limits:
      'Limit                     Soft Limit           Hard Limit           Units     \nMax open files            12                   4096                 files     \n',
    'net/unix': UNIX,
    'net/tcp': TCP,
  },
  links: {
    'fd/0': '/dev/pts/1',
    'fd/1': '/var/log/x (deleted)',
    'fd/2': '/srv',
    'fd/3': 'pipe:[900]',
    'fd/4': 'pipe:[900]',
    'fd/5': 'socket:[501]',
    'fd/6': 'socket:[502]',
    'fd/7': 'socket:[503]',
    'fd/8': 'anon_inode:[eventpoll]',
    'fd/9': '/memfd:buffer (deleted)',
    'fd/10': 'socket:[999]',
  },
};

describe('open files', () => {
  const page = shown(filesPage, SUBJECT);
  const rows = page.json['files'] as Record<string, unknown>[];
  test('counts: of the limit, which is on the number, and by kind', () => {
    assert.equal(lineOf(page, 'Open files'), 'Open files        11 of 12 (soft RLIMIT_NOFILE); the highest is 10');
    assert.deepEqual(page.json['count'], { open: 11, shown: 11, highest: 10, soft_limit: '12' });
    assert.match(lineOf(page, 'By kind'), /4 sockets, 2 ends of pipes, 1 terminal/);
  });
  test('in the order of their numbers, with kind, position and flags', () => {
    assert.deepEqual(
      rows.map(({ fd }) => fd),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
    assert.deepEqual(
      rows.map(({ kind }) => kind),
      ['tty', 'file', 'dir', 'pipe', 'pipe', 'socket', 'socket', 'socket', 'anon', 'memory', 'socket'],
    );
    assert.match(lineOf(page, '1  file'), /12,345 {2}WRONLY +\/var\/log\/x {2}deleted$/);
    assert.deepEqual(rows[3]!['flags'], ['O_RDONLY', 'O_NONBLOCK', 'O_CLOEXEC']);
  });
  test('sockets: addresses, states and queues by inode', () => {
    assert.match(lineOf(page, '5  socket'), /tcp 127\.0\.0\.1:8080 LISTEN 3 not yet accepted$/);
    assert.match(
      lineOf(page, '6  socket'),
      /tcp 127\.0\.0\.1:8080 → 127\.0\.0\.1:54321 ESTABLISHED receive queue 512 send queue 16$/,
    );
    assert.match(lineOf(page, '7  socket'), /unix stream LISTEN \/run\/a socket$/);
    assert.match(lineOf(page, '10  socket'), /socket:\[999\]$/);
    const target = rows[6]!['target'] as Record<string, Record<string, unknown>>;
    assert.equal(target['socket']!['remote'], '127.0.0.1:54321');
    assert.equal(target['link'], 'socket:[502]');
  });
  test('a socket that is in no list: which lists could not be read', () => {
    assert.match(page.text, /net\/udp: not read in this sample\./);
    assert.match(page.text, /net\/packet: /);
  });
  test('ends of a pipe find each other', () => {
    assert.match(lineOf(page, '3  pipe'), /pipe:\[900\] {2}read end; write end: 4$/);
    assert.match(lineOf(page, '4  pipe'), /pipe:\[900\] {2}write end; read end: 3$/);
  });
  test('what the kernel tells of its own objects', () => {
    const words = (info: string): string =>
      lineOf(
        shown(filesPage, { screen: 200, files: { 'fdinfo/8': info }, links: { 'fd/8': 'anon_inode:[x]' } }),
        '8  anon',
      ).replace(/^.*\[x\] */, '');
    assert.equal(words('eventfd-count:               1a\neventfd-id: 1\n'), 'counter 26');
    // bit n-1 is signal n
    assert.equal(words('sigmask:\t0000000000004002\n'), 'signals SIGINT SIGTERM');
    assert.equal(
      words('clockid: 1\nticks: 3\nsettime flags: 01\nit_value: (11, 999937396)\nit_interval: (1, 500000000)\n'),
      'CLOCK_MONOTONIC, in 12s, then every 1.5s, 3 expirations not yet read',
    );
    assert.equal(
      words('clockid: 7\nticks: 0\nsettime flags: 00\nit_value: (0, 0)\nit_interval: (0, 0)\n'),
      'CLOCK_BOOTTIME, not armed',
    );
    assert.equal(
      words('tfd:        4 events: 80000019 data:    4  pos:0 ino:40e sdev:10\n'),
      'watches 1 descriptor: 4 IN|ET',
    );
    assert.equal(
      words('inotify wd:1 ino:3f7e8 sdev:fe00000 mask:fff\ninotify wd:2 ino:3 sdev:1 mask:2\n'),
      'watches 2 places',
    );
    assert.match(lineOf(page, '8  anon'), /anon_inode:\[eventpoll\] {2}watches 2 descriptors: 5 IN, 6 IN$/);
  });
  test('netlink sockets, and one that is in no list though all were read', () => {
    const netlink =
      'sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n' +
      '0000000000000000 15  4711       00000001 0        0        0     2        0        601     \n';
    const empty = ['tcp', 'tcp6', 'udp', 'udp6', 'raw', 'raw6', 'packet', 'unix'].map(name => [
      `net/${name}`,
      'head\n',
    ]);
    const files: Record<string, string> = {
      ...(Object.fromEntries(empty) as Record<string, string>),
      'net/netlink': netlink,
    };
    const page = shown(filesPage, { screen: 200, files, links: { 'fd/3': 'socket:[601]', 'fd/4': 'socket:[602]' } });
    assert.match(lineOf(page, '3  socket'), /netlink KOBJECT_UEVENT port 4711$/);
    assert.match(lineOf(page, '4  socket'), /socket:\[602\] {2}in no list of net\/: not bound, or of another family$/);
  });
  test('no list of sockets is read without need', () => {
    const none = shown(filesPage, { ...SUBJECT, links: { 'fd/0': '/dev/null' } });
    const one = shown(filesPage, { ...SUBJECT, links: { 'fd/7': 'socket:[503]' } });
    assert.ok(![...none.asked].some(path => path.startsWith('net/')));
    assert.deepEqual(
      [...one.asked].filter(path => path.startsWith('net/')),
      ['net/unix'],
    );
  });
});

describe('many', () => {
  const links = Object.fromEntries(Array.from({ length: 2500 }, (_, fd) => [`fd/${fd}`, 'socket:[1]']));
  const page = shown(filesPage, { links });
  test('more than 2,000: the first, and how many there are', () => {
    assert.equal((page.json['files'] as unknown[]).length, 2000);
    const lines = page.lines.map(line => line.trim());
    const note = lines.indexOf('Listed are the first 2,000 of 2,500.');
    assert.ok(note >= 0 && note < lines.findIndex(line => line.startsWith('fd ')), 'before the table');
    const { open, shown: listed } = page.json['count'] as Record<string, unknown>;
    assert.deepEqual([open, listed], [2500, 2000]);
    assert.ok(page.asked.has('fd/2499'));
    const kinds = Object.values(page.json['by_kind'] as Record<string, number>);
    assert.equal(
      kinds.reduce((sum, n) => sum + n, 0),
      2500,
      'all are counted',
    );
  });
  test('fdinfo of the first 200 only', () => {
    assert.ok(page.asked.has('fdinfo/199') && !page.asked.has('fdinfo/200'));
    assert.match(page.text, /Position, flags, and which are folders, of the first 200 only/);
  });
});

describe('what may not be read', () => {
  test('the folder', () => {
    class Refused extends FakeDossier {
      override names(): Reading<readonly string[]> {
        return missing('no-permission');
      }
    }
    const page = shown(filesPage, {}, new Refused({}));
    assert.match(page.text, /not permitted: needs the same user .*CAP_SYS_PTRACE/);
    assert.equal(page.json['files'], null);
  });
  test('the links, though the folder lists them: one sentence, and no fdinfo', () => {
    class Refused extends FakeDossier {
      override link(): Reading<string> {
        return missing('no-permission');
      }
    }
    const page = shown(filesPage, SUBJECT, new Refused(SUBJECT));
    assert.match(page.text, /Open files {8}11 of 12/);
    assert.match(page.text, /fd: not permitted/);
    assert.ok(!page.asked.has('fdinfo/0'));
  });
  test('fdinfo of another user before 5.14', () => {
    const files = { 'fdinfo/0': { missing: 'no-permission' } } as const;
    const page = shown(filesPage, { files, links: { 'fd/0': '/srv/x' }, machine: { releaseText: '5.10.0' } });
    assert.match(lineOf(page, '0  file'), /- {2}- +\/srv\/x$/);
    assert.match(page.text, /fdinfo: not permitted: needs the user that the task runs as/);
  });
  test('a kernel thread has none', () => {
    const kthread = { stat: { flags: 0x200000, vsize: 0, startcode: 0 } };
    class Empty extends FakeDossier {
      override names(): Reading<readonly string[]> {
        return [];
      }
    }
    const page = shown(filesPage, kthread, new Empty({}));
    assert.match(page.text, /None, as of most kernel threads/);
    assert.deepEqual(page.json['files'], []);
  });
});

describe('flags of an open file', () => {
  const cases: readonly (readonly [octal: string, architecture: string, names: string])[] = [
    ['0100000', 'x86_64', 'O_RDONLY'],
    ['02004002', 'x86_64', 'O_RDWR O_NONBLOCK O_CLOEXEC'],
    ['04112001', 'x86_64', 'O_WRONLY O_APPEND O_SYNC'],
    ['0112001', 'x86_64', 'O_WRONLY O_APPEND O_DSYNC'],
    // the same four bits mean other things on arm
    ['0740000', 'x86_64', 'O_RDONLY O_DIRECTORY O_DIRECT O_NOFOLLOW'],
    ['040000', 'x86_64', 'O_RDONLY O_DIRECT'],
    ['040000', 'aarch64', 'O_RDONLY O_DIRECTORY'],
    ['0200000', 'x86_64', 'O_RDONLY O_DIRECTORY'],
    ['0200000', 'armv7l', 'O_RDONLY O_DIRECT'],
    ['0400002', 'armv7l', 'O_RDWR'],
    ['010000000', 'x86_64', 'O_RDONLY O_PATH'],
    ['040000000002', 'x86_64', 'O_RDWR 040000000000'],
  ];
  test('by architecture', () => {
    for (const [octal, architecture, names] of cases)
      assert.equal(openFlags(octal, architecture)?.join(' '), names, `${octal} on ${architecture}`);
    for (const text of ['', '8', '-1', '0x2']) assert.equal(openFlags(text, 'x86_64'), undefined);
  });
});

test('any bytes in any file: a page', () => {
  const content = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary', maxLength: 200 }));
  const link = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom('socket:[1]', 'pipe:[2]'));
  const names = ['fdinfo/0', 'fdinfo/1', 'limits', 'net/unix', 'net/tcp', 'net/netlink'];
  const files = fc.record(Object.fromEntries(names.map(name => [name, content])));
  const links = fc.record({ 'fd/0': link, 'fd/1': link, 'fd/x': link });
  fc.assert(
    fc.property(files, links, (texts, targets) => {
      assert.ok(shown(filesPage, { files: texts, links: targets }).text.length > 0);
    }),
    { numRuns: 200 },
  );
});
