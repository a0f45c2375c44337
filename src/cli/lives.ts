/** What rings remember of a task, for its page History. */
import { livesOf } from '../history/life.ts';
import type { Ring } from '../history/ring.ts';
import type { TaskCursor } from '../model/task-cursor.ts';
import type { RememberedLives } from '../pages/context.ts';

/**
 * Of the cursor's task up to a time, in samples of its own kind: counters of a process are not those of its first thread.
 * Where threads are remembered, of all threads of its process.
 */
export function rememberedOf(
  rings: readonly Ring[],
  { pid, tgid, startTicks, table }: TaskCursor,
  lastMs: number,
): RememberedLives {
  const { threads } = table;
  const own = rings.filter(ring => ring.threads === threads);
  const all = livesOf(own, threads ? (_, process) => process === tgid : tid => tid === pid);
  const lives = all.flatMap(life => {
    const moments = life.moments.filter(({ ms }) => ms <= lastMs);
    const isWhole = moments.length === life.moments.length;
    return moments.length > 0 ? [{ ...life, moments, ended: life.ended && isWhole }] : [];
  });
  const oldest = own.find(({ instants }) => instants.length > 0)?.instants[0];
  const sinceMs = oldest?.ms ?? Number.POSITIVE_INFINITY;
  const others = rings.filter(ring => ring.threads !== threads).flatMap(({ instants }) => instants);
  return {
    lives,
    own: lives.find(life => life.tid === pid && life.startTicks === startTicks),
    reachesBackMs: oldest ? table.system.ms - oldest.ms : 0,
    threads,
    others: others.filter(({ ms }) => ms > sinceMs && ms <= lastMs).length,
  };
}
