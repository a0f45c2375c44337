import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRelease } from '../../src/kernel/release.ts';
import { stateFact, stateMeaning, stateName } from '../../src/kernel/states.ts';

const name = (letter: string, release: string) => stateName(letter, parseRelease(release)!);

test('letters have the words of the kernel', () => {
  const words = {
    R: 'running',
    S: 'sleeping',
    D: 'disk sleep',
    T: 'stopped',
    t: 'tracing stop',
    Z: 'zombie',
    X: 'dead',
  };
  for (const [letter, word] of Object.entries({ ...words, P: 'parked', I: 'idle' }))
    assert.equal(name(letter, '6.18'), word);
  for (const [letter, word] of Object.entries(words)) assert.equal(name(letter, '4.2'), word);
});

test('a letter that the release does not have is unknown', () => {
  assert.equal(name('q', '6.18'), "unknown state 'q'");
  assert.equal(name('t', '2.6.32'), "unknown state 't'");
  assert.equal(name('t', '2.6.33'), 'tracing stop');
  assert.equal(name('I', '4.13'), "unknown state 'I'");
  assert.equal(name('I', '4.14'), 'idle');
  assert.equal(name('W', '3.13'), 'waking');
  assert.equal(name('W', '3.14'), "unknown state 'W'");
  assert.match(stateFact('T', parseRelease('2.6.32')!)!.meaning, /debugger/);
});

test('a meaning is that of the release', () => {
  const of = (letter: string, release?: string) =>
    stateMeaning(letter, release === undefined ? undefined : parseRelease(release));
  const sleep = 'interruptible sleep: a signal wakes it';
  const stop = 'stopped by a job-control signal';
  assert.equal(of('S', '6.1'), sleep);
  assert.equal(of('S', '4.14'), sleep);
  assert.equal(of('S', '4.13.4'), `${sleep}; parked kernel threads too`);
  assert.equal(of('S', '4.2.8'), `${sleep}; parked kernel threads too`);
  assert.equal(of('S', '4.2.7'), sleep);
  assert.equal(of('S'), `${sleep}; in 4.2.8 to 4.13 parked kernel threads too`);
  assert.equal(of('T', '2.6.32'), `${stop}; by a debugger too`);
  assert.equal(of('T', '2.6.33'), stop);
  assert.equal(of('T'), `${stop}; in 2.6.32 by a debugger too`);
  assert.equal(of('q'), undefined);
  assert.equal(stateFact('S', parseRelease('6.1')!)!.meaning, sleep);
});
