import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from 'node:test';
import { ask, catHangs, descriptors, fifo, file, folder, group, helpersOf, MODULE, noHelper } from './slow-fixtures.ts';
import { script, taskOf, textOf, until, withReader } from './slow-fixtures.ts';

/** The shells that are here, each as a path that takes `-c`. */
function shells(): [string, string][] {
  const find = (name: string) =>
    (process.env['PATH'] ?? '')
      .split(delimiter)
      .map(path => join(path, name))
      .find(path => existsSync(path));
  const busybox = find('busybox');
  const link = join(folder, 'sh');
  if (busybox !== undefined) symlinkSync(busybox, link);
  const named = ['dash', 'bash', 'mksh'].map(name => [name, find(name)] as const);
  const all = [...named, ['busybox', busybox && link] as const, ['/bin/sh', '/bin/sh'] as const];
  return all.filter((shell): shell is [string, string] => shell[1] !== undefined);
}

for (const [name, shell] of shells()) {
  describe(`files read by ${name}`, () => {
    it('come back as they are', async () => {
      const contents = [
        Buffer.from('one line\n'),
        Buffer.from('no end of line'),
        Buffer.alloc(0),
        Buffer.from('\n\n\0\n\0'),
        Buffer.from(Uint8Array.from({ length: 1024 }, (_, at) => at & 255)),
        Buffer.from(`before\n${'0123456789abcdef'.repeat(2)} 1 0 1 \nbehind\n00000000 2 0 0\n`),
        Buffer.alloc(200_000, 'long '),
      ];
      await withReader({ shell }, async reader => {
        const answers = await Promise.all(contents.map(content => ask(reader, file(content))));
        assert.deepEqual(
          answers,
          contents.map(bytes => ({ bytes })),
        );
        assert.equal(reader.pending, 0);
      });
    });

    it('or say why not', async () => {
      const dead = spawn('true');
      await once(dead, 'exit');
      const cases: [string, string][] = [
        [`/proc/${dead.pid ?? 0}/cmdline`, '-gone'],
        [join(folder, 'none', 'x'), '-gone'],
        [join(folder, 'none'), '-gone'],
        [`/proc/${process.pid}/no-such-file`, '-not-in-this-kernel'],
        ['/proc/no-such-file', '-not-in-this-kernel'],
        [folder, '-not-in-this-kernel'],
        [file('fine'), 'fine'],
      ];
      await withReader({ shell }, async reader => {
        const answers = await Promise.all(cases.map(([path]) => ask(reader, path)));
        assert.deepEqual(
          answers.map(textOf),
          cases.map(([, wanted]) => wanted),
        );
      });
    });

    it('are replaced by could-block when they hang', async () => {
      await withReader({ shell, timeoutMs: 300 }, async reader => {
        const answers = await Promise.all([fifo(), file('live'), fifo()].map(path => ask(reader, path)));
        assert.deepEqual(answers.map(textOf), ['-could-block', 'live', '-could-block']);
      });
      await noHelper();
    });
  });
}
describe('the end of our process', () => {
  /** A program that reads a path and, told so on stdin, ends. */
  const PROGRAM = `
    const [module, path, how] = process.argv.slice(2);
    const { createSlowReader } = await import(module);
    createSlowReader({ timeoutMs: 60000 }).read(path, () => {});
    if (how === 'end') setTimeout(() => {}, 1000);
    else process.stdin.once('data', () => process.exit(7)).resume();`;

  async function hangingProgram(how: string): Promise<{ child: ChildProcess; helper: number }> {
    const child = spawn(process.execPath, [script(PROGRAM), MODULE, fifo(), how], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const pid = child.pid ?? 0;
    await until('cat hangs', () => catHangs(pid), 10_000);
    return { child, helper: helpersOf(pid)[0]?.pid ?? 0 };
  }

  for (const [how, end, wanted] of [
    ['exit', (child: ChildProcess) => child.stdin?.write('x'), [7, null]],
    ['SIGKILL', (child: ChildProcess) => child.kill('SIGKILL'), [null, 'SIGKILL']],
    ['end', () => undefined, [0, null]],
  ] as const) {
    it(`by ${how} waits for nothing and leaves nothing`, async t => {
      const { child, helper } = await hangingProgram(how);
      t.after(() => {
        child.kill('SIGKILL');
        for (const { pid } of group(helper)) process.kill(pid, 'SIGKILL');
      });
      const ended = once(child, 'exit');
      const start = performance.now();
      end(child);
      assert.deepEqual(await ended, wanted);
      assert.ok(performance.now() - start < (how === 'end' ? 3_000 : 1_000), 'gone in time');
      await until('nothing is left', () => group(helper).length === 0, 1_000);
    });
  }

  it('without a read never loads child_process', () => {
    const code = `const { createSlowReader } = await import(${JSON.stringify(MODULE)}); createSlowReader().close();
      console.log(process.moduleLoadList.some(name => /child_process/.test(name)));`;
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
    assert.equal(out.trim(), 'false');
  });
});

describe('the helper', () => {
  it('has a group and a session of its own and nothing of our terminal', async t => {
    const pty = await import('@lydell/node-pty').catch(() => null);
    if (pty === null) {
      t.skip('no pty for this machine');
      return;
    }
    const program = script(`
      import { readFileSync } from 'node:fs';
      const { createSlowReader } = await import(${JSON.stringify(MODULE)});
      setTimeout(() => {}, 15000);
      createSlowReader().read('/proc/uptime', () => console.log('READY', process.pid));`);
    const terminal = pty.spawn(process.execPath, [program], { cols: 80, rows: 24 });
    let output = '';
    terminal.onData(text => (output += text));
    await until('the helper answers', () => output.includes('READY'), 10_000);
    const parent = taskOf(terminal.pid);
    const [helper] = helpersOf(terminal.pid);
    assert.ok(helper !== undefined && parent !== null);
    assert.notEqual(parent.tty, 0, 'the program itself is on the terminal');
    for (const task of group(helper.pid)) {
      assert.deepEqual([task.pgrp, task.session, task.tty], [helper.pid, helper.pid, 0]);
      const links = readdirSync(`/proc/${task.pid}/fd`).map(fd => readlinkSync(`/proc/${task.pid}/fd/${fd}`));
      assert.deepEqual(
        links.filter(link => !/^(socket:|pipe:|\/dev\/null$)/.test(link)),
        [],
      );
    }
    const environment = readFileSync(`/proc/${helper.pid}/environ`, 'latin1')
      .split('\0')
      .map(entry => entry.split('=')[0]);
    assert.deepEqual(environment.filter(Boolean).sort(), ['LC_ALL', 'PATH']);
    const argv = readFileSync(`/proc/${helper.pid}/cmdline`, 'latin1');
    assert.doesNotMatch(argv, /[0-9a-f]{32}/, 'the token is no argument');
    terminal.kill('SIGKILL');
    await until('nothing is left', () => group(helper.pid).length === 0);
  });

  it('closes the descriptors of those that it replaced', async () => {
    await withReader({ timeoutMs: 100 }, async reader => {
      assert.equal(textOf(await ask(reader, file('warm'))), 'warm');
      const before = descriptors();
      for (let round = 0; round < 5; round++) assert.equal(textOf(await ask(reader, fifo())), '-could-block');
      assert.equal(textOf(await ask(reader, file('again'))), 'again');
      await until('as many descriptors as before', () => descriptors() <= before);
    });
  });
});
