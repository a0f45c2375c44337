/** `taskscope show`: the pages of real tasks of every kind, as text and JSON. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, readFileSync } from 'node:fs';
import { describe, test, type TestContext } from 'node:test';
import { TASK_PAGES } from '../../src/keys/keys.ts';
import { TEXT_PAGES } from '../../src/pages/system-pages.ts';
import { startHelper } from '../helpers/run.ts';
import { CAPTURE, ENV, NODE, PROGRAM } from './program.ts';

interface Shown {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function show(args: readonly string[], user?: number): Shown {
  const { status, stdout, stderr } = spawnSync(NODE, [PROGRAM, 'show', ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    cwd: '/',
    env: { ...process.env, ...ENV, HOME: '/nonexistent' },
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  return { status, out: stdout, err: stderr };
}

type Json = Readonly<Record<string, unknown>>;
interface Document {
  readonly schema: string;
  readonly ended: boolean;
  readonly pages: Readonly<Record<string, Json>>;
}
const json = (args: readonly string[], user?: number): Document => {
  const { out, err } = show(['--json', '--interval', '0', ...args], user);
  assert.equal(err, '');
  return JSON.parse(out) as Document;
};
const page = (document: Document, id: string): Json => {
  const found = document.pages[id];
  assert.ok(found, `no page ${id}`);
  return found;
};

/** Pid of a kernel thread that this machine lets us see; a container shows none. */
function kernelThread(t: TestContext): number | undefined {
  try {
    const [, flags] = /\) \S \d+ \d+ \d+ -?\d+ -?\d+ (\d+)/.exec(readFileSync('/proc/2/stat', 'latin1')) ?? [];
    if (flags !== undefined && (Number(flags) & 0x200000) !== 0) return 2;
  } catch {
    // no pid 2
  }
  t.skip('cannot see a kernel thread here: another pid namespace');
  return undefined;
}

const NOBODY = 65534;
function asNobody(t: TestContext): boolean {
  if (process.getuid?.() !== 0) {
    t.skip('cannot become another user without root');
    return false;
  }
  const can = spawnSync(NODE, [PROGRAM, '--version'], { cwd: '/', uid: NOBODY, gid: NOBODY }).status === 0;
  if (!can) t.skip('cannot run the program as another user from this folder');
  return can;
}

describe('every page of a task', () => {
  test('is there in text and in JSON, and no page is empty', () => {
    const all = show([String(process.pid), '--page', 'all', '--interval', '0']);
    assert.equal(all.status, 0, all.err);
    const open = TASK_PAGES.filter(({ id }) => id !== 'environment');
    for (const { title } of open) assert.match(all.out, new RegExp(`^${title.toUpperCase()}$`, 'm'));
    assert.doesNotMatch(all.out, /^ENVIRON$/m, 'secrets are asked for by name');
    assert.match(all.out, /Not shown unless asked for by name: --page environment\n$/);
    const both = show([String(process.pid), '--page', 'all,environment', '--interval', '0']).out;
    assert.match(both, /^ENVIRON$/m);
    assert.doesNotMatch(both, /Not shown unless/);
    const document = json([String(process.pid), '--page', 'all']);
    assert.equal(document.schema, 'taskscope.task/1');
    assert.deepEqual(
      Object.keys(document.pages),
      open.map(({ id }) => id),
    );
    for (const [id, content] of Object.entries(document.pages)) assert.ok(Object.keys(content).length > 0, id);
    assert.doesNotMatch(all.out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/, 'nothing raw reaches a terminal');
  });

  test('by name, title or key; secrets only on request', () => {
    const names = (list: string): string[] => Object.keys(json([String(process.pid), '--page', list]).pages);
    assert.deepEqual(names('flags,Sched,x'), ['flags', 'scheduling', 'locks']);
    assert.deepEqual(names('raw:limits'), ['raw:limits']);
    const named = show([String(process.pid), '--page', 'raw:maps,memory:0x7ffdabc', '--interval', '0']).out;
    assert.match(named, /^RAW maps$/m);
    assert.match(named, /^MEMORY 0x7ffdabc$/m);
    const { out } = show([String(process.pid), '--interval', '0']);
    assert.doesNotMatch(out, /^ENVIRON$/m);
    assert.match(out, /Not shown unless asked for by name: --page environment,history,raw/);
  });

  test('rates are real after two samples', () => {
    const { out, status } = show([String(process.pid), '--page', 'overview', '--json', '-d', '0.3']);
    assert.equal(status, 0);
    const document = JSON.parse(out) as Document & { readonly interval_seconds: number };
    assert.ok(document.interval_seconds >= 0.3);
    const cpu = page(document, 'overview')['cpu'] as Json;
    assert.equal(typeof cpu['cpu_percent'], 'number');
  });

  test('an address out of maps is placed in its region, and split into its page-table indexes', () => {
    const memory = page(json([String(process.pid), '--page', 'memory']), 'memory');
    const addresses = memory['addresses'] as readonly Json[];
    assert.ok(addresses.length >= 3);
    const code = readFileSync(`/proc/${process.pid}/maps`, 'latin1')
      .split('\n')
      .find(line => line.includes(' r-xp '))!;
    assert.ok(
      addresses.some(row => JSON.stringify(row).includes(code.split(/ +/).at(-1)!)),
      `one of them lies in ${code}`,
    );
  });
});

describe('tasks of every kind', () => {
  test('process 1', () => {
    const { status, out, err } = show(['1', '--interval', '0']);
    assert.equal(status, 0, err);
    assert.match(out, /^1 /);
  });

  test('a kernel thread has no memory, and says so', t => {
    const pid = kernelThread(t);
    if (pid === undefined) return;
    const { out } = show([String(pid), '--page', 'flags,memory,overview', '--interval', '0']);
    assert.match(out, /PF_KTHREAD/);
    assert.match(out, /kernel thread/i);
  });

  test('a zombie: who has to reap it, what it no longer has', async t => {
    const zombie = await startHelper(t, 'zombie');
    if (!zombie) return;
    const pid = zombie.told;
    const document = json([String(pid), '--page', 'overview,memory,files,status']);
    const overview = page(document, 'overview');
    assert.equal((overview['state'] as Json)['letter'], 'Z');
    const [parent] = overview['parents'] as readonly Json[];
    assert.equal(parent?.['pid'], zombie.pid);
    assert.match(JSON.stringify(page(document, 'memory')), /has ended/);
    assert.equal(overview['wchan_name'], null);
  });

  test("another user's process without privileges: what is missing, and which right would show it", t => {
    if (!asNobody(t)) return;
    const { out, status } = show([String(process.pid), '--interval', '0'], NOBODY);
    assert.equal(status, 0);
    assert.match(out, /not permitted/);
    assert.match(out, /CAP_SYS_PTRACE/);
    const stat = page(json([String(process.pid), '--page', 'stat'], NOBODY), 'stat')['fields'] as readonly Json[];
    const startcode = stat.find(row => row['name'] === 'startcode');
    assert.ok(startcode);
    assert.equal(startcode['decoded'], null, 'the 1 that stands there is no address');
  });

  test('one that dies meanwhile: what it showed last, and that it ended', async () => {
    const child = spawn('sleep', ['60']);
    const shown = spawn(NODE, [PROGRAM, 'show', String(child.pid), '--page', 'overview,flags', '-d', '3'], {
      env: { ...process.env, ...ENV },
    });
    let out = '';
    let err = '';
    shown.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    shown.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    // the helper process is started once the first sample was taken
    await new Promise(resolve => setTimeout(resolve, 1200));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const [status] = (await once(shown, 'close')) as [number];
    assert.equal(status, 1);
    assert.match(err, /^taskscope: task \d+ ended while it was looked at/);
    assert.match(out, /sleep/);
    assert.match(out, /PF_FORKNOEXEC|RANDOMIZE/);
  });

  test('one thread of a process', () => {
    const threads = json([String(process.pid), '--page', 'threads']);
    const rows = page(threads, 'threads')['threads'] as readonly Json[];
    const other = rows.map(row => Number(row['tid'])).find(tid => tid !== process.pid);
    assert.ok(other !== undefined);
    const { out, status } = show([String(other), '--page', 'overview', '--interval', '0']);
    assert.equal(status, 0);
    assert.match(out, new RegExp(`^${other} of process ${process.pid} `));
  });

  test('a task in a pid namespace of its own', t => {
    const inside = spawnSync(
      'unshare',
      ['-pf', '--mount-proc', NODE, PROGRAM, 'show', '1', '--page', 'overview,status', '--interval', '0'],
      {
        encoding: 'utf8',
        env: { ...process.env, ...ENV },
      },
    );
    if (inside.error !== undefined || /unshare/.test(inside.stderr)) {
      t.skip('cannot make a pid namespace here');
      return;
    }
    assert.equal(inside.status, 0, inside.stderr);
    assert.match(inside.stdout, /^1 node /);
    assert.match(inside.stdout, /Parents +0/);
  });

  test('a captured machine: what was not copied is said, and nothing of this machine is shown', () => {
    const { out, status } = show(['10', '--proc', CAPTURE, '--page', 'all', '--interval', '0']);
    assert.equal(status, 0);
    assert.match(out, /6\.18/);
    assert.match(out, /not (read|there|in the copy|copied)/i);
    assert.ok(!out.includes(process.execPath), 'no path of this machine');
  });
});

describe('the machine', () => {
  test('every page of it', () => {
    const document = json(['system']);
    assert.equal(document.schema, 'taskscope.system/1');
    assert.deepEqual(
      Object.keys(document.pages),
      TEXT_PAGES.map(({ id }) => id),
    );
    const { out } = show(['system', '--page', 'machine', '--interval', '0']);
    assert.ok(out.includes(readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim()));
  });
  test('the kernel log, or why it cannot be read', () => {
    const { out } = show(['system', '--page', 'log', '--interval', '0']);
    let readable = true;
    try {
      accessSync('/dev/kmsg', constants.R_OK);
    } catch {
      readable = false;
    }
    assert.match(out, readable ? /err|info|warning|notice|not permitted/ : /kmsg/);
  });
});

test('wrong usage', () => {
  for (const [args, sentence] of [
    [[], /show needs to know of what/],
    [['foo'], /'foo' is no pid/],
    [['1', '2'], /show takes one task/],
    [['1', '--page', 'flagz'], /unknown page 'flagz': did you mean 'flags'\?/],
    [['1', '--page', 'raw:nope'], /'raw:nope': no such file: .*files are stat, status/],
    [['1', '--page', 'raw:mapz'], /did you mean 'raw:maps'\?/],
    [['1', '--page', 'raw:../../etc/passwd'], /no such file/],
    [['1', '--page', 'memory:zz'], /'zz' is no address: up to 16 hexadecimal digits, as in 'memory:0x/],
    [['1', '--page', 'flags:1'], /only 'raw:FILE' and 'memory:ADDRESS' take something/],
    [['1', '--format', 'csv'], /pages are no table/],
  ] as const) {
    const { status, err } = show(args);
    assert.equal(status, 2);
    assert.match(err, sentence);
  }
  assert.equal(show(['4194303']).status, 1);
});
