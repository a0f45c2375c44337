import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { exactText } from '../../src/decode/bytes.ts';
import { parseRelease } from '../../src/kernel/release.ts';
import { STAT_FIELDS } from '../../src/kernel/stat-fields.ts';
import { flagNames } from '../../src/recognize/flags.ts';
import { recognize } from '../../src/recognize/recognize.ts';
import { possibleNames } from '../../src/kernel/task-flags.ts';
import type { Json } from '../../src/recognize/thing.ts';

const KERNELS = ['2.6.32', '3.2', '4.2', '5.10', '6.1', '6.12', '6.18', undefined];
const release = fc.constantFrom(...KERNELS).map(text => (text === undefined ? undefined : parseRelease(text)));

/** Any 15 bytes but NUL; often those that a parser stumbles over. */
const comm = fc
  .array(
    fc.oneof(
      fc.integer({ min: 1, max: 255 }),
      fc.constantFrom(...Array.from('()\n \t:1S-)', each => each.charCodeAt(0))),
    ),
    {
      minLength: 0,
      maxLength: 15,
    },
  )
  .map(bytes => exactText(Uint8Array.from(bytes)));

const LARGEST = 2n ** 64n - 1n;
const number = fc.oneof(
  fc.bigInt({ min: 0n, max: LARGEST }),
  fc.bigInt({ min: -(2n ** 31n), max: 2n ** 31n - 1n }),
  fc.constantFrom(0n, 1n, -1n, LARGEST, 2n ** 32n - 1n),
);

/** The texts of the fields of one line. */
const statLine = fc.record({
  pid: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  comm,
  state: fc.constantFrom(...'R S D T t Z X x K W P I'.split(' ')),
  numbers: fc.constantFrom(44, 47, 52).chain(count => fc.array(number, { minLength: count - 3, maxLength: count - 3 })),
});
type StatLine = typeof statLine extends fc.Arbitrary<infer Value> ? Value : never;

const texts = ({ pid, comm, state, numbers }: StatLine): string[] => [String(pid), comm, state, ...numbers.map(String)];
const written = (line: StatLine): string => `${line.pid} (${line.comm}) ${line.state} ${line.numbers.join(' ')}\n`;

describe('stat lines', () => {
  test('every digit and every byte comes back, of one line and of a file of them', () => {
    fc.assert(
      fc.property(fc.array(statLine, { minLength: 1, maxLength: 3 }), release, (lines, kernel) => {
        const { facts } = recognize(lines.map(written).join(''), kernel);
        assert.deepEqual(
          facts.map(({ kind }) => kind),
          lines.map(() => 'stat'),
        );
        facts.forEach((thing, n) => {
          const raw = STAT_FIELDS.slice(0, texts(lines[n]!).length).map(({ name }, at) => [name, texts(lines[n]!)[at]]);
          assert.deepEqual(thing['raw'], Object.fromEntries(raw));
          assert.equal(thing.text + '\n', written(lines[n]!));
        });
      }),
      { numRuns: 300 },
    );
  });

  test('the JSON type of a field never depends on its value; only null stands for missing', () => {
    const types = new Map<string, string>();
    fc.assert(
      fc.property(statLine, release, (line, kernel) => {
        const fields = JSON.parse(JSON.stringify(recognize(written(line), kernel).facts[0]!['fields'])) as Record<
          string,
          Json
        >;
        assert.equal(Object.keys(fields).length, 52);
        for (const [id, value] of Object.entries(fields)) {
          if (value === null) continue;
          assert.equal(typeof value, types.get(id) ?? typeof value, id);
          types.set(id, typeof value);
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** Pieces of what is recognised, in any order, with anything between. */
const SHARDS = [
  '12 (a',
  ') S 1 2 3',
  ' -1',
  '\n',
  '\t',
  'SigBlk:\t00000000',
  'CapEff: ffffffffffffffff',
  'State:\tD (disk sleep)\n',
  'Name:\tx\n',
  'Pid:\t1\n',
  'task:foo             state:D stack:0 pid:',
  'task_flags:0x',
  'flags:0x00000004',
  'INFO: task a:1 blocked for more than 120 seconds',
  'is blocked on a mutex',
  'foo D ffffffff81350000 0 123 1 0x00000004',
  'Freezing of tasks failed after 20.000 seconds (1 tasks refusing to freeze, wq_busy=0',
  'Unable to handle kernel paging request at virtual address ',
  'ffffffc000086a74',
  '00000010',
  'Internal error: Oops: ',
  '96000004 [#1]',
  '17 [#1] ARM',
  '[00000010] *pgd=8f7d1831, *pte=00000000, *ppte=ffffffff',
  '[ffffc04000004000] pgd=0000000000000003, p4d=',
  'ESR = 0x',
  'EC = 0x25: ',
  'FSC = 0x06: x',
  'user pgtable: 99k pages, 99-bit VAs, pgdp=0000000000000001',
  'swapper pgtable: 4k pages, 39-bit VAs, pgdp=000000000148c000',
  'tty_nr -',
  '2147483648',
  'priority -101',
  'prio 999',
  'exit_code 0xffffffff',
  'Not tainted 4.19.0-17-arm64 #1',
  'Linux version 99.9 (',
  '0x',
  '4194560 ',
  ': unhandled page fault (99) at 0x00000000, code 0xfff',
  '\u001b[31m',
  '\udcff',
  '\u202e',
  'kernel: ',
  '[  1.0] ',
  '> ',
  '18446744073709551615 ',
  ' 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0',
];
const garbage = fc
  .array(
    fc.oneof(
      fc.constantFrom(...SHARDS),
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.stringMatching(/^[0-9a-fx ]{0,9}$/),
    ),
    { maxLength: 25 },
  )
  .map(pieces => pieces.join(''));

describe('anything', () => {
  test('never throws, is in the order of the text, and reaches the screen harmless', () => {
    fc.assert(
      fc.property(garbage, release, (text, kernel) => {
        const { facts, lines } = recognize(text, kernel);
        JSON.stringify(facts);
        for (const { kind, text: part } of facts) assert.ok(kind !== '' && part !== '');
        for (const line of lines) assert.doesNotMatch(line, /[\p{Cc}\u202a-\u202e\u2066-\u2069]|\p{Cs}/u);
        assert.equal(facts.length === 0, lines.length === 0);
      }),
      { numRuns: 1500 },
    );
  });
  test('any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        recognize(exactText(bytes), undefined);
      }),
      { numRuns: 500 },
    );
  });
});

test('no flag is lost, in any release', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), release, (mask, kernel) => {
      const { names, possible = {}, unknown_bits } = flagNames(mask, kernel);
      const unknown = Number(unknown_bits);
      for (let n = 0; n < 32; n++) {
        const bit = 2 ** n;
        const has = (value: number): boolean => Math.floor(value / bit) % 2 === 1;
        const told =
          possibleNames(bit).some(({ name }) => names.includes(name)) ||
          Object.keys(possible).map(Number).includes(bit);
        if (has(mask)) assert.ok(told || has(unknown), `bit ${n} of ${mask}`);
        else assert.ok(!has(unknown), `bit ${n} is not set in ${mask}`);
      }
    }),
  );
});
