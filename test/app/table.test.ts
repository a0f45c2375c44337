/** What keys do in the table: filters, trees, groups, tags, columns, the command line. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { neededFields } from '../../src/app/arrange.ts';
import type { PushedTask } from '../support/model.ts';
import { Monitor, sleepers } from '../support/monitor.ts';

const TASKS = [
  { pid: 1, ppid: 0, comm: 'init', rss: 10, state: 'S' },
  { pid: 2, ppid: 0, comm: 'kthreadd', vsize: 0, rss: 0, flags: 0x208040 },
  { pid: 10, ppid: 1, comm: 'shell', rss: 20 },
  { pid: 11, ppid: 10, comm: 'tar', rss: 30, state: 'D' },
  { pid: 12, ppid: 10, comm: 'gzip', rss: 40, state: 'R' },
  { pid: 20, ppid: 1, comm: 'Daemon', rss: 5, state: 'Z' },
] as const;

const monitor = (): Monitor => new Monitor().sample(TASKS);
const rowTexts = (shown: Monitor): string[] => {
  const title = shown.screen.findIndex(line => line.includes('COMMAND'));
  return shown.screen.slice(title + 1, title + 1 + shown.rows.seats.length).map(line => line.trimEnd());
};

describe('the filter', () => {
  test('takes effect as it is typed, and stays with Enter', () => {
    const shown = monitor().press('\\').type('rss > 15');
    assert.deepEqual(shown.pids, [10, 11, 12]);
    shown.press('enter');
    assert.equal(shown.state.mode, 'table');
    assert.deepEqual(shown.pids, [10, 11, 12]);
    assert.ok(shown.screen.some(line => line.includes('filter rss > 15')));
  });
  test('what is wrong is said with its place', () => {
    const shown = monitor().press('f4').type('rss > 15 and fooo = 3');
    assert.match(shown.state.prompt.problem!, /^at 14: unknown column 'fooo'/);
    shown.press('enter');
    assert.equal(shown.state.mode, 'prompt', 'Enter does not take what is wrong');
  });
  test('Esc puts back what was; in the table it clears the filter', () => {
    const shown = monitor().press('\\').type('rss > 15').press('enter', '\\', 'C-u').type('pid = 1').press('escape');
    assert.deepEqual(shown.pids, [10, 11, 12]);
    assert.deepEqual(
      shown.press('escape').pids,
      TASKS.map(({ pid }) => pid),
    );
  });
  test('Tab completes, and goes round', () => {
    const shown = monitor().press('\\').type('maj_flt_r').press('tab');
    assert.equal(shown.state.prompt.line.text, 'maj_flt_rate');
    const round = monitor().press('\\').type('maj_f').press('tab');
    const first = round.state.prompt.line.text;
    assert.notEqual(round.press('tab').state.prompt.line.text, first);
    assert.equal(round.press('S-tab').state.prompt.line.text, first);
    assert.ok(round.screen.at(-2)!.includes(first), 'the words stand above the line');
  });
  test('a saved one by its name', () => {
    const shown = monitor();
    shown.state = { ...shown.state, filters: new Map([['waiting', 'state = D']]) };
    shown.press('\\').type('@wai').press('tab', 'enter');
    assert.deepEqual(shown.pids, [11]);
    assert.match(shown.press('\\', 'C-u').type('@none').state.prompt.problem!, /no filter 'none'.*waiting/);
  });
  test('states by one key', () => {
    const shown = monitor();
    const states = Array.from({ length: 4 }, () => shown.press('D').pids);
    assert.deepEqual(states.slice(0, 3), [[11], [20], [12]]);
    assert.equal(states[3]!.length, TASKS.length);
  });
  test('nothing left says why', () => {
    const shown = monitor().press('\\').type('pid = 99').press('enter');
    assert.ok(shown.screen.some(line => line.includes('no tasks that match pid = 99; Esc shows all')));
  });
  test('idle tasks hidden: what runs, waits for a disk or counted something stays', () => {
    const shown = monitor().sample(TASKS.map(task => (task.pid === 20 ? { ...task, utime: 5 } : task)));
    assert.deepEqual(shown.press('i').pids, [11, 12, 20]);
    assert.equal(shown.press('i').pids.length, TASKS.length);
  });
});

describe('the search', () => {
  test('moves the cursor as it is typed; n and N go on; Esc ends it', () => {
    const shown = monitor().press('/').type('ar');
    assert.equal(shown.cursorPid, 11);
    shown.press('enter');
    assert.equal(shown.press('n').cursorPid, 11, 'round: there is one');
    shown.press('escape', '/').type('i').press('enter');
    const seen = [shown.cursorPid, shown.press('n').cursorPid, shown.press('n').cursorPid];
    assert.equal(new Set(seen).size, 2);
    assert.equal(shown.press('N').cursorPid, seen[1]);
    assert.equal(shown.press('escape').state.search, '');
    assert.equal(shown.press('N').state.sort[0]?.field.id, 'pid', 'N sorts by pid again');
  });
  test('Esc while typing goes back to where the cursor was', () => {
    const shown = monitor().press('down', '/').type('gzip');
    assert.equal(shown.cursorPid, 12);
    assert.equal(shown.press('escape').cursorPid, 2);
  });
  test('capitals count when they are typed', () => {
    assert.equal(monitor().press('/').type('daemon').cursorPid, 20);
    assert.equal(monitor().press('/').type('DAEMON').state.prompt.problem, 'no task matches');
  });
});

describe('the tree', () => {
  test('children below their parents, one branch folded with sums, all folded', () => {
    const shown = monitor().press('t');
    assert.deepEqual(shown.pids, [1, 10, 11, 12, 20, 2]);
    assert.ok(rowTexts(shown)[2]!.includes('│  ├─ [tar]'));
    shown.press('down', '-');
    assert.deepEqual(shown.pids, [1, 10, 20, 2]);
    const row = rowTexts(shown)[1]!;
    assert.match(row, /├─ ▸ \[shell\] \(\+2\)$/);
    assert.ok(row.includes('360K'), `resident of all three, 90 pages: ${row}`);
    assert.deepEqual(shown.press('+').pids, [1, 10, 11, 12, 20, 2]);
    assert.deepEqual(shown.press('*').pids, [1, 2]);
    assert.deepEqual(shown.press('*').pids, [1, 10, 11, 12, 20, 2]);
  });
  test('folding where nothing can be folded goes to the parent', () => {
    const shown = monitor().press('t', 'end', 'up', 'up', 'up');
    assert.equal(shown.cursorPid, 11);
    assert.equal(shown.press('-').cursorPid, 10);
  });
  test('its order stands still: siblings by pid, whatever the list is sorted by', () => {
    const shown = monitor().press('M', 't');
    assert.deepEqual(shown.pids, [1, 10, 11, 12, 20, 2]);
    shown.press('M');
    assert.deepEqual(shown.pids, [1, 10, 12, 11, 20, 2], 'until it is told otherwise');
    assert.equal(shown.press('t').pids[0], 12, 'and the list has its own');
  });
  test('what is filtered keeps its ancestors', () => {
    const shown = monitor().press('t', '\\').type('comm = gzip').press('enter');
    assert.deepEqual(shown.pids, [1, 10, 12]);
  });
  test(':fold N', () => {
    const shown = monitor().press('t', ':').type('fold 1').press('enter');
    assert.deepEqual(shown.pids, [1, 10, 20, 2]);
  });
});

describe('groups', () => {
  test('by a menu, with sums; Enter unfolds', () => {
    const shown = monitor().press('G').press('down', 'down', 'enter');
    assert.equal(shown.state.arrangement, 'comm');
    assert.equal(shown.pids.length, TASKS.length);
    assert.ok(shown.pids.every(pid => pid === -1));
    shown.press('enter');
    assert.equal(shown.pids.length, TASKS.length + 1);
    assert.equal(shown.press('enter').pids.length, TASKS.length);
  });
});

describe('the menu of users', () => {
  const status = (uid: number): string => `Name:\tx\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\n`;
  const items = (shown: Monitor): string[] =>
    shown.screen
      .filter(line => /\d+ tasks/.test(line) && !line.includes('self'))
      .map(line => line.trim().replace(/ +/g, ' '));
  test('asks for the users of all tasks, wherever their rows are, and only while it is open', () => {
    const shown = monitor().press('u');
    assert.deepEqual(shown.wishes, ['reorder']);
    const wanted = (): boolean => neededFields(shown.state).some(({ id }) => id === 'user');
    assert.ok(wanted());
    shown.press('escape');
    assert.equal(wanted(), false);
    shown.press('o');
    assert.equal(wanted(), false, 'another menu needs no users');
  });
  test('is of what is known now; what is chosen stays chosen', () => {
    const shown = monitor();
    shown.pushed.file(1, 'status', status(7), shown.ms);
    shown.press('u', 'down');
    assert.deepEqual(items(shown), ['everybody 6 tasks, 5 of them of users that are not known', '7 1 tasks']);
    for (const pid of [2, 10, 11, 12, 20]) shown.pushed.file(pid, 'status', status(0), shown.ms);
    assert.deepEqual(items(shown), ['everybody 6 tasks', 'root 5 tasks', '7 1 tasks']);
    assert.deepEqual(shown.press('enter').pids, [1]);
  });
});

describe('tags', () => {
  test('space tags and goes down, c with children, U frees all', () => {
    const shown = monitor().press('space');
    assert.deepEqual([...shown.state.tagged], ['1@100']);
    assert.equal(shown.cursorPid, 2);
    assert.ok(rowTexts(shown)[0]!.startsWith('*'));
    shown.press('down', 'c');
    assert.deepEqual([...shown.state.tagged].sort(), ['10@100', '11@100', '12@100', '1@100']);
    assert.ok(shown.screen.some(line => line.includes('4 tagged')));
    assert.equal(shown.press('U').state.tagged.size, 0);
  });
  test('a reused pid is not tagged', () => {
    const shown = monitor().press('space');
    shown.sample([{ ...TASKS[0], start_time: 500 }]);
    assert.ok(!rowTexts(shown)[0]!.startsWith('*'));
  });
});

describe('rows stay where they are while the cursor moves', () => {
  test('in their former order, new ones behind', () => {
    const shown = monitor().press('M');
    assert.deepEqual(shown.pids, [12, 11, 10, 1, 20, 2]);
    const { seats } = shown.rows;
    shown.sample([
      { pid: 30, rss: 999 },
      ...TASKS.map(task => (task.pid === 2 ? { ...task, rss: 500, vsize: 1 } : task)),
    ]);
    assert.deepEqual(shown.pids, [30, 2, 12, 11, 10, 1, 20]);
    shown.reorder({ seats, same: true, stand: true });
    assert.deepEqual(shown.pids, [12, 11, 10, 1, 20, 2, 30]);
  });
});

describe('rows that are equal', () => {
  const idle = (...working: number[]): PushedTask[] =>
    [1, 2, 3, 4, 5].map(pid => ({ pid, utime: working.includes(pid) ? 10 * pid : 0 }));

  test('stay as they stood: who worked last stands before those that did not', () => {
    const shown = monitor().press('P').sample(idle());
    shown.sample(idle(3, 5));
    assert.deepEqual(shown.pids, [5, 3, 1, 2, 4]);
    const before = { seats: shown.rows.seats, same: true, stand: false };
    shown.sample([...idle(3, 5), { pid: 6 }]);
    assert.deepEqual(shown.pids, [1, 2, 3, 4, 5, 6], 'by pid');
    shown.reorder(before);
    assert.deepEqual(shown.pids, [5, 3, 1, 2, 4, 6], 'a new one behind');
  });
  test('by pid after another order, in a tree and in groups', () => {
    const shown = monitor().press('P').sample(idle()).sample(idle());
    const before = { seats: Int32Array.from([...shown.rows.seats].reverse()), same: true, stand: false };
    shown.reorder(before);
    assert.deepEqual(shown.pids, [5, 4, 3, 2, 1]);
    shown.reorder({ ...before, same: false });
    assert.deepEqual(shown.pids, [1, 2, 3, 4, 5]);
    shown.press('f5').reorder(before);
    assert.deepEqual(shown.pids, [1, 2, 3, 4, 5]);
  });
});

test('the users of all tasks are read while the name of one is typed', () => {
  const shown = monitor().press(':');
  const wanted = (): boolean => neededFields(shown.state).some(({ id }) => id === 'user');
  shown.type('use');
  assert.equal(wanted(), false);
  shown.wishes.length = 0;
  shown.type('r');
  assert.ok(wanted());
  assert.deepEqual(shown.wishes, ['reorder'], 'they are read at once, not at the next sample');
  shown.type(' ro');
  assert.deepEqual(shown.wishes, ['reorder']);
  shown.press('escape');
  assert.equal(wanted(), false);
  shown.press('\\').type('user = ');
  assert.ok(wanted());
});

describe('columns', () => {
  test('sets as tabs; what was changed in one is kept', () => {
    const shown = monitor().press('tab');
    assert.equal(shown.state.sets[shown.state.set]?.name, 'faults');
    assert.equal(shown.state.columns[3]?.id, 'maj_flt_rate');
    shown.press('M', 'S-tab');
    assert.equal(shown.state.sort[0]?.field.id, undefined, 'the first set has its own order');
    assert.equal(shown.press('tab').state.sort[0]?.field.id, 'rss_bytes');
  });
  test('why - stands where a process has several threads is said where it stands', () => {
    const shown = monitor().press('tab', 'tab');
    assert.equal(shown.state.sets[shown.state.set]?.name, 'sched');
    const said = 'sched columns: - where a process has several threads (H shows them)';
    for (const columns of [80, 120]) {
      shown.columns = columns;
      assert.ok(
        shown.screen.some(line => line.includes(said)),
        shown.screen.join('\n'),
      );
    }
    // the next key takes the sentence away; a note stays
    shown.press('down');
    assert.ok(!shown.screen.some(line => line.includes(said)));
    assert.ok(shown.screen.some(line => line.includes('sched columns · - : has threads (H)')));
    assert.ok(!shown.press('H').screen.some(line => line.includes('has threads')));
    // of columns that every row has nothing is said
    assert.equal(monitor().press('tab').state.message, undefined);
  });
  test('the chooser shows, hides, moves and widens; search finds by meaning', () => {
    const shown = monitor().press('C');
    assert.equal(shown.state.mode, 'columns');
    shown.press('down', 'space');
    assert.deepEqual(
      shown.state.columns.slice(0, 3).map(({ id }) => id),
      ['pid', 'state', 'priority'],
    );
    shown.press(']');
    assert.deepEqual(
      shown.state.columns.slice(0, 3).map(({ id }) => id),
      ['pid', 'priority', 'state'],
    );
    const { width } = shown.state.columns[2]!;
    shown.press('+', '+', '-');
    assert.equal(shown.state.columns[2]?.width, width + 1);
    shown.press('/').type('oom').press('enter', 'enter');
    assert.ok(shown.state.columns.some(({ id }) => id === 'oom_score'));
    assert.equal(shown.press('escape').state.mode, 'table');
  });
  test('sideways: columns fall behind the first, then the command scrolls', () => {
    const shown = monitor();
    const first = (): string =>
      shown.screen
        .find(line => line.includes('PID'))!
        .trimStart()
        .split(/ +/)
        .slice(0, 2)
        .join(' ');
    assert.equal(first(), 'PID USER');
    shown.press('right', 'right');
    assert.match(first(), /^PID PRI/);
    shown.press('left', 'left', 'left');
    assert.match(first(), /^PID USER/);
  });
  test('zeros blank, missing still -', () => {
    const shown = monitor();
    assert.ok(rowTexts(shown)[0]!.includes(' - '), 'a first sample has no rates');
    shown.sample(TASKS);
    assert.ok(rowTexts(shown)[0]!.includes(' 0.0 '));
    assert.ok(!rowTexts(shown.press('0'))[0]!.includes(' 0.0 '));
    assert.ok(rowTexts(shown)[1]!.includes('0'), 'a nice value of 0 is a fact');
  });
});

describe('the command line', () => {
  const run = (text: string): Monitor => monitor().press(':').type(text).press('enter');
  test('every action by its name', () => {
    assert.equal(run('tree').state.arrangement, 'tree');
    assert.equal(run('help').state.mode, 'help');
    assert.deepEqual(run('quit').wishes, ['quit']);
  });
  test('commands with words', () => {
    assert.deepEqual(run('filter comm = tar').pids, [11]);
    assert.equal(run('sort -rss,pid').state.sort.length, 2);
    assert.deepEqual(
      run('columns pid,command').state.columns.map(({ id }) => id),
      ['pid', 'command'],
    );
    assert.equal(
      run('columns -command').state.columns.some(({ id }) => id === 'command'),
      false,
    );
    assert.equal(run('interval 0.5').state.intervalSeconds, 0.5);
    assert.equal(run('keys vim').state.map, 'vim');
    assert.equal(run('group user').state.arrangement, 'user');
    assert.equal(run('set memory').state.columns[3]?.id, 'rss_bytes');
    assert.deepEqual(run('state DZ').pids, [11, 20]);
    assert.deepEqual(run('write out.json').wishes, [{ writeTo: 'out.json' }]);
  });
  test('what is wrong stays in the line, with the nearest name', () => {
    for (const [text, says] of [
      ['treee', /no command 'treee': did you mean 'tree'\?/],
      ['sort foo', /unknown column 'foo'/],
      ['keys emacs', /no key map 'emacs'/],
      ['interval x', /0\.1 to 3600/],
      ['tree now', /takes no words/],
      ['filter pid >', /^at 6: /],
    ] as const) {
      const shown = run(text);
      assert.equal(shown.state.mode, 'prompt');
      assert.match(shown.state.prompt.problem!, says);
    }
  });
  test('Tab completes names and their words', () => {
    assert.equal(monitor().press(':').type('inter').press('tab').state.prompt.line.text, 'interval ');
    assert.equal(
      monitor().press(':').type('sort -maj_flt_r').press('tab').state.prompt.line.text,
      'sort -maj_flt_rate',
    );
    assert.equal(monitor().press(':').type('keys vi').press('tab').state.prompt.line.text, 'keys vim');
    assert.match(monitor().press(':').type('filter poli').press('tab').state.prompt.line.text, /^filter policy/);
  });
  test('an empty line is left by backspace', () => assert.equal(monitor().press(':', 'backspace').state.mode, 'table'));
});

test('following: the task stays whatever is filtered, until F lets go', () => {
  const shown = monitor().press('down', 'F', '\\').type('pid = 12').press('enter');
  assert.deepEqual(shown.pids, [2, 12]);
  assert.ok(rowTexts(shown)[0]!.startsWith('»'));
  assert.deepEqual(shown.press('F').pids, [12]);
  const kernel = monitor().press('down', 'F', 'K');
  assert.ok(kernel.pids.includes(2), 'kernel threads are hidden, but for the one that is followed');
});

test('a crowd is scrolled through, and the end is reached', () => {
  const shown = new Monitor().sample(sleepers(...Array.from({ length: 500 }, (_, index) => index + 1)));
  assert.equal(shown.press('end').cursorPid, 500);
  assert.equal(shown.press('home').cursorPid, 1);
});
