/**
 * Applies the rules to every sample and remembers for how long each has held for which task. Only tasks that match have
 * any state here; a task is pid and start time; times are those of the samples.
 */
import type { Machine } from '../decode/machine.ts';
import type { TaskFile } from '../fields/files.ts';
import { field } from '../fields/registry.ts';
import type { Seat } from '../frame/sink.ts';
import { TaskCursor } from '../model/task-cursor.ts';
import type { TaskTable } from '../model/task-table.ts';
import { isMissing } from '../units/missing.ts';
import { scopesOf } from './checks.ts';
import { moved, readyRule, type ReadyRule } from './compile-rule.ts';
import { countedFact, type Fact, type Facts, filled, numberFact, secondsFact, textFact, timeFact } from './facts.ts';
import { groupName } from './groups.ts';
import { larger } from '../units/larger.ts';
import { Hold, type Moment } from './hold.ts';
import type { Measure, Rule, Severity } from './rule.ts';
import { SEVERITIES } from './rule.ts';
import { TELLERS } from './tellers.ts';
import { waitOf } from './waits.ts';
import { FreshCursor, type ThrottlingSource, World } from './world.ts';

export interface FoundTask {
  readonly pid: number;
  readonly tgid: number;
  readonly startTicks: number;
  readonly comm: string;
  /** Undefined: not read. */
  readonly user: string | undefined;
}

export interface Finding {
  readonly rule: Rule;
  readonly severity: Severity;
  readonly title: string;
  /** Those for which it has held longest (or that use most), and how many there are. */
  readonly tasks: readonly FoundTask[];
  readonly count: number;
  /** The first sample at which it held, and the last one so far. */
  readonly since: Moment;
  readonly last: Moment;
  /** The first sample at which it held no more, or the last one before a gap; undefined: it goes on. */
  readonly ended: Moment | undefined;
  readonly evidence: readonly string[];
  /** Empty: a value in it is missing. */
  readonly meaning: string;
  readonly look: readonly string[];
  /** What the sentences are made of, in base units, by column or by name. */
  readonly values: Readonly<Record<string, number | string>>;
}

/** What held in two samples may have been twice the same by chance. */
const LEAST_SAMPLES = 3;
/** So long an ended finding is remembered, and so many of them. */
const ENDED_KEPT_MS = 300_000;
const MOST_ENDED = 100;
/** So many tasks of a finding are named. */
const MOST_TASKS = 50;
/** Of tasks whose files are read in turn about so many at each sample. */
const IN_TURN = 250;

const STATE = 3;
const NUM_THREADS = 20;
const NO_FILES: readonly TaskFile[] = [];
const USER = field('user');

const CPU = field('cpu_percent');
const MEASURES: readonly Measure[] = ['memory_some', 'memory_full', 'major_faults', 'forks'];

/** A rule with its place in the lists. */
interface Entry extends ReadyRule {
  readonly index: number;
  /** Holds of groups, by their name. */
  readonly groups: Map<string, { readonly since: Moment; samples: number; pass: number }>;
}

/** One of the two tables that are sampled side by side, and what holds for its tasks. */
class Model {
  readonly threads: boolean;
  readonly rules: readonly Entry[];
  /** By rule. */
  holds: ReadonlyMap<number, Map<Seat, Hold>>;
  cursor: FreshCursor | undefined;
  /** By state and whether counters moved. */
  readonly #buckets: (readonly Entry[] | undefined)[] = Array.from({ length: 512 });
  /** By seat: the read of its stat that was looked at last, and in which pass that was. */
  #looked = new Float64Array(0);
  #passOf = new Uint32Array(0);
  /** By seat: the read of its stat that no rule can match. */
  #ruledOut = new Float64Array(0);
  #pass = 0;

  constructor(threads: boolean, entries: readonly Entry[]) {
    this.threads = threads;
    this.rules = entries.filter(({ rule }) => !threads || rule.of !== 'processes');
    this.holds = new Map(this.rules.map(({ index }) => [index, new Map<Seat, Hold>()]));
  }

  forget(): void {
    for (const map of this.holds.values()) map.clear();
    this.#looked.fill(0);
    this.#ruledOut.fill(0);
  }

  /** Begins a pass over a table, which may be another one with the same tasks in other seats. */
  take(table: TaskTable): FreshCursor {
    this.#pass++;
    if (this.cursor?.table === table) return this.cursor;
    const seated = [...this.holds].map(([index, holds]) => {
      const moves = [...holds.values()].map(hold => [table.find(hold.pid, hold.startTicks), hold] as const);
      return [index, new Map(moves.filter(([seat]) => seat >= 0))] as const;
    });
    this.holds = new Map(seated);
    this.#looked.fill(0);
    this.#ruledOut.fill(0);
    return (this.cursor = new FreshCursor(table));
  }

  /** Was the task of the seat read since this was asked last? Threads are read in rounds, some at each sample. */
  isNews(seat: Seat, readMs: number): boolean {
    if (seat >= this.#looked.length) this.#grow(seat + 1);
    // a read at 0 ms is one, too
    if (this.#looked[seat] === readMs + 1) return false;
    this.#looked[seat] = readMs + 1;
    this.#passOf[seat] = this.#pass;
    return true;
  }

  /** Stat says that no rule matches: most tasks are left alone after that. */
  ruleOut(seat: Seat, readMs: number): void {
    if (seat >= this.#looked.length) this.#grow(seat + 1);
    this.#ruledOut[seat] = readMs + 1;
  }

  isRuledOut(seat: Seat, readMs: number): boolean {
    return this.#ruledOut[seat] === readMs + 1;
  }

  #grow(needed: number): void {
    const size = Math.max(256, needed, this.#looked.length * 2);
    this.#looked = larger(this.#looked, new Float64Array(size));
    this.#passOf = larger(this.#passOf, new Uint32Array(size));
    this.#ruledOut = larger(this.#ruledOut, new Float64Array(size));
  }

  wasNews(seat: Seat): boolean {
    return this.#passOf[seat] === this.#pass;
  }

  /** The rules that can match a task in this state. */
  rulesFor(state: number, isMoving: boolean): readonly Entry[] {
    return (this.#buckets[state * 2 + (isMoving ? 1 : 0)] ??= this.rules.filter(
      ({ states, moving }) => states?.has(state) !== false && (isMoving || !moving),
    ));
  }

  /** Is the task of this row the kind of task that the rule is about? */
  isOf({ rule }: Entry, cursor: TaskCursor): boolean {
    if (rule.of === 'threads') return this.threads || cursor.stat(NUM_THREADS) <= 1;
    // the first thread's state stands in its process's row
    return !this.threads || cursor.pid !== cursor.tgid;
  }
}

/** A task for which a rule holds now. */
interface Member {
  readonly model: Model;
  readonly seat: Seat;
  readonly hold: Hold;
}

interface Found {
  readonly entry: Entry;
  readonly members: readonly Member[];
  readonly since: Moment;
  readonly group: Fact | undefined;
  readonly sum: number | undefined;
}

export interface WatchOptions {
  /** What is known of the CPU limits of control groups; without it there is no finding about them. */
  readonly throttling?: ThrottlingSource;
  /** How long findings that have ended are told of, milliseconds; absent: five minutes. */
  readonly endedKeptMs?: number;
}

export class FindingsWatch {
  readonly #entries: readonly Entry[];
  readonly #processes: Model;
  readonly #threads: Model;
  readonly #world: World;
  readonly #fileSets = new Map<number, readonly TaskFile[]>();
  #active: readonly boolean[] = [];
  readonly #endedKeptMs: number;
  #turns = 1;
  #first: Moment | undefined;
  /** Is the next sample the first one after a gap? And how long all gaps were. */
  #afterGap = false;
  #gapsMs = 0;
  #now: Moment = { ms: Number.NaN, wallMs: Number.NaN };
  #pass = 0;
  #present = new Map<string, Finding>();
  #ended: Finding[] = [];
  #sorted: readonly Finding[] | undefined;

  constructor(
    rules: readonly Rule[],
    machine: Machine,
    { throttling, endedKeptMs = ENDED_KEPT_MS }: WatchOptions = {},
  ) {
    this.#endedKeptMs = endedKeptMs;
    this.#entries = rules.map((rule, index) => ({ ...readyRule(rule, machine), index, groups: new Map() }));
    this.#processes = new Model(false, this.#entries);
    this.#threads = new Model(true, this.#entries);
    this.#world = new World(throttling);
  }

  /** Those that go on, the gravest and oldest first; then those that ended in the last minutes, the latest first. */
  get findings(): readonly Finding[] {
    const rank = ({ severity }: Finding): number => SEVERITIES.indexOf(severity);
    this.#sorted ??= [
      ...[...this.#present.values()].sort((a, b) => rank(b) - rank(a) || a.since.ms - b.since.ms),
      ...this.#ended,
    ];
    return this.#sorted;
  }

  /** Seconds from the first sample to the last, without gaps. */
  get watchedSeconds(): number {
    return this.#first ? (this.#now.ms - this.#first.ms - this.#gapsMs) / 1000 : 0;
  }

  /** The last sample. */
  get now(): Moment {
    return this.#now;
  }

  /**
   * The files beside stat that have to be read of a task, after its stat and before {@link FindingsWatch.sampled} is called:
   * asked at each sample, for each seat of the table. What is not read gives no finding.
   */
  wanted(cursor: TaskCursor, seat: Seat): readonly TaskFile[] {
    const { threads } = cursor.table;
    const model = threads ? this.#threads : this.#processes;
    cursor.at(seat);
    let bits = 0;
    let mayMatch = false;
    for (const entry of model.rulesFor(cursor.stat(STATE), moved(cursor))) {
      if (!model.isOf(entry, cursor) || !this.#isInTurn(entry, model, seat) || !entry.sign(cursor)) continue;
      mayMatch = true;
      bits |= bitsOf(entry.files);
      // whose task it is, too
      if (model.holds.get(entry.index)!.has(seat)) bits |= bitsOf(entry.extras) | WHO_BIT;
    }
    if (!mayMatch) model.ruleOut(seat, cursor.table.readMs(seat));
    if (threads ? this.#world.threadWishes.has(cursor.tgid) : this.#world.wishes.has(cursor.pid)) bits |= WCHAN_BIT;
    return bits === 0 ? NO_FILES : this.#filesOf(bits);
  }

  /**
   * A sample is finished, and what was wanted of it read as far as it could be.
   *
   * @param processes every process.
   * @param threads the threads of all processes with more than one; they may be read in rounds, a part at each sample.
   */
  sampled(processes: TaskCursor, threads?: TaskCursor): void {
    const { table } = processes;
    const ms = table.system.past.ms.at(-1);
    if (ms === undefined) return;
    if (ms < this.#now.ms) this.#forget();
    if (table.system.suspendedSeconds > 0) this.gap();
    if (this.#afterGap) this.#gapsMs += ms - this.#now.ms;
    this.#afterGap = false;
    this.#now = { ms, wallMs: table.system.wallMs };
    this.#first ??= this.#now;
    this.#world.renew(table, threads?.table, ms);
    this.#active = this.#entries.map(({ rule }) => this.#suitsMachine(rule));
    this.#look(this.#processes, table);
    if (threads) this.#look(this.#threads, threads.table);
    this.#judge();
    this.#pass++;
    this.#turns = Math.max(1, Math.ceil(table.count / IN_TURN));
  }

  /**
   * Nobody looked between the last sample and the next one (a recording was begun anew, the machine was suspended): what
   * held is not known to have gone on.
   */
  gap(): void {
    if (!this.#first) return;
    this.#endHolds();
    for (const finding of this.#present.values()) this.#ended.unshift({ ...finding, ended: this.#now });
    this.#present.clear();
    this.#sorted = undefined;
    this.#afterGap = true;
  }

  #endHolds(): void {
    this.#processes.forget();
    this.#threads.forget();
    for (const { groups } of this.#entries) groups.clear();
    this.#world.forget();
  }

  // ---- which tasks match

  #suitsMachine({ machine = [] }: Rule): boolean {
    return machine.every(({ measure, atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY }) => {
      const value = this.#world.measure(measure);
      return value >= atLeast && value <= atMost;
    });
  }

  #look(model: Model, table: TaskTable): void {
    const cursor = model.take(table);
    for (let at = 0; at < table.count; at++) {
      const seat = table.order[at]!;
      const readMs = table.readMs(seat);
      if (!table.holds(seat) || !model.isNews(seat, readMs) || model.isRuledOut(seat, readMs)) continue;
      cursor.at(seat);
      for (const entry of model.rulesFor(cursor.stat(STATE), moved(cursor))) {
        if (!this.#active[entry.index] || !model.isOf(entry, cursor) || !this.#isInTurn(entry, model, seat)) continue;
        if (this.#matches(entry, cursor)) this.#hold(entry, model, seat);
      }
    }
    for (const holds of model.holds.values())
      for (const [seat, { last }] of holds)
        if (last !== this.#now && (model.wasNews(seat) || !table.holds(seat))) holds.delete(seat);
  }

  #matches(entry: Entry, cursor: FreshCursor): boolean {
    if (!entry.sign(cursor)) return false;
    for (const file of entry.files) if (!cursor.isFresh(file)) return false;
    if (!entry.matches(cursor) || !waitSuits(entry, cursor)) return false;
    for (const { holds } of entry.checks) if (holds?.(cursor, this.#world) === false) return false;
    return true;
  }

  #hold(entry: Entry, model: Model, seat: Seat): void {
    const holds = model.holds.get(entry.index)!;
    const cursor = model.cursor!;
    const { startTicks, pid } = cursor;
    const unchanged = entry.unchanged.map(({ value }) => value(cursor));
    let hold = holds.get(seat);
    const same =
      hold !== undefined &&
      hold.pid === pid &&
      hold.startTicks === startTicks &&
      hold.unchanged.every((value, at) => Object.is(value, unchanged[at]));
    if (!same) {
      hold = new Hold(cursor, startTicks, this.#now);
      hold.unchanged = unchanged;
    }
    for (const { goesOn } of entry.checks) if (goesOn?.(cursor, this.#world, hold!) === false) return;
    hold!.samples++;
    hold!.last = this.#now;
    if (!same) holds.set(seat, hold!);
  }

  // ---- what follows

  #judge(): void {
    const seen = new Set<string>();
    for (const entry of this.#entries) {
      for (const [name, members] of this.#groupsOf(entry)) {
        const found = this.#found(entry, name, members);
        if (!found) continue;
        const key = `${entry.index} ${name}`;
        seen.add(key);
        this.#present.set(key, this.#finding(found, this.#present.get(key)));
      }
      for (const [name, { pass }] of entry.groups) if (pass !== this.#pass) entry.groups.delete(name);
    }
    for (const [key, finding] of this.#present) {
      if (seen.has(key)) continue;
      this.#present.delete(key);
      this.#ended.unshift({ ...finding, ended: this.#now });
    }
    this.#ended = this.#ended.filter(({ ended }) => this.#now.ms - ended!.ms < this.#endedKeptMs).slice(0, MOST_ENDED);
    this.#sorted = undefined;
  }

  /** The tasks for which the rule holds, for long enough where that is asked of each, by what they have in common. */
  #groupsOf(entry: Entry): Map<string, Member[]> {
    const groups = new Map<string, Member[]>();
    const alone = entry.rule.group?.holds !== 'group';
    for (const model of [this.#processes, this.#threads]) {
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
    return { entry, members: sorted, since, sum, group: name === '' || !group ? undefined : textFact(name) };
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

  #finding(found: Found, before: Finding | undefined): Finding {
    const { entry, members } = found;
    const { rule } = entry;
    const since = before && before.since.ms < found.since.ms ? before.since : found.since;
    const { model, seat, hold } = members[0]!;
    const cursor = model.cursor!.at(seat);
    const values: Record<string, number | string> = {};
    const facts = this.#facts(found, cursor, hold);
    const evidence = [
      ...rule.evidence.map(sentence => filled(sentence, facts, cursor, values)),
      ...(rule.tells ?? []).map(name => TELLERS[name](cursor, this.#world)),
    ].filter(sentence => sentence !== undefined);
    const graver = rule.graver && members.length >= rule.graver.tasks ? rule.graver.severity : rule.severity;
    return {
      rule,
      severity: graver,
      title: filled(rule.title, facts, cursor) ?? rule.id,
      tasks: members.slice(0, MOST_TASKS).map(foundTask),
      count: members.length,
      since,
      last: this.#now,
      ended: undefined,
      evidence,
      meaning: filled(rule.meaning, facts, cursor) ?? '',
      look: rule.look.map(step => filled(step, facts, cursor)).filter(step => step !== undefined),
      values,
    };
  }

  /** @param cursor at the first task. */
  #facts({ entry, members, since, group, sum }: Found, cursor: FreshCursor, hold: Hold): Facts {
    const { rule, checks } = entry;
    const waits = waitOf(cursor)?.family?.words;
    const scopes = scopesOf(cursor);
    const measured = rule.machine ? MEASURES.map(name => [name, numberFact(this.#world.measure(name))] as const) : [];
    const facts: Record<string, Fact> = {
      held: secondsFact((this.#now.ms - since.ms) / 1000),
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
    for (const { tells } of checks) Object.assign(facts, tells?.(cursor, this.#world, hold));
    return facts;
  }

  // ---- what is to be read

  #isInTurn({ rule, index }: Entry, model: Model, seat: Seat): boolean {
    if (!rule.inTurn || model.holds.get(index)!.has(seat)) return true;
    return seat % this.#turns === this.#pass % this.#turns;
  }

  #filesOf(bits: number): readonly TaskFile[] {
    let files = this.#fileSets.get(bits);
    if (!files) this.#fileSets.set(bits, (files = FILES.filter((_, at) => (bits & (1 << at)) !== 0)));
    return files;
  }

  /** What was seen belongs to another past: a recording jumped back. */
  #forget(): void {
    this.#endHolds();
    this.#present.clear();
    this.#ended = [];
    this.#first = undefined;
    this.#afterGap = false;
    this.#gapsMs = 0;
  }
}

const FILES: readonly TaskFile[] = [
  ...(['status', 'statm', 'wchan', 'schedstat', 'oom_score', 'cmdline', 'cgroup', 'io', 'smaps_rollup'] as const),
];
const bitOf = (file: TaskFile): number => 1 << FILES.indexOf(file);
const WCHAN_BIT = bitOf('wchan');
/** The file that tells the user. */
const WHO_BIT = bitOf('status');

const BITS = new Map<readonly TaskFile[], number>();
function bitsOf(files: readonly TaskFile[]): number {
  let bits = BITS.get(files);
  if (bits === undefined) BITS.set(files, (bits = files.reduce((sum, file) => sum | bitOf(file), 0)));
  return bits;
}

const isLong = ({ seconds }: Rule, hold: { since: Moment; samples: number }, now: Moment): boolean =>
  seconds === 0 || (hold.samples >= LEAST_SAMPLES && now.ms - hold.since.ms >= seconds * 1000);

/** A wait that is not known is in no family, and not outside of one either. */
function waitSuits({ waits, waitsNot }: Entry, cursor: FreshCursor): boolean {
  if (!waits && !waitsNot) return true;
  const wait = waitOf(cursor);
  if (!wait) return false;
  const family = wait.family?.id ?? '';
  return waits ? waits.has(family) : !waitsNot!.has(family);
}

const oldestFirst = (members: readonly Member[]): Member[] =>
  [...members].sort((a, b) => a.hold.since.ms - b.hold.since.ms || a.hold.pid - b.hold.pid);

const earliest = (members: readonly Member[]): Moment => oldestFirst(members)[0]!.hold.since;

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
