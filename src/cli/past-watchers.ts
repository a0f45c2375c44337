/** Findings of what is remembered: the last minutes are played through the rules. */
import type { Instant } from '../app/state.ts';
import type { Machine } from '../decode/machine.ts';
import type { Rule } from '../findings/rule.ts';
import { FindingsWatch } from '../findings/watch.ts';
import { type Ring, tablesOf } from '../history/ring.ts';
import { TaskCursor } from '../model/task-cursor.ts';
import { Watchers } from './watchers.ts';

/** What was known of trouble at a past sample. */
export function findingsAt(
  { ms }: Instant,
  rings: readonly Ring[],
  rules: readonly Rule[],
  machine: Machine,
): FindingsWatch {
  const watch = new FindingsWatch(rules, machine);
  for (const { instant, table } of tablesOf(rings)) {
    if (instant.ms > ms) break;
    if (!table.threads) watch.sampled(new TaskCursor(table));
  }
  return watch;
}

/** Watchers that know what is remembered. */
export function informedWatchers(
  rings: readonly Ring[],
  ...[source, main, options]: ConstructorParameters<typeof Watchers>
): Watchers {
  const watchers = new Watchers(source, main, options);
  for (const { table } of tablesOf(rings)) if (!table.threads) watchers.replayed(new TaskCursor(table));
  // threads, and files of tasks that are not on the screen, are read at once
  if (options.others) watchers.sampled();
  return watchers;
}
