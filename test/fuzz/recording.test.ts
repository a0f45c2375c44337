/** Recordings that were cut, torn and made up: a sentence, or samples that were really recorded. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { isRecording, openRecording } from '../../src/recording/reader.ts';
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
