import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { signalsPage } from '../../src/pages/signals.ts';
import { built, type Built, type Parts, statusText } from './built.ts';

const TERM = '0000000000004000';
const page = (parts: Parts): Built => built(signalsPage, parts);
const rowOf = ({ rows }: Built, name: string): unknown => rows('signals').find(row => row['name'] === name);

/** Process 42 with threads 42, 43, 44, each with its own masks. */
function threads(process: Record<string, string>, masks: Record<number, Record<string, string>>): Parts {
  const files = Object.fromEntries(
    [42, 43, 44].map(tid => [`task/${tid}/status`, statusText({ ...process, ...masks[tid] })]),
  );
  return { stat: { num_threads: 3 }, files: { status: statusText({ ...process, ...masks[42] }), ...files } };
}

describe('the signals of one thread', () => {
  test('say of each signal what becomes of it', () => {
    // ignored: PIPE (13); caught: HUP (1), CHLD (17); blocked: INT (2), RTMIN+30 (64)
    const shown = page({
      files: {
        status: statusText({ SigIgn: '0000000000001000', SigCgt: '0000000000010001', SigBlk: '8000000000000002' }),
      },
    });
    assert.deepEqual(
      shown
        .rows('signals')
        .map(row => [row['signal'], row['name'], row['blocked_by'], row['disposition'], row['then']]),
      [
        [1, 'SIGHUP', 0, 'caught', 'handler'],
        [2, 'SIGINT', 1, 'default', 'terminates'],
        [13, 'SIGPIPE', 0, 'ignored', 'nothing'],
        [17, 'SIGCHLD', 0, 'caught', 'handler'],
        [64, 'SIGRTMIN+30', 1, 'default', 'terminates'],
      ],
    );
    assert.match(shown.text, /All others \(59\): default action, not pending, not blocked\./);
    assert.match(shown.line('2  SIGINT'), /SIGINT\s+yes\s+default\s+terminates\s+interrupt key/);
    assert.deepEqual(shown.json['pending'], []);
    assert.match(shown.text, /Fields 31 to 34 of stat are obsolete/);
  });

  test('one that is pending and blocked comes first, as a warning', () => {
    const shown = page({ files: { status: statusText({ SigPnd: TERM, SigBlk: TERM }) } });
    assert.equal(shown.lines[0], '  SIGTERM is pending for thread 42, blocked: it acts when it is unblocked.');
    assert.deepEqual(shown.json['pending'], ['SIGTERM']);
    assert.deepEqual((rowOf(shown, 'SIGTERM') as Record<string, unknown>)['pending'], {
      process: false,
      threads: [42],
    });
  });

  test('what delays one that is not blocked: an uninterruptible sleep, a stop', () => {
    const files = { status: statusText({ ShdPnd: TERM }) };
    assert.match(page({ stat: { state: 'D' }, files }).lines[0]!, /pending in state D: it acts when the sleep ends/);
    assert.match(page({ stat: { state: 'T' }, files }).lines[0]!, /a stopped task acts on SIGKILL and SIGCONT only/);
    assert.match(page({ stat: { state: 'S' }, files }).lines[0]!, /^ {2}Pending +SIGTERM \(not blocked\)/);
  });

  test('a kernel thread ignores all 64: no rows', () => {
    const shown = page({ files: { status: statusText({ SigIgn: 'ffffffffffffffff' }) } });
    assert.deepEqual(shown.rows('signals'), []);
    assert.match(shown.text, /All 64 signals: ignored, as kernel threads do\./);
  });

  test('queue, tracer and exit signal', () => {
    const status = statusText({ SigQ: '81/100', TracerPid: '77' });
    const { json, text } = page({ stat: { exit_signal: 0 }, files: { status } });
    assert.deepEqual(json['queued'], { used: 81, limit: '100' });
    assert.equal(json['tracer_pid'], 77);
    assert.equal(json['exit_signal'], 0);
    assert.match(text, /Queued +81 of 100 /);
    assert.match(text, /Traced +by 77: it sees each signal first, but SIGKILL/);
    assert.match(text, /Exit signal +0, none: cloned without a signal/);
  });

  test('without the file: why not, and what stat knows', () => {
    const { json, text } = page({ files: { status: { missing: 'no-permission' } } });
    assert.equal(json['signals'], null);
    assert.deepEqual(json['missing'], { signals: 'no-permission' });
    assert.equal(json['exit_signal'], 17);
    assert.match(text, /Signals +- \(not permitted: /);
    assert.match(page({ files: { status: 'Name:\ttask\nSigPnd:\t00' } }).text, /does not hold all masks/);
  });

  test('every signal is told once, whatever the masks', () => {
    const mask = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map(bits => bits.toString(16).padStart(16, '0'));
    fc.assert(
      fc.property(mask, mask, mask, mask, mask, (SigPnd, ShdPnd, SigBlk, SigIgn, SigCgt) => {
        const shown = page({ files: { status: statusText({ SigPnd, ShdPnd, SigBlk, SigIgn, SigCgt }) } });
        const told = shown.rows('signals').length;
        const others = Number(/All others \((\d+)\)|All (\d+) signals/.exec(shown.text)?.slice(1).find(Boolean) ?? 0);
        assert.equal(told + others, 64);
        for (const row of shown.rows('signals')) {
          const bit = 1n << BigInt((row['signal'] as number) - 1);
          assert.equal(row['disposition'] === 'caught', (BigInt(`0x${SigCgt}`) & bit) !== 0n);
          assert.equal(row['blocked_by'], (BigInt(`0x${SigBlk}`) & bit) === 0n ? 0 : 1);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('the signals of a process with threads', () => {
  test('pending for the process and blocked by all: nobody takes it', () => {
    const shown = page(threads({ ShdPnd: TERM }, { 42: { SigBlk: TERM }, 43: { SigBlk: TERM }, 44: { SigBlk: TERM } }));
    assert.equal(
      shown.lines[0],
      '  SIGTERM is pending for the process, blocked by all 3 threads: it acts when it is unblocked.',
    );
    assert.match(shown.line('15  SIGTERM'), /SIGTERM\s+process\s+all 3\s+default/);
  });

  test('blocked by some: another thread takes it; who blocks is told by group', () => {
    // 43 and 44 block USR1 (10) and HUP to ILL (1–4); 43 alone blocks TERM
    const both = '000000000000020f';
    const shown = page(threads({ ShdPnd: TERM }, { 43: { SigBlk: '000000000000420f' }, 44: { SigBlk: both } }));
    assert.doesNotMatch(shown.text, /it acts when it is unblocked/);
    assert.equal(shown.line('Pending'), 'Pending           SIGTERM (blocked by 1 of 3 threads: 43)');
    assert.deepEqual(shown.rows('blocked_by_some'), [
      { threads: [43, 44], signals: ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGILL', 'SIGUSR1'] },
      { threads: [43], signals: ['SIGTERM'] },
    ]);
    assert.match(shown.text, /2 of 3 {3}SIGHUP to SIGILL, SIGUSR1: by 43, 44/);
    assert.match(shown.text, /All others \(63\): default action, not pending, blocked by some threads at most\./);
  });

  test('pending for one thread that blocks it is stuck, whoever else does not block it', () => {
    const shown = page(threads({}, { 44: { SigPnd: TERM, SigBlk: TERM } }));
    assert.match(shown.lines[0]!, /SIGTERM is pending for thread 44, blocked by 1 of 3 threads: 44/);
    assert.match(shown.line('15  SIGTERM'), /SIGTERM\s+44\s+1 of 3/);
  });

  test('a thread that ended meanwhile does not count; one that is not read yet is told', () => {
    const parts = threads({ ShdPnd: TERM }, { 42: { SigBlk: TERM }, 43: { SigBlk: TERM } });
    const without = (why: 'gone' | 'not-read'): Built =>
      page({ ...parts, files: { ...parts.files, 'task/44/status': { missing: why } } });
    assert.match(without('gone').lines[0]!, /blocked by all 2 threads/);
    assert.equal(without('not-read').lines[0], '  1 of 3 threads are not read (yet).');
    assert.doesNotMatch(without('not-read').text, /it acts when it is unblocked/, 'the third may take it');
  });

  test('a row that is one of its threads tells of that thread alone', () => {
    const shown = page({
      thread: true,
      stat: { num_threads: 3, exit_signal: -1 },
      files: { status: statusText({ ShdPnd: TERM, SigBlk: TERM }) },
    });
    assert.equal(shown.line('Pending'), 'Pending           SIGTERM (blocked by this thread)');
    assert.doesNotMatch(shown.text, /it acts when it is unblocked/, 'another thread may take it');
  });

  test('without the list of threads: the first alone, and why', () => {
    const shown = page({ stat: { num_threads: 3 }, files: { status: statusText() } });
    assert.match(shown.lines[0]!, /Of the first thread only: not read in this sample\./);
  });
});
