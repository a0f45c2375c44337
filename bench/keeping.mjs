/** The sections about what is kept: the ring in memory, a recording beside atop's. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { killAtEnd } from './cleanup.mjs';
import { processCount } from './proc.mjs';
import { isHere, PROGRAMS, recorder } from './programs.mjs';
import { bundled, costOf, folder, startCrowd } from './tools.mjs';

const RECORDED_TASKS = 300;
const RECORDED_BUSY = 40;

export async function ringSection() {
  const args = ['--expose-gc', await bundled('ring'), '1000:301', '20000:30'];
  const child = killAtEnd(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }));
  let output = '';
  child.stdout.on('data', bytes => (output += bytes));
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error('the ring failed');
  const rows = output.trim().split('\n');
  return rows.map(row => {
    const [tasks, samples, bytes, grewBytes, reachSeconds, sampleBytes, usPerSample] = row.split(' ').map(Number);
    return { tasks, samples, bytes, grewBytes, reachSeconds, sampleBytes, usPerSample };
  });
}

const sizeOf = file => (existsSync(file) ? statSync(file).size : Number.NaN);

/** Both at once, of the same tasks. */
export async function recordingSection({ recordInterval: interval, recordSamples: samples }, say) {
  const missing = Math.max(0, RECORDED_TASKS - processCount());
  const crowd = await startCrowd(missing, 0, Math.min(RECORDED_BUSY, missing));
  try {
    const seconds = interval * samples;
    say(`recording: ${samples} samples every ${interval} s`);
    const ours = path.join(folder, 'bench.tsr');
    const theirs = path.join(folder, 'bench.atop');
    const atop = PROGRAMS.find(({ name }) => name === 'atop');
    const [command, args] = recorder(ours, '-d', String(interval), '--for', `${seconds}s`);
    const tasks = processCount();
    const [oursCost, atopCost] = await Promise.all([
      costOf(command, args),
      isHere(atop) ? costOf('atop', ['-w', theirs, String(interval), String(samples + 1)]) : undefined,
    ]);
    return {
      tasks,
      interval,
      samples,
      ours: { bytes: sizeOf(ours), cpuMs: oursCost.cpuMs, rssKb: oursCost.rssKb, status: oursCost.status },
      ...(atopCost ? { atop: { bytes: sizeOf(theirs), cpuMs: atopCost.cpuMs, rssKb: atopCost.rssKb } } : {}),
    };
  } finally {
    await crowd.end();
  }
}
