/**
 * How far back the ring reaches: made-up samples of a machine, every 2 s, 5 % of the tasks changing at each, and all
 * system-wide files; `node --expose-gc ring.mjs TASKS:SAMPLES…`. Prints a line of numbers for each: tasks, samples, bytes that
 * the ring says it takes, bytes that the process grew by for it, seconds of reach, bytes a sample, microseconds of CPU that a
 * sample costs because of it.
 */
import { readFileSync } from 'node:fs';
import { latin1 } from '../src/decode/bytes.ts';
import { Past } from '../src/cli/past.ts';
import { TaskTable } from '../src/model/task-table.ts';
import { probeMachine } from '../src/sample/probe.ts';
import { DirectoryTree } from '../src/sample/tree.ts';

const INTERVAL_MS = 2000;
const CHANGING = 0.05;
const FILES = ['stat', 'loadavg', 'uptime', 'meminfo', 'vmstat', 'pressure/cpu', 'pressure/memory', 'pressure/io'];

function systemText(name) {
  try {
    return latin1(readFileSync(`/proc/${name}`));
  } catch {
    return '';
  }
}

/** Every number a little larger each time, as counters are. */
const grown = (text, tick) => text.replace(/(?<= )\d{2,}/g, digits => String(Number(digits) + tick));

const bytesOf = text => Buffer.from(text, 'latin1');

/** A stat line of an ordinary process, 300 s old, as long as they are in earnest. */
const statLine = (pid, ticks) =>
  `${pid} (worker-${pid % 100}) S 1 ${pid} ${pid} 0 -1 4194560 ${2500 + ticks * 3} 48213 12 31 ${310 + ticks} ${120 + ticks} 96 41 ` +
  `20 0 4 0 ${3100 + pid} 219746304 5470 18446744073709551615 94316822986752 94316823710509 140728614712320 0 0 0 0 4096 ` +
  `134234626 0 0 0 17 ${(pid + ticks) % 4} 0 0 0 0 0 94316823954144 94316823987704 94317109243904 140728614719243 140728614719281 ` +
  `140728614719281 140728614723562 0\n`;

const machine = probeMachine(new DirectoryTree('/proc', true));
const originals = FILES.map(name => [name, systemText(name)]).filter(([, text]) => text !== '');

/** The samples into a table, through a ring or not: what it took. */
function fill(tasks, samples, hasRing) {
  const table = new TaskTable(machine, false);
  const past = hasRing ? new Past(table) : undefined;
  const sink = past?.recorder ?? table;
  const lines = Array.from({ length: tasks }, (_, seat) => bytesOf(statLine(seat + 1, 0)));
  const changing = Math.max(1, Math.round(tasks * CHANGING));
  global.gc();
  const before = process.memoryUsage();
  const cpu = process.cpuUsage();
  let at = 0;
  for (let tick = 0; tick < samples; tick++) {
    const ms = 300_000 + tick * INTERVAL_MS;
    const system = new Map(originals.map(([name, text]) => [name, bytesOf(grown(text, tick))]));
    for (let count = 0; tick > 0 && count < changing; count++, at = (at + 7) % tasks)
      lines[at] = bytesOf(statLine(at + 1, tick));
    sink.begin({ wallMs: 1.7e12 + ms, system, systemMs: ms });
    for (let seat = 0; seat < tasks; seat++)
      sink.stat(seat, seat + 1, seat + 1, lines[seat], lines[seat].length, ms + Math.floor(seat / 16) / 8);
    sink.end(0);
  }
  const { user, system } = process.cpuUsage(cpu);
  global.gc();
  const { heapUsed, external } = process.memoryUsage();
  return {
    table,
    ring: past?.rings[0],
    grew: heapUsed + external - before.heapUsed - before.external,
    cpuUs: user + system,
  };
}

for (const word of process.argv.slice(2)) {
  const [tasks, samples] = word.split(':').map(Number);
  const without = fill(tasks, samples, false);
  const { ring, grew, cpuUs } = fill(tasks, samples, true);
  const { instants, bytes } = ring;
  const reach = (instants.at(-1).ms - instants[0].ms) / 1000;
  const lengths = [...ring.kept()].slice(1, -1).map(({ record }) => record.length);
  const length = lengths.reduce((sum, each) => sum + each, 0) / lengths.length;
  const usEach = (cpuUs - without.cpuUs) / samples;
  console.log(tasks, instants.length, bytes, grew - without.grew, reach, Math.round(length), Math.round(usEach));
}
