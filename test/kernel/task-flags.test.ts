import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseRelease } from '../../src/kernel/release.ts';
import {
  decodeFlags,
  flagLetters,
  flagNameToMask,
  flagTable,
  possibleNames,
  TASK_FLAGS,
  VENDOR_FLAGS,
} from '../../src/kernel/task-flags.ts';

interface Fact {
  readonly mask: number;
  readonly name: string;
  readonly first: string;
  readonly last: string | null;
}

// Seen from build/test/kernel, where the compiled test lies.
const FACTS_FILE = new URL('../../../test/fixtures/kernel-facts/task-flags.json', import.meta.url);
const FACTS = JSON.parse(readFileSync(FACTS_FILE, 'utf8')) as readonly Fact[];

const upTo = (major: number, last: number) => Array.from({ length: last + 1 }, (_, minor) => `${major}.${minor}`);
const MINORS = [...upTo(2.6, 39).slice(32), ...upTo(3, 19), ...upTo(4, 20), ...upTo(5, 19), ...upTo(6, 19)];

const tableOf = (release: string) => flagTable(parseRelease(release)!);
const names = (mask: number, release: string, comm?: string) =>
  decodeFlags(mask, tableOf(release), comm).flags.map(flag => flag.name);

// Deliberately not the comparison of the code under test.
function compare(a: string, b: string): number {
  const [x, y] = [a, b].map(text => text.split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    const step = (x?.[i] ?? 0) - (y?.[i] ?? 0);
    if (step !== 0) return step;
  }
  return 0;
}

test('the table of every minor is that of the facts', () => {
  assert.equal(MINORS.length, 8 + 20 + 21 + 20 + 20);
  for (const release of MINORS) {
    const expected = FACTS.filter(
      fact => compare(fact.first, release) <= 0 && (fact.last === null || compare(release, fact.last) <= 0),
    );
    const table = tableOf(release);
    const pairs = (flags: readonly Pick<Fact, 'mask' | 'name'>[]) => flags.map(f => `${f.mask} ${f.name}`).sort();
    assert.deepEqual(pairs(table.flags), pairs(expected), release);
    assert.equal(table.release, release);
    assert.ok(!table.newerThanKnown && !table.olderThanKnown);
  }
  assert.equal(TASK_FLAGS.length, FACTS.length);
});

test('letters are single printable characters, unique within a release', () => {
  for (const release of MINORS) {
    const letters = tableOf(release).flags.map(flag => flag.letter);
    assert.equal(new Set(letters).size, letters.length, release);
    for (const letter of letters) assert.match(letter, /^[A-Za-z]$/);
  }
});

test('the same bits have other names on other releases', () => {
  assert.deepEqual(names(0x00404040, '4.2'), ['PF_FORKNOEXEC', 'PF_RANDOMIZE', 'PF_USED_ASYNC']);
  assert.deepEqual(names(0x00404040, '6.18'), ['PF_USER_WORKER', 'PF_FORKNOEXEC', 'PF_RANDOMIZE']);
  const history: [number, [string, string | undefined][]][] = [
    [
      0x2,
      [
        ['3.2', 'PF_STARTING'],
        ['3.3', undefined],
        ['4.9', undefined],
        ['4.10', 'PF_IDLE'],
      ],
    ],
    [
      0x8,
      [
        ['5.4', 'PF_EXITPIDONE'],
        ['5.5', undefined],
        ['5.15', undefined],
        ['5.16', 'PF_POSTCOREDUMP'],
      ],
    ],
    [
      0x10,
      [
        ['5.9', 'PF_VCPU'],
        ['5.10', 'PF_IO_WORKER'],
      ],
    ],
    [
      0x1,
      [
        ['5.9', undefined],
        ['5.10', 'PF_VCPU'],
      ],
    ],
    [
      0x4000,
      [
        ['3.2', 'PF_FREEZING'],
        ['3.7', undefined],
        ['5.16', 'PF_USED_ASYNC'],
        ['6.4', 'PF_USER_WORKER'],
      ],
    ],
    [
      0x20000,
      [
        ['4.11', 'PF_FSTRANS'],
        ['4.12', 'PF_KSWAPD'],
      ],
    ],
    [
      0x40000,
      [
        ['4.11', 'PF_KSWAPD'],
        ['4.12', 'PF_MEMALLOC_NOFS'],
      ],
    ],
    [
      0x20000000,
      [
        ['5.0', 'PF_MUTEX_TESTER'],
        ['5.5', 'PF_IO_WORKER'],
        ['5.10', undefined],
        ['6.9', 'PF_BLOCK_TS'],
      ],
    ],
  ];
  for (const [mask, steps] of history)
    for (const [release, name] of steps) {
      assert.equal(tableOf(release).byMask(mask)?.name, name, `${mask.toString(16)} on ${release}`);
      assert.equal(decodeFlags(mask, tableOf(release)).unknownBits, name === undefined ? mask : 0);
    }
});

test('masks from 2^31 on, signed or unsigned', () => {
  assert.deepEqual(names(0x80200000, '6.18'), ['PF_KTHREAD', 'PF_SUSPEND_TASK']);
  assert.deepEqual(names(0x80200000 | 0, '6.18'), ['PF_KTHREAD', 'PF_SUSPEND_TASK']);
  assert.equal(decodeFlags(0x80000000, tableOf('3.3')).unknownBits, 0x80000000);
  assert.equal(tableOf('6.18').byMask(0x80000000)?.name, 'PF_SUSPEND_TASK');
  assert.equal(flagLetters(0x80000040, tableOf('6.18')), 'Ns');
  assert.equal(flagLetters(0xffffffff, tableOf('3.3')).at(-1), '?');
});

test('decoding loses nothing, whatever mask, release and comm', () => {
  const anyMask = fc.integer({ min: 0, max: 0xffffffff });
  const anyComm = fc.option(fc.constantFrom('kcompactd0', 'kswapd0', 'bash', ''), { nil: undefined });
  fc.assert(
    fc.property(anyMask, fc.constantFrom('2.6.18', ...MINORS, '7.3'), anyComm, (mask, release, comm) => {
      const table = tableOf(release);
      const { flags, unknownBits } = decodeFlags(mask, table, comm);
      const known = flags.reduce((bits, flag) => bits | flag.mask, 0) >>> 0;
      assert.equal((known | unknownBits) >>> 0, mask);
      assert.equal(known & unknownBits, 0);
      const strip = flags.map(flag => flag.letter).join('') + (unknownBits === 0 ? '' : '?');
      assert.equal(flagLetters(mask, table, comm), strip);
    }),
  );
});

test('letters in order of interest, the rest by bit, unknown bits as one question mark', () => {
  const table = tableOf('6.18');
  assert.equal(flagLetters(0, table), '');
  assert.equal(flagLetters(0x04208060, table), 'KWNZA');
  assert.equal(flagLetters(0x00400140, table), 'SNR');
  assert.equal(flagLetters(0x00001006, table), 'iXL');
  assert.equal(flagLetters(0x43200040, table), 'KN?');
  // A full cache starts again with the same answers.
  for (let mask = 0; mask < 5000; mask++) flagLetters(mask, table);
  assert.equal(flagLetters(0x00400140, table), 'SNR');
});

test('kcompactd has its flag on 6.12 and 6.13 too, by backport', () => {
  for (const release of ['6.12.117', '6.13.2']) {
    const table = tableOf(release);
    assert.deepEqual(names(0x00210040, release, 'kcompactd0'), ['PF_KTHREAD', 'PF_KCOMPACTD', 'PF_FORKNOEXEC']);
    assert.equal(flagLetters(0x00210040, table, 'kcompactd0'), 'KCN');
    assert.equal(flagLetters(0x00210040, table, 'bash'), 'KN?');
    assert.equal(flagLetters(0x00210040, table), 'KN?');
    assert.equal(flagNameToMask('kcompactd', table), 0x00010000);
  }
  assert.deepEqual(names(0x00010000, '6.11', 'kcompactd0'), []);
  assert.deepEqual(names(0x00010000, '6.14', 'bash'), ['PF_KCOMPACTD']);
});

test('one table object a minor; outside of the known range the nearest, saying so', () => {
  assert.equal(tableOf('6.18.44-fc-v669'), tableOf('6.18'));
  assert.equal(tableOf('2.6.32-754.el6'), tableOf('2.6.32'));
  assert.notEqual(tableOf('2.6.33'), tableOf('2.6.32'));
  const newer = tableOf('7.1');
  assert.deepEqual([newer.release, newer.newerThanKnown, newer.olderThanKnown], ['6.19', true, false]);
  assert.deepEqual(newer.flags, tableOf('6.19').flags);
  const older = tableOf('2.6.18');
  assert.deepEqual([older.release, older.newerThanKnown, older.olderThanKnown], ['2.6.32', false, true]);
});

test('names with and without PF_, in any case, of this release only', () => {
  const table = tableOf('4.2');
  for (const name of ['PF_KSWAPD', 'KSWAPD', 'pf_kswapd', ' Kswapd '])
    assert.equal(flagNameToMask(name, table), 0x40000);
  assert.equal(flagNameToMask('SUSPEND_TASK', table), 0x80000000);
  assert.equal(flagNameToMask('USER_WORKER', table), undefined);
  assert.equal(flagNameToMask('', table), undefined);
});

test('a bit of an unknown release has all the names it ever had', () => {
  const ranges = (mask: number) => possibleNames(mask).map(flag => [flag.name, flag.first, flag.last]);
  assert.deepEqual(ranges(0x40000), [
    ['PF_KSWAPD', '2.6.32', '4.11'],
    ['PF_MEMALLOC_NOFS', '4.12', null],
  ]);
  assert.deepEqual(ranges(0x80000000 | 0), [
    ['PF_FREEZER_NOSIG', '2.6.32', '3.2'],
    ['PF_SUSPEND_TASK', '3.11', null],
  ]);
  assert.deepEqual(ranges(3), []);
});

test('vendor bits are free bits in the releases they were seen in', () => {
  for (const { mask } of VENDOR_FLAGS) assert.equal(tableOf('3.8').byMask(mask), undefined);
});
