import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { type LineOptions, SlowLine } from './slow-line.ts';

/** As the monitor begins: it enters the screen, samples, and paints 80x24. */
const ENTER = 44;
const SAMPLING_MS = 80;
const HEADER = 500;
const FIRST_ROW = 1500;
const SCREEN = 4200;
/** Leaving, and a prompt. */
const LEAVE = 110;

/** So many bytes as a screen has them: a place, then some text. */
const painted = (bytes: number): string => `\x1b[12;34H${'x'.repeat(32)}`.repeat(Math.ceil(bytes / 40)).slice(0, bytes);

function started(t: TestContext, options: LineOptions): SlowLine {
  const line = new SlowLine(t, options);
  line.wire.control('e'.repeat(ENTER));
  line.run(SAMPLING_MS);
  line.wire.frame(painted(SCREEN));
  return line;
}

const MODEM: LineOptions = { bitsPerSecond: 9600, roundTripMs: 200 };

describe('the first screen', () => {
  for (const atMs of [200, 500, 800, 1200, 2000, 3000])
    test(`at 9,600 bit/s and 200 ms q after ${atMs} ms of it ends within a second and a round trip`, t => {
      const line = started(t, MODEM);
      line.run(atMs);
      assert.ok(line.wire.isSending);
      const ms = line.answerMs(LEAVE);
      assert.ok(ms <= 1200, `${Math.round(ms)} ms`);
    });

  test('at 9,600 bit/s no more than about half a second is on its way, and the line is not idle', t => {
    const line = started(t, MODEM);
    line.run(10_000);
    assert.ok(line.mostMs <= 600, `${Math.round(line.mostMs)} ms`);
    assert.ok(line.hadMs(HEADER) < 1100, `header after ${Math.round(line.hadMs(HEADER))} ms`);
    // 4.3 s for the bytes, questions and packets alone
    assert.ok(line.hadMs(SCREEN) < 5500, `all after ${Math.round(line.hadMs(SCREEN))} ms`);
  });

  test('on a terminal that is near it goes at once', t => {
    const line = started(t, { bitsPerSecond: 1e9, roundTripMs: 0.5 });
    line.run(1);
    assert.ok(line.hadMs(SCREEN) < SAMPLING_MS + 1);
    assert.equal(line.arrivals.length, 3, 'the beginning, entering, and one write');
  });

  test('nor is it torn when it is painted before the first answer could come', t => {
    const line = new SlowLine(t, { bitsPerSecond: 1e8, roundTripMs: 1 });
    line.wire.control('e'.repeat(ENTER));
    assert.ok(line.wire.behind);
    let at = Number.NaN;
    line.onReady = () => {
      if (!Number.isNaN(at)) return;
      at = line.nowMs;
      line.wire.frame(painted(SCREEN));
    };
    line.run(200);
    assert.ok(at > 1 && at < 2, `painted after ${at} ms`);
    assert.equal(line.arrivals.length, 3);
  });

  test('far away on a fast line it costs two round trips, its first row one', t => {
    const line = started(t, { bitsPerSecond: 1e6, roundTripMs: 200 });
    line.run(2000);
    const atOnce = SAMPLING_MS + 100;
    assert.ok(line.hadMs(ENTER + 300) < atOnce + 50);
    assert.ok(line.hadMs(FIRST_ROW) < atOnce + 270, `first row after ${Math.round(line.hadMs(FIRST_ROW))} ms`);
    assert.ok(line.hadMs(SCREEN) < atOnce + 480, `all after ${Math.round(line.hadMs(SCREEN))} ms`);
  });

  test('where nothing answers it waits for a second, then goes at once, and so does all that comes later', t => {
    const line = started(t, { bitsPerSecond: 1e6, roundTripMs: 1, answers: false });
    line.run(900);
    assert.ok(line.wire.isSending);
    assert.ok(line.hadMs(HEADER) < 150, 'the beginning is there');
    line.run(200);
    assert.ok(line.hadMs(SCREEN) < 1100);
    line.wire.frame(painted(20_000));
    line.run(0);
    assert.ok(!line.wire.behind);
  });

  test('an answer after all: the line is asked again', t => {
    const line = started(t, { bitsPerSecond: 1e6, roundTripMs: 2400 });
    line.run(10_000);
    assert.ok(!line.wire.isSending);
    line.wire.frame(painted(600));
    assert.ok(line.wire.unansweredQuestions > 0);
  });
});

describe('later', () => {
  /** Frames of all sizes, each as soon as the wire takes it: more than the line does. */
  function busy(t: TestContext, options: LineOptions): { readonly line: SlowLine; readonly idleMs: number } {
    const line = started(t, options);
    line.run(8000);
    line.mostMs = 0;
    const [before, fromMs] = [line.arrivals.at(-1)!.bytes, line.nowMs];
    let frames = 0;
    const paint = (): void => line.wire.frame(painted(50 + ((frames++ * 617) % 3000)));
    line.onReady = paint;
    paint();
    line.run(60_000);
    const bytes = line.arrivals.at(-1)!.bytes - before;
    return { line, idleMs: line.nowMs - fromMs - (bytes * 8000) / options.bitsPerSecond };
  }

  test('at 9,600 bit/s half a second is on its way, whatever is painted', t => {
    const { line, idleMs } = busy(t, MODEM);
    assert.ok(line.mostMs <= 700, `${Math.round(line.mostMs)} ms`);
    // what ssh adds to small packets is no idleness
    assert.ok(idleMs < 25_000, `${Math.round(idleMs)} of 60,000 ms without bytes of ours`);
  });

  test('at 2,400 bit/s a packet of 256 bytes is: slow, not mute', t => {
    const { line } = busy(t, { bitsPerSecond: 2400, roundTripMs: 50 });
    assert.ok(line.mostMs <= 1500, `${Math.round(line.mostMs)} ms`);
    assert.ok(line.wire.unansweredQuestions > 0);
  });

  test('a stall with small frames in it does not stop the wire for good', t => {
    const line = started(t, { bitsPerSecond: 1e8, roundTripMs: 10 });
    line.run(1000);
    line.stall(2000);
    line.wire.frame(painted(4000)); // with a question, whose answer comes late
    line.run(100);
    line.wire.frame(painted(400)); // without one
    line.run(1890);
    assert.equal(line.wire.unansweredQuestions, 1);
    let isReady = false;
    line.onReady = () => (isReady = true);
    line.run(100);
    assert.ok(isReady);
    assert.ok(!line.wire.behind);
  });

  test('whatever the line and what is painted, it never stands still for good', t => {
    const lines = fc.record({
      bitsPerSecond: fc.integer({ min: 600, max: 1_000_000 }),
      roundTripMs: fc.integer({ min: 0, max: 4000 }),
      answers: fc.boolean(),
    });
    const frames = fc.array(
      fc.tuple(
        fc.oneof(fc.integer({ min: 1, max: 6000 }), fc.integer({ min: 1, max: 600 })),
        fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 200 })),
        fc.boolean(),
        fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2900 })),
      ),
    );
    fc.assert(
      fc.property(lines, frames, (options, list) => {
        const line = new SlowLine(t, options);
        line.wire.control('e'.repeat(ENTER));
        for (const [bytes, ms, isAsked, stallMs] of list) {
          if (stallMs > 0) line.stall(stallMs);
          if (isAsked) line.wire.takeBack();
          if (!line.wire.behind) line.wire.frame(painted(bytes));
          line.run(ms);
        }
        line.run(1_000_000);
        t.mock.restoreAll();
        assert.ok(!line.wire.isSending);
        assert.ok(!line.wire.behind);
      }),
    );
  });

  test('a key takes the place of what has not been sent', t => {
    const line = started(t, MODEM);
    line.run(500);
    const unsent = line.wire.takeBack()!;
    assert.ok(unsent.sent < 1000, `${unsent.sent} characters`);
    line.run(1000);
    assert.ok(!line.wire.isSending);
    line.wire.frame(painted(100));
    line.run(1000);
    assert.equal(line.hadMs(SCREEN), Infinity);
  });
});
