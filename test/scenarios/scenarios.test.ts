/** Each situation is what scenarios.ts says, read from /proc itself; and when it ends, in order or by SIGKILL, nothing is left. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { type RunningScenario, startScenario } from './run.ts';
import { type ScenarioName, type Scenario, scenarios } from './scenarios.ts';

const PATIENCE_MS = 30_000;
const PF_EXITING = 0x4;
const PF_WQ_WORKER = 0x20;
const PF_FORKNOEXEC = 0x40;
const PF_SUPERPRIV = 0x100;
const PF_SIGNALED = 0x400;
const PF_MEMALLOC_NOIO = 0x80000;
const PF_LOCAL_THROTTLE = 0x100000;
const SIGTERM_BIT = 1n << 14n;
const SCHED_FIFO = 1;
const SCHED_BATCH = 3;

interface Stat {
  readonly comm: string;
  readonly state: string;
  readonly parent: number;
  readonly flags: number;
  readonly minorFaults: number;
  readonly majorFaults: number;
  /** Clock ticks. */
  readonly user: number;
  readonly system: number;
  readonly nice: number;
  readonly threads: number;
  readonly started: number;
  readonly residentPages: number;
  readonly cpu: number;
  readonly rtPriority: number;
  readonly policy: number;
}

/** proc_pid_stat(5), of a thread when a TID is given; null when there is none. */
function statOrNull(pid: number, tid?: number): Stat | null {
  let line: string;
  try {
    line = readFileSync(tid === undefined ? `/proc/${pid}/stat` : `/proc/${pid}/task/${tid}/stat`, 'latin1');
  } catch {
    return null;
  }
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  return {
    comm: line.slice(line.indexOf('(') + 1, line.lastIndexOf(')')),
    state: fields[0] ?? '',
    parent: field(4),
    flags: field(9),
    minorFaults: field(10),
    majorFaults: field(12),
    user: field(14),
    system: field(15),
    nice: field(19),
    threads: field(20),
    started: field(22),
    residentPages: field(24),
    cpu: field(39),
    rtPriority: field(40),
    policy: field(41),
  };
}

function stat(pid: number, tid?: number): Stat {
  const found = statOrNull(pid, tid);
  assert.ok(found, `there is a task ${pid}/${tid ?? pid}`);
  return found;
}

function status(pid: number, key: string, tid = pid): string {
  const text = readFileSync(`/proc/${pid}/task/${tid}/status`, 'latin1');
  return new RegExp(`^${key}:\\s*(.*)$`, 'm').exec(text)?.[1] ?? '';
}

const signals = (pid: number, key: string, tid = pid): bigint => BigInt(`0x${status(pid, key, tid)}`);
const wchan = (pid: number, tid = pid): string => readFileSync(`/proc/${pid}/task/${tid}/wchan`, 'latin1');
const numbersIn = (folder: string): number[] => readdirSync(folder).map(Number).filter(Number.isInteger);
const threadsOf = (pid: number): number[] => numbersIn(`/proc/${pid}/task`);

async function until(what: string, reached: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!reached()) {
    assert.ok(performance.now() < end, `in vain: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

/** Symbols may be hidden (`0`); where they are shown, they are these. */
function waitsIn(pid: number, symbol: RegExp, tid = pid): void {
  const name = wchan(pid, tid);
  if (name !== '0' && name !== '') assert.match(name, symbol);
}

function cpuStat(pid: number, key: string): number {
  for (const line of readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n')) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (!path.includes('taskscope-test-')) continue;
    const hierarchy = controllers === '' ? ['', '/unified'] : [`/${controllers}`];
    const file = hierarchy.map(at => `/sys/fs/cgroup${at}${path}/cpu.stat`).find(existsSync);
    if (file) return Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(readFileSync(file, 'utf8'))?.[1]);
  }
  return NaN;
}

const workers = new Map<number, boolean>();

function kworkerTicks(): number {
  let ticks = 0;
  for (const pid of numbersIn('/proc')) {
    const task = workers.get(pid) === false ? null : statOrNull(pid);
    if (task) workers.set(pid, (task.flags & PF_WQ_WORKER) !== 0);
    if (task && workers.get(pid)) ticks += task.user + task.system;
  }
  return ticks;
}

const totalForks = (): number => Number(/^processes (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);

interface Step {
  readonly step: string;
  readonly asked: number;
  readonly at: number;
}

async function takeStep(run: RunningScenario, name: string): Promise<Stat> {
  const said = JSON.parse(await run.next()) as Step;
  assert.equal(said.step, name);
  assert.ok(said.asked <= said.at);
  return stat(run.pids[0]!);
}

/** What stands in /proc while the situation is held; `one` is its first task, `thread` its first thread. */
const checks: Readonly<Record<ScenarioName, (run: RunningScenario, one: number, thread: number) => unknown>> = {
  'fault-storm': async (_run, one) => {
    const before = stat(one);
    await until('minor faults', () => stat(one).minorFaults > before.minorFaults + 200_000);
    const after = stat(one);
    assert.equal(after.majorFaults, before.majorFaults);
    assert.ok(after.system - before.system >= after.user - before.user);
    assert.ok(Math.abs(after.residentPages - before.residentPages) <= 2000, 'RES is flat');
  },
  'fork-churn': async (_run, one) => {
    const before = totalForks();
    await until('forks', () => totalForks() > before + 200);
    assert.equal(stat(one).flags & PF_FORKNOEXEC, 0);
  },
  'vfork-leader': (_run, one) => {
    assert.equal(stat(one).state, 'D');
    waitsIn(one, /vfork|kernel_clone|_do_fork|do_fork/);
  },
  'vfork-thread': (_run, one, thread) => {
    assert.equal(stat(one).state, 'S');
    assert.notEqual(thread, one);
    assert.equal(stat(one, thread).state, 'D');
  },
  'page-read': (_run, one) => {
    assert.equal(stat(one).state, 'D');
    assert.equal(stat(one).flags & PF_EXITING, 0);
    waitsIn(one, /folio|page|request_wait_answer/);
  },
  'fuse-request': (_run, one) => {
    assert.equal(stat(one).state, 'D');
    assert.equal(stat(one).flags & PF_EXITING, 0);
    waitsIn(one, /request_wait_answer/);
  },
  'frozen-v1': (_run, one) => {
    assert.equal(stat(one).state, 'D');
    waitsIn(one, /refrigerator/);
  },
  'frozen-v2': (_run, one) => {
    assert.equal(stat(one).state, 'S');
    waitsIn(one, /freezer_trap|get_signal/);
    assert.match(readFileSync(`/proc/${one}/cgroup`, 'utf8'), /^0::.*taskscope-test-/m);
  },
  zombies: (_run, one) => {
    assert.equal(stat(one).state, 'S');
    const owed = numbersIn('/proc').filter(pid => statOrNull(pid)?.parent === one);
    assert.deepEqual(
      owed.map(pid => stat(pid).state),
      ['Z', 'Z', 'Z', 'Z', 'Z'],
    );
  },
  'false-zombie': (run, one) => {
    const leader = stat(one);
    assert.equal(leader.state, 'Z');
    assert.equal(leader.flags & PF_EXITING, PF_EXITING);
    assert.equal(leader.threads, 3);
    assert.deepEqual(
      run.tids.map(tid => stat(one, tid).state),
      ['D', 'S'],
    );
  },
  'rt-hog': async (run, one) => {
    const starved = run.pids[1]!;
    const [hog, victim] = [stat(one), stat(starved)];
    assert.equal(hog.policy, SCHED_FIFO);
    assert.equal(hog.rtPriority, 10);
    await until('the hog runs', () => stat(one).user >= hog.user + 80);
    const got = stat(starved);
    assert.equal(got.cpu, stat(one).cpu);
    assert.equal(got.state, 'R');
    assert.ok(got.user - victim.user < 40, 'the other one hardly does');
  },
  leak: async (_run, one) => {
    const before = stat(one);
    await until('RES grows', () => stat(one).residentPages >= before.residentPages + 256);
    const after = stat(one);
    assert.ok(after.minorFaults - before.minorFaults >= 128);
    assert.match(status(one, 'RssAnon'), /^\d+ kB$/);
  },
  'lock-convoy': async (_run, one) => {
    const before = stat(one).threads;
    assert.ok(before >= 200);
    await until('threads are added', () => stat(one).threads > before);
    const waiting = threadsOf(one).filter(tid => statOrNull(one, tid)?.comm === 'in-convoy');
    assert.ok(waiting.length >= 190);
    for (const tid of waiting.slice(0, 10)) waitsIn(one, /futex/, tid);
  },
  'thread-churn': async (_run, one) => {
    const seen = new Set<number>();
    await until('threads come and go', () => {
      for (const tid of threadsOf(one)) seen.add(tid);
      return seen.size > 5;
    });
    assert.ok(stat(one).threads < 50);
  },
  'signal-blocked': (_run, one) => {
    assert.ok(signals(one, 'ShdPnd') & SIGTERM_BIT);
    assert.equal(signals(one, 'SigPnd') & SIGTERM_BIT, 0n);
    assert.equal(threadsOf(one).length, 2);
    for (const tid of threadsOf(one)) assert.ok(signals(one, 'SigBlk', tid) & SIGTERM_BIT);
  },
  'signal-blocked-thread': (_run, one, thread) => {
    assert.notEqual(thread, one);
    assert.ok(signals(one, 'SigPnd', thread) & signals(one, 'SigBlk', thread) & SIGTERM_BIT);
    assert.equal((signals(one, 'SigPnd') | signals(one, 'ShdPnd')) & SIGTERM_BIT, 0n);
  },
  'fork-no-exec-pipe': (_run, one) => {
    assert.equal(stat(one).flags & PF_FORKNOEXEC, PF_FORKNOEXEC);
    assert.equal(stat(stat(one).parent).flags & PF_FORKNOEXEC, 0);
    waitsIn(one, /pipe/);
  },
  'fork-no-exec-futex': (_run, one) => {
    assert.equal(stat(one).flags & PF_FORKNOEXEC, PF_FORKNOEXEC);
    waitsIn(one, /futex/);
  },
  'cgroup-throttled': async (_run, one) => {
    const before = cpuStat(one, 'nr_throttled');
    await until('periods are throttled', () => cpuStat(one, 'nr_throttled') >= before + 3);
    assert.equal(stat(one).state, 'R');
  },
  'major-faults': async (_run, one) => {
    const before = stat(one);
    await until('major faults', () => stat(one).majorFaults >= before.majorFaults + 200);
  },
  stopped: (_run, one) => {
    assert.equal(stat(one).state, 'T');
    assert.equal(status(one, 'TracerPid'), '0');
  },
  traced: (run, one) => {
    assert.equal(stat(one).state, 't');
    assert.equal(status(one, 'TracerPid'), String(run.pid));
  },
  'exit-in-flush': (_run, one) => {
    const task = stat(one);
    assert.equal(task.state, 'D');
    assert.equal(task.flags & (PF_EXITING | PF_SIGNALED), PF_EXITING | PF_SIGNALED);
    assert.equal(task.residentPages, 0);
    waitsIn(one, /request_wait_answer/);
  },
  'exit-of-pid-namespace': (_run, one) => {
    const task = stat(one);
    assert.equal(task.state, 'S');
    assert.equal(task.flags & (PF_EXITING | PF_SIGNALED), PF_EXITING | PF_SIGNALED);
    assert.equal(task.residentPages, 0);
    waitsIn(one, /zap_pid_ns_processes/);
  },
  'kworker-burn': async () => {
    const before = kworkerTicks();
    await until('kworkers run', () => kworkerTicks() >= before + 20);
  },
  'memalloc-held': (_run, one) => {
    const held = PF_MEMALLOC_NOIO | PF_LOCAL_THROTTLE;
    assert.equal(stat(one).flags & held, held);
    assert.equal(stat(one).state, 'S');
  },
  superpriv: async (_run, one) => {
    assert.equal(stat(one).flags & PF_SUPERPRIV, 0);
    await until('the flag appears', () => (stat(one).flags & PF_SUPERPRIV) !== 0);
  },
  sequence: async run => {
    assert.equal((await takeStep(run, 'sleep')).state, 'S');
    assert.equal((await takeStep(run, 'burn')).state, 'R');
    assert.equal((await takeStep(run, 'stop')).state, 'T');
    assert.equal((await takeStep(run, 'cont')).state, 'R');
    assert.equal((await takeStep(run, 'sleep')).state, 'S');
    assert.equal((await takeStep(run, 'nice=5')).nice, 5);
    assert.equal((await takeStep(run, 'policy=batch')).policy, SCHED_BATCH);
    await takeStep(run, 'cpu=0');
    assert.equal(status(run.pids[0]!, 'Cpus_allowed_list'), '0');
    assert.equal((await takeStep(run, 'name=renamed')).comm, 'renamed');
    assert.equal((await takeStep(run, 'exec=other')).comm, 'other');
  },
  'exec-rename': async (run, one) => {
    const { started } = stat(one);
    for (const name of ['first', 'second', 'third']) {
      const task = await takeStep(run, `exec=${name}`);
      assert.equal(task.comm, name);
      assert.equal(task.started, started);
      assert.equal(readFileSync(`/proc/${one}/cmdline`, 'latin1').split('\0')[0], name);
    }
  },
  healthy: async run => {
    for (const pid of run.pids) {
      assert.equal(stat(pid).state, 'S');
      assert.equal(stat(pid).flags & (PF_FORKNOEXEC | PF_EXITING), 0);
    }
    const service = run.pids[3]!;
    await until('the service ends', () => statOrNull(service) === null);
    const children = (): number[] => numbersIn('/proc').filter(pid => statOrNull(pid)?.parent === run.pid);
    await until('it is back', () => children().some(pid => statOrNull(pid)?.comm === 'service'));
    assert.equal(children().length, 4);
  },
};

interface Known {
  readonly pid: number;
  readonly started: number;
}

/** The director and all that descends from it, with the folders that its guards remove. */
function familyOf(director: number): { readonly tasks: readonly Known[]; readonly folders: readonly string[] } {
  const all = new Map(numbersIn('/proc').map(pid => [pid, statOrNull(pid)]));
  const family = [director];
  for (const pid of family)
    for (const [child, task] of all) if (task?.parent === pid && !family.includes(child)) family.push(child);
  const folders: string[] = [];
  for (const pid of family) {
    if (all.get(pid)?.comm !== 'guard') continue;
    folders.push(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[4]!);
  }
  return { tasks: family.map(pid => ({ pid, started: all.get(pid)?.started ?? -1 })), folders };
}

async function endsWithoutTrace(run: RunningScenario, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const { tasks, folders } = familyOf(run.pid);
  assert.ok(tasks.length >= 2, 'director and actor');
  await run.stop(signal);
  const members = new Set(tasks.map(({ pid }) => pid));
  for (const { pid, started } of tasks)
    await until(`task ${pid} ends after ${signal}`, () => {
      const task = statOrNull(pid);
      // When the director was killed, init reaps what it left, at its leisure.
      const orphan = task?.state === 'Z' && task.threads <= 1 && !members.has(task.parent);
      return task?.started !== started || orphan;
    });
  for (const folder of folders) await until(`${folder} is removed`, () => !existsSync(folder));
}

/** A sequence has a second for each step: time to look before the next one. */
const secondsOf = ({ program, mode }: Scenario): number => (program === 'sequence' ? mode.length : 60);

for (const scenario of scenarios) {
  const { name, shows, expect } = scenario;
  test(`${name}: ${shows}`, async t => {
    const run = await startScenario(name, secondsOf(scenario));
    if ('cannot' in run) {
      t.skip(run.cannot);
      return;
    }
    t.after(() => run.stop('SIGKILL'));
    assert.equal(run.expect, expect);
    await checks[name](run, run.pids[0]!, run.tids[0]!);
    await endsWithoutTrace(run, 'SIGTERM');
  });
  test(`${name}: nothing is left when its director is killed`, async t => {
    const run = await startScenario(name);
    if ('cannot' in run) {
      t.skip(run.cannot);
      return;
    }
    await endsWithoutTrace(run, 'SIGKILL');
  });
}

test('a situation ends by itself when its time is over', async t => {
  const run = await startScenario('zombies', 0.2);
  if ('cannot' in run) {
    t.skip(run.cannot);
    return;
  }
  await until('the end', () => statOrNull(run.pid) === null && statOrNull(run.pids[0]!) === null);
});
