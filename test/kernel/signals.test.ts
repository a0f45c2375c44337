import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signalFact, signalName, signalNames, signalNumber, SIGNALS } from '../../src/kernel/signals.ts';

test('numbers and names', () => {
  assert.ok(SIGNALS.length === 64 && SIGNALS.every((signal, i) => signal.n === i + 1));
  const names = { 1: 'SIGHUP', 7: 'SIGBUS', 9: 'SIGKILL', 17: 'SIGCHLD', 19: 'SIGSTOP', 31: 'SIGSYS' };
  for (const [n, name] of Object.entries(names)) assert.equal(signalName(Number(n)), name);
  assert.deepEqual([0, 65, -1, 1.5].map(signalName), ['signal 0', 'signal 65', 'signal -1', 'signal 1.5']);
  assert.deepEqual(
    [...SIGNALS].filter(signal => signal.uncatchable).map(signal => signal.n),
    [9, 19],
  );
});

test('real-time signals count from SIGRTMIN as glibc does', () => {
  const names = { 32: 'SIG32', 33: 'SIG33', 34: 'SIGRTMIN', 37: 'SIGRTMIN+3', 64: 'SIGRTMIN+30' };
  for (const [n, name] of Object.entries(names)) assert.equal(signalName(Number(n)), name);
  assert.match(signalFact(33)!.meaning, /C library/);
});

test('masks: bit n-1 is signal n', () => {
  assert.deepEqual(signalNames(0n), []);
  assert.deepEqual(signalNames(0x4003n), ['SIGHUP', 'SIGINT', 'SIGTERM']);
  assert.deepEqual(signalNames(0x8000000200000000n), ['SIGRTMIN', 'SIGRTMIN+30']);
  assert.equal(signalNames(0xffffffffffffffffn).length, 64);
  assert.equal(signalNames(-1n).length, 64);
});

test('names back to numbers', () => {
  for (const { n, name } of SIGNALS) assert.equal(signalNumber(name), n);
  const spellings = { term: 15, ' SigTerm ': 15, '15': 15, SIGIOT: 6, CLD: 17, poll: 29 };
  for (const [text, n] of Object.entries(spellings)) assert.equal(signalNumber(text), n, text);
  const realTime = { 'rtmin+3': 37, RTMIN: 34, RTMAX: 64, 'SIGRTMAX-14': 50 };
  for (const [text, n] of Object.entries(realTime)) assert.equal(signalNumber(text), n, text);
  for (const text of ['', '0', '65', 'SIG', 'nope', 'RTMIN+31', 'RTMAX-31', 'RTMAX-', '-9', '1.5'])
    assert.equal(signalNumber(text), undefined, text);
});
