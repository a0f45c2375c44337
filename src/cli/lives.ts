/** What a ring remembers of a task, for its page History. */
import { livesOf } from '../history/life.ts';
import type { Ring } from '../history/ring.ts';
import type { TaskCursor } from '../model/task-cursor.ts';
import type { RememberedLives } from '../pages/context.ts';

/** Of the cursor's task up to a time; where threads are remembered, of all threads of its process. */
export function rememberedOf(
  ring: Ring,
  { pid, tgid, startTicks, table }: TaskCursor,
  lastMs: number,
): RememberedLives {
  const all = livesOf(ring, table.threads ? (_, process) => process === tgid : tid => tid === pid);
  const lives = all.flatMap(life => {
    const moments = life.moments.filter(({ ms }) => ms <= lastMs);
    const isWhole = moments.length === life.moments.length;
    return moments.length > 0 ? [{ ...life, moments, ended: life.ended && isWhole }] : [];
  });
  const [oldest] = ring.instants;
  return {
    lives,
    own: lives.find(life => life.tid === pid && life.startTicks === startTicks),
    reachesBackMs: oldest ? table.system.ms - oldest.ms : 0,
  };
}
