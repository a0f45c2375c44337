/**
 * What is remembered of a live task against a scripted one that says when it changed: states and their age, events, the
 * past as the ring gives it back. A sample cannot be told more exactly than between two of them.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { describe, test, type TestContext } from 'node:test';
import { field } from '../../src/fields/registry.ts';
import { Recorder } from '../../src/history/recorder.ts';
import { RING_BYTES, Ring } from '../../src/history/ring.ts';
import type { EventKind, TaskEvent } from '../../src/model/events.ts';
import { TaskCursor } from '../../src/model/task-cursor.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { probeMachine } from '../../src/sample/probe.ts';
import { Sampler } from '../../src/sample/sampler.ts';
import { DirectoryTree } from '../../src/sample/tree.ts';
import { startScenario } from '../scenarios/run.ts';

const INTERVAL_MS = 250;
const PF_SUPERPRIV = 0x100;
const SCHED_BATCH = 3;

const tree = new DirectoryTree('/proc', true);
/** The clock of the samples, milliseconds. */
const nowMs = (): number => tree.nowMs();
/** What is to be added to CLOCK_MONOTONIC: the samples' clock has another zero. */
const OFFSET_MS = nowMs() - Number(process.hrtime.bigint()) / 1e6;
const wait = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, Math.max(0, ms)));

interface Seen {
  readonly startTicks: number;
  readonly state: string;
  readonly comm: string;
  readonly policy: number;
  /** Seconds. */
  readonly age: unknown;
  readonly states: unknown;
}

interface Sample {
  readonly number: number;
  /** Everything was read between these. */
  readonly from: number;
  readonly to: number;
  readonly of: ReadonlyMap<number, Seen>;
}

const AGE = field('state_age');
const STATES = field('state_history');

function seenIn(table: TaskTable, pids: ReadonlySet<number>): Map<number, Seen> {
  const cursor = new TaskCursor(table);
  const out = new Map<number, Seen>();
  for (const seat of table.order.subarray(0, table.count)) {
    cursor.at(seat);
    if (!pids.has(cursor.pid)) continue;
    out.set(cursor.pid, {
      startTicks: cursor.startTicks,
      state: String.fromCharCode(cursor.stat(3)),
      comm: cursor.comm,
      policy: cursor.stat(41),
      age: AGE.value(cursor),
      states: STATES.value(cursor),
    });
  }
  return out;
}

/** Samples this machine as the monitor does, and notes what it sees of some tasks. */
class Watcher {
  readonly samples: Sample[] = [];
  readonly table: TaskTable;
  readonly ring: Ring;
  readonly pids = new Set<number>();
  readonly #sampler: Sampler;
  #on = true;
  #running: Promise<void> | undefined;

  constructor() {
    const machine = probeMachine(tree);
    this.table = new TaskTable(machine, false);
    const recorder = new Recorder(this.table, record => this.ring.push(record));
    this.ring = new Ring(machine, false, {
      maxBytes: RING_BYTES,
      pending: () => recorder.last,
      system: this.table.system,
    });
    this.#sampler = new Sampler(tree, recorder, { threads: false, descriptors: 1000 });
  }

  sample(): void {
    const from = nowMs();
    this.#sampler.sample();
    const { samples } = this.table;
    this.samples.push({ number: samples, from, to: nowMs(), of: seenIn(this.table, this.pids) });
  }

  run(): void {
    this.#running = (async () => {
      for (let next = nowMs(); this.#on; next += INTERVAL_MS) {
        await wait(next - nowMs());
        this.sample();
      }
    })();
  }

  async stop(): Promise<void> {
    this.#on = false;
    await this.#running;
  }

  close(): void {
    this.#sampler.close();
  }

  events(pid: number): readonly TaskEvent[] {
    return this.table.events.list.filter(event => event.pid === pid);
  }

  /** The longest time between two samples: less than that nobody can know. */
  get gapMs(): number {
    return Math.max(...this.samples.slice(1).map(({ to }, at) => to - this.samples[at]!.from));
  }
}

function watcher(t: TestContext): Watcher {
  const made = new Watcher();
  t.after(async () => {
    await made.stop();
    made.close();
  });
  return made;
}

interface Step {
  readonly step: string;
  /** Seconds of CLOCK_MONOTONIC, and in our clock milliseconds; the change was between the two. */
  readonly asked: number;
  readonly at: number;
}

/** What the task shows once a step has been taken; absent: as before. */
const SHOWS: Readonly<Record<string, Partial<Pick<Seen, 'state' | 'comm' | 'policy'>>>> = {
  sleep: { state: 'S' },
  burn: { state: 'R' },
  stop: { state: 'T' },
  cont: { state: 'R' },
  'policy=batch': { policy: SCHED_BATCH },
  'name=renamed': { comm: 'renamed' },
  'exec=other': { comm: 'other' },
};
const STEPS = ['burn', 'stop', 'cont', 'sleep', 'burn', 'policy=batch', 'name=renamed', 'stop', 'cont', 'sleep'];

describe('a scripted sequence', () => {
  test('states, their age, names and policies are right to one interval; so are the events, and the past', async t => {
    const watch = watcher(t);
    watch.run();
    await wait(2 * INTERVAL_MS);
    const beforeMs = nowMs();
    const run = await startScenario('sequence', STEPS.length + 1, [...STEPS, 'exec=other']);
    if ('cannot' in run) {
      t.skip(run.cannot);
      return;
    }
    t.after(() => run.stop('SIGKILL'));
    const pid = run.pids[0]!;
    const readyMs = nowMs();
    watch.pids.add(pid);
    const steps: Step[] = [];
    for (const name of [...STEPS, 'exec=other']) {
      const said = JSON.parse(await run.next()) as Step;
      assert.equal(said.step, name);
      steps.push({ step: name, asked: said.asked * 1000 + OFFSET_MS, at: said.at * 1000 + OFFSET_MS });
    }
    await wait(2 * INTERVAL_MS);
    const endMs = nowMs();
    await run.stop();
    await wait(2 * INTERVAL_MS);
    await watch.stop();
    const { gapMs } = watch;

    // between two steps every sample shows what the first of them made
    let shows: Partial<Seen> = { state: 'S', comm: 'player', policy: 0 };
    let stateSince: Step | undefined;
    let judged = 0;
    for (const [index, step] of steps.entries()) {
      if (SHOWS[step.step]?.state !== undefined) stateSince = step;
      shows = { ...shows, ...SHOWS[step.step] };
      const until = steps[index + 1]?.asked ?? endMs;
      for (const sample of watch.samples.filter(({ from, to }) => from >= step.at && to <= until)) {
        const seen = sample.of.get(pid);
        assert.ok(seen, `in sample ${sample.number}`);
        const { state, comm, policy, age, states } = seen;
        const what = `sample ${sample.number}, ${Math.round(sample.from - step.at)} ms after ${step.step}`;
        assert.deepEqual({ state, comm, policy }, shows, what);
        assert.equal(typeof states === 'string' && states.at(-1), state, what);
        judged++;
        // an exec may be seen in other states
        if (step.step === 'exec=other' || !stateSince) continue;
        // it may have been in that state already when it was told: one sample earlier at most
        const oldest = sample.to - stateSince.asked + gapMs;
        const youngest = sample.from - stateSince.at - gapMs;
        const ms = Number(age) * 1000;
        assert.ok(ms <= oldest + 1 && ms >= youngest - 1, `${what}: age ${ms} is in ${youngest} … ${oldest}`);
      }
    }
    assert.ok(judged >= 2 * STEPS.length, `${judged} samples`);

    // events are noticed by the next sample
    const events = watch.events(pid);
    const one = (kind: EventKind): TaskEvent => {
      const found = events.filter(event => event.kind === kind);
      assert.equal(found.length, 1, `${kind}: ${JSON.stringify(events)}`);
      return found[0]!;
    };
    const within = (event: TaskEvent, asked: number, at: number): void =>
      assert.ok(event.ms >= asked - gapMs && event.ms <= at + gapMs, `${event.kind}: ${event.ms}, ${asked} … ${at}`);
    within(one('appeared'), beforeMs, readyMs);
    const changed = steps.find(({ step }) => step === 'policy=batch')!;
    within(one('policy'), changed.asked, changed.at);
    assert.deepEqual(one('policy').policy, [0, SCHED_BATCH]);
    within(one('gone'), endMs, endMs + INTERVAL_MS);

    // the past is what was seen then
    for (const { number, of } of watch.samples.toReversed()) {
      const table = watch.ring.at(number);
      assert.ok(table, `sample ${number} is remembered`);
      const then = of.get(pid);
      // it was not asked for before it was known
      if (then) assert.deepEqual(seenIn(table, watch.pids).get(pid), then, `sample ${number}`);
    }
  });

  test('a flag that is gained is an event of the next sample', async t => {
    const watch = watcher(t);
    watch.run();
    const run = await startScenario('superpriv');
    if ('cannot' in run) {
      t.skip(run.cannot);
      return;
    }
    t.after(() => run.stop('SIGKILL'));
    const pid = run.pids[0]!;
    const hasFlag = (): boolean => {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      return (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[6]) & PF_SUPERPRIV) !== 0;
    };
    let [last, first] = [nowMs(), nowMs()];
    for (; !hasFlag(); first = nowMs()) {
      last = nowMs();
      await wait(5);
    }
    first = nowMs();
    await wait(2 * INTERVAL_MS);
    await watch.stop();
    const gained = watch.events(pid).filter(({ kind, gained }) => kind === 'gained_flags' && gained === PF_SUPERPRIV);
    assert.equal(gained.length, 1, JSON.stringify(watch.events(pid)));
    const { ms } = gained[0]!;
    assert.ok(ms >= last - watch.gapMs && ms <= first + watch.gapMs, `${ms} is in ${last} … ${first}`);
  });
});

const LAST_PID = '/proc/sys/kernel/ns_last_pid';

interface Sleeper {
  readonly pid: number;
  readonly end: () => Promise<void>;
}

/** A sleeping process, with a certain pid where that is free. */
async function sleeper(t: TestContext, wanted?: number): Promise<Sleeper> {
  const aim = wanted === undefined ? '' : `echo ${wanted - 1} > ${LAST_PID};`;
  const shell = spawn('sh', ['-c', `${aim} sleep 60 & echo $!; wait`], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise<void>(resolve => shell.once('close', () => resolve()));
  const lines = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
  const pid = Number((await lines.next()).value);
  const end = async (): Promise<void> => {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it has ended
    }
    await ended; // its shell has waited for it
  };
  t.after(end);
  return { pid, end };
}

/** Is it a `sleep` that sleeps? Before its exec it is a shell. */
function sleeps(pid: number): boolean {
  try {
    return /^\d+ \(sleep\) S/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

async function untilItSleeps(pid: number): Promise<void> {
  const end = nowMs() + 10_000;
  while (!sleeps(pid)) {
    assert.ok(nowMs() < end, `${pid} does not sleep`);
    await wait(5);
  }
}

test('a pid that is used again starts a new history', async t => {
  const watch = watcher(t);
  watch.sample();
  const first = await sleeper(t);
  await untilItSleeps(first.pid);
  const { pid } = first;
  watch.pids.add(pid);
  watch.sample();
  // clock ticks apart, or the two could not be told apart by anybody
  await wait(300);
  watch.sample();
  const old = watch.samples.at(-1)!.of.get(pid)!;
  assert.equal(old.states, 'SS');
  assert.ok(Number(old.age) >= 0.3);
  let second: Sleeper | undefined;
  await first.end();
  for (let tries = 0; tries < 20; tries++) {
    const next = await sleeper(t, pid);
    if (next.pid === pid) {
      second = next;
      break;
    }
    await next.end();
  }
  if (!second) {
    t.skip(`a pid cannot be chosen here (${LAST_PID})`);
    return;
  }
  await untilItSleeps(pid);
  watch.sample();
  const fresh = watch.samples.at(-1)!.of.get(pid)!;
  assert.notEqual(fresh.startTicks, old.startTicks);
  assert.equal(fresh.states, 'S', 'no state of the other one');
  assert.equal(fresh.age, 0);
  const kinds = watch.events(pid).map(({ kind, startTicks }) => [kind, startTicks]);
  assert.deepEqual(kinds, [
    ['appeared', old.startTicks],
    ['gone', old.startTicks],
    ['appeared', fresh.startTicks],
  ]);
  watch.sample();
  assert.equal(watch.samples.at(-1)!.of.get(pid)!.states, 'SS');
  for (const { number, of } of watch.samples.slice(1))
    assert.deepEqual(seenIn(watch.ring.at(number)!, watch.pids).get(pid), of.get(pid), `sample ${number}`);
});
