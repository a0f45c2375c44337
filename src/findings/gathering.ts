/** What tasks for which a rule holds have in common, and whether they are enough, for long enough, to be told of. */
import { field } from '../fields/registry.ts';
import type { Seat } from '../frame/sink.ts';
import { type Fact, textFact } from './facts.ts';
import { groupName } from './groups.ts';
import type { Hold, Moment } from './hold.ts';
import type { Entry, Model } from './model.ts';
import type { Rule } from './rule.ts';

/** What held in two samples may have been twice the same by chance. */
const LEAST_SAMPLES = 3;

const CPU = field('cpu_percent');

/** A task for which a rule holds now. */
export interface Member {
  readonly model: Model;
  readonly seat: Seat;
  readonly hold: Hold;
}

export interface Found {
  readonly entry: Entry;
  /** What the tasks have in common. */
  readonly name: string;
  readonly members: readonly Member[];
  readonly since: Moment;
  readonly group: Fact | undefined;
  readonly sum: number | undefined;
}

export class Gathering {
  readonly #models: readonly Model[];
  #pass = 0;
  #now: Moment = { ms: Number.NaN, wallMs: Number.NaN };

  constructor(models: readonly Model[]) {
    this.#models = models;
  }

  /** A sample is finished. */
  begin(now: Moment): void {
    this.#pass++;
    this.#now = now;
  }

  /** What is to be told of a rule at this sample; asked once. */
  found(entry: Entry): readonly Found[] {
    const found = [...this.#groupsOf(entry)].flatMap(([name, members]) => this.#found(entry, name, members) ?? []);
    for (const [name, { pass }] of entry.groups) if (pass !== this.#pass) entry.groups.delete(name);
    return found;
  }

  /** The tasks for which the rule holds, for long enough where that is asked of each, by what they have in common. */
  #groupsOf(entry: Entry): Map<string, Member[]> {
    const groups = new Map<string, Member[]>();
    const alone = entry.rule.group?.holds !== 'group';
    for (const model of this.#models) {
      for (const [seat, hold] of model.holds.get(entry.index) ?? []) {
        const cursor = model.cursor!.at(seat);
        if (alone && !isLong(entry.rule, hold, hold.last)) continue;
        if (!entry.checks.every(({ proves }) => proves?.(cursor, hold) !== false)) continue;
        const name = groupName(entry.rule, cursor, hold.startTicks);
        const members = groups.get(name);
        if (members) members.push({ model, seat, hold });
        else groups.set(name, [{ model, seat, hold }]);
      }
    }
    return groups;
  }

  #found(entry: Entry, name: string, members: readonly Member[]): Found | undefined {
    const { group } = entry.rule;
    if (members.length < (group?.atLeast ?? 1)) return undefined;
    const sum = group?.sum && this.#sum(members, group.sum.field);
    if (group?.sum && !(sum! >= group.sum.atLeast)) return undefined;
    const whole = group?.holds === 'group';
    const since = whole ? this.#groupSince(entry, name) : earliest(members);
    if (!since) return undefined;
    const sorted = whole ? this.#busiestFirst(members, group.sum?.field) : oldestFirst(members);
    return { entry, name, members: sorted, since, sum, group: name === '' || !group ? undefined : textFact(name) };
  }

  /** Since when the group as a whole holds; undefined: not for long enough. */
  #groupSince({ rule, groups }: Entry, name: string): Moment | undefined {
    let hold = groups.get(name);
    if (!hold) groups.set(name, (hold = { since: this.#now, samples: 0, pass: -1 }));
    if (hold.pass !== this.#pass) hold.samples++;
    hold.pass = this.#pass;
    return isLong(rule, hold, this.#now) ? hold.since : undefined;
  }

  #number({ model, seat }: Member, id: string): number {
    const value = field(id).value(model.cursor!.at(seat));
    return typeof value === 'number' ? value : 0;
  }

  #sum(members: readonly Member[], id: string): number {
    return members.reduce((sum, member) => sum + this.#number(member, id), 0);
  }

  #busiestFirst(members: readonly Member[], id: string = CPU.id): Member[] {
    return members
      .map(member => ({ member, amount: this.#number(member, id) }))
      .sort((a, b) => b.amount - a.amount)
      .map(({ member }) => member);
  }
}

const isLong = ({ seconds }: Rule, hold: { since: Moment; samples: number }, now: Moment): boolean =>
  seconds === 0 || (hold.samples >= LEAST_SAMPLES && now.ms - hold.since.ms >= seconds * 1000);

const oldestFirst = (members: readonly Member[]): Member[] =>
  [...members].sort((a, b) => a.hold.since.ms - b.hold.since.ms || a.hold.pid - b.hold.pid);

const earliest = (members: readonly Member[]): Moment => oldestFirst(members)[0]!.hold.since;
