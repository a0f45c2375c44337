import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { bytesOf } from '../../src/history/record.ts';
import type { Player } from '../../src/history/player.ts';
import { sampleAt } from '../../src/recording/at.ts';
import { damageText } from '../../src/recording/damage.ts';
import { MEMBER_START } from '../../src/recording/gzip.ts';
import { openRecording } from '../../src/recording/reader.ts';
import { RecordingWriter } from '../../src/recording/writer.ts';
import { numbersFrom } from '../support/churning-source.ts';
import { testMachine } from '../support/model.ts';
import { seen } from '../support/seen.ts';
import { folder, header, machine, opened, run } from './recorded.ts';

const errorOf = (file: string): string => {
  const result = openRecording(file);
  return 'error' in result ? result.error : 'no error';
};

describe('a recording', () => {
  test('gives exactly the numbers that were there live, in whatever order they are asked for', t => {
    const file = `${folder(t)}/r`;
    const { then } = run(file, { samples: 250 });
    const recording = opened(file);
    assert.equal(recording.count, 250);
    const pick = numbersFrom(5);
    for (const index of [0, 249, 99, 100, 101, 199, 200, ...Array.from({ length: 30 }, () => pick(250))]) {
      assert.deepEqual(seen(recording.playerAt(index, 0).table), then[index], `sample ${index}`);
      assert.equal(recording.instant(index).number, index + 1);
      assert.equal(recording.begins(index), index === 0);
    }
    const player = recording.playerAt(0, 0);
    for (let index = 1; index < 250; index++) {
      recording.playOn(player, index);
      assert.deepEqual(seen(player.table), then[index], `sample ${index}, played from the first on`);
    }
    recording.close();
  });

  test('plays from a key frame that is far enough back, and hands over what it plays', t => {
    const file = `${folder(t)}/r`;
    const { then } = run(file, { samples: 250 });
    const recording = opened(file);
    const back = (ms: number): number[] => {
      const played: number[] = [];
      const player = recording.playerAt(230, ms, (index, record, text) => {
        played.push(index);
        assert.deepEqual(JSON.parse(text), record);
        assert.equal(text, recording.textOf(index));
        assert.equal(record.ms, recording.instant(index).ms);
      });
      assert.deepEqual(seen(player.table), then[230]);
      return played;
    };
    const from = (first: number): number[] => Array.from({ length: 231 - first }, (_, at) => first + at);
    assert.deepEqual(back(0), from(200));
    const gap = recording.instant(230).ms - recording.instant(199).ms;
    assert.deepEqual(back(gap), from(200), 'the key frame is the state after sample 199');
    assert.deepEqual(back(gap + 1), from(100));
    assert.deepEqual(back(Number.POSITIVE_INFINITY), from(0));
  });

  test('is gzip of NDJSON in which every byte comes back', t => {
    const file = `${folder(t)}/r`;
    run(file, { samples: 120 });
    const text = gunzipSync(fs.readFileSync(file)).toString('utf8');
    assert.ok(text.endsWith('}\n'));
    const lines = text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as { type: string; stat?: Record<string, string> });
    const parts = ['header', ...Array<string>(100).fill('sample'), 'key', ...Array<string>(20).fill('sample')];
    assert.deepEqual(
      lines.map(({ type }) => type),
      parts.flatMap(type => [type, 'check']),
    );
    // the sum of all before it in its member, as any program counts it
    const [first, second] = text.split(/(?<=\n)(?=\{"type":"key")/);
    for (const member of [first!, second!])
      for (const { index, 1: sum } of member.matchAll(/(?<=\n)\{"type":"check","crc32":"([0-9a-f]{8})"\}\n/g))
        assert.equal(
          gzipSync(member.slice(0, index))
            .readUInt32LE(gzipSync(member.slice(0, index)).length - 8)
            .toString(16)
            .padStart(8, '0'),
          sum,
        );
    assert.deepEqual(lines[0], JSON.parse(JSON.stringify(header())));
    const strange = lines.flatMap(({ stat = {} }) => Object.values(stat)).find(line => line.includes('b\xff\x80'))!;
    assert.ok(Buffer.from(bytesOf(strange)).includes(Buffer.of(0x62, 0xff, 0x80)));
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
  });

  test('is gone on with by another run, which begins anew', t => {
    const file = `${folder(t)}/r`;
    const first = run(file, { samples: 30, seed: 1 });
    const second = run(file, { samples: 110, seed: 2, startedAt: '2026-11-22T13:00:00.000Z' });
    const recording = opened(file);
    const then = [...first.then, ...second.then];
    assert.equal(recording.count, 140);
    for (const index of [29, 30, 31, 0, 129, 130, 139])
      assert.deepEqual(seen(recording.playerAt(index, 1e9).table), then[index], `sample ${index}`);
    const anew = Array.from({ length: 140 }, (_, index) => index).filter(index => recording.begins(index));
    assert.deepEqual(anew, [0, 30]);
  });

  test('with a bound keeps to it, two segments that are one recording', t => {
    const file = `${folder(t)}/r`;
    const most = 60_000;
    const size = (name: string): number => fs.statSync(name, { throwIfNoEntry: false })?.size ?? 0;
    let largest = 0;
    const { then } = run(file, {
      samples: 500,
      maxBytes: most,
      afterSample: () => (largest = Math.max(largest, size(file) + size(`${file}.1`))),
    });
    assert.ok(largest > most / 2 && largest <= most, `${largest} bytes`);
    assert.ok(size(file) + size(`${file}.1`) <= most);
    const recording = opened(file);
    const dropped = 500 - recording.count;
    assert.ok(dropped > 0 && recording.count > 50, `${recording.count} samples are left`);
    for (let index = 0; index < recording.count; index += 7) {
      assert.deepEqual(seen(recording.playerAt(index, 0).table), then[dropped + index]);
      assert.equal(recording.begins(index), index === 0);
    }
    const all = recording.playerAt(recording.count - 1, Number.POSITIVE_INFINITY);
    assert.deepEqual(seen(all.table), then.at(-1), 'played over the border of the segments');
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    for (const name of [file, `${file}.1`])
      assert.match(gunzipSync(fs.readFileSync(name)).toString(), /^\{"type":"header"/);
  });
});

describe('a recording that was cut', () => {
  test('at any of 200 places replays up to the last whole sample, and can be gone on with', t => {
    const where = folder(t);
    const { then, bytes } = run(`${where}/r`, { samples: 130 });
    const whole = fs.readFileSync(`${where}/r`);
    const pick = numbersFrom(11);
    const places = [...bytes.slice(95, 105), ...Array.from({ length: 190 }, () => pick(whole.length))];
    const cut = `${where}/cut`;
    for (const place of places) {
      fs.rmSync(cut, { force: true });
      fs.writeFileSync(cut, whole.subarray(0, place), { mode: 0o600 });
      const least = bytes.filter(end => end <= place).length;
      if (least === 0) assert.match(errorOf(cut), /^cannot replay .*: name a file that|no error/);
      else {
        const recording = opened(cut);
        const { count } = recording;
        // of the next sample only what ends a part may be missing
        assert.ok(count === least || count === least + 1, `${count} of ${least} at ${place}`);
        assert.deepEqual(seen(recording.playerAt(count - 1, 1e9).table), then[count - 1]);
        recording.close();
      }
      run(cut, { samples: 2, seed: 3, startedAt: 'later' });
      const text = gunzipSync(fs.readFileSync(cut)).toString('utf8');
      for (const line of text.trimEnd().split('\n')) JSON.parse(line);
      const again = opened(cut);
      assert.ok(again.count >= least + 2, 'nothing that was whole is lost');
      assert.ok(again.begins(again.count - 2));
      again.close();
    }
  });

  test('or damaged in one member shows the others', t => {
    const file = `${folder(t)}/r`;
    const { then, bytes } = run(file, { samples: 320 });
    const damaged = fs.readFileSync(file);
    damaged.fill(0, bytes[149]! + 20, bytes[150]);
    fs.writeFileSync(file, damaged);
    const recording = opened(file);
    const lost = 320 - recording.count;
    assert.ok(lost >= 50 && lost < 55, `${lost} samples are lost`);
    const gap = Array.from({ length: recording.count }, (_, index) => index).findLast(index =>
      recording.begins(index),
    )!;
    assert.equal(gap + lost, 200);
    for (const index of [0, 99, 120, gap - 1])
      assert.deepEqual(seen(recording.playerAt(index, 1e9).table), then[index], `sample ${index}`);
    for (const index of [gap, recording.count - 1])
      assert.deepEqual(seen(recording.playerAt(index, 1e9).table), then[index + lost], `sample ${index}`);
    assert.deepEqual(recording.damagedAfter, [gap - 1]);
    assert.match(
      damageText(recording)!,
      new RegExp(
        `^the recording is damaged between sample ${gap} \\(.+\\) and sample ${gap + 1} \\(.+\\): what was recorded there is left out$`,
      ),
    );
  });

  test('is not damaged: nothing is told', t => {
    const file = `${folder(t)}/r`;
    const { bytes } = run(file, { samples: 130 });
    const whole = fs.readFileSync(file);
    for (const place of [whole.length, whole.length - 1, whole.length - 9, bytes[120]!, bytes[120]! + 7, bytes[100]!]) {
      fs.writeFileSync(file, whole.subarray(0, place));
      assert.equal(damageText(opened(file)), undefined, `cut at ${place} of ${whole.length}`);
    }
  });

  const flip = (file: string, place: number): void => {
    const bytes = fs.readFileSync(file);
    bytes[place]! ^= 0x10;
    fs.writeFileSync(file, bytes);
  };
  const said = (file: string): string => damageText(opened(file))?.replace(/ \([^)]*\)/g, '') ?? 'nothing';
  const LEFT_OUT = ': what was recorded there is left out';

  test('or damaged where a member begins: that one is lost, and told of', t => {
    const file = `${folder(t)}/r`;
    const { then } = run(file, { samples: 320 });
    const second = fs.readFileSync(file).indexOf(MEMBER_START, 1);
    for (const at of [0, 2, 3, 4, 9]) {
      flip(file, second + at);
      const recording = opened(file);
      assert.equal(recording.count, 220);
      assert.equal(said(file), `the recording is damaged between sample 100 and sample 101${LEFT_OUT}`);
      assert.ok(recording.begins(100));
      assert.deepEqual(seen(recording.playerAt(99, 1e9).table), then[99]);
      assert.deepEqual(seen(recording.playerAt(100, 1e9).table), then[200]);
      recording.close();
      flip(file, second + at);
    }
  });

  test('or damaged at its ends and in many places', t => {
    const file = `${folder(t)}/r`;
    const { then, bytes } = run(file, { samples: 620 });
    flip(file, bytes[609]! + 30);
    assert.equal(said(file), `the recording is damaged after sample 610${LEFT_OUT}`);
    for (const sample of [149, 249, 349, 449]) flip(file, bytes[sample]! + 30);
    assert.match(
      said(file),
      /^the recording is damaged between sample \d+ and sample \d+, between .+, between .+ and in 2 more places: what/,
    );
    // none but the first has a header
    flip(file, 30);
    assert.match(errorOf(file), /^cannot replay .*: its header is damaged: name a file/);
    run(file, { samples: 5, seed: 9, startedAt: 'later' });
    assert.match(said(file), /^the recording is damaged before sample 1, /);
    const recording = opened(file);
    assert.deepEqual(seen(recording.playerAt(0, 0).table), then[100], 'the state after the first member is known');
  });

  test('or its older segment is not there as it was', t => {
    const file = `${folder(t)}/r`;
    run(file, { samples: 500, maxBytes: 60_000 });
    assert.equal(said(file), 'nothing');
    const both = opened(file).count;
    flip(`${file}.1`, 3);
    assert.equal(said(file), `the recording is damaged before sample 1${LEFT_OUT}`);
    assert.ok(opened(file).count < both);
    fs.rmSync(`${file}.1`);
    assert.equal(said(file), 'nothing', 'nobody has to keep it');
  });

  test('or damaged and gone on with: what is altered is not sealed as if it were right', t => {
    const file = `${folder(t)}/r`;
    const { then, bytes } = run(file, { samples: 130 });
    const torn = fs.readFileSync(file).subarray(0, bytes[125]);
    for (let place = bytes[119]!; place < torn.length; place += 41) {
      fs.writeFileSync(file, torn);
      flip(file, place);
      run(file, { samples: 1, seed: 3, startedAt: 'later' });
      gunzipSync(fs.readFileSync(file));
      const recording = opened(file);
      assert.ok(recording.count >= 121, `${recording.count}`);
      for (let index = 119; index < recording.count - 1; index++)
        assert.deepEqual(seen(recording.playerAt(index, 0).table), then[index], `sample ${index}, flipped at ${place}`);
      recording.close();
    }
  });

  test('with zeros behind it, as a file system leaves them, is none the worse', t => {
    const file = `${folder(t)}/r`;
    const { bytes } = run(file, { samples: 30 });
    const torn = fs.readFileSync(file).subarray(0, bytes[20]);
    fs.writeFileSync(file, Buffer.concat([torn, Buffer.alloc(4096)]));
    assert.equal(opened(file).count, 21);
    run(file, { samples: 1, startedAt: 'later' });
    assert.equal(opened(file).count, 22);
    gunzipSync(fs.readFileSync(file));
  });
});

describe('what is no recording', () => {
  test('is refused with a sentence, never with an exception', t => {
    const where = folder(t);
    const file = `${where}/r`;
    run(file, { samples: 12 });
    const good = fs.readFileSync(file);
    const start = good.subarray(0, 10);
    const pick = numbersFrom(3);
    const random = (length: number): Buffer => Buffer.from(Array.from({ length }, () => pick(256)));
    const bytes = (text: string): Buffer => Buffer.concat([start, gzipSync(text).subarray(10)]);
    const json = JSON.stringify(header());
    const cases: readonly (readonly [Buffer, RegExp])[] = [
      [Buffer.alloc(0), /it is no recording/],
      [random(5000), /it is no recording/],
      [start, /ends before its header/],
      [Buffer.concat([start, random(100_000)]), /ends before its header|header/],
      [Buffer.concat([start, start, start]), /ends before its header/],
      [bytes('hello\n'), /does not begin with a header/],
      [bytes('{"type":"sample","wall_ms":1,"ms":1}\n'), /does not begin with a header/],
      [bytes(`${json}\n`), /no whole sample/],
      [
        bytes(`${json.replace('recording/1', 'recording/9')}\n`),
        /it is written as 'taskscope.recording\/9', this version/,
      ],
      [bytes(`${json.replace('"page_bytes":4096', '"page_bytes":"4096"')}\n`), /lacks 'page_bytes'/],
      [bytes(`${json}\n{"type":"sample","wall_ms":1,"ms":1e999}\n`), /no whole sample/],
      [Buffer.concat([start, gzipSync(Buffer.alloc(100 << 20)).subarray(10)]), /ERR_BUFFER_TOO_LARGE/],
    ];
    for (const [content, sentence] of cases) {
      fs.writeFileSync(file, content);
      assert.match(errorOf(file), sentence);
    }
    assert.match(errorOf(where), /it is no recording/);
    assert.match(errorOf('/dev/zero'), /it is no recording/);
    assert.match(errorOf(`${where}/none`), /ENOENT/);
    // samples that are none, in a file that is whole
    for (const wrong of [
      '{}',
      '{"reads":[1,9],"order":[[1,1]],"stat":null,"system":{},"files":[]}',
      '"',
      '{"order":7}',
    ]) {
      fs.writeFileSync(file, bytes(`${json}\n{"type":"sample","wall_ms":1,"ms":1,${wrong.slice(1)}\n`));
      assert.throws(
        () => opened(file).playerAt(0, 0),
        /the recording is damaged at sample 1 of 1: look at another one/,
      );
    }
    for (let at = 0; at < 300; at++) {
      const flipped = Buffer.from(good);
      flipped[pick(good.length)]! ^= 1 << pick(8);
      fs.writeFileSync(file, flipped);
      const result = openRecording(file);
      if ('error' in result) continue;
      const { recording } = result;
      let player: Player | undefined;
      try {
        player = recording.playerAt(recording.count - 1, 0);
      } catch (error) {
        assert.match(String(error), /the recording is damaged/);
      }
      if (player) seen(player.table);
      recording.close();
    }
  });

  test('is not written into', t => {
    const where = folder(t);
    const file = `${where}/r`;
    const refused = (name: string, sentence: RegExp, of = header()): void => {
      const before = fs.statSync(name, { throwIfNoEntry: false })?.isFile() ? fs.readFileSync(name) : undefined;
      assert.throws(() => RecordingWriter.open(name, of, { now: () => 0 }), sentence);
      if (before) assert.deepEqual(fs.readFileSync(name), before);
    };
    run(file, { samples: 3 });
    fs.writeFileSync(`${where}/text`, 'dear diary\n');
    fs.symlinkSync(file, `${where}/link`);
    refused(`${where}/text`, /cannot add to .*: it is no recording: choose another name/);
    refused(`${where}/link`, /it is a symbolic link: name the file itself/);
    refused(where, /that is a folder/);
    refused('/dev/null', /it is no ordinary file/);
    refused(`${where}/no/r`, /there is no such folder/);
    refused(file, /it is of the machine 'test': choose another name/, header(testMachine({ hostname: 'other' })));
    refused(file, /it is of kernel 6\.18\.0/, header(testMachine({ releaseText: '6.1.0' })));
    refused(file, /it is of another boot/, header(testMachine({ bootTime: 1_700_009_000 })));
    refused(file, /it holds processes, no threads/, header(machine, 'x', true));
    fs.writeFileSync(`${file}.1`, 'a log\n');
    const bounded = { maxBytes: 1 << 20, now: (): number => 0 };
    assert.throws(() => RecordingWriter.open(file, header(), bounded), /cannot replace .*\.1: it is no recording/);
    assert.equal(opened(file).count, 3);
  });
});

describe('--at', () => {
  test('is the last sample of the second that it names', t => {
    const file = `${folder(t)}/r`;
    run(file, { samples: 40 });
    const recording = opened(file);
    const times = Array.from({ length: 40 }, (_, index) => recording.instant(index).wallMs);
    const index = times.findIndex((ms, at) => at > 20 && !Number.isNaN(ms));
    const local = new Date(times[index]!);
    const clock = [local.getHours(), local.getMinutes(), local.getSeconds()]
      .map(n => String(n).padStart(2, '0'))
      .join(':');
    assert.equal(
      sampleAt(recording, clock),
      times.findLastIndex(ms => ms <= Math.floor(times[index]! / 1000) * 1000 + 999),
    );
    assert.equal(sampleAt(recording, local.toISOString()), index);
    assert.equal(
      sampleAt(recording, new Date(times[index]! - 1).toISOString()),
      times.findLastIndex(ms => ms < Math.floor(times[index]!)),
    );
    assert.match(
      String(sampleAt(recording, '1999-01-01T00:00:00Z')),
      /no sample at .*: it reaches from 2023-11-14 .* to /,
    );
    assert.match(String(sampleAt(recording, '2099-01-01T00:00:00Z')), /no sample at/);
  });
});
