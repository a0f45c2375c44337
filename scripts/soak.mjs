/**
 * Does anything grow? Two runs, each with a table of what was measured and a verdict (exit status 1: something grows).
 *
 *     npm run soak                      both
 *     npm run soak -- day [TICKS]       43,200 ticks (a day of two seconds) of a made-up machine, as fast as they go
 *     npm run soak -- live [MINUTES]    the monitor in a pseudoterminal for 20 minutes, with 500 forks a second around it
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MIB = 2 ** 20;
const root = fileURLToPath(new URL('..', import.meta.url));
const [which = 'both', amount] = process.argv.slice(2);

/** Of the last three quarters, when all that is kept has been filled: the least-squares line, as growth from end to end. */
function growth(values) {
  const settled = values.slice(Math.floor(values.length / 4));
  const middle = (settled.length - 1) / 2;
  const mean = settled.reduce((sum, value) => sum + value, 0) / settled.length;
  const spread = settled.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
  const slope = spread === 0 ? 0 : settled.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0) / spread;
  return slope * (settled.length - 1);
}

/** @param bounds by name: how much it may grow. */
function verdict(title, measured, bounds) {
  let isGood = true;
  console.log(`\n${title}`);
  for (const [name, most] of Object.entries(bounds)) {
    const values = measured.map(one => one[name]);
    const grown = growth(values);
    const isFlat = grown <= most;
    isGood &&= isFlat;
    const shown = value => (/Bytes$/.test(name) ? `${(value / MIB).toFixed(1)} MiB` : value.toFixed(0));
    const range = `${shown(Math.min(...values))} … ${shown(Math.max(...values))}`;
    console.log(
      `  ${isFlat ? 'flat ' : 'GROWS'} ${name.padEnd(16)} ${range.padEnd(28)} trend ${shown(grown)} (${shown(most)} allowed)`,
    );
  }
  if (!isGood) process.exitCode = 1;
}

async function day(ticks) {
  const { Soak } = await import(`${root}build/test/support/soak.js`);
  const soak = new Soak();
  const measured = [];
  const began = performance.now();
  try {
    while (soak.ticks < ticks) {
      soak.tick();
      if (soak.ticks % Math.max(1, Math.floor(ticks / 48)) === 0) {
        measured.push(soak.measure());
        // signals, and what waits for a turn
        await sleep(0);
      }
    }
  } finally {
    soak.close();
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  verdict(`${ticks} ticks in ${seconds} s, ${measured.length} measurements`, measured, {
    heapBytes: 2 * MIB,
    rssBytes: 16 * MIB,
    ringBytes: MIB / 4,
    recordingBytes: MIB,
    descriptors: 1,
    timers: 1,
    seats: 0.5,
    open: 1,
    events: 500,
  });
}

const CHURN = 'while :; do for n in 1 2 3 4 5; do : & done; wait; sleep 0.01; done';
const number = (text, pattern) => Number(pattern.exec(text)?.[1] ?? Number.NaN);

async function live(minutes) {
  const { default: pty } = await import('@lydell/node-pty');
  const churn = spawn('sh', ['-c', CHURN], { stdio: 'ignore' });
  const env = { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8', XDG_CONFIG_HOME: '/nonexistent' };
  const args = [`${root}bin/taskscope.js`, '-d', '1', '--history-size', '2MiB', '--max-cpu', '100'];
  const monitor = pty.spawn(process.execPath, args, { cols: 120, rows: 40, env });
  monitor.onData(() => undefined);
  let hasEnded = false;
  monitor.onExit(() => (hasEnded = true));
  const forks = () => number(fs.readFileSync('/proc/stat', 'utf8'), /^processes (\d+)/m);
  const measured = [];
  const before = forks();
  const every = Math.max(1000, (minutes * 60_000) / 120);
  const began = performance.now();
  try {
    while (performance.now() - began < minutes * 60_000 && !hasEnded) {
      await sleep(every);
      const status = fs.readFileSync(`/proc/${monitor.pid}/status`, 'utf8');
      measured.push({
        rssBytes: number(status, /^VmRSS:\s+(\d+)/m) * 1024,
        descriptors: fs.readdirSync(`/proc/${monitor.pid}/fd`).length,
        threads: number(status, /^Threads:\s+(\d+)/m),
      });
    }
    if (hasEnded) throw new Error('the monitor has ended by itself');
  } finally {
    churn.kill('SIGKILL');
    monitor.kill('SIGTERM');
  }
  const rate = Math.round((forks() - before) / ((performance.now() - began) / 1000));
  verdict(`${minutes} minutes live, ${rate} forks a second, ${measured.length} measurements`, measured, {
    rssBytes: 12 * MIB,
    descriptors: 12,
    threads: 1,
  });
}

if (which === 'both' || which === 'day') await day(Number(which === 'day' ? (amount ?? 43_200) : 43_200));
if (which === 'both' || which === 'live') await live(Number(which === 'live' ? (amount ?? 20) : 20));
