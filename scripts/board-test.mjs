/**
 * `npm run test:board [NAME …]`: the bundle on real ARM kernels in emulation (scripts/board.sh): `--once --json`, `record`,
 * `replay` and the monitor, on a serial console and over ssh; and the instructions that it takes. Minutes, and a download of
 * some 100 MB a board when it is first used; what cannot be had here is skipped, loudly.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { bundled } from '../bench/tools.mjs';
import { freePort } from './free-port.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const SCRIPT = `${root}scripts/board.sh`;
const CANNOT = 125;
const LIMIT_MS = 900_000;

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

/** A folder for the board, with the bundle; `body` gets its path. */
async function withPayload(body) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'taskscope-board-'));
  try {
    fs.mkdirSync(`${folder}/taskscope`);
    fs.cpSync(`${root}dist`, `${folder}/taskscope/dist`, { recursive: true });
    fs.copyFileSync(`${root}package.json`, `${folder}/taskscope/package.json`);
    return await body(folder);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** What the monitor's screen shows as soon as it holds a table. */
function tableOf({ buffer: { active }, rows }) {
  if (active.type !== 'alternate') return undefined;
  const lines = Array.from({ length: rows }, (_, y) => active.getLine(y).translateToString(true));
  return /F1 Help/.test(lines.at(-1)) && lines.some(line => /^ *1 .*\S/.test(line)) ? lines : undefined;
}

/**
 * A program in a terminal that answers; `onTable(pty)` once, when the monitor shows a table.
 * @returns at its end its status, all that it wrote, the table, and whether the terminal was left as it was.
 */
function inTerminal([file, ...args], { cols = 80, rows = 24, onTable = () => undefined } = {}) {
  const screen = new xterm.Terminal({ cols, rows, allowProposedApi: true });
  const terminal = pty.spawn(file, args, { cols, rows, env: process.env });
  const limit = setTimeout(() => terminal.kill('SIGTERM'), LIMIT_MS);
  let text = '';
  let shown;
  terminal.onData(data => {
    text += data;
    screen.write(data, () => {
      if (shown || !(shown = tableOf(screen))) return;
      onTable(terminal);
    });
  });
  screen.onData(data => terminal.write(data));
  return new Promise(resolve => {
    terminal.onExit(({ exitCode }) => {
      clearTimeout(limit);
      screen.write('', () => resolve({ status: exitCode, text, shown, left: screen.buffer.active.type === 'normal' }));
    });
  });
}

const pressQ = terminal => terminal.write('q');

/** Boots, and runs what a board does on a serial console, a terminal that has no size. */
const boot = ({ words, seconds = 9 }) =>
  withPayload(folder =>
    inTerminal([SCRIPT, ...words, folder, COMMAND.replace('SECONDS', seconds)], { onTable: pressQ }),
  );

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

const AWAKE = 'for second in $(busybox seq 300); do [ ! -e /tmp/done ] || break; busybox sleep 1; done';
const FAR = 'node /payload/taskscope/dist/taskscope.cjs -d 1; echo "left with $?"';
const SSH_TRIES = 60;
const SSH_LIMIT_MS = 30_000;
const GONE_TRIES = 20;

/** The monitor over ssh: in the terminal's size, left by `q`, and gone when the connection is. */
const overSsh = () =>
  withPayload(async folder => {
    if (spawnSync('ssh', ['-V']).error) return { skipped: 'no ssh here: apt-get install openssh-client' };
    const key = `${folder}.key`;
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    fs.copyFileSync(`${key}.pub`, `${folder}/authorized_keys`);
    const port = await freePort();
    const options = ['IdentitiesOnly=yes', 'BatchMode=yes', 'StrictHostKeyChecking=no', 'LogLevel=ERROR']
      .concat(['UserKnownHostsFile=/dev/null', 'ConnectTimeout=10'])
      .flatMap(option => ['-o', option]);
    const ssh = ['ssh', '-F', '/dev/null', '-p', String(port), '-i', key, ...options, 'root@127.0.0.1'];
    const there = command => spawnSync(ssh[0], [...ssh.slice(1), command], { timeout: SSH_LIMIT_MS });
    const state = { ended: false };
    const board = inTerminal([SCRIPT, '-P', String(port), 'arm64', folder, AWAKE]).then(end => {
      state.ended = true;
      return end;
    });
    try {
      for (let tries = 0; !state.ended && there('true').status !== 0; tries++) {
        assert.ok(tries < SSH_TRIES, 'no ssh server answers');
        await delay(1000);
      }
      if (state.ended) {
        const end = await board;
        assert.equal(end.status, CANNOT, end.text.slice(-1500));
        return end;
      }
      const far = ['ssh', '-tt', ...ssh.slice(1), FAR];
      const size = { cols: 100, rows: 30 };
      const { text, shown, left } = await inTerminal(far, { ...size, onTable: pressQ });
      assert.ok(shown, `no monitor over ssh:\n${text.slice(-1500)}`);
      assert.ok(Math.max(...shown.map(line => line.length)) > 80, 'as wide as the terminal');
      assert.match(text, /left with 0/);
      assert.ok(left, 'the terminal is as it was');
      const cut = await inTerminal(far, { ...size, onTable: terminal => terminal.kill('SIGKILL') });
      assert.ok(cut.shown, `no monitor for a second time:\n${cut.text.slice(-1500)}`);
      const none = 1; // of pidof: there is no such process
      for (let tries = 0; there('busybox pidof node').status !== none; tries++) {
        assert.ok(tries < GONE_TRIES, 'the connection is cut and the monitor is still there');
        await delay(500);
      }
      return { words: `${shown[0].trim().slice(0, 60)} …` };
    } finally {
      if (!state.ended) there('touch /tmp/done');
      await board;
      for (const file of [key, `${key}.pub`]) fs.rmSync(file, { force: true });
    }
  });

const SLEEPERS = 150;
const WARM_SECONDS = 60;
const COUNTED_SECONDS = 60;
const REFRESHES_PER_SECOND = 2;
const FEW_PASSES = 100;
const MANY_PASSES = 400;
/**
 * On a board where a nanosecond is one instruction all accounts of CPU time count instructions. `spent`: nanoseconds of
 * the monitor and its helper, then its own user and system ticks.
 */
const COUNT = `
stty -echo
for i in $(busybox seq ${SLEEPERS}); do busybox sleep 100000 & done
t() { busybox time "$@" 2>&1 >/dev/null; }
for passes in ${FEW_PASSES} ${MANY_PASSES}; do
  echo "== passes $passes"; busybox yes '' | busybox head -n $passes | t node /payload/pass.mjs history
done
echo '== once'; t node /payload/taskscope/dist/taskscope.cjs --once --interval 0
echo '== bare'; t node -e 0
spent() {
  for p in $1 $(busybox cat /proc/$1/task/*/children); do busybox cat /proc/$p/task/*/schedstat; done |
    busybox awk '{ sum += $1 } END { printf "%.0f ", sum }'
  busybox awk '{ print $14, $15 }' /proc/$1/stat
}
watch() {
  busybox sleep ${WARM_SECONDS}
  p=$(busybox pidof node)
  spent $p >/tmp/spent
  busybox sleep ${COUNTED_SECONDS}
  spent $p >>/tmp/spent
  busybox kill $p
}
for profile in default slow; do
  words=
  [ $profile = default ] || words='--profile slow'
  watch &
  watcher=$!
  echo "== monitor $profile"
  node /payload/taskscope/dist/taskscope.cjs -d ${1 / REFRESHES_PER_SECOND} --max-cpu 100 $words
  wait $watcher
  echo "== spent $profile"; busybox cat /tmp/spent
done
`;

/** Instructions, and those of user space, of what `time` says. */
function timed(text, name) {
  const [user, system] = ['user', 'sys'].map(word => {
    const [, minutes, seconds] = new RegExp(`${word}\\s+(\\d+)m ([\\d.]+)s`).exec(part(text, name));
    return (Number(minutes) * 60 + Number(seconds)) * 1e9;
  });
  return { all: user + system, user };
}

/** The same of a refresh of the monitor. */
function refreshed(text, profile) {
  const [before, after] = part(text, `spent ${profile}`)
    .trim()
    .split('\n')
    .map(line => line.split(' ').map(Number));
  const [all, user, system] = after.map((value, index) => value - before[index]);
  const perRefresh = all / (COUNTED_SECONDS * REFRESHES_PER_SECOND);
  return { all: perRefresh, user: (perRefresh * user) / (user + system) };
}

/** Instructions that may not be exceeded: half as many again as were counted. */
const MOST = { pass: 10e6, 'refresh, default': 38e6, 'refresh, slow': 38e6, 'once above bare Node': 660e6 };

const counted = () =>
  withPayload(async folder => {
    fs.copyFileSync(await bundled('pass'), `${folder}/pass.mjs`);
    const board = await inTerminal([SCRIPT, '-i', 'arm64', folder, COUNT]);
    if (board.status === CANNOT) return board;
    const { text } = board;
    assert.match(text, /BOARD-END 0/, text.slice(-1500));
    const less = (a, b, times = 1) => ({ all: (a.all - b.all) / times, user: (a.user - b.user) / times });
    const passes = count => timed(text, `passes ${count}`);
    const counts = {
      pass: less(passes(MANY_PASSES), passes(FEW_PASSES), MANY_PASSES - FEW_PASSES),
      'refresh, default': refreshed(text, 'default'),
      'refresh, slow': refreshed(text, 'slow'),
      'once above bare Node': less(timed(text, 'once'), timed(text, 'bare')),
    };
    const millions = instructions => (instructions / 1e6).toFixed(1);
    const words = Object.entries(counts).map(([name, { all, user }]) => {
      assert.ok(user > 0 && all >= user, `${name} was not counted: ${all}, ${user} in user space`);
      assert.ok(all <= MOST[name], `${name}: ${all} instructions, at most ${MOST[name]}`);
      return `${name} ${millions(all)}, ${millions(user)} of them in user space`;
    });
    return { words: `million instructions: ${words.join('; ')}` };
  });

const wanted = process.argv.slice(2);
const outcome = { passed: 0, failed: 0, skipped: 0 };
async function run(name, body) {
  if (wanted.length > 0 && !wanted.includes(name)) return;
  const start = performance.now();
  try {
    const { status, text, skipped = status === CANNOT && text.trim().split('\n').at(-1), words = '' } = await body();
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
    return booted.status === CANNOT ? booted : { words: check(booted, board) };
  });
await run('ssh', overSsh);
await run('counted', counted);
console.log(`${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped`);
process.exit(outcome.failed > 0 ? 1 : 0);
