/** Every decoder on every kind of damage: it answers, soon, and takes no piece of a number for the number. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { exactText } from '../../src/decode/bytes.ts';
import { decodeTaskCgroups } from '../../src/decode/cgroup-files.ts';
import { decodeMountinfo } from '../../src/decode/mountinfo.ts';
import { decodeCgroupPath, decodeCmdline } from '../../src/decode/pid-files.ts';
import { parseStat, statTexts, STAT_STRIDE } from '../../src/decode/pid-stat.ts';
import { decodeStatus, statusNumber, statusValue } from '../../src/decode/pid-status.ts';
import { decodeCpuList, decodeMeminfo, decodeVmstat, vmstatCounter } from '../../src/decode/system-files.ts';
import { cpuList } from '../../src/kernel/cpu-list.ts';
import { soon, tries } from './budget.ts';
import { allDecoders, CORPUS, FILES } from './decoders.ts';
import { hostileBytes, huge } from './hostile-bytes.ts';

const { decoders, unknown } = await allDecoders();
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const raw = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

test('somebody said how every function of src/decode is called', () => {
  assert.deepEqual(unknown, [], 'say so in test/fuzz/decoders.ts');
  assert.ok(decoders.size > 60);
  for (const name of Object.keys(FILES)) assert.ok(decoders.has(name), name);
});

/** All numbers in a value, however deep. */
function* numbersIn(value: unknown): Generator<number | bigint> {
  if (typeof value === 'number' || typeof value === 'bigint') yield value;
  else if (value instanceof Map) for (const pair of value) yield* numbersIn(pair);
  else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) yield* numbersIn(one);
}

/** These read binary words, or give text back as they got it. */
const BINARY: ReadonlySet<string> = new Set(['decodeAuxv', 'latin1', 'wholeLines', 'relevantMounts']);

describe('any bytes', () => {
  for (const [name, decode] of decoders) {
    test(name, () => {
      fc.assert(
        fc.property(hostileBytes(FILES[name] ?? CORPUS), bytes => {
          const before = Uint8Array.from(bytes);
          const value = soon(name, () => decode(bytes));
          assert.deepEqual(bytes, before, 'it leaves the file as it was');
          if (BINARY.has(name)) return;
          const isSigned = bytes.includes(45);
          for (const number of numbersIn(value)) {
            assert.ok(number !== Infinity && number !== -Infinity, 'no number is endless');
            assert.ok(isSigned || !(number < 0), `${number} without a minus in the file`);
          }
        }),
        tries(120),
      );
    });
  }

  test('a number of four hundred digits in place of each', () => {
    for (const [name, decode] of decoders) {
      if (BINARY.has(name)) continue;
      for (const file of FILES[name] ?? CORPUS) {
        const text = latin1(file);
        for (const { index, 0: digits } of Array.from(text.matchAll(/\d+/g)).slice(0, 400)) {
          const value = decode(raw(text.slice(0, index) + '9'.repeat(400) + text.slice(index + digits.length)));
          for (const number of numbersIn(value))
            assert.ok(Math.abs(Number(number)) !== Infinity, `${name} at ${index}`);
        }
      }
    }
  });

  test('a megabyte of each kind of file, in lines and in one line', () => {
    for (const [name, decode] of decoders) {
      const [file = CORPUS[0]!] = FILES[name] ?? [];
      for (const bytes of huge(file, 1 << 19)) soon(name, () => decode(bytes));
    }
  });
});

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || Number.isNaN(value) || value === '' || value === 0;

/** Is everything that the part says said by the whole, too? What stands behind the cut may be missing. */
function assertPart(part: unknown, whole: unknown, where: string): void {
  if (isNothing(part) || typeof part === 'boolean') return;
  if (part instanceof Map) {
    assert.ok(whole instanceof Map, where);
    for (const [key, value] of part) assertPart(value, whole.get(key), `${where}.${String(key)}`);
  } else if (Array.isArray(part)) {
    assert.ok(Array.isArray(whole) && whole.length >= part.length, where);
    part.forEach((value, index) => assertPart(value, (whole as unknown[])[index], `${where}[${index}]`));
  } else if (typeof part === 'object') {
    for (const [key, value] of Object.entries(part as object))
      assertPart(value, (whole as Record<string, unknown> | undefined)?.[key], `${where}.${key}`);
  } else assert.equal(part, whole, where);
}

/** What of a value a cut file may tell: not what the rest of the file alone decides. */
const TOLD: Readonly<Record<string, (value: never) => unknown>> = {
  // whether both versions are mounted
  decodeTaskCgroups: ({ groups }: { groups: unknown }) => groups,
  // whose processor the cut block is
  decodeCpuinfo: ({ models }: { models: readonly { model: string; cpus: unknown }[] }) =>
    new Map(models.filter(({ model }) => model !== '').map(({ model, cpus }) => [model, cpus])),
  // the longest of all
  decodeCgroupPath: () => undefined,
  // the title of a table without rows says how many there will be
  decodeInterrupts: () => undefined,
};

describe('a file that ends in the middle: what is still told is what the whole file says', () => {
  for (const [name, files] of Object.entries(FILES)) {
    const told = (TOLD[name] ?? (value => value)) as (value: unknown) => unknown;
    test(name, () => {
      const decode = decoders.get(name)!;
      for (const file of files) {
        const whole = told(decode(file));
        const step = Math.max(1, Math.floor(file.length / 1500));
        for (let length = 0; length < file.length; length += step)
          assertPart(told(decode(file.subarray(0, length))), whole, `${name} of ${length} bytes`);
      }
    });
  }
});

describe('round trips', () => {
  const digits = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
  /** Any bytes but NUL, often those that end a comm or a line. */
  const comm = fc
    .uint8Array({ min: 1, maxLength: 64 })
    .chain(bytes =>
      fc.shuffledSubarray([...bytes, 0x28, 0x29, 0x20, 0x0a, 0x53, 0x31]).map(all => latin1(Uint8Array.from(all))),
    );

  test('a stat line: comm byte by byte, numbers digit by digit; fewer than 22 or a bad one is no line', () => {
    const line = fc.record({
      pid: fc.nat(),
      comm,
      state: fc.constantFrom(...'R S D T t Z X x K W P I'.split(' ')),
      numbers: fc.array(fc.oneof(digits, fc.integer().map(String)), { minLength: 0, maxLength: 70 }),
    });
    fc.assert(
      fc.property(line, ({ pid, comm: name, state, numbers }) => {
        const text = `${pid} (${name}) ${[state, ...numbers].join(' ')}\n`;
        const bytes = raw(text);
        const values = new Float64Array(STAT_STRIDE).fill(-7);
        const parse = { fields: 0, commStart: 0, commEnd: 0 };
        const isLine = parseStat(bytes, bytes.length, values, 0, parse);
        assert.equal(isLine, numbers.length >= 19);
        if (!isLine) return;
        assert.equal(latin1(bytes.subarray(parse.commStart, parse.commEnd)), name);
        assert.equal(parse.fields, numbers.length + 3);
        assert.equal(values[1], pid);
        assert.equal(String.fromCharCode(values[3]!), state);
        for (let at = 4; at < STAT_STRIDE; at++) {
          const said = numbers[at - 4];
          const wanted = said === undefined ? NaN : Number(said);
          // doubles that are made digit by digit may be off by some units in the last place
          const isExact = !(Math.abs(wanted) > Number.MAX_SAFE_INTEGER);
          if (isExact) assert.equal(values[at]! + 0, wanted + 0, `field ${at}`);
          else assert.ok(Math.abs(values[at]! / wanted - 1) < 1e-15, `field ${at}: ${values[at]!} of ${said!}`);
        }
        assert.deepEqual(statTexts(text), [String(pid), name, state, ...numbers]);
      }),
      tries(500),
    );
  });

  test('arguments come back byte by byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), bytes => {
        const back: number[] = [];
        for (const character of exactText(bytes)) {
          const code = character.codePointAt(0)!;
          if (code >= 0xdc80 && code <= 0xdcff) back.push(code - 0xdc00);
          else back.push(...new TextEncoder().encode(character));
        }
        assert.deepEqual(Uint8Array.from(back), bytes);
        const end = bytes.findLastIndex(byte => byte !== 0) + 1;
        assert.equal(decodeCmdline(bytes), exactText(bytes.subarray(0, end)).replaceAll('\0', ' '));
      }),
      tries(500),
    );
  });

  test('keys of status, counters of meminfo and vmstat', () => {
    const name = fc.stringMatching(/^[A-Za-z_]{1,20}$/);
    const rows = fc.uniqueArray(fc.tuple(name, digits), { selector: ([key]) => key, maxLength: 20 });
    fc.assert(
      fc.property(rows, pairs => {
        const status = raw(pairs.map(([key, value]) => `${key}:\t${value.padStart(8)} kB\n`).join(''));
        assert.deepEqual(
          [...decodeStatus(status)],
          pairs.map(([key, value]) => [key, `${value} kB`]),
        );
        for (const [key, value] of pairs) {
          assert.equal(statusValue(status, key), `${value} kB`);
          assert.equal(statusNumber(`${value} kB`), Number(value) * 1024);
          assert.equal(decodeMeminfo(status).get(key), Number(value) * 1024);
        }
        const vmstat = raw(pairs.map(([key, value]) => `${key} ${value}\n`).join(''));
        assert.deepEqual(
          [...decodeVmstat(vmstat)],
          pairs.map(([key, value]) => [key, Number(value)]),
        );
        for (const [key, value] of pairs) {
          const counted = vmstatCounter(vmstat, key)!;
          assert.ok(Math.abs(counted - Number(value)) <= Number(value) * 1e-15);
        }
      }),
      tries(300),
    );
  });

  test('paths of groups and mount points, whatever bytes they have', () => {
    const name = fc.uint8Array({ min: 1, minLength: 1, maxLength: 30 }).map(bytes => '/' + latin1(bytes));
    const octal = (text: string): string =>
      text.replace(/[ \t\n\\]/g, character => '\\' + character.charCodeAt(0).toString(8).padStart(3, '0'));
    fc.assert(
      fc.property(name, any => {
        const group = any.replaceAll('\n', '-').replace(/ \(deleted\)$/, '');
        const { groups } = decodeTaskCgroups(raw(`0::${group}\n`));
        assert.equal(groups[0]?.path, exactText(raw(group)));
        assert.equal(decodeCgroupPath(raw(`0::${group}\n`)), exactText(raw(group)));
        const [mount] = decodeMountinfo(raw(`22 27 0:21 / ${octal(any)} rw shared:1 - ext4 ${octal(any)} rw\n`));
        assert.deepEqual([mount?.mountPoint, mount?.source], [exactText(raw(any)), exactText(raw(any))]);
      }),
      tries(500),
    );
  });

  test('a list of CPUs', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 8191 }), { maxLength: 60 }), cpus => {
        const sorted = cpus.toSorted((a, b) => a - b);
        assert.deepEqual(decodeCpuList(raw(cpuList(sorted) + '\n')), sorted);
      }),
      tries(300),
    );
  });
});
