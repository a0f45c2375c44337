/** Going through the samples that are remembered. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Instant } from '../../src/app/state.ts';
import { timeText } from '../../src/units/format.ts';
import { Monitor, sleepers } from '../support/monitor.ts';

/** Samples 11 … 130, two seconds apart, the last at 00:01:00 local time: the evening before is yesterday. */
const LAST_MS = new Date(2026, 0, 2, 0, 1, 0).getTime();
const INSTANTS: readonly Instant[] = Array.from({ length: 120 }, (_, index) => ({
  number: 11 + index,
  ms: 5000 + index * 2000,
  wallMs: LAST_MS - (119 - index) * 2000,
}));

function monitor(): Monitor {
  const shown = new Monitor().sample(sleepers(1, 2, 3));
  shown.instants = INSTANTS;
  return shown;
}
const at = (shown: Monitor): number | undefined => shown.state.instant?.number;

describe('frozen', () => {
  test('is the present sample at first; Z again goes on', () => {
    const shown = monitor().press('Z');
    assert.equal(at(shown), 130);
    assert.equal(at(shown.press('Z')), undefined);
    assert.deepEqual(shown.wishes, ['reorder', 'reorder']);
  });

  test('a sample back and on, not beyond the ends', () => {
    const shown = monitor().press('Z', '[', '[');
    assert.equal(at(shown), 128);
    assert.equal(at(shown.press(']')), 129);
    assert.equal(at(shown.press(']', ']')), 130);
    assert.match(shown.state.message!.text, /^this is the last sample: Z goes on with the present$/);
    for (let step = 0; step < 130; step++) shown.press('[');
    assert.equal(at(shown), 11);
    assert.equal(shown.state.message?.text, `no sample before ${timeText(INSTANTS[0]!.wallMs)} is remembered`);
  });

  test('a minute back and on, to the nearest sample', () => {
    const shown = monitor().press('Z', '{');
    assert.equal(at(shown), 100);
    assert.equal(at(shown.press('{', '{', '{')), 11, 'as far as there is');
    assert.equal(at(shown.press('}')), 41);
  });

  test('the header says so, how long ago it was, and how far back it goes', () => {
    const shown = monitor().press('Z', '{');
    const screen = shown.screen.join('\n');
    assert.match(screen, new RegExp(` FROZEN ${timeText(LAST_MS - 60_000)}, 1m00s ago `));
    assert.match(screen, new RegExp(`remembered since ${timeText(INSTANTS[0]!.wallMs)}`));
    assert.doesNotMatch(shown.press('Z').screen.join('\n'), /FROZEN|remembered/);
  });

  test('brackets are nice again in the present, F7 and F8 always', () => {
    const shown = monitor().press('[');
    assert.equal(at(shown), undefined);
    assert.equal(shown.state.mode, 'dialog');
    assert.equal(monitor().press('Z', 'f8').state.mode, 'dialog');
  });

  test('nothing is frozen before the first sample', () => {
    const shown = new Monitor();
    shown.instants = [];
    assert.equal(at(shown.press('Z')), undefined);
  });
});

describe(':at', () => {
  const command = (text: string): Monitor => monitor().press(':').type(`at ${text}`).press('enter');

  test('the sample of that second; of a minute its last', () => {
    assert.equal(at(command(timeText(INSTANTS[50]!.wallMs))), 61);
    assert.equal(at(command(timeText(INSTANTS[50]!.wallMs + 1000))), 61, 'the one that was shown then');
    assert.equal(at(command('23:59')), INSTANTS.findLast(({ wallMs }) => wallMs < LAST_MS - 60_000)!.number);
  });

  test('without a time the present', () => {
    const shown = monitor().press('Z', ':').type('at').press('enter');
    assert.equal(at(shown), undefined);
  });

  test('what is not remembered, and what is no time, is said', () => {
    const first = timeText(INSTANTS[0]!.wallMs);
    assert.equal(
      command('23:50').state.prompt.problem,
      `no sample of 23:50 is remembered, only from ${first} to 00:01:00`,
    );
    for (const word of ['25:00', '12:60', '12:01:60', 'noon', '12'])
      assert.match(command(word).state.prompt.problem!, /is no time of the day: write it as 12:01 or 12:01:33/, word);
  });
});
