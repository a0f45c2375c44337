import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRelease } from '../../src/kernel/release.ts';
import { stateFact, stateName } from '../../src/kernel/states.ts';

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
