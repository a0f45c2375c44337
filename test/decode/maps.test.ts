import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decodeMaps,
  describeLayout,
  highestMapping,
  kindOf,
  regionAt,
  REGION_KINDS,
  summarise,
  type MapsRegion,
} from '../../src/decode/maps.ts';
import { bytes, rawBytes } from '../support/stat-line.ts';

/** Of a small program on Linux 6.18, x86_64, that mapped one of each kind; names shortened. */
const CAPTURED = `\
55613a843000-55613a844000 r--p 00000000 fe:00 2344208                    /usr/bin/regions
55613a844000-55613a845000 r-xp 00001000 fe:00 2344208                    /usr/bin/regions
55613a845000-55613a846000 r--p 00002000 fe:00 2344208                    /usr/bin/regions
55613a846000-55613a847000 r--p 00002000 fe:00 2344208                    /usr/bin/regions
55613a847000-55613a848000 rw-p 00003000 fe:00 2344208                    /usr/bin/regions
556152215000-556152236000 rw-p 00000000 00:00 0                          [heap]
7f5b4045f000-7f5b4055f000 ---p 00000000 00:00 0 
7f5b4055f000-7f5b40562000 rw-p 00000000 00:00 0 
7f5b40562000-7f5b40588000 r--p 00000000 fe:00 339380                     /usr/lib/libc.so.6
7f5b40588000-7f5b406de000 r-xp 00026000 fe:00 339380                     /usr/lib/libc.so.6
7f5b406de000-7f5b40731000 r--p 0017c000 fe:00 339380                     /usr/lib/libc.so.6
7f5b40731000-7f5b40735000 r--p 001cf000 fe:00 339380                     /usr/lib/libc.so.6
7f5b40735000-7f5b40737000 rw-p 001d3000 fe:00 339380                     /usr/lib/libc.so.6
7f5b40737000-7f5b40744000 rw-p 00000000 00:00 0 
7f5b40746000-7f5b40747000 rw-p 00000000 00:06 4                          /dev/zero
7f5b40747000-7f5b40748000 rw-s 00000000 fe:00 2344210                    /srv/odd\\012 name \xff (x) (deleted)
7f5b40748000-7f5b40749000 rwxp 00000000 00:00 0 
7f5b40749000-7f5b4074a000 rw-s 00000000 00:01 0                          /SYSV00000000 (deleted)
7f5b4074a000-7f5b4074b000 rw-s 00000000 00:01 1028                       /memfd:a name (deleted)
7f5b4074b000-7f5b4074d000 rw-s 00000000 00:01 1027                       /dev/zero (deleted)
7f5b4074d000-7f5b4074f000 rw-p 00000000 00:00 0 
7f5b4074f000-7f5b40753000 r--p 00000000 00:00 0                          [vvar]
7f5b40753000-7f5b40755000 r--p 00000000 00:00 0                          [vvar_vclock]
7f5b40755000-7f5b40757000 r-xp 00000000 00:00 0                          [vdso]
7f5b40757000-7f5b40758000 r--p 00000000 fe:00 338944                     /usr/lib/ld-linux-x86-64.so.2
7f5b40758000-7f5b4077e000 r-xp 00001000 fe:00 338944                     /usr/lib/ld-linux-x86-64.so.2
7f5b4077e000-7f5b40788000 r--p 00027000 fe:00 338944                     /usr/lib/ld-linux-x86-64.so.2
7f5b40788000-7f5b4078a000 r--p 00031000 fe:00 338944                     /usr/lib/ld-linux-x86-64.so.2
7f5b4078a000-7f5b4078c000 rw-p 00033000 fe:00 338944                     /usr/lib/ld-linux-x86-64.so.2
7ffc8ad96000-7ffc8adb7000 rw-p 00000000 00:00 0                          [stack]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
`;
const captured = decodeMaps(rawBytes(CAPTURED)).regions;

const regionOf = (line: string): MapsRegion => decodeMaps(bytes(line + '\n')).regions[0]!;

test('a captured file: every line is a region', () => {
  const { regions, truncated, notUnderstood } = decodeMaps(rawBytes(CAPTURED));
  assert.deepEqual([regions.length, truncated, notUnderstood], [31, false, 0]);
  assert.deepEqual(regions[1], {
    start: 0x55613a844000n,
    end: 0x55613a845000n,
    perms: 'r-xp',
    offset: 0x1000n,
    device: 'fe:00',
    inode: '2344208',
    path: '/usr/bin/regions',
    deleted: false,
  });
  assert.equal(regions[6]!.path, '');
  assert.equal(regions[30]!.end, 0xffffffffff601000n);
});

test('paths: blanks, a newline, bytes that are no UTF-8, deleted', () => {
  const odd = regionAt(captured, 0x7f5b40747800n)!;
  assert.deepEqual([odd.path, odd.deleted], ['/srv/odd\\012 name \udcff (x)', true]);
  assert.deepEqual(
    captured.filter(({ deleted }) => deleted).map(({ path }) => path),
    ['/srv/odd\\012 name \udcff (x)', '/SYSV00000000', '/memfd:a name', '/dev/zero'],
  );
  assert.equal(regionOf('1000-2000 r--p 0 08:01 7  /a  b ').path, '/a  b ');
  assert.equal(regionOf('1000-2000 r--p 0 08:01 7  /日本').path, '/日本');
  assert.equal(regionOf('1000-2000 rw-p 0 00:00 0').path, '', 'no blank at the end');
  assert.equal(regionOf(`1000-2000 r--p 0 08:01 7 /${'x'.repeat(5000)}`).path.length, 5001);
});

test('32-bit lines; offsets, devices and inodes that are large', () => {
  assert.deepEqual(regionOf('be9a3000-be9c4000 rw-p 00000000 00:00 0          [stack]'), {
    start: 0xbe9a3000n,
    end: 0xbe9c4000n,
    perms: 'rw-p',
    offset: 0n,
    device: '00:00',
    inode: '0',
    path: '[stack]',
    deleted: false,
  });
  const large = regionOf('7f0000000000-7f0000001000 r--s fffffffffffff000 103:fffff 18446744073709551615 /x');
  assert.deepEqual(
    [large.offset, large.device, large.inode],
    [0xfffffffffffff000n, '103:fffff', '18446744073709551615'],
  );
});

test('a file that was cut off loses its last line, and says so', () => {
  const whole = rawBytes(CAPTURED);
  const first = CAPTURED.indexOf('\n') + 1;
  for (let end = first + 1; end < whole.length; end += 7) {
    const { regions, truncated, notUnderstood } = decodeMaps(whole.subarray(0, end));
    const count = CAPTURED.slice(0, end).split('\n').length - 1;
    assert.deepEqual([regions.length, truncated, notUnderstood], [count, whole[end - 1] !== 10, 0], `${end} bytes`);
  }
  assert.deepEqual(decodeMaps(bytes('')), { regions: [], truncated: false, notUnderstood: 0 });
});

test('lines that are no region are counted, and nothing throws', () => {
  const bad = ['', 'Name: init', '2000-1000 r--p 0 0:0 0 /x', '1000-1000 r--p 0 0:0 0', '1000-2000 rwzp 0 0:0 0 /x'];
  const more = [
    `${'0'.repeat(17)}-2000 r--p 0 0:0 0`,
    `1000-2000 r--p 0 0:0 ${'9'.repeat(200)} /x`,
    '1000-2000 r--p 0 0:0 5/x',
  ];
  for (const line of [...bad, ...more])
    assert.deepEqual(decodeMaps(bytes(`${line}\n`)), { regions: [], truncated: false, notUnderstood: 1 }, line);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), noise => {
      const { regions, notUnderstood } = decodeMaps(noise);
      assert.equal(regions.length + notUnderstood, noise.filter(byte => byte === 10).length);
    }),
  );
});

test('regions out of order are put in order', () => {
  const lines = CAPTURED.trimEnd().split('\n').reverse();
  assert.deepEqual(decodeMaps(rawBytes(`${lines.join('\n')}\n`)).regions, captured);
});

test('thousands of regions', () => {
  const line = (_: unknown, at: number) => `${(at * 8192 + 4096).toString(16)}-${(at * 8192 + 8192).toString(16)}`;
  const text = Array.from({ length: 20_000 }, line).map(range => `${range} rw-p 00000000 00:00 0 \n`);
  const { regions } = decodeMaps(bytes(text.join('')));
  assert.equal(regions.length, 20_000);
  assert.equal(regionAt(regions, 19_999n * 8192n + 5000n), regions[19_999]);
  assert.deepEqual(
    summarise(regions).map(total => total.bytes),
    [20_000n * 4096n],
  );
});

test('the region at an address', () => {
  assert.equal(regionAt(captured, 0x55613a844fffn), captured[1]);
  assert.equal(regionAt(captured, 0x55613a845000n), captured[2], 'the end belongs to the next');
  assert.equal(regionAt(captured, 0x55613a848000n), undefined, 'the gap below the heap');
  assert.equal(regionAt(captured, 0n), undefined);
  assert.equal(regionAt(captured, (1n << 64n) - 1n), undefined);
  assert.equal(regionAt([], 5n), undefined);
  const sizes = fc.array(fc.tuple(fc.bigInt(0n, 3n), fc.bigInt(1n, 3n)), { maxLength: 12 });
  fc.assert(
    fc.property(sizes, pairs => {
      let at = 0n;
      const regions = pairs.map(([gap, size]) => {
        const start = at + gap;
        at = start + size;
        return { ...captured[0]!, start, end: at };
      });
      for (let address = 0n; address <= at; address++)
        assert.equal(
          regionAt(regions, address),
          regions.find(({ start, end }) => start <= address && address < end),
        );
    }),
  );
});

const KINDS: readonly (readonly [line: string, kind: string])[] = [
  ['rw-p 0 00:00 0 [heap]', 'heap'],
  ['rw-p 0 00:00 0 [stack]', 'stack'],
  ['rwxp 0 00:00 0 [stack]', 'stack'],
  ['rw-p 0 00:00 0 [stack:1234]', 'thread-stack'],
  ['rw-p 0 00:00 0 [anon: glibc: pthread stack: 1234]', 'thread-stack'],
  ['rw-p 0 00:00 0 [anon:stack_and_tls:1234]', 'thread-stack'],
  ['r-xp 0 00:00 0 [vdso]', 'kernel'],
  ['r--p 0 00:00 0 [vvar_vclock]', 'kernel'],
  ['r-xp 0 00:00 0 [sigpage]', 'kernel'],
  ['--xp 0 00:00 0 [uprobes]', 'kernel'],
  ['---p 0 00:00 0', 'reserved'],
  ['---p 1f000 08:01 7 /usr/lib/libc.so.6', 'reserved'],
  ['rw-s 0 00:01 5 /SYSV0052e2c1 (deleted)', 'shared-memory'],
  ['rw-s 0 00:19 5 /dev/shm/sem.x', 'shared-memory'],
  ['rw-s 0 00:01 5 /dev/zero (deleted)', 'shared-memory'],
  ['rw-s 0 00:01 5 [anon_shmem:buffer]', 'shared-memory'],
  ['r-xp 0 00:01 5 /memfd:program (deleted)', 'code'],
  ['rw-p 0 00:06 5 /dev/zero', 'anonymous'],
  ['rw-p 0 00:00 0 [anon: glibc: malloc arena]', 'anonymous'],
  ['rw-p 0 00:0f 5 /anon_hugepage (deleted)', 'anonymous'],
  ['r-xp 0 00:00 0', 'anonymous-code'],
  ['rw-s 100000000 00:06 5 /dev/dri/card0', 'device'],
  ['rw-s 0 00:15 5 /sys/devices/pci0000:00/0000:00:02.0/resource0', 'device'],
  ['rw-s 0 00:0e 5 anon_inode:[perf_event]', 'device'],
  ['rw-s 0 00:08 5 socket:[4711]', 'device'],
  ['r-xp 0 08:01 7 /usr/lib/libc.so.6', 'code'],
  ['rwxp 0 08:01 7 /usr/lib/old.so', 'code'],
  ['rw-s 0 08:01 7 /var/lib/data.mdb', 'shared-file'],
  ['rw-p 0 08:01 7 /usr/lib/libc.so.6', 'private-file'],
  ['r--p 0 08:01 7 /usr/lib/locale/C.utf8/LC_CTYPE', 'read-only'],
  ['r--s 0 08:01 7 /usr/lib/gconv/gconv-modules.cache', 'read-only'],
  ['r--p 0 08:01 7 /devices/x', 'read-only'],
];
test('what a region is for', () => {
  for (const [rest, kind] of KINDS) assert.equal(kindOf(regionOf(`1000-2000 ${rest}`)).id, kind, rest);
  assert.deepEqual(
    [...new Set(KINDS.map(([, kind]) => kind))],
    REGION_KINDS.map(({ id }) => id).sort(
      (a, b) => KINDS.findIndex(row => row[1] === a) - KINDS.findIndex(row => row[1] === b),
    ),
    'every kind occurs',
  );
});

test('sizes by kind', () => {
  assert.deepEqual(
    summarise(captured).map(({ kind, regions, bytes: size }) => [kind.id, regions, size]),
    [
      ['heap', 1, 0x21000n],
      ['stack', 1, 0x21000n],
      ['kernel', 4, 0x9000n], // vvar 0x4000, vvar_vclock 0x2000, vdso 0x2000, vsyscall 0x1000
      ['reserved', 1, 0x100000n],
      ['shared-memory', 3, 0x4000n], // SYSV 0x1000, memfd 0x1000, /dev/zero 0x2000
      ['anonymous-code', 1, 0x1000n],
      ['anonymous', 4, 0x13000n], // 0x3000 + 0xd000 + /dev/zero 0x1000 + 0x2000
      ['code', 3, 0x17d000n], // 0x1000 + 0x156000 + 0x26000
      ['shared-file', 1, 0x1000n],
      ['private-file', 3, 0x5000n], // 0x1000 + 0x2000 + 0x2000
      ['read-only', 9, 0x8d000n], // 3 x 0x1000, 0x26000 + 0x53000 + 0x4000, 0x1000 + 0xa000 + 0x2000
    ],
  );
  assert.deepEqual(summarise([]), []);
});

test('where the mappings of a task end', () => {
  assert.equal(highestMapping(captured), 0x7ffc8adb7000n, 'not vsyscall');
  const ends = (...lines: string[]) => highestMapping(decodeMaps(bytes(lines.join('\n') + '\n')).regions);
  assert.equal(
    ends('be9a3000-be9c4000 rw-p 0 00:00 0 [stack]', 'ffff0000-ffff1000 r-xp 0 00:00 0 [vectors]'),
    0xbe9c4000n,
  );
  assert.equal(
    ends('bf9a3000-bf9c4000 rw-p 0 00:00 0 [stack]', 'ffffe000-fffff000 r-xp 0 00:00 0 [vdso]'),
    0xbf9c4000n,
  );
  assert.equal(
    ends('bf9a3000-bf9c4000 rw-p 0 00:00 0 [stack]', 'bffe0000-bffe2000 r-xp 0 00:00 0 [vdso]'),
    0xbffe2000n,
  );
  assert.equal(highestMapping([]), undefined);
});

test('the layout in few lines', () => {
  const lines = describeLayout(captured, 0x55613a844100n).map(
    ({ part, path, start, regions, bytes: size }) =>
      `${part} ${start.toString(16)} ${regions} ${size.toString(16)} ${path}`,
  );
  assert.deepEqual(lines, [
    'program 55613a843000 5 5000 /usr/bin/regions',
    'heap 556152215000 1 21000 [heap]',
    'mapped 7f5b4045f000 2 103000 ',
    'mapped 7f5b40562000 5 1d5000 /usr/lib/libc.so.6',
    'mapped 7f5b40737000 1 d000 ',
    'mapped 7f5b40746000 1 1000 /dev/zero',
    'mapped 7f5b40747000 1 1000 /srv/odd\\012 name \udcff (x)',
    'mapped 7f5b40748000 1 1000 ',
    'mapped 7f5b40749000 1 1000 /SYSV00000000',
    'mapped 7f5b4074a000 1 1000 /memfd:a name',
    'mapped 7f5b4074b000 1 2000 /dev/zero',
    'mapped 7f5b4074d000 1 2000 ',
    'kernel 7f5b4074f000 1 4000 [vvar]',
    'kernel 7f5b40753000 1 2000 [vvar_vclock]',
    'kernel 7f5b40755000 1 2000 [vdso]',
    'mapped 7f5b40757000 5 35000 /usr/lib/ld-linux-x86-64.so.2',
    'stack 7ffc8ad96000 1 21000 [stack]',
    'kernel ffffffffff600000 1 1000 [vsyscall]',
  ]);
  for (const startCode of [undefined, 1n]) assert.equal(describeLayout(captured, startCode)[0]!.part, 'mapped');
});

test('anonymous regions with a gap between them are two, parts of a file are one', () => {
  const text =
    '1000-2000 rw-p 0 0:0 0\n2000-3000 ---p 0 0:0 0\n9000-a000 rw-p 0 0:0 0\nb000-c000 r--p 0 8:1 7 /a\ne000-f000 rw-p 0 8:1 7 /a\n';
  const groups = describeLayout(decodeMaps(bytes(text)).regions);
  assert.deepEqual(
    groups.map(({ start, end, bytes: size }) => [start, end, size]),
    [
      [0x1000n, 0x3000n, 0x2000n],
      [0x9000n, 0xa000n, 0x1000n],
      [0xb000n, 0xf000n, 0x2000n],
    ],
  );
});
