/**
 * `npm run test:board [NAME …]`: the bundle on real ARM kernels in emulation (scripts/board.sh). Minutes, and a download of
 * some 100 MB a board when it is first used; what cannot be had here is skipped, loudly.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';

const root = fileURLToPath(new URL('..', import.meta.url));
const SCRIPT = `${root}scripts/board.sh`;
const CANNOT = 125;
const LIMIT_MS = 240_000;

/** `words`: for scripts/board.sh; `seconds`: of recording, where Node alone takes ten to start. */
const BOARDS = {
  arm64: { words: ['-s', '2', 'arm64'], release: /^6\.1\./, arch: 'aarch64', page: 4096 },
  'arm64-16k': {
    words: ['-S', 'trixie', '-K', 'linux-image-arm64-16k', '-c', 'cortex-a76', 'arm64'],
    ...{ release: /^6\.12\./, arch: 'aarch64', page: 16_384 },
  },
  'arm64-old': { words: ['-S', 'bullseye', '-a', 'psi=0', 'arm64'], release: /^5\.10\./, arch: 'aarch64', page: 4096 },
  'armhf-programs': { words: ['-u', 'armhf', 'arm64'], release: /^6\.1\./, arch: 'aarch64', page: 4096 },
  armhf: { words: ['armhf'], release: /^6\.1\./, arch: 'armv7l', page: 4096, seconds: 40 },
};

const ALL =
  'pid,ppid,state,flags,priority,nice,cpu_percent,cpu_time,min_flt_rate,maj_flt_rate,min_flt,maj_flt,rss_bytes,vsize,num_threads,wchan_name,command';
/** What the board does; each part is told apart by a line of its own. */
const COMMAND = `
t() { node /payload/taskscope/dist/taskscope.cjs "$@"; }
stty -echo
echo '== vmrss'; busybox grep VmRSS /proc/1/status
echo '== pressure'; busybox ls /proc/pressure 2>&1 | busybox wc -l
echo '== root'; t --once --json --columns ${ALL}
echo '== user'; su user -c 'node /payload/taskscope/dist/taskscope.cjs --once --json --columns ${ALL}'
c=/sys/devices/system/cpu/cpu1/online
(busybox sleep 4; [ -e $c ] && echo 0 >$c; busybox sleep 2; [ -e $c ] && echo 1 >$c) &
echo '== record'; busybox timeout -s INT SECONDS node /payload/taskscope/dist/taskscope.cjs record /tmp/taken -d 1 2>&1
wait
echo '== replay'; t replay /tmp/taken --once --json --columns ${ALL}
echo '== monitor'; t -d 1
`;

/** These may be below zero. */
const SIGNED = new Set(['nice', 'priority']);

function assertNoNegatives(value, key = '') {
  if (typeof value === 'number') assert.ok(value >= 0 || SIGNED.has(key), `${key} is ${value}`);
  else if (value && typeof value === 'object')
    for (const [name, inner] of Object.entries(value)) assertNoNegatives(inner, Array.isArray(value) ? key : name);
}

/** Boots and answers as a terminal of 80x24 that has no size. */
function boot({ words, seconds = 9 }) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'taskscope-board-'));
  fs.mkdirSync(`${folder}/taskscope`);
  fs.cpSync(`${root}dist`, `${folder}/taskscope/dist`, { recursive: true });
  fs.copyFileSync(`${root}package.json`, `${folder}/taskscope/package.json`);
  const screen = new xterm.Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  const board = pty.spawn(SCRIPT, [...words, folder, COMMAND.replace('SECONDS', seconds)], {
    cols: 80,
    rows: 24,
    env: process.env,
  });
  const limit = setTimeout(() => board.kill('SIGTERM'), LIMIT_MS);
  let text = '';
  let shown;
  board.onData(data => {
    text += data;
    screen.write(data, () => {
      const { active } = screen.buffer;
      if (shown || active.type !== 'alternate') return;
      const lines = Array.from({ length: 24 }, (_, y) => active.getLine(y).translateToString(true));
      if (!/F1 Help/.test(lines[23]) || !lines.some(line => /^ *1 .*\S/.test(line))) return;
      shown = lines;
      board.write('q');
    });
  });
  screen.onData(data => board.write(data));
  return new Promise(resolve => {
    board.onExit(({ exitCode }) => {
      clearTimeout(limit);
      fs.rmSync(folder, { recursive: true });
      resolve({ status: exitCode, text, shown });
    });
  });
}

/** What stands below `== name`. */
function part(text, name) {
  const from = text.indexOf(`== ${name}`);
  assert.ok(from >= 0, `nothing of ${name}:\n${text.slice(-2000)}`);
  const next = text.indexOf('\n== ', from + 1);
  return text.slice(text.indexOf('\n', from) + 1, next < 0 ? undefined : next).replaceAll('\r', '');
}

/** @returns what was printed; without JSON the error shows it. */
function json(text) {
  assert.match(text, /^\s*{/, text.slice(0, 1500));
  return JSON.parse(text);
}

function check({ text, shown }, { release, arch, page }) {
  const [asRoot, asUser, replayed] = ['root', 'user', 'replay'].map(name => json(part(text, name)));
  for (const snapshot of [asRoot, asUser, replayed]) {
    const { machine } = snapshot;
    assert.match(machine.kernel_release, release);
    assert.equal(machine.architecture, arch);
    assert.equal(machine.page_bytes, page);
    assert.equal(machine.ticks_per_second, 100);
    assertNoNegatives(snapshot);
    assert.ok(snapshot.tasks.length > 20);
    for (const { start_time_ticks } of snapshot.tasks)
      assert.ok(start_time_ticks / 100 <= snapshot.system.uptime_seconds, 'started before now');
  }
  const kib = Number(/\d+/.exec(part(text, 'vmrss'))[0]);
  const init = asRoot.tasks.find(({ pid }) => pid === 1);
  const ratio = init.rss_bytes / 1024 / kib; // the kernel's own counters differ by some pages
  assert.ok(ratio > 0.6 && ratio < 1.6, `VmRSS ${kib} kB, rss_bytes ${init.rss_bytes}`);
  const kernelThread = ({ pid }) => pid === 2;
  assert.match(asRoot.tasks.find(kernelThread).wchan_name, /^[a-z_]\w+/, 'root is told where kthreadd sleeps');
  assert.ok([null, '0'].includes(asUser.tasks.find(kernelThread).wchan_name), 'others are not');
  assert.ok(shown, `no monitor on the serial console:\n${part(text, 'monitor').slice(-1500)}`);
  assert.match(text, /BOARD-END 0/, 'q ends it with status 0');
  const pressure = Number(part(text, 'pressure'));
  return `${asRoot.machine.kernel_release}, ${asRoot.tasks.length} tasks, ${pressure > 1 ? 'PSI' : 'no PSI'}, init ${kib} kB`;
}

/** The 32-bit Node on this kernel. */
function emulated(architecture) {
  const words = ['-U', architecture, `${root}dist/taskscope.cjs`, '--once', '--json', '--interval', '0'];
  const { status, stdout, stderr } = spawnSync(SCRIPT, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status === CANNOT) return stderr.trim();
  assert.equal(status, 0, stderr);
  const { machine, tasks } = JSON.parse(stdout);
  assert.equal(machine.page_bytes, 4096);
  assert.equal(machine.ticks_per_second, 100);
  assert.ok(tasks.some(({ pid }) => pid === 1));
  return undefined;
}

const wanted = process.argv.slice(2);
const outcome = { passed: 0, failed: 0, skipped: 0 };
async function run(name, body) {
  if (wanted.length > 0 && !wanted.includes(name)) return;
  const start = performance.now();
  try {
    const { skipped, words = '' } = await body();
    outcome[skipped ? 'skipped' : 'passed']++;
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    console.log(skipped ? `${name}: SKIPPED: ${skipped}` : `${name}: right, in ${seconds} s ${words && `(${words})`}`);
  } catch (error) {
    outcome.failed++;
    console.log(`${name}: WRONG: ${error.message}`);
  }
}

for (const architecture of ['arm64', 'armhf'])
  await run(`user-${architecture}`, async () => ({ skipped: emulated(architecture) }));
for (const [name, board] of Object.entries(BOARDS))
  await run(name, async () => {
    const booted = await boot(board);
    if (booted.status === CANNOT) return { skipped: booted.text.trim().split('\n').at(-1) };
    return { words: check(booted, board) };
  });
console.log(`${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped`);
process.exit(outcome.failed > 0 ? 1 : 0);
