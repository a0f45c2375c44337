import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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
  test('the first screen waits for nothing', () => assert.equal(new Line(960, 10).send(20_000), 0));

  test('a modem of 9,600 baud: about half a second once it is known, and the line is never idle', () => {
    const line = new Line(960, 20);
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
    assert.ok(worst <= 1000, `${Math.round(worst)} ms on their way`);
    assert.ok(idle < 500, `idle ${idle} of 2000 times`);
  });

  test('while the first screen is on its way, no more than that is', () => {
    const line = new Line(1200, 20);
    line.send(4000);
    line.run(300); // the first answer has come, that of the screen's end has not
    assert.equal(line.send(1000), 1000);
  });

  test('a fast line far away is not slowed down', () => {
    const line = new Line(10_000_000, 250);
    let sent = 0;
    for (let second = 0; second < 20; second++) {
      sent += 20_000 - line.send(20_000);
      line.run(1000);
    }
    assert.equal(sent, 400_000);
  });

  test('a terminal that never answers is written to after 3 s', () => {
    let now = 0;
    const flow = new Flow(() => now);
    assert.equal(flow.sent(2 ** 21), true);
    assert.equal(flow.room, 0);
    assert.equal(flow.patience, 3000);
    now = 3000;
    assert.equal(flow.patience, 0);
    flow.giveUp();
    assert.equal(flow.room, Infinity);
    assert.equal(flow.sent(5000), false);
    assert.equal(flow.outstanding, 0);
  });

  test('progress is patience: a slow terminal that answers bit by bit is not given up', () => {
    const line = new Line(960, 0);
    line.send(6000);
    line.run(2900);
    assert.ok(line.flow.patience! > 2000);
  });

  test('a late answer after all makes it ask again', () => {
    const flow = new Flow(() => 0);
    flow.sent(1000);
    flow.giveUp();
    flow.answered();
    assert.ok(flow.room < Infinity);
    assert.equal(flow.sent(1000), true);
  });

  test('leaving waits 0.1 s for an answer, and longer only on a line that is slow or not known', () => {
    let now = 0;
    const flow = new Flow(() => now);
    flow.sent(1000);
    assert.equal(answerPatience(flow.tookMs), 300);
    now = 4;
    flow.answered();
    flow.sent(1000);
    now = 5000;
    assert.equal(answerPatience(flow.tookMs), 100);
    now = 5000 + 4;
    flow.answered();
    assert.equal(answerPatience(flow.tookMs), 300);
    flow.sent(1000);
    now += 120;
    flow.answered();
    assert.equal(answerPatience(flow.tookMs), 240);
  });

  test('room is a whole number of bytes: a part of one is room for nothing', () => {
    let now = 0;
    const flow = new Flow(() => now);
    flow.sent(3000);
    now = 7000; // a window of 3000 * 1500 / 7000 bytes
    flow.answered();
    assert.equal(flow.room, 642);
    flow.sent(642);
    assert.equal(flow.room, 0);
  });

  test('small outputs ride along with the next question', () => {
    const flow = new Flow(() => 0);
    flow.sent(1000);
    flow.answered();
    assert.equal(flow.sent(100), false);
    assert.equal(flow.patience, undefined);
    assert.equal(flow.sent(500), true);
  });
});
