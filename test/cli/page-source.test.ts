/** The page that is open, as samples go on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialState, type OpenTask } from '../../src/app/state.ts';
import { PageSource } from '../../src/cli/page-source.ts';
import { Past } from '../../src/cli/past.ts';
import { TaskCursor } from '../../src/model/task-cursor.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { lineText } from '../../src/pages/render.ts';
import { FakeTree } from '../support/fake-tree.ts';
import { testMachine } from '../support/model.ts';
import { statBytes } from '../support/stat-line.ts';

test('page History has the last sample, also where it was painted while that was taken', () => {
  const table = new TaskTable(testMachine(), false);
  const { recorder, rings } = new Past(table);
  const pages = new PageSource(
    new FakeTree(),
    () => rings,
    () => undefined,
  );
  const task: OpenTask = {
    page: 'history',
    key: { pid: 42, startTicks: 100 },
    watch: { openedMs: 0, changes: [] },
    flags: 0,
    rawFile: '',
    gone: undefined,
    scroll: 0,
    search: '',
    match: -1,
  };
  const samples = (): string | undefined =>
    pages
      .lines({ ...initialState(), task }, new TaskCursor(table), 120)
      .map(lineText)
      .find(line => line.includes('Samples'));
  for (let second = 1; second <= 3; second++) {
    recorder.begin({ wallMs: second * 1000, system: new Map(), systemMs: second * 1000 });
    if (second > 1) samples();
    const line = statBytes({ pid: 42, utime: second });
    recorder.stat(0, 42, 42, line, line.length, second * 1000);
    recorder.end(0);
    pages.refresh();
    assert.match(samples() ?? '', new RegExp(`Samples +${second},`));
  }
  pages.close();
});
