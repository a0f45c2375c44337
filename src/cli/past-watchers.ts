/** Findings of what is remembered: the last minutes are played through the rules. */
import type { Instant } from '../app/state.ts';
import type { Machine } from '../decode/machine.ts';
import type { Rule } from '../findings/rule.ts';
import { FindingsWatch } from '../findings/watch.ts';
import { type Ring, tablesOf } from '../history/ring.ts';
import { TaskCursor } from '../model/task-cursor.ts';
import { Watchers } from './watchers.ts';

/** So many samples of threads in a row end no finding about processes. */
const MOST_UNSEEN = 2;

/** Shows the samples of processes; what held before more samples of threads is not known to have gone on. */
function replay(rings: readonly Ring[], watch: FindingsWatch, isWanted: (ms: number) => boolean): void {
  let unseen = 0;
  for (const { instant, table } of tablesOf(rings)) {
    if (!isWanted(instant.ms)) break;
    unseen = table.threads ? unseen + 1 : 0;
    if (unseen > MOST_UNSEEN) watch.gap();
    if (!table.threads) watch.sampled(new TaskCursor(table));
  }
}

/** What was known of trouble at a past sample. */
export function findingsAt(
  { ms }: Instant,
  rings: readonly Ring[],
  rules: readonly Rule[],
  machine: Machine,
): FindingsWatch {
  const watch = new FindingsWatch(rules, machine);
  replay(rings, watch, then => then <= ms);
  return watch;
}

/** Watchers that know what is remembered. */
export function informedWatchers(
  rings: readonly Ring[],
  ...[source, main, options]: ConstructorParameters<typeof Watchers>
): Watchers {
  const watchers = new Watchers(source, main, options);
  const { threads, system } = main.cursor.table;
  // the sample that is looked at at once is not looked at twice
  replay(rings, watchers.findings, ms => !options.others || threads || ms < system.ms);
  // threads, and files of tasks that are not on the screen, are read at once
  if (options.others) watchers.sampled();
  return watchers;
}
