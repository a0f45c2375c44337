import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { KEY_MAPS, TASK_PAGES } from '../../src/keys/keys.ts';
import { lineText, Monitor, sleepers } from '../support/monitor.ts';

const monitor = (): Monitor =>
  new Monitor().sample([
    { pid: 1, comm: 'init', rss: 10, flags: 0x400100 },
    { pid: 2, comm: 'kthreadd', vsize: 0, rss: 0, flags: 0x208040 },
    { pid: 3, comm: 'big', rss: 1000, utime: 5 },
  ]);

describe('sorting', () => {
  const sortOf = (...keys: string[]): string => {
    const { state } = monitor().press(...keys);
    return state.sort.map(({ field, descending }) => (descending ? '-' : '') + field.id).join();
  };
  test('by letters', () => {
    assert.equal(sortOf('P'), '-cpu_percent');
    assert.equal(sortOf('M'), '-rss_bytes');
    assert.equal(sortOf('T'), '-cpu_time');
    assert.equal(sortOf('N'), 'pid');
    assert.equal(sortOf('M', 'R'), 'rss_bytes');
    assert.equal(sortOf('M', 'R', 'R'), '-rss_bytes');
  });
  test('by the neighbour column, numbers from the largest, text from the first', () => {
    assert.equal(sortOf('N', '>'), 'user');
    assert.equal(sortOf('N', '<'), 'pid', 'there is nothing further left');
    assert.equal(sortOf('P', '>'), '-user_percent');
    assert.equal(sortOf('P', '<'), '-flags');
  });
  test('by the menu: what is sorted by is chosen first, Enter takes it, Esc does not', () => {
    const menu = monitor().press('M', 'f6');
    assert.equal(menu.state.mode, 'menu');
    assert.equal(menu.screen.find(line => line.trimStart().startsWith('rss_bytes')) !== undefined, true);
    menu.press('down', 'enter');
    assert.equal(menu.state.mode, 'table');
    assert.equal(menu.state.sort[0]?.field.id, 'num_threads');
    assert.equal(monitor().press('M', 'o', 'down', 'escape').state.sort[0]?.field.id, 'rss_bytes');
    assert.equal(monitor().press('o', 'end', 'enter').state.mode, 'table');
  });
  test('takes effect at once', () => assert.deepEqual(monitor().press('M').pids, [3, 1, 2]));
});

describe('what is shown', () => {
  test('kernel threads: show, hide, only', () => {
    const shown = monitor();
    assert.deepEqual(shown.press('K').pids, [1, 3]);
    assert.deepEqual(shown.press('K').pids, [2]);
    assert.deepEqual(shown.press('K').pids, [1, 2, 3]);
  });
  test('threads ask for another model, and let go of the task', () => {
    const shown = monitor().press('down', 'H');
    assert.deepEqual(shown.wishes, ['reopen']);
    assert.equal(shown.state.threads, true);
    assert.equal(shown.state.selected, undefined);
  });
  test('frozen, and on again', () => {
    const shown = monitor().press('Z');
    assert.deepEqual(shown.state.instant, shown.scene.instants().at(-1));
    assert.match(shown.screen.join('\n'), / FROZEN \d\d:\d\d:\d\d /);
    assert.equal(shown.press('Z').state.instant, undefined);
    assert.deepEqual(shown.wishes, ['reorder', 'reorder']);
  });
  test('wishes', () => assert.deepEqual(monitor().press('C-l', 'C-z', 'q').wishes, ['redraw', 'suspend', 'quit']));
});

describe('the prompt', () => {
  const prompt = (...keys: string[]): Monitor => monitor().press('d', ...keys);
  test('a number of seconds', () => {
    const asked = prompt('0', '.', '5', 'enter');
    assert.equal(asked.state.mode, 'table');
    assert.equal(asked.state.intervalSeconds, 0.5);
    assert.deepEqual(asked.wishes, ['reschedule']);
    assert.equal(prompt('5', '0', '0', 'm', 's', 'enter').state.intervalSeconds, 0.5);
  });
  test('can be edited', () => {
    assert.equal(prompt('1', '2', 'backspace').state.prompt.line.text, '1');
    assert.equal(prompt('backspace', '7', 'enter').state.intervalSeconds, 7);
  });
  for (const typed of ['0', '3601', 'x', '-1', '1e3']) {
    test(`'${typed}' is refused, said why, and can be corrected`, () => {
      const asked = prompt(...Array.from(typed), 'enter');
      assert.equal(asked.state.mode, 'prompt');
      assert.equal(asked.state.intervalSeconds, 2);
      assert.match(asked.state.prompt.problem!, /0\.1 to 3600/);
      assert.match(asked.screen.at(-1)!, /0\.1 to 3600/);
      assert.equal(asked.press('backspace').state.prompt.problem, undefined);
    });
  }
  test('nothing typed, or Esc: nothing changes', () => {
    for (const keys of [['enter'], ['9', 'escape']]) {
      const { state, wishes } = prompt(...keys);
      assert.equal(state.mode, 'table');
      assert.equal(state.intervalSeconds, 2);
      assert.deepEqual(wishes, []);
    }
    assert.equal(prompt('9', 'escape').press('d').state.prompt.line.text, '', 'the next question starts empty');
  });
  test('letters are typed, not done; it is of bounded length', () => {
    const asked = prompt('q', 'P', 'H', '日', 'space');
    assert.equal(asked.state.prompt.line.text, 'qPH日 ');
    assert.deepEqual(asked.wishes, []);
    assert.ok(prompt(...Array<string>(5000).fill('1')).state.prompt.line.text.length <= 1000);
    assert.equal(prompt('f5', 'up', 'pagedown').state.prompt.line.text, '');
  });
  test('^C still quits, also in a task', () => {
    assert.deepEqual(prompt('C-c').wishes, ['quit']);
    const inTask = monitor().press('enter', 'd', '3', 'enter');
    assert.equal(inTask.state.mode, 'task');
    assert.equal(inTask.state.intervalSeconds, 3);
  });
});

describe('a paste is never keys', () => {
  for (const map of KEY_MAPS) {
    for (const keys of [[], ['?'], ['f6'], ['enter']]) {
      test(`${map}: ignored after [${keys.join()}]`, () => {
        const before = monitor();
        before.state = { ...before.state, map };
        before.press(...keys);
        const { state } = before;
        assert.equal(before.paste('qPMH\x03\nk9').state, state);
      });
    }
  }
  test('in the prompt it is typed, up to its first line, without control characters', () => {
    const typed = (text: string): string => monitor().press('d').paste(text).state.prompt.line.text;
    assert.equal(typed('1.5'), '1.5');
    assert.equal(typed('1\x1b[201~.\x075'), '1[201~.5');
    assert.equal(typed('5\nq\n'), '5');
    assert.ok(typed('9'.repeat(10_000)).length <= 1000);
  });
});

describe('searching on a page', () => {
  const search = (...keys: string[]): Monitor => {
    const pages = monitor();
    pages.lines = 16;
    return pages.press('enter', '2', '/', ...keys);
  };
  const top = (pages: Monitor): string => pages.screen.find(line => line.includes('PF_') || /^ {2}0x/.test(line)) ?? '';
  test('goes to the next match, on with n, back with N, round at the end', () => {
    const pages = search(...Array.from('memalloc'), 'enter');
    assert.equal(pages.state.mode, 'task');
    const lines = pages.world.pageLines.map(lineText);
    const found = lines.flatMap((line, index) => (line.toLowerCase().includes('memalloc') ? [index] : []));
    assert.ok(found.length >= 3);
    assert.equal(pages.state.task?.match, found[0]);
    assert.equal(pages.press('n').state.task?.match, found[1]);
    assert.equal(pages.press('n').state.task?.match, found[2]);
    assert.equal(pages.press('N').state.task?.match, found[1]);
    assert.equal(pages.press('N', 'N').state.task?.match, found.at(-1), 'round');
    assert.ok(pages.screen.some(line => line.toLowerCase().includes('memalloc')));
  });
  test('capitals count only when they are typed', () => {
    assert.equal(search('M', 'e', 'm', 'a', 'l', 'l', 'o', 'c', 'enter').state.message?.tone, 'warn');
    assert.equal(search('M', 'E', 'M', 'A', 'enter').state.message, undefined);
  });
  test('what is not there is said, and the page stays', () => {
    const pages = search('z', 'q', 'z', 'enter');
    assert.match(pages.state.message!.text, /'zqz' is not on this page/);
    assert.equal(pages.state.task?.scroll, 0);
  });
  test('Esc ends the search, then the page', () => {
    const pages = search('k', 't', 'h', 'enter');
    assert.equal(pages.press('escape').state.task?.search, '');
    assert.equal(pages.press('escape').state.mode, 'table');
  });
  test('scrolling away makes n go on from there', () => {
    const pages = search(...Array.from('0x'), 'enter').press('down', 'down', 'down');
    const { scroll } = pages.state.task!;
    const { match } = pages.press('n').state.task!;
    assert.ok(match >= scroll && match <= scroll + 3, `${match} from ${scroll}`);
    assert.notEqual(top(pages), '');
  });
});

test('a page is written to the file that is named; the name is proposed', () => {
  const pages = monitor().press('enter', '2', 'w');
  assert.equal(pages.state.prompt.line.text, 'taskscope-1-flags.txt');
  pages.press('enter');
  assert.deepEqual(pages.wishes, [{ writeTo: 'taskscope-1-flags.txt' }]);
  assert.equal(pages.state.mode, 'task');
});

describe('the pages of the machine', () => {
  test('over the table and over a task, and back', () => {
    const pages = monitor().press('s');
    assert.equal(pages.state.mode, 'system');
    assert.equal(pages.press('tab').state.system?.page, 'interrupts');
    assert.equal(pages.press('5').state.system?.page, 'log');
    assert.equal(pages.press('escape').state.mode, 'table');
    assert.equal(pages.press('enter', 's', 'escape').state.mode, 'task');
  });
});

describe('the pages of a task', () => {
  test('by number and by Tab, around', () => {
    const pages = monitor().press('enter');
    const page = (): string | undefined => pages.state.task?.page;
    assert.equal(page(), 'overview');
    pages.press('2');
    assert.equal(page(), 'flags');
    pages.press('S-tab', 'S-tab');
    assert.equal(page(), 'raw');
    pages.press('right', 'tab');
    assert.equal(page(), 'flags');
    for (const key of [' ', 'F', '', 'B']) assert.equal(pages.press(key).state.task?.page, 'flags', key);
    for (const { id, keys } of TASK_PAGES) {
      for (const key of keys) assert.equal(pages.press('2', key).state.task?.page, id, key);
    }
  });
  test('of files, locks and environment, straight from the table', () => {
    for (const [key, page] of Object.entries({ l: 'files', x: 'locks', e: 'environment' }))
      assert.equal(monitor().press(key).state.task?.page, page);
  });
  test('scroll within their length', () => {
    const pages = monitor();
    pages.lines = 20;
    pages.press('enter', '2', 'G');
    const { pageLines, pageRows } = pages.world;
    const pageLength = pageLines.length;
    assert.ok(pageLength > pageRows);
    assert.equal(pages.state.task?.scroll, pageLength - pageRows);
    assert.equal(pages.press('down').state.task?.scroll, pageLength - pageRows);
    assert.equal(pages.press('g').state.task?.scroll, 0);
    assert.equal(pages.press('pagedown', 'tab').state.task?.scroll, 0, 'another page starts at its top');
  });
  test('help comes back to the task', () => {
    const pages = monitor().press('enter', '?');
    assert.equal(pages.state.mode, 'help');
    assert.equal(pages.press('escape').state.mode, 'task');
    assert.equal(pages.press('escape').state.mode, 'table');
    assert.equal(pages.state.task, undefined);
  });
  test('flags that changed since it was opened, the latest first', () => {
    const pages = monitor().press('enter', '2');
    pages.sample([{ pid: 1, comm: 'init', flags: 0x400100 | 0x40 }, ...sleepers(3)]);
    pages.sample([{ pid: 1, comm: 'init', flags: 0x400040 }, ...sleepers(3)]);
    const { changes } = pages.state.task!.watch;
    assert.deepEqual(
      changes.map(({ set, cleared }) => [set, cleared]),
      [
        [0, 0x100],
        [0x40, 0],
      ],
    );
    pages.lines = 100;
    const text = pages.screen.join('\n');
    assert.match(text, /- PF_SUPERPRIV/);
    assert.match(text, /\+ PF_FORKNOEXEC/);
  });
  test('a task that took the pid is not watched', () => {
    const pages = monitor().press('enter');
    pages.sample([{ pid: 1, start_time: 999, flags: 0 }]);
    assert.deepEqual(pages.state.task?.watch.changes, []);
  });
});
