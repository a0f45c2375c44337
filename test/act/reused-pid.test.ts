/**
 * Between a dialog and its confirmation the pid gets another task. A source of our own stands for /proc, and what would
 * reach a task is recorded in place of being done.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { perform } from '../../src/act/perform.ts';
import { refreshDialog, showResults } from '../../src/app/dialog.ts';
import { dialogLines } from '../../src/app/dialog-lines.ts';
import type { Wish } from '../../src/app/state.ts';
import { lineText, Monitor } from '../support/monitor.ts';
import type { PushedTask } from '../support/model.ts';
import { statBytes } from '../support/stat-line.ts';

const PID = 870;
const OTHER = 871;
const TAR: PushedTask = { pid: PID, comm: 'tar', start_time: 250, nice: 3 };
const GZIP: PushedTask = { pid: OTHER, comm: 'gzip', start_time: 300, nice: 3 };
/** The next that was given the number. */
const SHELL: PushedTask = { pid: PID, comm: 'sh', start_time: 9999, nice: 3 };

const gone = (): Error => Object.assign(new Error('ENOENT'), { code: 'ENOENT' });

interface Outside {
  /** Who is there now, by pid. */
  readonly tasks: Map<number, PushedTask>;
  /** What was done to somebody: `kill 870 15`. */
  readonly done: () => string[];
  /** Happens right after a signal was sent. */
  after: () => void;
  readonly folders: readonly string[];
}

/** Queries of ionice, which change nothing: `ionice -p 870`. */
const isQuery = (line: string): boolean => /^ionice -p \d+$/.test(line);

function outside(t: TestContext): Outside {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'taskscope-'));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const log = path.join(folder, 'log');
  fs.writeFileSync(log, '');
  for (const tool of ['chrt', 'taskset', 'ionice'])
    fs.writeFileSync(path.join(folder, tool), `#!/bin/sh\necho ${tool} "$@" >> ${log}\n`, { mode: 0o755 });
  const tasks = new Map([TAR, GZIP].map(task => [task.pid, task]));
  const here: Outside = {
    tasks,
    done: () =>
      fs
        .readFileSync(log, 'latin1')
        .split('\n')
        .filter(line => line !== '' && !isQuery(line)),
    after: () => undefined,
    folders: [folder],
  };
  const record = (line: string): void => fs.appendFileSync(log, line + '\n');
  const find = (file: unknown): PushedTask | undefined => {
    const pid = /^\/proc\/(\d+)(?:\/task\b|\/stat$|\/status$)/.exec(String(file))?.[1];
    if (pid === undefined) return undefined;
    const task = tasks.get(Number(pid));
    if (!task) throw gone();
    return task;
  };
  const { readFileSync, readdirSync } = fs;
  t.mock.method(fs, 'readFileSync', ((file: string, ...rest: [BufferEncoding]) => {
    const task = find(file);
    if (!task) return readFileSync(file, ...rest);
    return file.endsWith('/stat') ? Buffer.from(statBytes(task)) : Buffer.from('Cpus_allowed_list:\t0-3\n');
  }) as typeof readFileSync);
  t.mock.method(fs, 'readdirSync', ((folderName: string, ...rest: []) => {
    const task = find(folderName);
    return task ? [String(task.pid)] : readdirSync(folderName, ...rest);
  }) as typeof readdirSync);
  t.mock.method(process, 'kill', (pid: number, signal: number) => {
    record(`kill ${pid} ${signal}`);
    here.after();
    return true;
  });
  t.mock.method(os, 'setPriority', (pid: number, nice: number) => {
    record(`setpriority ${pid} ${nice}`);
    tasks.set(pid, { ...tasks.get(pid)!, nice });
  });
  return here;
}

/** The keys that ask for each action, up to the Enter that confirms it, and what then is done to 870 as long as it lives. */
const ASKED = {
  signal: { keys: ['k'], done: [`kill ${PID} 15`] },
  kill: { keys: ['k', '9'], done: [`kill ${PID} 9`] },
  renice: { keys: ['f8', '+'], done: [`setpriority ${PID} 5`] },
  'io-class': { keys: ['I'], done: [`ionice -c 2 -n 4 -p ${PID}`] },
  affinity: { keys: ['a', '1'], done: [`taskset -p 2 ${PID}`] },
  policy: { keys: ['Y', 'b'], done: [`chrt -b -p 0 ${PID}`] },
} as const;

/** The monitor with the cursor on tar. */
const onTar = (): Monitor => new Monitor().sample([{ pid: 1, comm: 'init' }, TAR, GZIP]).press('down');

/** What the program does with a sample while a dialog is open. */
function seenAnew(shown: Monitor, tasks: readonly PushedTask[]): void {
  shown.sample(tasks);
  const { table, cursor } = shown.pushed;
  const dialog = refreshDialog(shown.state.dialog!, ({ pid, startTicks }) => {
    const seat = table.find(pid, startTicks);
    return seat < 0 ? undefined : cursor.at(seat);
  });
  shown.state = { ...shown.state, dialog };
}

const dialogText = (shown: Monitor): string => dialogLines(shown.state.dialog!, 120, 30).map(lineText).join('\n');

type Perform = Extract<Wish, { readonly perform: unknown }>;

/** Enter, and what the program does on it: what the dialog then says. */
async function confirmed(shown: Monitor, { folders }: Outside): Promise<string> {
  shown.wishes.length = 0;
  shown.press('enter');
  const [wish] = shown.wishes.filter((one): one is Perform => typeof one === 'object' && 'perform' in one);
  assert.ok(wish, 'it was confirmed');
  const results = await perform(wish.perform, wish.targets, { folders });
  shown.state = { ...shown.state, dialog: showResults(shown.state.dialog!, results) };
  return dialogText(shown);
}

const LEFT = `${PID} tar: left alone: it has ended, and its number ${PID} is another task's now`;

for (const [kind, { keys, done }] of Object.entries(ASKED)) {
  describe(kind, () => {
    test('reaches the task that the dialog named', async t => {
      const here = outside(t);
      await confirmed(onTar().press(...keys), here);
      assert.deepEqual(here.done(), done);
    });

    test('its pid was given away since the last sample: nothing is done, and the dialog says why', async t => {
      const here = outside(t);
      const shown = onTar().press(...keys);
      here.tasks.set(PID, SHELL);
      const text = await confirmed(shown, here);
      assert.deepEqual(here.done(), []);
      assert.ok(text.includes(LEFT), text);
      assert.doesNotMatch(text, /\bsent\b|\bset\b|→/);
    });

    test('its pid was given away, and a sample has told: the dialog warns, and still nothing is done', async t => {
      const here = outside(t);
      const shown = onTar().press(...keys);
      here.tasks.set(PID, SHELL);
      seenAnew(shown, [{ pid: 1, comm: 'init' }, SHELL, GZIP]);
      assert.match(dialogText(shown), /has ended meanwhile: will be left alone/);
      assert.doesNotMatch(dialogText(shown), /\bsh\b/, 'the next task is not what the dialog is about');
      const text = await confirmed(shown, here);
      assert.deepEqual(here.done(), []);
      assert.ok(text.includes(LEFT), text);
    });

    test('it has ended, and nobody has its pid', async t => {
      const here = outside(t);
      const shown = onTar().press(...keys);
      here.tasks.delete(PID);
      const text = await confirmed(shown, here);
      assert.deepEqual(here.done(), []);
      assert.ok(text.includes(`${PID} tar: left alone: it has ended`), text);
    });

    test('of two tagged tasks the one that is still there is reached, the other left alone', async t => {
      const here = outside(t);
      const shown = onTar().press('space', 'space', ...keys);
      here.tasks.set(PID, SHELL);
      const text = await confirmed(shown, here);
      assert.deepEqual(
        here.done(),
        done.map(line => line.replace(String(PID), String(OTHER))),
      );
      assert.ok(text.includes(LEFT), text);
    });
  });
}

test('a pid that is given away in the very moment of the signal: it is told who may have got it', async t => {
  const here = outside(t);
  const shown = onTar().press('k');
  here.after = () => here.tasks.set(PID, SHELL);
  const text = await confirmed(shown, here);
  assert.deepEqual(here.done(), [`kill ${PID} 15`]);
  assert.match(text, /it ended in that very moment: SIGTERM \(15\) may have gone to the next task 870/);
});
