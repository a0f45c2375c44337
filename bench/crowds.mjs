/** The sections with a crowd: everybody beside it in terminals, the floor, and snapshots. */
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median } from './numbers.mjs';
import { processCount, threadCount } from './proc.mjs';
import { isHere, once, PROGRAMS } from './programs.mjs';
import { measure } from './terminal.mjs';
import { bundled, compiled, costOf, startCrowd, Stepper } from './tools.mjs';

/** Of the crowd, so many work half a millisecond ten times a second. */
const BUSY = 20;
const PINNED_TRIAL = 8000;
const PINNED_ROUNDS = 3;
/** The kernel gives memory back a little later. */
const PINNED_PAUSE_MS = 500;

const CROWDS = [
  { name: 'as-is', title: 'The machine as it is', processes: 0, threads: 0 },
  { name: '1000', title: '1,000 processes more', processes: 1000, threads: 0 },
  { name: '5000', title: '5,000 processes more', processes: 5000, threads: 0 },
  { name: '20000', title: '20,000 processes more', processes: 20_000, threads: 0 },
  { name: 'threads', title: '20,000 threads more in 200 processes, a row for each', processes: 200, threads: 20_000 },
];
export const CROWD_NAMES = CROWDS.map(({ name }) => name);

const floorScript = fileURLToPath(new URL('floor.mjs', import.meta.url));

const sizeName = ([columns, rows]) => `${columns}×${rows}`;

/** Who runs, with its arguments for this crowd; who does not, and why. */
function field(threads) {
  const absent = [];
  const runners = [];
  for (const program of PROGRAMS) {
    if (!isHere(program)) absent.push(`${program.name} is not installed (scripts/setup-bench.sh)`);
    else if (threads && !program.threads) absent.push(`${program.name} shows no threads`);
    else runners.push({ ...program, args: [...program.args, ...(threads ? program.threads : [])] });
  }
  return { runners, absent };
}

/** Rounds in which everybody runs once, each time in another order. */
async function terminals(runners, size, rounds, plan, tasks, say) {
  const [columns, rows] = size;
  const runs = Object.fromEntries(runners.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (let turn = 0; turn < runners.length; turn++) {
      const program = runners[(turn + round) % runners.length];
      say(`${sizeName(size)} ${program.name}, round ${round + 1} of ${rounds}`);
      runs[program.name].push(await measure(program, { columns, rows, tasks, ...plan }));
    }
  return { size: sizeName(size), runs };
}

/** Passes of the floor and of our sampler by turns: microseconds of CPU a task, and how many tasks the last one had. */
async function passes(threads, { warmPasses, passes: count, passPauseMs }) {
  const extra = threads ? ['threads'] : [];
  const bundle = await bundled('pass');
  const steppers = {
    'C floor': new Stepper(compiled('floor'), ['pass', ...extra]),
    'Node floor': new Stepper(process.execPath, [floorScript, ...extra]),
    'taskscope sampler': new Stepper(process.execPath, [bundle, ...extra]),
    'taskscope sampler, history': new Stepper(process.execPath, [bundle, ...extra, 'history']),
  };
  const out = Object.fromEntries(Object.keys(steppers).map(name => [name, []]));
  let tasks = 0;
  for (let pass = 0; pass < warmPasses + count; pass++) {
    for (const [name, stepper] of Object.entries(steppers)) {
      const [read, us] = await stepper.step();
      if (pass >= warmPasses) out[name].push(us / read);
      tasks = read;
    }
    await delay(passPauseMs);
  }
  for (const stepper of Object.values(steppers)) stepper.end();
  return { tasks, usPerTask: out };
}

async function snapshots(threads, rounds) {
  const columns = 'pid,user,state,pri,ni,min_flt,maj_flt,rss,time,wchan,args';
  const commands = [
    once('--interval', '0', ...(threads ? ['-H'] : [])),
    ['node -e 0', process.execPath, ['-e', '0']],
    [threads ? 'ps -eLo' : 'ps -eo', 'ps', [threads ? '-eLo' : '-eo', columns]],
  ];
  const out = Object.fromEntries(commands.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [name, command, args] of commands) out[name].push(await costOf(command, args));
  return out;
}

/** Bytes of kernel memory that a kept descriptor of a stat takes; before there is a crowd whose end would count, too. */
export async function pinnedBytes() {
  const sizes = [];
  for (let round = 0; round < PINNED_ROUNDS; round++) {
    const stepper = new Stepper(compiled('floor'), ['pinned', String(PINNED_TRIAL)]);
    sizes.push((await stepper.step())[0]);
    stepper.end();
    await delay(PINNED_PAUSE_MS);
  }
  return median(sizes);
}

/** A Node that does nothing, as long as a snapshot of its status takes. */
const bareNode = async () => (await costOf('timeout', ['1', process.execPath, '-e', 'setInterval(()=>{},1e9)'])).rssKb;

/** @returns all that was measured beside this crowd. */
export async function crowdSection(name, plan, say) {
  const { title, processes, threads } = CROWDS.find(crowd => crowd.name === name);
  const { runners, absent } = field(threads > 0);
  const crowd = processes > 0 ? await startCrowd(processes, threads, BUSY) : undefined;
  try {
    await delay(processes > 0 ? plan.settleMs : 0);
    const tasks = threads > 0 ? threadCount() : processCount();
    const screens = [];
    for (const { size, rounds } of plan.screens)
      screens.push(await terminals(runners, size, rounds, plan, tasks, line => say(`${name}: ${line}`)));
    say(`${name}: floor and snapshots`);
    return {
      name,
      title,
      tasks,
      absent,
      screens,
      passes: await passes(threads > 0, plan),
      snapshots: await snapshots(threads > 0, plan.snapshotRounds),
      bareNodeKb: await bareNode(),
    };
  } finally {
    await crowd?.end();
  }
}
