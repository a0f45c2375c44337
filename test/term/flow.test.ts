import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Flow } from '../../src/term/flow.ts';
import { answerPatience } from '../../src/term/swallow.ts';

/** A line of so many bytes a second behind buffers without end, and a terminal that answers after a way back. */
class Line {
  now = 0;
  readonly flow = new Flow(() => this.now);
  readonly #perSecond: number;
  readonly #back: number;
  #freeAt = 0;
  #answers: number[] = [];

  constructor(perSecond: number, back: number) {
    this.#perSecond = perSecond;
    this.#back = back;
  }

  /** Sends a frame as the wire does: in pieces, as far as there is room. @returns the bytes that were not sent. */
  send(bytes: number): number {
    let rest = bytes;
    while (rest > 0 && this.flow.room > 0) {
      const piece = Math.min(rest, this.flow.piece, this.flow.room);
      rest -= piece;
      this.#freeAt = Math.max(this.now, this.#freeAt) + (piece / this.#perSecond) * 1000;
      if (this.flow.sent(piece)) this.#answers.push(this.#freeAt + this.#back);
    }
    return rest;
  }

  /** Milliseconds of output that wait in the buffers. */
  get backlog(): number {
    return Math.max(0, this.#freeAt - this.now);
  }

  run(milliseconds: number): void {
    for (const end = this.now + milliseconds; this.now < end;) {
      this.now++;
      while (this.#answers[0] !== undefined && this.#answers[0] <= this.now) {
        this.#answers.shift();
        this.flow.answered();
      }
    }
  }
}

describe('output on its way', () => {
  test('nothing is known: half a screen, and the first bytes are asked about', () => {
    let now = 0;
    const flow = new Flow(() => now);
    assert.equal(flow.sent(44), true);
    assert.equal(flow.room, 0);
    now = 30;
    assert.equal(flow.holdMs, 20);
    now = 50; // it is not near
    assert.equal(flow.holdMs, 0);
    assert.equal(flow.room, 468);
  });

  test('an answer at once opens it: the first screen on a terminal that is near', () => {
    const line = new Line(1e8, 0.5);
    line.flow.sent(44);
    line.run(1);
    line.flow.answered();
    assert.equal(line.send(20_000), 0);
  });

  test('no more is sent than answers prove to arrive in the time that is allowed', () => {
    let now = 0;
    const flow = new Flow(() => now);
    flow.sent(256);
    now = 100;
    assert.equal(flow.room, 256);
    flow.sent(256);
    assert.equal(flow.room, 0);
    now = 200; // all of 200 ms was the way: 256 bytes in 200 ms are 896 in 700
    flow.answered();
    assert.equal(flow.room, 896 - 256);
    now = 300; // 512 bytes in the 300 ms since the first of them was sent, not in the 200 since they were asked about
    flow.answered();
    assert.equal(flow.room, Math.floor((512 * 700) / 300));
  });

  test('a modem of 9,600 baud: about half a second once it is known, and the line is never idle', () => {
    const line = new Line(960, 20);
    line.send(44);
    line.run(100);
    let rest = line.send(4000);
    line.run(5000);
    let worst = 0;
    let idle = 0;
    for (let i = 0; i < 2000; i++) {
      rest = line.send(rest > 0 ? rest : 3000);
      worst = Math.max(worst, line.backlog);
      line.run(10);
      if (line.backlog === 0) idle++;
    }
    assert.ok(worst <= 600, `${Math.round(worst)} ms on their way`);
    assert.ok(idle < 500, `idle ${idle} of 2000 times`);
  });

  test('while the first screen is on its way, no more than that is', () => {
    const line = new Line(1200, 20);
    line.send(44);
    line.run(100);
    line.send(4000);
    assert.ok(line.backlog < 500);
    line.run(100); // no answer has come
    assert.equal(line.send(1000), 1000);
  });

  test('a fast line far away is not slowed down', () => {
    const line = new Line(10_000_000, 250);
    line.send(44);
    line.run(300);
    const rests = Array.from({ length: 8 }, () => {
      const rest = line.send(20_000);
      line.run(300);
      return rest;
    });
    // about three times as much with each answer, as 750 ms are allowed and it took 250
    const sent = rests.map(rest => 20_000 - rest);
    assert.equal(sent[0], 512);
    for (const [i, bytes] of sent.slice(1, 4).entries()) assert.ok(bytes > 2.9 * sent[i]! && bytes < 3.1 * sent[i]!);
    assert.deepEqual(rests.slice(4), [0, 0, 0, 0]);
  });

  test('a terminal that never answers is written to after 1 s, one that did after 3 s', () => {
    let now = 0;
    const flow = new Flow(() => now);
    assert.equal(flow.sent(2 ** 21), true);
    assert.equal(flow.room, 0);
    assert.equal(flow.patience, 1000);
    now = 10;
    flow.answered();
    flow.sent(2 ** 21);
    assert.equal(flow.patience, 3000);
    now = 3010;
    assert.equal(flow.patience, 0);
    flow.giveUp();
    assert.equal(flow.room, Infinity);
    assert.equal(flow.sent(5000), false);
    assert.equal(flow.outstanding, 0);
  });

  test('progress is patience: a slow terminal that answers bit by bit is not given up', () => {
    const line = new Line(100, 0);
    line.send(44);
    line.run(500);
    line.send(6000);
    line.run(4400); // 256 bytes have arrived, the others not
    assert.equal(line.flow.outstanding, 1);
    assert.ok(line.flow.patience! > 1000);
  });

  test('answers that were given up are not taken for those to later questions', () => {
    let now = 0;
    const flow = new Flow(() => now);
    flow.sent(44);
    flow.sent(468);
    now = 1000;
    flow.giveUp();
    now = 4000;
    flow.answered();
    assert.equal(flow.sent(300), true);
    now = 4010;
    flow.answered(); // the second from before
    assert.deepEqual([flow.outstanding, flow.tookMs], [1, Infinity]);
    now = 4800;
    flow.answered();
    assert.deepEqual([flow.outstanding, flow.tookMs], [0, 800]);
  });

  test('nor waited for without end', () => {
    let now = 0;
    const flow = new Flow(() => now);
    flow.sent(44);
    flow.sent(468);
    flow.giveUp();
    now = 2000;
    flow.answered();
    now = 40_000; // the second got lost
    flow.sent(300);
    now = 40_100;
    flow.answered();
    assert.equal(flow.tookMs, 100);
  });

  test('a late answer after all makes it ask again', () => {
    const flow = new Flow(() => 0);
    flow.sent(1000);
    flow.giveUp();
    flow.answered();
    assert.ok(flow.room < Infinity);
    assert.equal(flow.sent(1000), true);
  });

  test('leaving waits 0.1 s for an answer, and longer only on a line that is slow (all that is on its way) or not known', () => {
    let now = 0;
    const flow = new Flow(() => now);
    flow.sent(1000);
    assert.equal(answerPatience(flow.tookMs), 300);
    now = 4;
    flow.answered();
    flow.sent(9000);
    assert.equal(answerPatience(flow.tookMs), 100);
    now = 5000;
    flow.answered();
    assert.equal(answerPatience(flow.tookMs), 800);
    flow.sent(1000);
    now += 120;
    flow.answered();
    assert.equal(answerPatience(flow.tookMs), 240);
  });

  test('a question that waits longer than the last answer took says more about the line', () => {
    let now = 0;
    const flow = new Flow(() => now);
    flow.sent(1000);
    now = 50;
    flow.answered();
    flow.sent(600);
    now = 90;
    flow.sent(600);
    assert.deepEqual([flow.tookMs, answerPatience(flow.tookMs)], [50, 100]);
    now = 300; // the older of the two has waited for 250 ms
    assert.deepEqual([flow.tookMs, answerPatience(flow.tookMs)], [250, 500]);
    now = 3000;
    assert.equal(answerPatience(flow.tookMs), 800);
    flow.giveUp();
    assert.equal(flow.tookMs, 50);
  });

  test('room is a whole number of bytes: a part of one is room for nothing', () => {
    let now = 0;
    const flow = new Flow(() => now);
    flow.sent(3000);
    now = 7000; // a window of 3000 * 1500 / 7000 bytes
    flow.answered();
    assert.equal(flow.room, 642);
    flow.sent(642 - 127); // less than a packet is no room either
    assert.equal(flow.room, 0);
  });

  test('small outputs ride along with the next question', () => {
    let now = 0;
    const flow = new Flow(() => now);
    flow.sent(1000);
    now = 1000;
    flow.answered();
    assert.equal(flow.sent(100), false);
    assert.equal(flow.patience, undefined);
    assert.equal(flow.sent(500), true);
  });

  test('a line that proved to be fast is asked after more', () => {
    const flow = new Flow(() => 0);
    flow.sent(1000);
    flow.answered();
    assert.equal(flow.sent(3000), false);
    assert.equal(flow.sent(1200), true);
  });

  test('after a stall what was not asked about may leave no room: then it is asked about at once', () => {
    let now = 0;
    const flow = new Flow(() => now);
    flow.sent(100);
    now = 10;
    assert.equal(flow.answered(), false);
    now = 1000;
    assert.equal(flow.sent(600), true);
    now = 1100;
    assert.equal(flow.sent(400), false);
    now = 3000; // 600 bytes in two seconds: the window is the smallest, 256
    assert.equal(flow.answered(), true);
    assert.deepEqual([flow.room, flow.outstanding, flow.patience], [0, 1, 3000]);
    now = 3400; // 400 bytes in 400 ms are 510 in the 510 that are allowed
    assert.equal(flow.answered(), false);
    assert.deepEqual([flow.room, flow.outstanding], [510, 0]);
  });

  test('the same after an answer to no question', () => {
    let now = 0;
    const flow = new Flow(() => now);
    flow.sent(1000);
    now = 10;
    flow.answered();
    flow.sent(500);
    assert.equal(flow.answered(), true); // the window is as at first, 512
    assert.equal(flow.room, 0);
    now = 410;
    assert.equal(flow.answered(), false);
    assert.equal(flow.room, 637); // 500 bytes in 400 ms are so many in 510
  });

  test('whatever is sent, answered, lost or forgotten: without room there is a question, and an end of waiting for it', () => {
    const steps = fc.array(
      fc.record({
        ms: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 40_000 })),
        what: fc.oneof(
          fc.record({ bytes: fc.oneof(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 100_000 })) }),
          fc.constantFrom('answered', 'answered', 'forget'),
        ),
      }),
    );
    fc.assert(
      fc.property(steps, list => {
        let now = 0;
        const flow = new Flow(() => now);
        for (const { ms, what } of list) {
          now += ms;
          if (flow.patience === 0) flow.giveUp();
          if (what === 'answered') flow.answered();
          else if (what === 'forget') flow.forget();
          else if (flow.room > 0) flow.sent(what.bytes);
          if (flow.room > 0) continue;
          assert.ok(flow.outstanding > 0);
          assert.ok(flow.patience! <= 3000);
        }
        // answers to all that was asked, and to what is asked then
        for (let left = flow.outstanding + 1; left > 0 && flow.outstanding > 0; left--) flow.answered();
        now += 3000;
        if (flow.patience === 0) flow.giveUp();
        assert.ok(flow.room > 0);
      }),
      { numRuns: 1000 },
    );
  });
});
