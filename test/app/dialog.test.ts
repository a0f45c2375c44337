/** The dialog before an action: keys, and the box. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Action, Result } from '../../src/act/action.ts';
import { dialogKey, dialogPaste, openDialog, refreshDialog, showResults } from '../../src/app/dialog.ts';
import { dialogLines } from '../../src/app/dialog-lines.ts';
import type { Dialog, DialogFacts, DialogKind } from '../../src/app/dialog-state.ts';
import { type Target, targetOf } from '../../src/app/dialog-target.ts';
import { textWidth } from '../../src/units/text.ts';
import { Pushed, type PushedTask } from '../support/model.ts';
import { lineText } from '../../src/pages/render.ts';

const FACTS: DialogFacts = { ownPid: 4242, nowMs: 1_700_000_060_000, possibleCpus: '0-7', onlineCpus: '0-3' };
const KINDS: readonly DialogKind[] = ['signal', 'renice', 'io-class', 'affinity', 'policy'];
const STATUS =
  'Uid:\t0\t0\t0\t0\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000004000\nSigCgt:\t0\nCpus_allowed_list:\t0-3\n';

function targets(...tasks: readonly PushedTask[]): Target[] {
  const pushed = new Pushed();
  pushed.sample(tasks, { ms: 1000 });
  for (const { pid } of tasks) pushed.file(pid, 'status', STATUS, 1000);
  return tasks.map(({ pid }) => targetOf(pushed.cursor.at(pushed.seat(pid))));
}
const tar = targets({ pid: 870, comm: 'tar', start_time: 250 });
const open = (kind: DialogKind, of: readonly Target[] = tar, facts: Partial<DialogFacts> = {}): Dialog =>
  openDialog(kind, of, { ...FACTS, ...facts });

/** Presses keys that leave the dialog open. */
function typed(dialog: Dialog, ...keys: string[]): Dialog {
  return keys.reduce((before, key) => {
    const step = dialogKey(before, key, true);
    assert.ok('dialog' in step && !('perform' in step), `${key} leaves it open`);
    return step.dialog;
  }, dialog);
}
const letters = (text: string): string[] => Array.from(text);
/** What Enter does. */
function asked(dialog: Dialog): Action | string | undefined {
  const step = dialogKey(dialog, 'enter', true);
  if ('perform' in step) return step.perform;
  return 'dialog' in step ? step.dialog.notice : 'closed';
}
const screen = (dialog: Dialog, columns = 80, rows = 24): string[] => dialogLines(dialog, columns, rows).map(lineText);
const shows = (dialog: Dialog, pattern: RegExp): void => assert.match(screen(dialog).join('\n'), pattern);

describe('Enter', () => {
  test('counts only when it may confirm', () => {
    const dialog = open('signal');
    const early = dialogKey(dialog, 'enter', false);
    assert.ok('dialog' in early && !('perform' in early));
    assert.equal(early.dialog.notice, 'press Enter again');
    shows(early.dialog, /press Enter again/);
    const late = dialogKey(early.dialog, 'enter', true);
    assert.ok('perform' in late);
    assert.deepEqual(late.perform, { kind: 'signal', signal: 15 });
    assert.deepEqual(late.targets, tar);
    assert.equal(late.dialog.stage, 'acting');
  });
  test('for pid 1 twice, each time by somebody who saw what is asked', () => {
    const init = targets({ pid: 1, comm: 'systemd', start_time: 1 });
    const asking = typed(open('signal', [...tar, ...init]), 'enter');
    shows(asking, /pid 1: all others depend on it\. Press Enter once more to send it, Esc/);
    // too early: the question stays
    assert.deepEqual(dialogKey(asking, 'enter', false), { dialog: asking });
    const step = dialogKey(asking, 'enter', true);
    assert.ok('perform' in step);
    assert.deepEqual(step.perform, { kind: 'signal', signal: 15 });
    assert.deepEqual(dialogKey(asking, 'escape', true), { close: true });
    // another signal is another question
    shows(typed(asking, 'down', 'enter'), /pid 1: all others/);
    // what happens to nice is no danger; nor is a signal to others
    assert.deepEqual(asked(typed(open('renice', init), '5')), {
      kind: 'renice',
      nice: 5,
      relative: false,
      allThreads: true,
    });
    assert.deepEqual(asked(open('signal', targets({ pid: 11, comm: 'x' }))), { kind: 'signal', signal: 15 });
    const gone = refreshDialog(open('signal', init), () => undefined);
    assert.deepEqual(asked(gone), { kind: 'signal', signal: 15 });
  });
  test('nothing else confirms, and while it acts nothing acts again', () => {
    for (const kind of KINDS)
      for (const key of ['space', 'y', 'C-m', 'f9', 'C-c', 'insert', 'pageup'])
        assert.ok(!('perform' in dialogKey(open(kind), key, true)), `${kind} ${key}`);
    const step = dialogKey(open('signal'), 'enter', true);
    assert.ok('perform' in step);
    assert.deepEqual(dialogKey(step.dialog, 'enter', true), { dialog: step.dialog });
    assert.deepEqual(dialogKey(step.dialog, 'escape', true), { close: true });
  });
  test('Esc closes at any time', () => {
    for (const kind of KINDS) assert.deepEqual(dialogKey(typed(open(kind), '1'), 'escape', false), { close: true });
  });
  test('a notice goes with the next key', () => {
    const step = dialogKey(open('renice'), 'enter', true);
    assert.ok('dialog' in step);
    assert.equal(step.dialog.notice, 'type a nice value, or + and -');
    assert.equal(typed(step.dialog, '5').notice, undefined);
  });
});

describe('signals', () => {
  const chosen = (...keys: string[]): Action | string | undefined => asked(typed(open('signal'), ...keys));
  const number = (n: number): Action => ({ kind: 'signal', signal: n });
  test('SIGTERM at first; arrows, and both ends', () => {
    assert.deepEqual(chosen(), number(15));
    assert.deepEqual(chosen('up'), number(14));
    assert.deepEqual(chosen('down', 'down'), number(17));
    assert.deepEqual(chosen('home'), number(1));
    assert.deepEqual(chosen('home', 'up'), number(1));
    assert.deepEqual(chosen('end'), number(64));
    assert.deepEqual(chosen('home', 'pagedown'), number(11));
  });
  test('by number', () => {
    assert.deepEqual(chosen('9'), number(9));
    assert.deepEqual(chosen('1', '9'), number(19));
    assert.deepEqual(chosen('6', '4'), number(64));
    assert.equal(chosen('6', '5'), "nothing here is called '65'");
    assert.equal(chosen('0'), "nothing here is called '0'");
  });
  test('by name: the beginning of it, SIG or not, aliases, from either end of real time', () => {
    assert.deepEqual(chosen('k'), number(9));
    assert.deepEqual(chosen(...letters('sigk')), number(9));
    assert.deepEqual(chosen(...letters('HUP')), number(1));
    assert.deepEqual(chosen(...letters('int')), number(2));
    assert.deepEqual(chosen(...letters('iot')), number(6));
    assert.deepEqual(chosen(...letters('rtmin+3')), number(37));
    assert.deepEqual(chosen(...letters('rtmax-1')), number(63));
    assert.deepEqual(chosen(...letters('t')), number(15), 'the chosen one before others that begin so');
  });
  test('what is no name is never taken for what was chosen before', () => {
    assert.equal(chosen(...letters('kilk')), "nothing here is called 'kilk'");
    assert.deepEqual(chosen(...letters('kilk'), 'backspace'), number(9));
    assert.deepEqual(chosen(...letters('kilk'), 'down'), number(10), 'arrows let go of what was typed');
  });
});

describe('nice', () => {
  const set = (...keys: string[]): Action | string | undefined => asked(typed(open('renice'), ...keys));
  const to = (nice: number, relative = false): Action => ({ kind: 'renice', nice, relative, allThreads: true });
  test('a number', () => {
    assert.deepEqual(set('5'), to(5));
    assert.deepEqual(set('-', '2', '0'), to(-20));
    assert.deepEqual(set('+', '7'), to(7));
    assert.deepEqual(set('1', '9', 'backspace'), to(1));
    for (const wrong of ['20', '-21', '1-1x', 'x', '- 1', '999999'])
      assert.equal(asked(dialogPaste(open('renice'), wrong)), 'nice is a number from -20 to 19', wrong);
  });
  test('steps from what each has', () => {
    assert.deepEqual(set('+'), to(1, true));
    assert.deepEqual(set('-', '-', '-'), to(-3, true));
    assert.deepEqual(set('f7', 'f7'), to(-2, true));
    assert.deepEqual(set('f8'), to(1, true));
    assert.deepEqual(set(']'), to(-1, true));
    assert.deepEqual(set('[', '['), to(2, true));
    assert.deepEqual(set('up', 'up', 'down'), to(1, true));
    assert.equal(set('+', '-'), 'type a nice value, or + and -');
    assert.deepEqual(set('5', 'up'), to(6), 'a number is stepped');
  });
  test('the box tells what each will have', () => {
    const two = targets({ pid: 1001, nice: 0 }, { pid: 1002, nice: 5 });
    const lines = screen(typed(open('renice', two), '-'));
    assert.match(lines[2]!, /nice 0 → -1/);
    assert.match(lines[4]!, /nice 5 → 4/);
  });
});

describe('I/O class', () => {
  const set = (...keys: string[]): Action | string | undefined => asked(typed(open('io-class'), ...keys));
  const to = (ioClass: string, level = 0): object => ({ kind: 'io-class', ioClass, level, allThreads: true });
  test('the middle at first, any by name', () => {
    assert.deepEqual(set(), to('best-effort', 4));
    assert.deepEqual(set('b', '7'), to('best-effort', 7));
    assert.deepEqual(set('r', '0'), to('real-time', 0));
    assert.deepEqual(set('i'), to('idle'));
    assert.deepEqual(set('n'), to('none'));
    assert.deepEqual(set('end'), to('idle'));
    assert.deepEqual(set('home'), to('none'));
    assert.deepEqual(set(...letters('best-effort'), 'space', '2'), to('best-effort', 2));
    assert.equal(set('b', '8'), "nothing here is called 'b8'");
  });
});

describe('CPUs', () => {
  const set = (text: string, facts: Partial<DialogFacts> = {}): Action | string | undefined =>
    asked(typed(open('affinity', tar, facts), ...letters(text)));
  const to = (cpus: string): object => ({ kind: 'affinity', cpus, allThreads: true });
  test('a list, put in order', () => {
    assert.deepEqual(set('0-3,5'), to('0-3,5'));
    assert.deepEqual(set('3,1,2,1'), to('1-3'));
    assert.deepEqual(asked(dialogPaste(open('affinity'), ' 0, 2 \nrm -rf')), to('0,2'));
    assert.deepEqual(set('0-1000', { possibleCpus: '', onlineCpus: '' }), to('0-1000'));
  });
  test('what is none', () => {
    assert.equal(set(''), 'type CPUs, as 0-3,5');
    for (const wrong of ['a', '3-1', ',', '1,,2', '-1', '1-', '0-99999999', '0x3'])
      assert.equal(set(wrong), 'this is no list of CPUs, as 0-3,5', wrong);
  });
  test('CPUs that are not there, or all offline', () => {
    assert.equal(set('2,8-9'), 'no CPU 8-9 on this machine: it has 0-7');
    assert.equal(set('4-7'), 'none of them is online: 0-3 are');
    assert.deepEqual(set('3-4'), to('3-4'));
  });
  test('the present ones are shown', () => shows(open('affinity'), /CPUs 0-3 /));
});

describe('policy', () => {
  const set = (of: readonly Target[], ...keys: string[]): Action | string | undefined =>
    asked(typed(open('policy', of), ...keys));
  const to = (policy: string, rtPriority = 0): object => ({ kind: 'policy', policy, rtPriority, allThreads: true });
  const rr = targets({ pid: 5, policy: 2, rt_priority: 40 });
  test('at first what it has', () => {
    assert.deepEqual(set(tar), to('other'));
    assert.deepEqual(set(rr), to('rr', 40));
  });
  test('by name, with a priority where there is one', () => {
    assert.deepEqual(set(tar, 'b'), to('batch'));
    assert.deepEqual(set(tar, 'i'), to('idle'));
    assert.deepEqual(set(tar, 'f'), to('fifo', 1));
    assert.deepEqual(set(tar, ...letters('fifo'), 'space', '5', '0'), to('fifo', 50));
    assert.deepEqual(set(tar, ...letters('rr99')), to('rr', 99));
    assert.deepEqual(set(rr, '7'), to('rr', 7), 'a number alone is the priority');
    assert.deepEqual(set(rr, '+', '+', '-'), to('rr', 41));
    assert.deepEqual(set(rr, '5', 'up'), to('fifo', 5), 'the priority stays');
  });
  test('what there is none of', () => {
    assert.equal(set(tar, ...letters('rr0')), 'a priority is 1 to 99');
    assert.equal(set(tar, ...letters('rr100')), 'a priority is 1 to 99');
    assert.equal(set(tar, '5'), 'other has no priority: fifo and rr have');
    assert.equal(set(tar, ...letters('deadline')), "nothing here is called 'deadline'");
  });
});

describe('threads', () => {
  const many = targets({ pid: 900, num_threads: 12 });
  test('all of a process, or its first, by Tab', () => {
    const dialog = typed(open('renice', many), '5');
    shows(dialog, /all 12 threads/);
    const first = typed(dialog, 'tab');
    shows(first, /its first thread alone, of 12/);
    assert.deepEqual(asked(first), { kind: 'renice', nice: 5, relative: false, allThreads: false });
    assert.deepEqual(asked(typed(first, 'tab')), { kind: 'renice', nice: 5, relative: false, allThreads: true });
  });
  test('nothing to choose for a signal, or a single thread', () => {
    assert.equal(typed(open('signal', many), 'tab').allThreads, true);
    assert.equal(typed(open('renice', tar), 'tab').allThreads, true);
    assert.doesNotMatch(screen(open('renice', tar)).join('\n'), /Tab/);
    assert.match(screen(open('renice', many)).join('\n'), /Tab threads/);
  });
});

describe('while it is open', () => {
  test('tasks are seen anew, and those that ended are marked; who they are stays', () => {
    const dialog = open('signal', targets({ pid: 11 }, { pid: 12, start_time: 77 }));
    const pushed = new Pushed();
    pushed.sample([{ pid: 11, state: 'D' }], { ms: 2000 });
    const seen = refreshDialog(dialog, ({ pid }) => (pid === 11 ? pushed.cursor.at(pushed.seat(11)) : undefined));
    assert.deepEqual(
      seen.targets.map(({ pid, startTicks, state, gone }) => [pid, startTicks, state, gone]),
      [
        [11, 100, 'D', false],
        [12, 77, 'S', true],
      ],
    );
    shows(seen, /has ended meanwhile/);
    const acting = dialogKey(dialog, 'enter', true);
    assert.ok('perform' in acting);
    assert.equal(
      refreshDialog(acting.dialog, () => undefined),
      acting.dialog,
      'no more once it acts',
    );
  });
  test('a paste is typed, and never confirms', () => {
    const dialog = dialogPaste(open('signal'), '9\n\n');
    assert.equal(dialog.stage, 'asking');
    assert.deepEqual(asked(dialog), { kind: 'signal', signal: 9 });
  });
});

describe('the results', () => {
  const three = targets({ pid: 21, comm: 'one' }, { pid: 22, comm: 'two' }, { pid: 23, comm: 'three' });
  const results: Result[] = [
    { pid: 21, ok: true, text: 'nice 0 → 5' },
    { pid: 22, ok: false, text: 'left alone: it has ended' },
    { pid: 23, ok: true, text: 'nice 0 → 5' },
  ];
  const done = showResults(open('renice', three), results);
  test('what failed comes first', () => {
    const lines = screen(done);
    assert.match(lines[1]!, /2 done, 1 not/);
    assert.match(lines[2]!, /22 two: left alone: it has ended/);
    assert.match(lines[3]!, /21 one: nice 0 → 5/);
    assert.match(lines[4]!, /23 three: nice 0 → 5/);
  });
  test('scrolls, and closes', () => {
    assert.match(screen(typed(done, 'end'), 40, 4)[2]!, /23 three/);
    assert.match(screen(typed(done, 'down'), 40, 4)[2]!, /21 one/);
    assert.match(screen(typed(done, 'down', 'up'), 40, 4)[2]!, /22 two/);
    for (const key of ['enter', 'escape', 'q']) assert.deepEqual(dialogKey(done, key, false), { close: true });
  });
  test('nothing is said as long as nothing is known', () => {
    const step = dialogKey(open('signal'), 'enter', true);
    assert.ok('perform' in step);
    shows(step.dialog, /SIGTERM \(15\) is being sent …/);
  });
});

/** Every line as wide as the box, none wider than the screen, nothing but cells that a screen may show. */
function assertBox(dialog: Dialog, columns: number, rows: number): void {
  const lines = dialogLines(dialog, columns, rows);
  assert.ok(lines.length <= rows, `${lines.length} lines in ${rows}`);
  const ends = new Set<string>();
  for (const { spans, fill } of lines) {
    assert.equal(fill, undefined, 'a fill would reach beyond the box');
    let x = spans[0]!.x;
    for (const span of spans) {
      assert.equal(span.x, x, 'spans follow each other without a gap');
      assert.doesNotMatch(span.text, /\p{Cc}|\p{Cs}|\u202e/u);
      x += textWidth(span.text);
    }
    assert.ok(x <= columns, `${x} cells in ${columns}`);
    ends.add(`${spans[0]!.x} ${x}`);
  }
  assert.equal(ends.size, 1, [...ends].join());
}

const numbered = (count: number, facts: Partial<PushedTask> = {}): Target[] =>
  targets(...Array.from({ length: count }, (_, index) => ({ pid: 1000 + index, comm: `task${index}`, ...facts })));

describe('the box', () => {
  test('says who and what will happen, on the smallest screen', () => {
    const lines = screen(open('signal'), 40, 10);
    assert.equal(lines.length, 10);
    assert.match(lines[0]!, /^┌─ Signal to 870 tar ─+┐$/);
    assert.match(lines[1]!, /^│ 870 root \d\d:\d\d:\d\d \[tar\] +│$/);
    assert.match(lines.join('\n'), /ignores SIGTERM: nothing will/);
    assert.match(lines.join('\n'), /> 15 SIGTERM/);
    assert.match(lines[9]!, /^└─ Enter send {2}Esc cancel {2}↑↓ choose ─+┘$/);
  });
  test('has the date of the start where there is room, and where it is not of today', () => {
    assert.match(screen(open('signal'), 100, 30)[1]!, /870 root 2023-11-1\d \d\d:\d\d:\d\d \[tar\]/);
    const later = { nowMs: FACTS.nowMs + 30 * 86_400_000 };
    assert.match(screen(open('signal', tar, later), 40, 10)[1]!, /870 root 2023-11-1\d \[tar\]/);
  });
  test('all 64 signals where there is room, with what they mean', () => {
    const lines = screen(open('signal'), 200, 75);
    for (const text of ['  1 SIGHUP ', '  9 SIGKILL', '31 SIGSYS', '32 SIG32', '64 SIGRTMIN+30'])
      assert.ok(
        lines.some(line => line.includes(text)),
        text,
      );
    assert.ok(lines.some(line => line.includes('kill, cannot be caught')));
  });
  test('many tasks: the first, and how many more', () => {
    const text = (count: number, columns: number, rows: number): string =>
      screen(open('signal', numbered(count)), columns, rows).join('\n');
    assert.match(text(2, 40, 10), /1000 root[^]*and 1 more, 1 of them with a warning/);
    assert.match(text(200, 200, 60), /1000 root[^]*1001 root[^]*and \d+ more, \d+ of them with a warning/);
    const shown = text(200, 200, 60).match(/^ +│ 1\d{3} root/gm)!.length;
    const more = Number(/and (\d+) more/.exec(text(200, 200, 60))![1]);
    assert.equal(shown + more, 200);
    assert.doesNotMatch(text(13, 200, 60), /more/);
  });
  test('a warning that is cut off is seen to be', () => {
    const dialog = typed(open('policy', numbered(5)), 'f', '9', '9');
    assert.match(screen(dialog, 40, 10).join('\n'), /…/);
  });
  test('the cursor stands in what is typed', () => {
    const [line] = dialogLines(typed(open('renice'), '1', '2', 'left'), 40, 10).filter(one =>
      lineText(one).includes('Nice value: 12'),
    );
    assert.equal(line!.spans.find(({ tone }) => tone === 'selected')!.text, '2');
  });

  const HOSTILE = [
    '\x1b[31mred\x07',
    '\u202egnp.exe',
    'a\nb',
    '大きいプロセス'.repeat(20),
    '\udc80\udcff',
    'x'.repeat(5000),
    'e\u0301'.repeat(40),
    '',
  ];
  test('holds in any size, for any names, whatever is pressed', () => {
    const key = fc.constantFrom(
      'up',
      'down',
      'pagedown',
      'end',
      'tab',
      'enter',
      '-',
      '+',
      '5',
      'f',
      '9',
      'é',
      '大',
      'left',
      'backspace',
      ',',
      'space',
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...KINDS),
        fc.integer({ min: 20, max: 200 }),
        fc.integer({ min: 3, max: 60 }),
        fc.integer({ min: 1, max: 200 }),
        fc.array(key, { maxLength: 12 }),
        fc.array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' })), { minLength: 1, maxLength: 4 }),
        fc.constantFrom('S', 'D', 'Z', 'T', 'R'),
        (kind, columns, rows, count, keys, names, state) => {
          const some = numbered(1, { state, num_threads: 3 })[0]!;
          const of = Array.from({ length: count }, (_, index) => {
            const name = names[index % names.length]!;
            return { ...some, pid: 1000 + index, comm: name.slice(0, 15), command: name, user: name };
          });
          let dialog = open(kind, of);
          for (const one of keys) {
            const step = dialogKey(dialog, one, false);
            if ('dialog' in step) dialog = step.dialog;
            assertBox(dialog, columns, rows);
          }
          assertBox(dialog, columns, rows);
          assertBox({ ...dialog, stage: 'acting' }, columns, rows);
          const results = of.map(({ pid }, index) => ({ pid, ok: index % 3 > 0, text: names[index % names.length]! }));
          assertBox(showResults(dialog, results), columns, rows);
        },
      ),
      { numRuns: 150 },
    );
  });
  test('the sizes that are promised', () => {
    for (const kind of KINDS)
      for (const count of [1, 2, 13, 200])
        for (const [columns, rows] of [
          [40, 10],
          [80, 24],
          [200, 60],
        ] as const) {
          assertBox(open(kind, numbered(count)), columns, rows);
          const step = dialogKey(open(kind, numbered(count)), 'enter', false);
          assert.ok('dialog' in step);
          assertBox(step.dialog, columns, rows);
          assert.ok(screen(step.dialog, columns, rows).join().includes('1000'), 'the first task is always there');
        }
  });
});
