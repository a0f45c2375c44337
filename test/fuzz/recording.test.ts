/** Recordings that were cut, torn and made up: a sentence, or samples that were really recorded. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Instant } from '../../src/history/ring.ts';
import { damageText } from '../../src/recording/damage.ts';
import { MEMBER_START } from '../../src/recording/gzip.ts';
import { isRecording, openRecording, type Recording } from '../../src/recording/reader.ts';
import { run } from '../recording/recorded.ts';
import { seen } from '../support/seen.ts';
import { soon, tries } from './budget.ts';
import { hostileBytes, huge } from './hostile-bytes.ts';

const SAMPLES = 12;

describe('a recording', () => {
  let place = '';
  let whole = Buffer.alloc(0);
  let then: readonly unknown[] = [];
  before(() => {
    place = fs.mkdtempSync(path.join(os.tmpdir(), 'taskscope-fuzz-'));
    const file = path.join(place, 'whole.rec');
    ({ then } = run(file, { seed: 7, samples: SAMPLES }));
    whole = fs.readFileSync(file);
  });
  after(() => fs.rmSync(place, { recursive: true }));

  /** Every sample that can be had of a file, each as it was when it was recorded, or an error that is a sentence. */
  function readAll(bytes: Uint8Array, isOurs: boolean): void {
    const broken = path.join(place, 'broken.rec');
    fs.writeFileSync(broken, bytes);
    isRecording(broken);
    const opened = soon('opening', () => openRecording(broken));
    if ('error' in opened) {
      assert.match(opened.error, /^cannot replay .+: name a file that 'taskscope record' wrote$/);
      assert.doesNotMatch(opened.error, /[\u0000-\u001f\u007f-\u009f]/);
      return;
    }
    const { recording } = opened;
    try {
      for (let index = 0; index < recording.count && index < 40; index++) {
        let table;
        try {
          ({ table } = soon('playing', () => recording.playerAt(index, 0)));
        } catch (error) {
          assert.match(String(error), /^Error: the recording is damaged at sample \d+ of \d+: look at another one$/);
          continue;
        }
        // what is played is what was recorded
        if (isOurs) assert.ok(then.some(one => isDeepStrictEqual(one, seen(table))));
      }
    } finally {
      recording.close();
    }
  }

  test('cut at any byte: what is left plays as it was', () => {
    fc.assert(
      fc.property(fc.nat({ max: whole.length }), length => readAll(whole.subarray(0, length), true)),
      tries(60),
    );
  });

  describe('with one bit that is another', () => {
    const FIRST_RUN = 103;
    const COUNT = FIRST_RUN + 4;
    let several = Buffer.alloc(0);
    /** What was there live, by the times of the sample. */
    const live = new Map<string, unknown>();
    const timesOf = ({ ms, wallMs }: Instant): string => `${ms} ${wallMs}`;
    before(() => {
      const file = path.join(place, 'several.rec');
      const runs = [
        run(file, { seed: 7, samples: FIRST_RUN }),
        run(file, { seed: 8, samples: COUNT - FIRST_RUN, startedAt: 'later' }),
      ];
      several = fs.readFileSync(file);
      const { recording } = openRecording(file) as { recording: Recording };
      for (const [index, one] of runs.flatMap(({ then }) => then).entries())
        live.set(timesOf(recording.instant(index)), one);
      recording.close();
      assert.equal(live.size, COUNT, 'each sample has times of its own');
    });

    /** Nothing is shown that was not there, and nothing is missing without a word. */
    function assertTrue(bytes: Buffer, isWhole: boolean, indexes = [0, 1, 50, 99, 100, 101, 102, 103, 104]): void {
      const broken = path.join(place, 'broken.rec');
      fs.writeFileSync(broken, bytes);
      const opened = openRecording(broken);
      if ('error' in opened) {
        assert.match(opened.error, /^cannot replay .+: name a file that 'taskscope record' wrote$/);
        return;
      }
      const { recording } = opened;
      const { count } = recording;
      for (const index of new Set([...indexes, count - 2, count - 1]))
        if (index >= 0 && index < count) {
          const then = live.get(timesOf(recording.instant(index)));
          assert.ok(then, 'the times are of a sample that was taken');
          assert.deepEqual(seen(recording.playerAt(index, 1e9).table), then);
        }
      if (isWhole)
        assert.ok(count === COUNT || damageText(recording) !== undefined, `${count} samples, and no word of it`);
      recording.close();
    }
    const flipped = (bytes: Buffer, at: number, bit: number): Buffer => {
      const copy = Buffer.from(bytes);
      if (at < copy.length) copy[at]! ^= 1 << bit;
      return copy;
    };
    const BIT = fc.nat({ max: 7 });

    test('wherever it is, or where samples are few and borders many', () => {
      const second = several.indexOf(MEMBER_START, 1);
      const near = fc.integer({ min: second - 300, max: several.length - 1 });
      fc.assert(
        fc.property(fc.oneof(fc.nat({ max: several.length - 1 }), near), BIT, (at, bit) =>
          assertTrue(flipped(several, at, bit), true),
        ),
        tries(120),
      );
    });

    test('at the beginnings and ends of members', () => {
      const starts: number[] = [];
      for (let at = several.indexOf(MEMBER_START); at >= 0; at = several.indexOf(MEMBER_START, at + 1)) starts.push(at);
      assert.equal(starts.length, 3);
      const places = [...starts.slice(1), several.length].flatMap(at =>
        Array.from({ length: 26 }, (_, nth) => at - 15 + nth).filter(place => place < several.length),
      );
      for (const at of places) for (const bit of [0, 1, 4, 7]) assertTrue(flipped(several, at, bit), true, [100]);
    });

    test('and an end that was torn off', () => {
      fc.assert(
        fc.property(fc.nat({ max: several.length }), fc.nat({ max: 3000 }), BIT, (length, back, bit) => {
          const torn = several.subarray(0, length);
          assertTrue(flipped(torn, Math.max(0, length - 1 - back), bit), false);
        }),
        tries(120),
      );
    });
  });

  test('any bytes, and a whole one after accidents', () => {
    fc.assert(
      fc.property(hostileBytes([whole]), bytes => readAll(bytes, false)),
      tries(120),
    );
  });

  test('members that are well packed and hold nonsense', () => {
    const header = '{"type":"header","schema":"taskscope.recording/1"}\n';
    const line = fc.oneof(
      fc.constantFrom(...['{}', '[]', 'null', '1', '{"type":"key"}', '{"type":"sample"}', header.trim()]),
      fc
        .record({ wall: fc.oneof(fc.double(), fc.constant(null)), ms: fc.double(), rest: fc.jsonValue() })
        .map(({ wall, ms, rest }) => `{"type":"sample","wall_ms":${wall},"ms":${ms},"rest":${JSON.stringify(rest)}}`),
      fc.json(),
    );
    const member = fc.array(line, { maxLength: 8 }).map(lines => lines.join('\n') + '\n');
    const first = Buffer.from(whole);
    fc.assert(
      fc.property(fc.array(member, { minLength: 1, maxLength: 3 }), fc.boolean(), (members, isBehind) => {
        const packed = members.map(text => {
          const bytes = gzipSync(text);
          bytes[9] = 255;
          return bytes;
        });
        readAll(Buffer.concat(isBehind ? [first, ...packed] : packed), false);
      }),
      tries(60),
    );
  });

  test('a megabyte of it, of nines and of zeros', () => {
    for (const bytes of huge(whole)) readAll(bytes, false);
    // a bomb: all zeros, packed a thousand to one
    const bomb = gzipSync(Buffer.alloc(64 << 20));
    bomb[9] = 255;
    readAll(bomb, false);
  });
});
