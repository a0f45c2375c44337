// What taskscope costs beside top, htop, btop and atop, and beside the least that anybody has to do.
//
//     npm run bench                         an hour and a half: all crowds, 45 s a run, three rounds and one on a larger screen
//     npm run bench -- --short              three quarters of an hour: one round on the small screen
//     npm run bench -- --quick              less than a minute: as is and 1,000, short runs, one round
//     npm run bench -- --only 20000         one section (several: again): as-is 1000 5000 20000 threads ring recording
//     npm run bench -- --json FILE          all numbers of all runs
//     npm run bench -- --write              the tables into docs/performance.md
//
// scripts/setup-bench.sh installs the others. Compare only numbers of one run.
import { writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { parseArgs } from 'node:util';
import './cleanup.mjs';
import { CROWD_NAMES, crowdSection, pinnedBytes } from './crowds.mjs';
import { recordingSection, ringSection } from './keeping.mjs';
import { cpuModel, loadAverage, memoryGiB } from './proc.mjs';
import { PROGRAMS } from './programs.mjs';
import { blocksOf, write } from './report.mjs';

const SMALL = [120, 40];
const LARGE = [200, 60];

const PLANS = {
  long: {
    only: [...CROWD_NAMES, 'ring', 'recording'],
    screens: [
      { size: SMALL, rounds: 3 },
      { size: LARGE, rounds: 1 },
    ],
    earlySeconds: 10,
    seconds: 45,
    settleMs: 3000,
    warmPasses: 10,
    passes: 30,
    passPauseMs: 200,
    snapshotRounds: 7,
    recordInterval: 2,
    recordSamples: 300,
  },
  short: {
    only: [...CROWD_NAMES, 'ring', 'recording'],
    screens: [{ size: SMALL, rounds: 1 }],
    earlySeconds: 10,
    seconds: 45,
    settleMs: 1000,
    warmPasses: 10,
    passes: 20,
    passPauseMs: 200,
    snapshotRounds: 5,
    recordInterval: 2,
    recordSamples: 300,
  },
  quick: {
    only: ['as-is', '1000', 'ring', 'recording'],
    screens: [{ size: SMALL, rounds: 1 }],
    earlySeconds: 1,
    seconds: 3.6,
    settleMs: 0,
    warmPasses: 8,
    passes: 8,
    passPauseMs: 0,
    snapshotRounds: 3,
    recordInterval: 1,
    recordSamples: 5,
  },
};

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const plan = PLANS[values.quick ? 'quick' : values.short ? 'short' : 'long'];
const wanted = values.only ?? plan.only;
const unknown = wanted.filter(name => !PLANS.long.only.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`bench: no section ${unknown.join(', ')}; there are ${PLANS.long.only.join(' ')}\n`);
  process.exit(2);
}

const say = line => process.stderr.write(`bench: ${line}\n`);
const before = loadAverage();
const crowds = CROWD_NAMES.filter(name => wanted.includes(name));
const pinned = crowds.length > 0 ? await pinnedBytes() : undefined;
const sections = [];
for (const name of crowds)
  try {
    sections.push(await crowdSection(name, plan, say));
  } catch (error) {
    say(`${name} is left out: ${error.message}`);
    process.exitCode = 1;
  }
const result = {
  command: ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' '),
  machine: { cpu: cpuModel(), cpus: cpus().length, memoryGiB: memoryGiB(), kernel: release(), node: process.version },
  programs: PROGRAMS.map(({ name, version }) => ({ name, version })),
  pinnedBytes: pinned,
  sections,
  ...(wanted.includes('ring') ? { ring: await ringSection() } : {}),
  ...(wanted.includes('recording') ? { recording: await recordingSection(plan, say) } : {}),
  load: { before, after: loadAverage() },
};
const blocks = blocksOf(result);
for (const [name, block] of blocks) process.stdout.write(`\n## ${name}\n\n${block}\n`);
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(result, undefined, 2) + '\n');
if (values.write) say(`written: ${await write(blocks)}`);
process.exit();
