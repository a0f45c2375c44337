/** The sentences of a finding. */
import { field } from '../fields/registry.ts';
import { TaskCursor } from '../model/task-cursor.ts';
import { isMissing } from '../units/missing.ts';
import { scopesOf } from './checks.ts';
import { countedFact, type Fact, type Facts, filled, numberFact, secondsFact, textFact, timeFact } from './facts.ts';
import type { Finding, FoundTask } from './finding.ts';
import type { Found, Member } from './gathering.ts';
import type { Hold, Moment } from './hold.ts';
import type { Measure } from './rule.ts';
import { TELLERS } from './tellers.ts';
import { waitOf } from './waits.ts';
import type { FreshCursor, World } from './world.ts';

/** So many tasks of a finding are named. */
const MOST_TASKS = 50;

const USER = field('user');
const MEASURES: readonly Measure[] = ['memory_some', 'memory_full', 'major_faults', 'forks'];

/**
 * The finding as it is at this sample.
 * @param before the same finding at the sample before: it goes on.
 */
export function findingOf(found: Found, before: Finding | undefined, world: World, now: Moment): Finding {
  const { entry, members } = found;
  const { rule } = entry;
  const since = before && before.since.ms < found.since.ms ? before.since : found.since;
  const { model, seat, hold } = members[0]!;
  const cursor = model.cursor!.at(seat);
  const values: Record<string, number | string> = {};
  const facts = factsOf(found, cursor, hold, world, now);
  const evidence = [
    ...rule.evidence.map(sentence => filled(sentence, facts, cursor, values)),
    ...(rule.tells ?? []).map(name => TELLERS[name](cursor, world)),
  ].filter(sentence => sentence !== undefined);
  const graver = rule.graver && members.length >= rule.graver.tasks ? rule.graver.severity : rule.severity;
  return {
    rule,
    severity: graver,
    title: filled(rule.title, facts, cursor) ?? rule.id,
    tasks: members.slice(0, MOST_TASKS).map(foundTask),
    count: members.length,
    since,
    last: now,
    ended: undefined,
    evidence,
    meaning: filled(rule.meaning, facts, cursor) ?? '',
    look: rule.look.map(step => filled(step, facts, cursor)).filter(step => step !== undefined),
    values,
  };
}

/** @param cursor at the first task. */
function factsOf(
  { entry, members, since, group, sum }: Found,
  cursor: FreshCursor,
  hold: Hold,
  world: World,
  now: Moment,
): Facts {
  const { rule, checks } = entry;
  const waits = waitOf(cursor)?.family?.words;
  const scopes = scopesOf(cursor);
  const measured = rule.machine ? MEASURES.map(name => [name, numberFact(world.measure(name))] as const) : [];
  const facts: Record<string, Fact> = {
    held: secondsFact((now.ms - since.ms) / 1000),
    since: timeFact(since.wallMs),
    tasks: countedFact(members.length, rule.of === 'threads' ? 'thread' : 'task'),
    comm: textFact(cursor.comm),
    tgid: { text: String(cursor.tgid), value: cursor.tgid },
    when: textFact(rule.when),
    ...(group && { group }),
    ...(sum !== undefined && { sum: numberFact(sum) }),
    ...(waits !== undefined && { waits: textFact(waits) }),
    ...(scopes !== '' && { scopes: textFact(scopes) }),
    ...Object.fromEntries(measured.filter(([, { value }]) => !Number.isNaN(value))),
  };
  for (const { tells } of checks) Object.assign(facts, tells?.(cursor, world, hold));
  return facts;
}

function foundTask({ model, seat }: Member): FoundTask {
  // the user changes so seldom that an older status tells it as well
  const task = new TaskCursor(model.cursor!.table).at(seat);
  const user = USER.value(task);
  return {
    pid: task.pid,
    tgid: task.tgid,
    startTicks: task.startTicks,
    comm: task.comm,
    user: isMissing(user) ? undefined : String(user),
  };
}
