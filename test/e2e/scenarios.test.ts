/**
 * Each situation of test/scenarios beside the real program: the right finding within 30 s, and no wrong one. All that this
 * machine permits stand at the same time beside one `taskscope check`; those that burn CPUs take turns, as two CPUs cannot
 * hold them all.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { RULES } from '../../src/findings/rules.ts';
import { type RunningScenario, startScenario } from '../scenarios/run.ts';
import { type ScenarioName, scenarios } from '../scenarios/scenarios.ts';
import { ENV, NODE, PROGRAM } from './program.ts';

/** Seconds. */
const WITHIN = 30;
const TURN = 32;
const HOLD = 160;

interface Expected {
  /** Rules that have to name the first task (or thread) of the situation, or the `of` that is meant. */
  readonly rules: readonly string[];
  /** What the rule names instead: a kernel worker, the zombies of the parent. */
  readonly of?: 'thread' | 'children' | 'worker';
  /** The rule that has to name the second task. */
  readonly second?: string;
  /** Other rules that may name a task of it, and why that is right. */
  readonly beside?: Readonly<Record<string, string>>;
}

const WAITS = 'it may be queued on the CPU that the real-time task owns';
const ON_THE_HOGS_CPU = { starved: WAITS, 'starved-rt': WAITS };

const EXPECTED: Readonly<Partial<Record<ScenarioName, Expected>>> = {
  'fault-storm': { rules: ['fault-storm'] },
  'kworker-burn': { rules: ['kworker'], of: 'worker' },
  'fork-churn': { rules: ['fork-churn'], beside: ON_THE_HOGS_CPU },
  'rt-hog': {
    rules: ['rt-hog'],
    second: 'starved-rt',
    beside: { starved: 'its second task, where nothing is left to it' },
  },
  'lock-convoy': { rules: ['thread-storm'] },
  'cgroup-throttled': { rules: ['throttled'], beside: ON_THE_HOGS_CPU },
  'page-read': { rules: ['stuck-d'] },
  'fuse-request': { rules: ['stuck-d'] },
  'vfork-leader': { rules: ['vfork'] },
  'vfork-thread': { rules: ['vfork'], of: 'thread' },
  'frozen-v1': { rules: ['frozen'] },
  'frozen-v2': { rules: ['frozen-group'] },
  zombies: { rules: ['zombies'], of: 'children' },
  'false-zombie': { rules: ['false-zombie'], beside: { vfork: 'one of the threads that live is in D' } },
  'signal-blocked': { rules: ['signal-blocked'] },
  'signal-blocked-thread': { rules: ['signal-blocked'], of: 'thread' },
  'fork-no-exec-futex': { rules: ['forked-no-exec'] },
  stopped: { rules: ['stopped'] },
  traced: { rules: ['stopped'] },
  'exit-in-flush': { rules: ['stuck-exit'] },
  'exit-of-pid-namespace': {
    rules: ['stuck-exit'],
    beside: { zombies: 'the second task of the namespace is owed by a parent that does not wait' },
  },
};

/** Those that use the CPUs: with the first ones, or with the second ones after them. */
const TURNS: Readonly<Partial<Record<ScenarioName, 1 | 2>>> = {
  'fault-storm': 1,
  'kworker-burn': 1,
  'fork-churn': 2,
  'rt-hog': 2,
  'lock-convoy': 2,
  'thread-churn': 2,
  'major-faults': 2,
};

/** Why nothing is to be found in the others. */
const SILENT: Readonly<Partial<Record<ScenarioName, string>>> = {
  healthy: 'nothing is wrong',
  sequence: 'nothing is wrong; test/history/timeline.test.ts looks at it',
  'exec-rename': 'nothing is wrong',
  superpriv: 'an event, no trouble; test/history/timeline.test.ts looks at it',
  leak: 'told of programs that are five minutes old: test/e2e/leak.test.ts plays a recording of one',
  'major-faults': 'its pages are thrown out by itself: memory is not short, so there is no pressure',
  'memalloc-held': 'an I/O flusher (PR_SET_IO_FLUSHER) has these bits by right, the rule leaves it out',
  'fork-no-exec-pipe': 'told by nothing from a worker of a server that forks; a filter shows it',
  'thread-churn': 'threads that live between two samples are counted for the machine, by no file for their process',
};

interface Finding {
  readonly id: string;
  readonly since: string;
  readonly seconds: number;
  readonly tasks: readonly { readonly pid: number; readonly tgid: number; readonly comm: string }[];
  readonly evidence: readonly string[];
}

interface Ran {
  readonly status: number;
  readonly out: string;
}

/** @param during is awaited beside it. */
async function taskscope(args: readonly string[], during: () => Promise<void> = () => Promise.resolve()): Promise<Ran> {
  const child = spawn(NODE, [PROGRAM, ...args], {
    env: { ...process.env, ...ENV },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<number>(resolve => child.on('close', resolve));
  await during();
  const status = await ended;
  assert.equal(err, '');
  return { status, out };
}

const wait = (seconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, seconds * 1000));

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return -1;
  }
}

/** The director and all that descends from it. */
function familyOf(director: number): Set<number> {
  const all = readdirSync('/proc')
    .map(Number)
    .filter(Number.isInteger)
    .map(pid => [pid, parentOf(pid)] as const);
  const family = new Set([director]);
  for (const pid of family) for (const [child, parent] of all) if (parent === pid) family.add(child);
  return family;
}

interface Situation {
  readonly name: ScenarioName;
  readonly run: RunningScenario;
  readonly family: Set<number>;
  /** Wall clock, milliseconds. */
  readonly began: number;
}

const situations = new Map<ScenarioName, Situation>();
const refused = new Map<ScenarioName, string>();

async function start(name: ScenarioName): Promise<void> {
  // each step of the sequence shorter than what a rule of stopped tasks asks for
  const run = await startScenario(name, name === 'sequence' ? TURN : HOLD);
  if ('cannot' in run) refused.set(name, run.cannot);
  else situations.set(name, { name, run, family: familyOf(run.pid), began: Date.now() });
  if (name === 'fault-storm' && !('cannot' in run)) favour(run.pids[0]!);
}

const TICKS_PER_SECOND = 100;
const KTHREAD = 0x200000;

/** CPU time by task of all programs that are not ours, or of the kernel's workers, in ticks. */
function foreignTicks(workers: boolean): Map<number, number> {
  const ours = new Set([process.pid, ...familyOf(process.pid)]);
  for (const { run } of situations.values()) for (const pid of familyOf(run.pid)) ours.add(pid);
  const out = new Map<number, number>();
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    if (ours.has(pid)) continue;
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const isWorker = stat.includes(' (kworker/');
      if (workers ? isWorker : (Number(fields[6]) & KTHREAD) === 0)
        out.set(pid, Number(fields[11]) + Number(fields[12]));
    } catch {
      // it has ended
    }
  }
  return out;
}

/** Percent of one CPU that others used while each turn went. */
const othersUsed = new Map<1 | 2, number>();
/** With more than that used by others what burns CPUs cannot be told from what is only slow. */
const MOST_OTHERS = 40;

/** What the kernel's workers used in the first turn, percent of a CPU; the rule asks for 40. */
let workersUsed = 0;
const LEAST_WORKERS = 48;

/** Percent of a CPU that the task of fault-storm got; with less than that it is not seen to storm at every sample. */
let stormUsed = 0;
const LEAST_STORM = 70;

function ticksOf(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}

async function watchOthers(turn: 1 | 2, seconds: number): Promise<void> {
  const storm = situations.get('fault-storm')?.run.pids[0];
  const stormed = ticksOf(storm);
  const before = [foreignTicks(false), foreignTicks(true)] as const;
  await wait(seconds);
  const [others, workers] = before.map((then, at) => {
    let ticks = 0;
    for (const [pid, now] of foreignTicks(at === 1)) ticks += Math.max(0, now - (then.get(pid) ?? now));
    return (ticks * 100) / TICKS_PER_SECOND / seconds;
  });
  othersUsed.set(turn, others!);
  if (turn === 1) {
    workersUsed = workers!;
    stormUsed = ((ticksOf(storm) - stormed) * 100) / TICKS_PER_SECOND / seconds;
  }
}

/** Best effort, against what else burns CPUs here. */
function favour(pid: number): void {
  try {
    setPriority(pid, -5);
  } catch {
    // not root
  }
}

const NAMES = scenarios.map(({ name }) => name);
const ofTurn = (turn: 1 | 2 | undefined): ScenarioName[] => NAMES.filter(name => TURNS[name] === turn);

/** The tasks that a finding should name one of. */
function isMeant({ run }: Situation, of: Expected['of'], task: Finding['tasks'][number]): boolean {
  switch (of) {
    case undefined:
      return task.pid === run.pids[0];
    case 'thread':
      return task.pid === run.tids[0] && task.tgid === run.pids[0];
    case 'children':
      return parentOf(task.pid) === run.pids[0];
    case 'worker':
      return task.comm.startsWith('kworker/');
  }
}

const inWords = ({ id, tasks, evidence }: Finding): string =>
  `${id}: ${tasks.map(({ pid, comm }) => `${pid} ${comm}`).join(', ')}: ${evidence.join(' ')}`;

const isOf = ({ family }: Situation, { tasks }: Finding): boolean =>
  tasks.some(({ pid, tgid }) => family.has(pid) || family.has(tgid));

test('every situation is expected to be found, or there is a reason why not', () => {
  const said = [...Object.keys(EXPECTED), ...Object.keys(SILENT)];
  assert.deepEqual(said.sort(), [...NAMES].sort());
  const ids = RULES.map(({ id }) => id);
  for (const { rules, second, beside = {} } of Object.values(EXPECTED))
    for (const id of [...rules, ...(second === undefined ? [] : [second]), ...Object.keys(beside)])
      assert.ok(ids.includes(id), `there is a rule ${id}`);
});

test('a machine that is at rest, or busy with what is healthy: exit status 0 and no finding', async t => {
  const run = await startScenario('healthy', HOLD);
  if ('cannot' in run) {
    t.skip(run.cannot);
    return;
  }
  t.after(() => run.stop('SIGKILL'));
  const { status, out } = await taskscope(['check', '--for', '22s', '--json']);
  const { findings } = JSON.parse(out) as { readonly findings: readonly Finding[] };
  const family = familyOf(run.pid);
  for (const finding of findings) {
    const ours = finding.tasks.some(({ pid }) => family.has(pid));
    // a machine that people work on may have zombies and stopped programs of theirs
    const theirs = !ours && process.env['CI'] === undefined;
    assert.ok(theirs, inWords(finding));
    t.diagnostic(`of this machine, not of this test: ${inWords(finding)}`);
  }
  assert.equal(status, findings.length > 0 ? 1 : 0);
});

describe('all situations at the same time, and one taskscope', { concurrency: false }, () => {
  let findings: readonly Finding[] = [];
  let status = -1;

  before(async () => {
    for (const name of ofTurn(undefined)) await start(name);
    for (const name of ofTurn(1)) await start(name);
    const ran = await taskscope(['check', '--for', `${2 * TURN}s`, '--json'], async () => {
      await watchOthers(1, TURN - 1);
      for (const name of ofTurn(1)) await situations.get(name)?.run.stop();
      for (const name of ofTurn(2)) await start(name);
      await watchOthers(2, TURN - 8);
    });
    ({ findings } = JSON.parse(ran.out) as { readonly findings: readonly Finding[] });
    status = ran.status;
    for (const { run, family } of situations.values()) for (const pid of familyOf(run.pid)) family.add(pid);
    for (const name of ofTurn(2)) await situations.get(name)?.run.stop();
  });
  after(async () => {
    await Promise.all([...situations.values()].map(({ run }) => run.stop('SIGKILL')));
  });

  test('exit status 1', () => assert.equal(status, findings.length > 0 ? 1 : 0));

  for (const [name, expected] of Object.entries(EXPECTED) as [ScenarioName, Expected][]) {
    const second = (task: Finding['tasks'][number], { run }: Situation): boolean => task.pid === run.pids[1];
    const first = (task: Finding['tasks'][number], one: Situation): boolean => isMeant(one, expected.of, task);
    const wanted = expected.rules.map(id => [id, first] as const);
    for (const [id, is] of [
      ...wanted,
      ...(expected.second === undefined ? [] : [[expected.second, second] as const]),
    ]) {
      test(`${name}: ${id}`, t => {
        const situation = situations.get(name);
        if (!situation) {
          t.skip(refused.get(name) ?? 'was not started');
          return;
        }
        const found = findings.find(finding => finding.id === id && finding.tasks.some(task => is(task, situation)));
        const others = othersUsed.get(TURNS[name] ?? 1) ?? 0;
        if (!found && TURNS[name] !== undefined && others > MOST_OTHERS) {
          t.skip(`cannot be told: other programs used ${others.toFixed(0)} % of a CPU meanwhile`);
          return;
        }
        if (!found && name === 'fault-storm' && stormUsed < LEAST_STORM) {
          t.skip(`cannot be told: its task got only ${stormUsed.toFixed(0)} % of a CPU`);
          return;
        }
        if (!found && name === 'kworker-burn' && workersUsed < LEAST_WORKERS) {
          t.skip(`cannot be told: the kernel's workers got only ${workersUsed.toFixed(0)} % of a CPU`);
          return;
        }
        assert.ok(found, `not found; there are\n${findings.map(inWords).join('\n')}`);
        const { seconds } = RULES.find(rule => rule.id === id)!;
        const took = (Date.parse(found.since) - situation.began) / 1000 + seconds;
        if (TURNS[name] === undefined || others <= MOST_OTHERS) assert.ok(took <= WITHIN, `found after ${took} s`);
      });
    }
  }

  test('nothing else is found in any of them', () => {
    for (const situation of situations.values()) {
      const { rules = [], second, beside = {} } = EXPECTED[situation.name] ?? {};
      for (const finding of findings.filter(one => isOf(situation, one)))
        assert.ok(
          rules.includes(finding.id) || finding.id === second || Object.hasOwn(beside, finding.id),
          `${situation.name} (${SILENT[situation.name] ?? 'expected'}): ${inWords(finding)}`,
        );
    }
  });

  interface StuckGroup {
    readonly kind: string;
    readonly family: string | null;
    readonly words: string;
    readonly tasks: readonly { readonly pid: number; readonly tid: number; readonly state: string }[];
  }
  const STUCK: Readonly<Partial<Record<ScenarioName, readonly [kind: string, words: RegExp, state: string]>>> = {
    'vfork-leader': ['vfork', /until its child has started a program/, 'D'],
    'vfork-thread': ['vfork', /until its child has started a program/, 'D'],
    'page-read': ['uninterruptible', /waits for a page of a file|FUSE/, 'D'],
    'fuse-request': ['uninterruptible', /waits for the answer of a FUSE file system/, 'D'],
    'frozen-v1': ['frozen', /frozen/, 'D'],
    'frozen-v2': ['frozen', /frozen/, 'S'],
    'false-zombie': ['false-zombie', /threads of its process live/, 'Z'],
    stopped: ['stopped', /stopped by a signal/, 'T'],
    traced: ['traced', /stopped by its debugger/, 't'],
    'exit-in-flush': ['exiting', /FUSE/, 'D'],
    'exit-of-pid-namespace': ['exiting', /exiting and waits for others of its process or namespace/, 'S'],
  };

  test('what is stuck, by --once --stuck: the right kind and the right words', async () => {
    const { status: stuckStatus, out } = await taskscope(['--once', '--stuck', '--for', '3s', '--json']);
    assert.equal(stuckStatus, 0);
    const { groups } = JSON.parse(out) as { readonly groups: readonly StuckGroup[] };
    const all = groups.flatMap(group => group.tasks.map(task => ({ ...task, group })));
    for (const [name, [kind, words, state]] of Object.entries(STUCK)) {
      const situation = situations.get(name as ScenarioName);
      if (!situation) continue;
      const { pids, tids } = situation.run;
      const thread = name === 'vfork-thread' ? tids[0] : pids[0];
      const task = all.find(({ pid, tid }) => pid === pids[0] && tid === thread);
      assert.ok(task, `${name} is not there:\n${JSON.stringify(groups, undefined, 1)}`);
      assert.equal(task.group.kind, kind, name);
      assert.match(task.group.words, words, name);
      assert.equal(task.state, state, name);
    }
    for (const name of ['healthy', 'leak', 'signal-blocked', 'fork-no-exec-pipe'] as const) {
      const family = situations.get(name)?.family;
      assert.ok(!all.some(({ pid }) => family?.has(pid)), `${name} is not stuck`);
    }
  });
});
