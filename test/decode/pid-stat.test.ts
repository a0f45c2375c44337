import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { latin1 } from '../../src/decode/bytes.ts';
import { parseStat, startTimeOf, STAT_STRIDE, statTexts, type StatParse } from '../../src/decode/pid-stat.ts';
import { rawBytes, statText } from '../support/stat-line.ts';

interface Parsed {
  readonly ok: boolean;
  readonly values: Float64Array;
  readonly comm: string;
  readonly fields: number;
}

/** Parses out of a larger buffer with old bytes behind the line, as the sampler does. */
function parse(line: Uint8Array): Parsed {
  const buffer = new Uint8Array(line.length + 64).fill(0x37);
  buffer.set(line);
  const values = new Float64Array(STAT_STRIDE);
  const found: StatParse = { fields: 0, commStart: 0, commEnd: 0 };
  const ok = parseStat(buffer, line.length, values, 0, found);
  return { ok, values, comm: latin1(buffer, found.commStart, found.commEnd), fields: found.fields };
}

const parseText = (text: string): Parsed => parse(rawBytes(text));

// captured: arm64 5.10, armhf 6.1 as another user sees it, x86_64 6.18
const BUSY =
  '2263 (sh) R 1 2259 2259 0 -1 4194304 84 0 0 0 1437 3 0 0 20 0 1 0 243373 2654208 403 18446744073709551615 94406920773632 94406920850361 140721286958032 0 0 0 0 6 65536 0 0 0 17 0 0 0 0 0 0 94406920879664 94406920884800 94407606255616 140721286965915 140721286965941 140721286965941 140721286967276 0\n';
const HIDDEN =
  '1 (init) S 0 0 0 0 -1 4194560 220 2179 0 0 4 55 7 46 20 0 1 0 2 1593344 276 4294967295 1 1 0 0 0 0 0 4 65538 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n';

describe('captured lines', () => {
  test('every field is where the manual says', () => {
    const { ok, values, comm, fields } = parseText(BUSY);
    assert.ok(ok);
    assert.equal(fields, 52);
    assert.equal(comm, 'sh');
    assert.equal(values[1], 2263);
    assert.equal(String.fromCharCode(values[3]!), 'R');
    assert.equal(values[4], 1);
    assert.equal(values[8], -1);
    assert.equal(values[9], 0x400000);
    assert.equal(values[10], 84);
    assert.equal(values[14], 1437);
    assert.equal(values[15], 3);
    assert.equal(values[22], 243373);
    assert.equal(values[24], 403);
    assert.equal(values[38], 17);
    assert.equal(values[52], 0);
    assert.equal(statTexts(BUSY)![24], '18446744073709551615');
  });

  test('the start time alone: whatever the name is, and none where the line ends before it', () => {
    assert.equal(startTimeOf(rawBytes(BUSY)), 243373);
    assert.equal(startTimeOf(rawBytes(statText({ pid: 7, comm: 'a) S (b 1 2', start_time: 5060 }))), 5060);
    for (const cut of ['', '7', '7 (x', '7 (x)', '7 (x) S', BUSY.slice(0, BUSY.indexOf(' 243373') + 1)])
      assert.equal(startTimeOf(rawBytes(cut)), Number.NaN, cut);
  });

  test('a hidden line says so by its start code', () => {
    const { ok, values } = parseText(HIDDEN);
    assert.ok(ok);
    assert.equal(values[26], 1);
    assert.equal(values[48], 0);
  });

  for (const fields of [44, 47, 52]) {
    test(`${fields} fields: what the line does not have is NaN`, () => {
      const { ok, values, fields: found } = parseText(statText({ pid: 7, exit_code: 5, arg_end: 99 }, fields));
      assert.ok(ok);
      assert.equal(found, fields);
      assert.deepEqual(
        [44, 45, 47, 48, 49, 52].map(n => Number.isNaN(values[n]!)),
        [44, 45, 47, 48, 49, 52].map(n => n > fields),
      );
      assert.equal(statTexts(statText({ pid: 7 }, fields))!.length, fields);
    });
  }

  test('a later kernel may have more fields', () => {
    const { ok, values } = parseText(statText({ pid: 7, exit_code: 5 }).replace('\n', ' 77 88\n'));
    assert.ok(ok);
    assert.equal(values[52], 5);
  });
});

describe('hostile names', () => {
  for (const comm of [
    'a) R 1 (b',
    ')',
    '(',
    '))',
    'new\nline',
    '\x1b[2Jred',
    'bad\xff\xfe',
    ' ',
    '1 (x) S 2 3',
    ') Z 1',
  ]) {
    test(JSON.stringify(comm), () => {
      const text = statText({ pid: 12, comm, state: 'D', ppid: 34 });
      const { ok, values, comm: found } = parseText(text);
      assert.ok(ok);
      assert.equal(found, comm);
      assert.equal(String.fromCharCode(values[3]!), 'D');
      assert.equal(values[4], 34);
      assert.deepEqual(statTexts(text)!.slice(0, 4), ['12', comm, 'D', '34']);
    });
  }

  test('an empty name', () => {
    const text = statText({ pid: 12, comm: 'x' }).replace('(x)', '()');
    assert.equal(parseText(text).comm, '');
    assert.equal(statTexts(text)![1], '');
  });
});

describe('bytes that are no stat line', () => {
  const good = statText({ pid: 4321, comm: 'name', utime: 123 });

  test('cut anywhere: never taken for a line', () => {
    for (let end = 0; end < good.length; end++) assert.ok(!parseText(good.slice(0, end)).ok, `${end} bytes`);
    assert.ok(parseText(good).ok);
  });

  const BAD: Readonly<Record<string, string>> = {
    'no newline': good.trimEnd(),
    'no closing parenthesis': good.replace(')', ' '),
    'no opening parenthesis': good.replace('(', ' '),
    'letters in a number': good.replace(' 123 ', ' 12x3 '),
    'a sign alone': good.replace(' 123 ', ' - '),
    'a sign inside': good.replace(' 123 ', ' 12-3 '),
    'two blanks': good.replace(' 123 ', '  123 '),
    'a tab': good.replace(' 123 ', '\t123 '),
    'a NUL': good.replace(' 123 ', ' 1\x0023 '),
    'a point': good.replace(' 123 ', ' 12.3 '),
    'no pid': good.replace('4321', ''),
    'a negative pid': '-' + good,
    'no state': good.replace(' S ', ' '),
    'a blank for a state': good.replace(' S ', '   '),
    'a digit for a state': good.replace(' S ', ' 5 '),
    'two letters for a state': good.replace(' S ', ' SS '),
    'ends before the start time': good.split(' ').slice(0, 21).join(' ') + '\n',
    'only NULs': '\0'.repeat(300),
    'another file': 'Name:\tinit\nState:\tS (sleeping)\n',
    'a blank at the end': good.replace('\n', ' \n'),
  };
  for (const [what, text] of Object.entries(BAD)) {
    test(what, () => {
      assert.notEqual(text, good);
      assert.ok(!parseText(text).ok);
      assert.equal(what === 'a blank at the end' || what === 'no newline' ? undefined : statTexts(text), undefined);
    });
  }

  test('random bytes, and lines with one byte changed, are refused or read as they stand', () => {
    const line = rawBytes(good);
    fc.assert(
      fc.property(fc.nat(line.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const changed = line.slice();
        changed[at] = byte;
        const { ok, values } = parse(changed);
        if (!ok) return;
        // what was accepted is what an independent reading of the text says
        const texts = statTexts(latin1(changed));
        assert.ok(texts, latin1(changed));
        for (let n = 4; n <= 52; n++)
          if (Math.abs(Number(texts[n - 1])) < 2 ** 53) assert.equal(values[n], Number(texts[n - 1]) || 0);
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        noise => !parse(noise).ok || statTexts(latin1(noise)) !== undefined,
      ),
    );
  });
});

describe('any line', () => {
  const digits = fc.oneof(
    fc.nat().map(BigInt),
    fc.bigInt({ min: 0n, max: 2n ** 53n }),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.constantFrom(0n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n),
  );
  const signed = fc.oneof(fc.bigInt({ min: -(2n ** 31n), max: 2n ** 31n }), fc.bigInt({ min: -(2n ** 63n), max: -1n }));
  const comm = fc
    .array(fc.integer({ min: 1, max: 255 }), { maxLength: 64 })
    .map(codes => String.fromCharCode(...codes));

  test('gives every value back: as a double to 2^53 exactly, as text always', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4194304 }),
        comm,
        fc.constantFrom('R', 'S', 'D', 'T', 't', 'Z', 'X', 'I', 'P'),
        fc.array(fc.oneof(digits, signed), { minLength: 49, maxLength: 49 }),
        fc.constantFrom(44, 47, 52),
        (pid, name, state, numbers, fields) => {
          const words = numbers.slice(0, fields - 3).map(String);
          const text = `${pid} (${name}) ${state} ${words.join(' ')}\n`;
          const { ok, values, comm: found } = parseText(text);
          assert.ok(ok);
          assert.equal(found, name);
          assert.equal(values[1], pid);
          assert.equal(String.fromCharCode(values[3]!), state);
          words.forEach((word, index) => {
            const exact = Number(word);
            const value = values[index + 4]!;
            if (Math.abs(exact) <= 2 ** 53) assert.equal(value, exact);
            else assert.ok(Math.abs(value / exact - 1) < 1e-15, `${word} became ${value}`);
          });
          assert.deepEqual(statTexts(text), [String(pid), name, state, ...words]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
