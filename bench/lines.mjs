/**
 * `npm run bench:lines`: the monitor over real ssh, over lines that are slow or end.
 *
 *     node bench/lines.mjs [9600|56k|1M|cap|cut …]
 *
 * What is printed are measurements; the status is 1 where one of them is beyond what docs/performance.md allows.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { PROMPT, Session } from './lines/session.mjs';
import { startSshd, unavailable } from './lines/sshd.mjs';
import { cpuMs, isAlive, treeOf } from './lines/process.mjs';

const SPEEDS = {
  9600: { bitsPerSecond: 9600, rttMs: 200 },
  '56k': { bitsPerSecond: 56_000, rttMs: 200 },
  '1M': { bitsPerSecond: 1_000_000, rttMs: 200 },
};
const CAPS = [500, 1000, 4000];
const CUTS = ['kill9', 'close', 'reset', 'stall'];

/** What the prompt, and what a key, may take beyond a round trip. */
const QUIT_MS = 1000;
const KEY_MS = 1500;
const GONE_MS = 1000;
/** Half a second, and what lies in the way itself and in a packet. */
const ON_ITS_WAY_MS = 650;
/** A hard cap: so many seconds' bytes may go at once. */
const BURST_SECONDS = 0.5;
/** A cursor report as a shell's terminal shows it. */
const REPORT = /\d+;\d+R/g;
const PATIENCE_MS = 60_000;
const KEY_PATIENCE_MS = 10_000;
const SETTLE_MS = 12_000;

let failures = 0;

/** Prints a measurement and whether it is within its bound. */
function tell(what, value, most = Infinity, unit = 'ms') {
  const isGood = value <= most;
  if (!isGood) failures++;
  const bound = most === Infinity ? '' : `  (at most ${most} ${unit})${isGood ? '' : '  MISSED'}`;
  console.log(`  ${what.padEnd(44)} ${String(Math.round(value * 10) / 10).padStart(8)} ${unit}${bound}`);
}

const median = numbers => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

async function slow(server, name) {
  const { bitsPerSecond, rttMs } = SPEEDS[name];
  console.log(`${bitsPerSecond} bit/s, ${rttMs} ms round trip`);
  const session = await Session.open({ server, speed: SPEEDS[name] });
  const { down } = session.line;
  try {
    tell('first row', await session.until(() => session.lines().some(line => /^ *\d+ /.test(line)), PATIENCE_MS));
    await delay(SETTLE_MS);
    const [bytes, passed, cpu, from] = [session.bytes, down.passed, cpuMs(treeOf(session.pid)), performance.now()];
    down.most = 0;
    const answers = [];
    for (let i = 0; i < 8; i++) {
      await delay(700 + 137 * i); // at no fixed moment of the frames
      const before = session.selected();
      // a sample may have put the selected task first, where up does nothing
      const isFirst = before <= session.lines().findIndex(line => /\bPID\b/.test(line)) + 1;
      session.send(isFirst ? '\x1b[B' : '\x1b[A');
      answers.push(await session.until(() => session.selected() !== before, KEY_PATIENCE_MS));
    }
    const seconds = (performance.now() - from) / 1000;
    tell('a key is answered, median', median(answers));
    tell(
      'a key is answered, longest',
      Math.max(...answers.map(ms => (Number.isNaN(ms) ? Infinity : ms))),
      KEY_MS + rttMs,
    );
    tell('most on its way (of the wire)', down.most, Infinity, 'bytes');
    tell('the same', (down.most * 8000) / bitsPerSecond, ON_ITS_WAY_MS + rttMs / 2);
    tell('bytes per second at the terminal', (session.bytes - bytes) / seconds, bitsPerSecond / 8, 'B/s');
    tell('the same on the wire', (down.passed - passed) / seconds, Infinity, 'B/s');
    tell('CPU', (cpuMs(treeOf(session.pid)) - cpu) / seconds / 10, Infinity, '%');
    const told = session.lines().find(line => /\d[\d.]*\s?[kM]?i?B\/s/.test(line));
    console.log(`  the header says: ${told?.trim() ?? '(nothing)'}`);
    tell('the prompt after q', await quit(session), QUIT_MS + rttMs);
  } finally {
    session.close();
  }
  console.log(`  q while the first screen is on its way:`);
  const early = await Session.open({ server, speed: SPEEDS[name] });
  try {
    await early.until(() => early.bytes > 200, PATIENCE_MS);
    tell('the prompt after q', await quit(early), QUIT_MS + rttMs);
    await delay(2 * QUIT_MS);
    tell('answers that came to the shell', early.lines().join('').match(REPORT)?.length ?? 0, 0, '');
  } finally {
    early.close();
  }
}

const hasPrompt = session => session.lines().some(line => line.includes(PROMPT));

/** @returns milliseconds from `q` to the prompt. */
const quit = async session => {
  if (hasPrompt(session)) throw new Error(`it has ended before:\n${session.lines().join('\n')}`);
  session.send('q');
  const ms = await session.until(() => hasPrompt(session), PATIENCE_MS);
  return Number.isNaN(ms) ? Infinity : ms;
};

async function capped(most) {
  console.log(`--max-bytes-per-second ${most}`);
  const session = await Session.open({ args: `--max-bytes-per-second ${most}`, columns: 120, rows: 40 });
  try {
    for (const seconds of [1, 5, 10]) {
      await session.until(() => performance.now() - session.startMs >= seconds * 1000, PATIENCE_MS);
      tell(`bytes after ${seconds} s`, session.bytes, most * (seconds + BURST_SECONDS), 'bytes');
    }
    const before = session.selected();
    session.send('\x1b[B');
    tell('a key is answered', await session.until(() => session.selected() !== before, KEY_PATIENCE_MS));
    tell('the prompt after q', await quit(session), QUIT_MS);
  } finally {
    session.close();
  }
}

async function cut(server, how) {
  console.log(`the line ends: ${how}`);
  const session = await Session.open({ server, speed: SPEEDS['1M'], columns: 120, rows: 40 });
  try {
    await session.until(() => session.lines().some(line => /^ *\d+ /.test(line)), PATIENCE_MS);
    await delay(4000);
    const pids = treeOf(session.pid);
    const cpu = cpuMs(pids);
    if (how === 'kill9') process.kill(session.clientPid, 'SIGKILL');
    else session.line.cut(how);
    const alive = () => pids.filter(isAlive);
    if (how !== 'stall') {
      const ms = await session.until(() => alive().length === 0, 10_000);
      tell(`gone (${pids.length} processes)`, Number.isNaN(ms) ? Infinity : ms, GONE_MS);
      return;
    }
    await delay(8000);
    tell('still there, nobody was told', alive().length, Infinity, 'processes');
    tell('CPU in 8 s, sampling goes on', (cpuMs(pids) - cpu) / 80, Infinity, '%');
    process.kill(session.pid, 'SIGTERM');
    const ms = await session.until(() => alive().length === 0, 10_000);
    tell('gone after SIGTERM', Number.isNaN(ms) ? Infinity : ms, GONE_MS);
  } finally {
    session.close();
  }
}

const wanted = process.argv.slice(2);
const chosen = (...names) => wanted.length === 0 || names.some(name => wanted.includes(name));

const reason = unavailable();
if (reason) console.log(`LINES SKIPPED: ${reason}`);
const server = reason ? undefined : await startSshd();
if (server) for (const name of ['9600', '56k', '1M']) if (chosen(name)) await slow(server, name);
if (chosen('cap')) for (const most of CAPS) await capped(most);
if (server) for (const how of CUTS) if (chosen('cut', how)) await cut(server, how);
process.exit(failures > 0 ? 1 : 0);
