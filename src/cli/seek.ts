/** Looks through a recording for the next thing to be told: a finding that begins, a task that enters D. */
import { FindingsWatch } from '../findings/watch.ts';
import type { Rule } from '../findings/rule.ts';
import { type Instant, RING_MS } from '../history/ring.ts';
import { TaskCursor } from '../model/task-cursor.ts';
import type { Recording } from '../recording/reader.ts';
import { harmless } from '../units/text.ts';

/** So many samples between two looks at the keys. */
const AT_ONCE = 20;

export interface Told {
  readonly instant: Instant;
  readonly words: string;
}

/**
 * The nearest sample after (1) or before (-1) the one at `from` at which a finding begins or a task enters D.
 * @param goOn asked now and then with the sample that is looked at; false ends it.
 */
export async function seekTold(
  recording: Recording,
  rules: readonly Rule[],
  from: number,
  direction: 1 | -1,
  goOn: (at: Instant) => boolean,
): Promise<Told | undefined> {
  if (direction > 0) return firstTold(recording, rules, from, recording.count, goOn);
  // windows of what is remembered at their ends, each before the one before
  for (let end = from; end > 0;) {
    const start = startOf(recording, end);
    const told = await lastTold(recording, rules, start, end, goOn);
    if (told || !goOn(recording.instant(start))) return told;
    end = start;
  }
  return undefined;
}

/** The index of the sample that is as long before as the memory reaches, at least one. */
function startOf(recording: Recording, end: number): number {
  const latest = recording.instant(end).ms - RING_MS;
  let start = end - 1;
  while (start > 0 && recording.instant(start).ms > latest && !recording.begins(start)) start--;
  return start;
}

async function firstTold(...[recording, rules, from, end, goOn]: Parameters<typeof tell>): Promise<Told | undefined> {
  for await (const told of tell(recording, rules, from, end, goOn)) return told;
  return undefined;
}

async function lastTold(...[recording, rules, from, end, goOn]: Parameters<typeof tell>): Promise<Told | undefined> {
  let last: Told | undefined;
  for await (const told of tell(recording, rules, from, end, goOn)) last = told;
  return last;
}

/** All that is told after the sample at `after` and before the one at `end`; what goes on for longer is no news. */
async function* tell(
  recording: Recording,
  rules: readonly Rule[],
  after: number,
  end: number,
  goOn: (at: Instant) => boolean,
): AsyncGenerator<Told> {
  const from = after > 0 ? startOf(recording, after) : 0;
  let watch = new FindingsWatch(rules, recording.machine);
  let player = recording.playerAt(from, 0);
  let known = new Set<string>();
  let cursor = new TaskCursor(player.table);
  watch.sampled(cursor);
  for (let index = from + 1; index < end; index++) {
    if (index % AT_ONCE === 0) {
      await new Promise(resolve => setImmediate(resolve));
      if (!goOn(recording.instant(index))) return;
    }
    if (recording.begins(index)) {
      player = recording.playerAt(index, 0);
      cursor = new TaskCursor(player.table);
      watch = new FindingsWatch(rules, recording.machine);
      known = new Set();
    } else recording.playOn(player, index);
    watch.sampled(cursor);
    const words = [...newFindings(watch, known), ...entered(cursor)];
    if (index > after && words.length > 0) yield { instant: recording.instant(index), words: words.join('; ') };
  }
}

/** Findings that were not there at the sample before. */
function newFindings(watch: FindingsWatch, known: Set<string>): string[] {
  const fresh = watch.findings.filter(({ rule, since, ended }) => !ended && !known.has(`${rule.id} ${since.ms}`));
  for (const { rule, since } of fresh) known.add(`${rule.id} ${since.ms}`);
  return fresh.map(
    ({ title, tasks: [task] }) => `${harmless(title)}${task ? `: ${task.pid} ${harmless(task.comm)}` : ''}`,
  );
}

/** Tasks that entered D in this very sample. */
function entered({ table }: TaskCursor): string[] {
  const { ms } = table.system;
  const now = table.events.list.filter(event => event.ms === ms && event.kind === 'entered_d');
  return now.map(({ pid, comm }) => `${pid} ${harmless(comm)} entered D`);
}
