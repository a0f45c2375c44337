import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SYSTEM_PAGES, TASK_PAGES } from '../../src/keys/keys.ts';
import { tabs } from '../../src/pages/tabs.ts';
import { lineText } from '../support/monitor.ts';

const shown = (page: string, columns: number): string => lineText(tabs(TASK_PAGES, page, columns));

test('the tabs of a group stand still, the mark goes over them', () => {
  assert.equal(shown('overview', 80), ' [1 OVERVIEW] 2 Flags  3 Stat  4 Status  5 Signals  6 Sched ›');
  assert.equal(shown('flags', 80), '  1 Overview [2 FLAGS] 3 Stat  4 Status  5 Signals  6 Sched ›');
  assert.equal(shown('scheduling', 80), '  1 Overview  2 Flags  3 Stat  4 Status  5 Signals [6 SCHED]›');
  assert.equal(shown('accounting', 80), ' ‹ [7 ACCOUNT] 8 Memory  9 Threads  0 Files  x Locks  c Cgroup ›');
  assert.equal(shown('raw', 80), ' ‹  L Limits  a Rights  y Kernel  e Environ  v History [r RAW]');
});

test('as many as fit where there is room; every page has its tab', () => {
  for (let columns = 24; columns <= 260; columns++)
    for (const pages of [TASK_PAGES, SYSTEM_PAGES])
      for (const { id, title } of pages) {
        const text = lineText(tabs(pages, id, columns));
        assert.ok(text.length <= columns, `${columns}: ${text}`);
        assert.ok(text.includes(title.toUpperCase()), `${columns}: ${text}`);
      }
  assert.equal(
    shown('stat', 120),
    '  1 Overview  2 Flags [3 STAT] 4 Status  5 Signals  6 Sched  7 Account  8 Memory  9 Threads  0 Files  x Locks ›',
  );
  assert.doesNotMatch(shown('stat', 200), /[‹›]/);
});
