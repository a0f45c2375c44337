/** Actions on real tasks: what the kernel did, and what was told of it. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type { Action, Change, Result, Subject } from '../../src/act/action.ts';
import { perform } from '../../src/act/perform.ts';
import { startHelper, statFields, untilState } from '../helpers/run.ts';

/** Fields of a stat line behind the command, the third (state) at 0. */
const START_TIME = 22 - 3;
const NICE = 19 - 3;
const POLICY = 41 - 3;

const subjectOf = (pid: number): Subject => ({
  pid,
  tgid: pid,
  isThread: false,
  startTicks: Number(statFields(pid)[START_TIME]),
});
const threadOf = (tgid: number, tid: number): Subject => ({ ...subjectOf(tid), tgid, isThread: true });
/** The same pid, as if its task had started at another time. */
const stranger = (subject: Subject): Subject => ({ ...subject, startTicks: subject.startTicks + 1 });

interface Sleeper extends Subject {
  readonly child: ChildProcess;
}

async function sleeper(t: TestContext, options: { uid?: number } = {}): Promise<Sleeper> {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore', ...options });
  t.after(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  await untilState(child.pid!, 'S');
  return { ...subjectOf(child.pid!), child };
}

async function only(
  action: Action,
  subject: Subject,
  ...rest: [tools?: Parameters<typeof perform>[2]]
): Promise<Result> {
  const results = await perform(action, [subject], ...rest);
  assert.equal(results.length, 1);
  assert.equal(results[0]!.pid, subject.pid);
  return results[0]!;
}

const signal = (number: number): Action => ({ kind: 'signal', signal: number });
const SIGKILL = 9;
const SIGTERM = 15;
const SIGCONT = 18;
const SIGSTOP = 19;
const SIGURG = 23;
const nice = (value: number, rest: { relative?: boolean; allThreads?: boolean } = {}): Change => ({
  kind: 'renice',
  nice: value,
  relative: false,
  allThreads: true,
  ...rest,
});
const CHANGES: readonly Change[] = [
  nice(18),
  { kind: 'io-class', ioClass: 'idle', level: 0, allThreads: true },
  { kind: 'affinity', cpus: '0', allThreads: true },
  { kind: 'policy', policy: 'batch', rtPriority: 0, allThreads: true },
];
const niceOf = (pid: number): number => Number(statFields(pid)[NICE]);
const statusOf = (pid: number, key: string): string =>
  new RegExp(`^${key}:\\s*(.*)$`, 'm').exec(fs.readFileSync(`/proc/${pid}/status`, 'latin1'))![1]!;

/** Is the tool where the program looks first? Busybox may be it, without all applets. */
const lacks = (tool: string): string | false =>
  fs.existsSync(`/usr/bin/${tool}`) && !fs.realpathSync(`/usr/bin/${tool}`).includes('busybox')
    ? false
    : `cannot: no ${tool} of util-linux here`;
const notRoot = process.geteuid?.() === 0 ? false : 'cannot: needs root, to be somebody else';

describe('signals', () => {
  test('SIGTERM ends the task', async t => {
    const task = await sleeper(t);
    const ended = once(task.child, 'exit');
    const { ok, text } = await only(signal(SIGTERM), task);
    assert.ok(ok);
    assert.match(text, /^SIGTERM \(15\) sent: it /);
    assert.deepEqual(await ended, [null, 'SIGTERM']);
  });

  test('a stopped task: SIGTERM is pending until SIGCONT', async t => {
    const task = await sleeper(t);
    const ended = once(task.child, 'exit');
    assert.ok((await only(signal(SIGSTOP), task)).ok);
    await untilState(task.pid, 'T');
    assert.deepEqual(await only(signal(SIGTERM), task), {
      pid: task.pid,
      ok: true,
      text: 'SIGTERM (15) sent: it is pending, the task in state T',
    });
    assert.ok((await only(signal(SIGCONT), task)).ok);
    assert.deepEqual(await ended, [null, 'SIGTERM']);
  });

  test('a stopped task goes on after SIGCONT', async t => {
    const task = await sleeper(t);
    await only(signal(SIGSTOP), task);
    await untilState(task.pid, 'T');
    const { text } = await only(signal(SIGCONT), task);
    await untilState(task.pid, 'S');
    assert.match(text, /^SIGCONT \(18\) sent: it is in state /);
  });

  test('a zombie, and who has to reap it', async t => {
    const zombie = await startHelper(t, 'zombie');
    if (!zombie) return;
    const { ok, text } = await only(signal(SIGKILL), subjectOf(zombie.told));
    assert.ok(ok);
    assert.equal(text, `SIGKILL (9) sent: it has ended, but its parent ${zombie.pid} has not reaped it`);
  });

  test('threads of one process get it once, and it is said to whom it went', async t => {
    const program = await startHelper(t, 'threads', '1');
    if (!program) return;
    const { pid, told } = program;
    const results = await perform(signal(SIGURG), [threadOf(pid, told), threadOf(pid, pid)]);
    assert.match(results[0]!.text, new RegExp(`^SIGURG \\(23\\) sent to its process ${pid}: it is in state`));
    assert.deepEqual(results[1], { pid, ok: true, text: `its process ${pid} got it already, with ${told}` });
  });

  test('a signal that there is none of', async t => {
    const task = await sleeper(t);
    assert.deepEqual(await only(signal(99), task), {
      pid: task.pid,
      ok: false,
      text: 'this kernel has no such signal',
    });
  });
});

describe('a task that is not the one that was chosen is left alone', () => {
  test('its start time differs: nobody gets the signal', async t => {
    const task = await sleeper(t);
    const { ok, text } = await only(signal(SIGKILL), stranger(task));
    assert.equal(ok, false);
    assert.match(text, new RegExp(`^left alone: it has ended, and its number ${task.pid} is another task's now$`));
    // were it dead or dying it would not stop and go on
    task.child.kill('SIGSTOP');
    await untilState(task.pid, 'T');
    task.child.kill('SIGCONT');
    await untilState(task.pid, 'S');
  });

  test('its start time differs: nothing is changed', async t => {
    const task = await sleeper(t);
    const before = {
      nice: niceOf(task.pid),
      policy: statFields(task.pid)[POLICY],
      cpus: statusOf(task.pid, 'Cpus_allowed'),
    };
    for (const change of CHANGES) {
      const { ok, text } = await only(change, stranger(task));
      assert.equal(ok, false, change.kind);
      assert.match(text, /^left alone: .*another task's now$/, change.kind);
    }
    const after = {
      nice: niceOf(task.pid),
      policy: statFields(task.pid)[POLICY],
      cpus: statusOf(task.pid, 'Cpus_allowed'),
    };
    assert.deepEqual(after, before);
  });

  test('a thread whose start time differs', async t => {
    const program = await startHelper(t, 'threads', '1');
    if (!program) return;
    const thread = threadOf(program.pid, program.told);
    for (const action of [nice(18), signal(SIGKILL)])
      assert.match((await only(action, stranger(thread))).text, /^left alone: /);
    assert.ok((await only(nice(18), thread)).ok, 'it is still there');
  });

  test('it has ended', async t => {
    const task = await sleeper(t);
    const ended = once(task.child, 'exit');
    task.child.kill('SIGKILL');
    await ended;
    for (const action of [signal(SIGTERM), ...CHANGES])
      assert.deepEqual(await only(action, task), { pid: task.pid, ok: false, text: 'left alone: it has ended' });
  });

  test('of several only the others are touched, each told in its place', async t => {
    const tasks = [await sleeper(t), await sleeper(t), await sleeper(t)];
    const results = await perform(nice(18), [tasks[0]!, stranger(tasks[1]!), tasks[2]!]);
    assert.deepEqual(
      results.map(({ ok }) => ok),
      [true, false, true],
    );
    assert.deepEqual(
      tasks.map(({ pid }) => niceOf(pid)),
      [18, niceOf(process.pid), 18],
    );
  });
});

/** Runs as another user, without capabilities, and comes back. */
async function as<T>(uid: number, body: () => Promise<T>): Promise<T> {
  process.seteuid!(uid);
  try {
    return await body();
  } finally {
    process.seteuid!(0);
  }
}
const NOBODY = 65_534;
const SOMEBODY = 65_533;

/** Process 1, where it is somebody else's and we are nobody special: what is ignored by default would do no harm. */
const cannotBeRefused =
  process.geteuid?.() === 0 || fs.statSync('/proc/1').uid === process.geteuid?.() ? 'cannot: process 1 is ours' : false;

describe('refused by the kernel', () => {
  test('process 1, asked by an ordinary user', { skip: cannotBeRefused }, async () => {
    const { ok, text } = await only(signal(SIGURG), subjectOf(1));
    assert.equal(ok, false);
    assert.equal(text, 'not permitted: needs CAP_KILL, or to be its user');
  });

  test("another user's task", { skip: notRoot }, async t => {
    const task = await sleeper(t, { uid: SOMEBODY });
    const answer = (action: Action): Promise<Result> => as(NOBODY, () => only(action, task));
    assert.deepEqual(await answer(signal(SIGKILL)), {
      pid: task.pid,
      ok: false,
      text: 'not permitted: needs CAP_KILL, or to be its user',
    });
    assert.match((await answer(nice(18))).text, /^not permitted: it is another user's, which needs CAP_SYS_NICE$/);
    assert.equal(niceOf(task.pid), niceOf(process.pid));
  });

  for (const change of CHANGES.slice(1))
    test(
      `another user's task: ${change.kind}`,
      {
        skip: notRoot || lacks({ 'io-class': 'ionice', affinity: 'taskset', policy: 'chrt', renice: '' }[change.kind]),
      },
      async t => {
        const task = await sleeper(t, { uid: SOMEBODY });
        const { ok, text } = await as(NOBODY, () => only(change, task));
        assert.equal(ok, false);
        assert.match(text, /^not permitted: .*CAP_SYS_NICE/);
      },
    );

  test('a lower nice of an own task', { skip: notRoot }, async t => {
    const task = await sleeper(t, { uid: NOBODY });
    const { ok, text } = await as(NOBODY, () => only(nice(niceOf(process.pid) - 1), task));
    assert.equal(ok, false);
    assert.match(text, /^not permitted: a lower nice needs CAP_SYS_NICE, or its RLIMIT_NICE raised$/);
  });

  test('CPUs that are not there', { skip: lacks('taskset') }, async t => {
    const task = await sleeper(t);
    const cpus = fs.readFileSync('/sys/devices/system/cpu/possible', 'latin1').trim();
    const beyond = Number(/\d+$/.exec(cpus)![0]) + 1;
    const { ok, text } = await only({ kind: 'affinity', cpus: String(beyond), allThreads: true }, task);
    assert.equal(ok, false);
    assert.match(text, /^none of these CPUs is online and in its cpuset/);
  });
});

describe('nice', () => {
  test('a value, and steps from it', async t => {
    const task = await sleeper(t);
    const own = niceOf(task.pid);
    assert.deepEqual(await only(nice(17), task), { pid: task.pid, ok: true, text: `nice ${own} → 17` });
    assert.deepEqual(await only(nice(1, { relative: true }), task), { pid: task.pid, ok: true, text: 'nice 17 → 18' });
    assert.deepEqual(await only(nice(9, { relative: true }), task), { pid: task.pid, ok: true, text: 'nice 18 → 19' });
    assert.equal(niceOf(task.pid), 19);
  });

  test('all threads of a process, its first, and one alone', async t => {
    const program = await startHelper(t, 'threads', '3');
    if (!program) return;
    const { pid } = program;
    const tids = fs.readdirSync(`/proc/${pid}/task`).map(Number);
    const values = (): number[] => tids.map(tid => niceOf(tid));
    assert.equal(tids.length, 4);
    assert.equal((await only(nice(14), subjectOf(pid))).text, `nice ${niceOf(process.pid)} → 14 (4 threads)`);
    assert.deepEqual(values(), [14, 14, 14, 14]);
    assert.equal((await only(nice(16, { allThreads: false }), subjectOf(pid))).text, 'nice 14 → 16');
    assert.deepEqual(values(), [16, 14, 14, 14]);
    const last = tids.at(-1)!;
    assert.equal((await only(nice(18), threadOf(pid, last))).text, 'nice 14 → 18');
    assert.deepEqual(values(), [16, 14, 14, 18]);
    assert.equal(
      (await only(nice(1, { relative: true }), subjectOf(pid))).text,
      'nice 16, 14, 18 → 17, 15, 19 (4 threads)',
    );
    assert.deepEqual(values(), [17, 15, 15, 19]);
  });
});

describe('by the tools of util-linux', () => {
  test('policy: batch, and idle', { skip: lacks('chrt') }, async t => {
    const task = await sleeper(t);
    const to = async (policy: 'batch' | 'idle'): Promise<string> =>
      (await only({ kind: 'policy', policy, rtPriority: 0, allThreads: true }, task)).text;
    assert.equal(await to('batch'), 'policy other → batch');
    assert.equal(statFields(task.pid)[POLICY], '3');
    assert.equal(await to('idle'), 'policy batch → idle');
    assert.equal(statFields(task.pid)[POLICY], '5');
  });

  test('policy: real time, and back', { skip: lacks('chrt') }, async t => {
    if (!(await startHelper(t, 'rt'))) return;
    const task = await sleeper(t);
    const to = async (policy: 'fifo' | 'rr' | 'other', rtPriority: number): Promise<Result> =>
      only({ kind: 'policy', policy, rtPriority, allThreads: true }, task);
    assert.deepEqual(await to('fifo', 3), { pid: task.pid, ok: true, text: 'policy other → fifo 3' });
    assert.equal((await to('rr', 4)).text, 'policy fifo 3 → rr 4');
    assert.equal((await to('other', 0)).text, 'policy rr 4 → other');
  });

  test('CPUs', { skip: lacks('taskset') }, async t => {
    const task = await sleeper(t);
    const before = statusOf(task.pid, 'Cpus_allowed_list');
    const cpus = /\d+$/.exec(before)![0];
    const result = await only({ kind: 'affinity', cpus, allThreads: true }, task);
    assert.deepEqual(result, { pid: task.pid, ok: true, text: `CPUs ${before} → ${cpus}` });
    assert.equal(statusOf(task.pid, 'Cpus_allowed_list'), cpus);
  });

  test('I/O class', { skip: lacks('ionice') }, async t => {
    const task = await sleeper(t);
    const to = async (ioClass: 'best-effort' | 'idle', level: number): Promise<Result> =>
      only({ kind: 'io-class', ioClass, level, allThreads: true }, task);
    assert.ok((await to('best-effort', 6)).ok);
    assert.deepEqual(await to('idle', 0), { pid: task.pid, ok: true, text: 'I/O class best-effort 6 → idle' });
    assert.equal((await to('best-effort', 0)).text, 'I/O class idle → best-effort 0');
  });
});

/** A folder with a tool of our own. */
function folderWith(t: TestContext, tools: Readonly<Record<string, string>>): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'taskscope-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  for (const [name, script] of Object.entries(tools))
    fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return folder;
}
const toBatch: Change = { kind: 'policy', policy: 'batch', rtPriority: 0, allThreads: true };

describe('a tool that fails', () => {
  const answerOf = async (t: TestContext, script: string, patienceMs?: number): Promise<Result> => {
    const folders = [folderWith(t, { chrt: script }), '/usr/bin', '/bin'];
    return only(toBatch, await sleeper(t), patienceMs === undefined ? { folders } : { folders, patienceMs });
  };

  test('it is not there', async t => {
    const folders = [folderWith(t, {})];
    const task = await sleeper(t);
    const [policy, cpus, io] = await Promise.all(
      [CHANGES[3]!, CHANGES[2]!, CHANGES[1]!].map(change => only(change, task, { folders })),
    );
    assert.deepEqual(policy, { pid: task.pid, ok: false, text: 'chrt is not installed: util-linux has it' });
    assert.equal(cpus!.text, 'taskset is not installed: util-linux has it');
    assert.equal(io!.text, 'ionice is not installed: util-linux has it');
  });

  test('its own words', async t => {
    const { ok, text } = await answerOf(t, 'echo "chrt: the moon is full" >&2; echo more >&2; exit 3');
    assert.equal(ok, false);
    assert.equal(text, 'chrt: the moon is full');
  });
  test("the kernel's words behind them", async t =>
    assert.match(
      (await answerOf(t, 'echo "chrt: failed to set pid 1\'s policy: Operation not permitted" >&2; exit 1')).text,
      /^not permitted: needs CAP_SYS_NICE/,
    ));
  test('an errno that is not expected of it', async t =>
    assert.equal(
      (await answerOf(t, 'echo "chrt: x: Function not implemented" >&2; exit 1')).text,
      'the kernel answered ENOSYS',
    ));
  test('no word', async t => assert.equal((await answerOf(t, 'exit 4')).text, 'chrt failed without a word (4)'));
  test('an option that it has not', async t =>
    assert.equal(
      (await answerOf(t, 'echo "chrt: invalid option -- \'b\'" >&2; exit 1')).text,
      "this chrt cannot do it, that of util-linux can (chrt: invalid option -- 'b')",
    ));
  test('it says yes and does nothing', async t => {
    const { ok, text } = await answerOf(t, 'exit 0');
    assert.equal(ok, false);
    assert.equal(text, 'policy other → other; asked for batch');
  });
  test('it hangs: it is killed', async t => {
    const told = path.join(folderWith(t, {}), 'pid');
    const { ok, text } = await answerOf(t, `echo $$ > ${told}; exec sleep 1000`, 2000);
    assert.equal(ok, false);
    assert.equal(text, 'chrt did not answer for 2 s');
    const pid = Number(fs.readFileSync(told, 'latin1'));
    while (fs.existsSync(`/proc/${pid}`)) await new Promise(resolve => setTimeout(resolve, 10));
  });
  test('it is no program', async t => {
    const folder = folderWith(t, {});
    fs.writeFileSync(path.join(folder, 'chrt'), '#!/nowhere/sh\n', { mode: 0o755 });
    assert.match(
      (await only(toBatch, await sleeper(t), { folders: [folder] })).text,
      /^chrt cannot be started \(\w+\)$/,
    );
  });
  test('what will fail for all is tried once; what one task is refused is tried with the next', async t => {
    const tasks = [await sleeper(t), await sleeper(t)];
    const tries = async (complaint: string): Promise<number> => {
      const counted = path.join(folderWith(t, {}), 'tries');
      const folders = [folderWith(t, { chrt: `echo x >> ${counted}; echo "${complaint}" >&2; exit 1` })];
      const results = await perform(toBatch, tasks, { folders });
      assert.equal(results[0]!.text, results[1]!.text);
      return fs.readFileSync(counted, 'latin1').length / 2;
    };
    assert.equal(await tries('chrt: unrecognized option: b'), 1);
    assert.equal(await tries('chrt: Invalid argument'), 2);
  });
  test('hostile words are no longer than they need to be', async t => {
    const { text } = await answerOf(t, `head -c 100000 /dev/zero | tr '\\0' '\\033' >&2; exit 1`);
    assert.ok(text.length <= 4096);
  });
  test('it gets plain words, and an environment of its own', async t => {
    const told = path.join(folderWith(t, {}), 'told');
    const folder = folderWith(t, { taskset: `echo "$LC_ALL $PATH $* $(env | grep -c TASKSCOPE_TEST)" > ${told}` });
    const task = await sleeper(t);
    process.env['TASKSCOPE_TEST'] = '1';
    t.after(() => delete process.env['TASKSCOPE_TEST']);
    const folders = [folder, '/usr/bin', '/bin'];
    await only({ kind: 'affinity', cpus: '0-2,5,64', allThreads: true }, task, { folders });
    assert.equal(fs.readFileSync(told, 'latin1'), `C ${folders.join(':')} -p 10000000000000027 ${task.pid} 0\n`);
  });
  test('the task ends meanwhile', async t => {
    const folder = folderWith(t, { chrt: 'for pid; do :; done; kill -KILL $pid' });
    const task = await sleeper(t);
    const { text } = await only(toBatch, task, { folders: [folder] });
    // who looks sees a zombie, or nothing, or the next task with its pid
    assert.match(text, /^policy other → (other; asked for batch|\?)(; since then: it has ended.*)?$/);
  });

  test('threads that are started meanwhile are not forgotten', async t => {
    const told = folderWith(t, {});
    const [asked, started] = [path.join(told, 'asked'), path.join(told, 'started')];
    const program = `const { Worker } = require('worker_threads');
      process.on('SIGUSR2', () => {
        const worker = new Worker('setInterval(() => {}, 1e6)', { eval: true });
        worker.on('online', () => require('fs').writeFileSync('${started}', ''));
      });
      console.log('ready'); setInterval(() => {}, 1e6)`;
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    const pid = child.pid!;
    const before = fs.readdirSync(`/proc/${pid}/task`);
    const folder = folderWith(t, {
      chrt: `for tid; do :; done
[ -e ${asked} ] || kill -USR2 ${pid}
echo $tid >> ${asked}
while [ ! -e ${started} ]; do sleep 0.02; done`,
    });
    await only(toBatch, subjectOf(pid), { folders: [folder, '/usr/bin', '/bin'], patienceMs: 30_000 });
    const tids = fs.readFileSync(asked, 'latin1').trim().split('\n');
    assert.ok(
      tids.some(tid => !before.includes(tid)),
      'one that was not there at first',
    );
    assert.equal(new Set(tids).size, tids.length, 'each once');
    assert.ok(before.every(tid => tids.includes(tid) || !fs.existsSync(`/proc/${pid}/task/${tid}`)));
  });
});
