/**
 * What is wanted, as data: `of` gives what was measured (several values: the worst counts), `most` is the bound.
 * By crowd; `at` says for which.
 */
import { median, ratio } from './numbers.mjs';
import { OURS } from './programs.mjs';

const screen = ({ screens }) => screens[0].runs;
const all = (runs, key) => runs.map(run => run[key]);
const peersOf = runs => Object.keys(runs).filter(name => name !== OURS);
const against = (runs, peer, key) => (runs[peer] ? ratio(all(runs[OURS], key), all(runs[peer], key)) : Number.NaN);
const ours = (section, key) => median(all(screen(section)[OURS], key));
const snapshot = (section, peer) =>
  ratio(all(section.snapshots['taskscope --once'], 'cpuMs'), all(section.snapshots[peer], 'cpuMs'));
const passRatio = ({ passes: { usPerTask } }) => ratio(usPerTask['taskscope sampler'], usPerTask['C floor']);
const worst = values => Math.max(...values.filter(Number.isFinite));
const allRatios = (section, key) => peersOf(screen(section)).map(peer => against(screen(section), peer, key));
const nodeWall = section => median(all(section.snapshots['node -e 0'], 'wallMs'));
const aboveNode = section => (median(all(screen(section)[OURS], 'rssKb')) - section.bareNodeKb) / 1000;

export const TARGETS = [
  {
    what: 'CPU a refresh ÷ the cheapest of the others',
    of: section => worst(allRatios(section, 'cpuMs')),
    most: { 'as-is': 1, 1000: 0.55, 5000: 0.45, 20000: 0.4 },
  },
  { what: 'CPU a refresh ÷ top -H', of: section => against(screen(section), 'top', 'cpuMs'), most: { threads: 0.5 } },
  { what: 'sampling pass ÷ C floor', of: passRatio, most: { 1000: 1.5, 5000: 1.4, 20000: 1.35 } },
  { what: 'peak RSS above bare Node, MB', of: aboveNode, most: { 'as-is': 25, 1000: 30, 5000: 40, 20000: 70 } },
  {
    what: 'bytes a refresh ÷ htop',
    of: section => against(screen(section), 'htop', 'bytes'),
    most: { 'as-is': 1, 1000: 1, 5000: 1, 20000: 1, threads: 1 },
  },
  {
    what: 'first row ÷ bare Node (110 ms where Node takes 38)',
    of: section => ours(section, 'firstRowMs') / nodeWall(section),
    most: { 'as-is': 110 / 38 },
  },
  {
    what: '--once --interval 0 ÷ bare Node, CPU',
    of: section => snapshot(section, 'node -e 0'),
    most: { 'as-is': 1.5 },
  },
  { what: '--once --interval 0 ÷ ps -eo, CPU', of: section => snapshot(section, 'ps -eo'), most: { 20000: 0.35 } },
  {
    what: 'terminal restored after q, ms',
    of: section => ours(section, 'restoredMs'),
    most: { 'as-is': 20, 1000: 20, 5000: 20, 20000: 20, threads: 20 },
  },
  {
    what: 'gone after q, ms',
    of: section => ours(section, 'goneMs'),
    most: { 'as-is': 20, 1000: 20, 5000: 150, 20000: 150, threads: 150 },
  },
  {
    what: 'period, ms off 1,000',
    of: section => Math.abs(ours(section, 'periodMs') - 1000),
    most: { 'as-is': 20, 1000: 20, 5000: 20, 20000: 20, threads: 20 },
  },
];

/** @returns what, in which section, measured, bound; bounds that were not measured are left out. */
export function judged({ sections, ring, recording }) {
  const rows = sections.flatMap(section =>
    TARGETS.filter(({ most }) => most[section.name] !== undefined).map(({ what, of, most }) => ({
      what,
      where: section.name,
      measured: of(section),
      most: most[section.name],
    })),
  );
  if (ring) {
    const [{ bytes, reachSeconds }] = ring;
    rows.push({ what: 'ring of 10 minutes, MiB', where: '1,000 tasks', measured: bytes / 2 ** 20, most: 16 });
    rows.push({ what: 'seconds that it lacks of 600', where: '1,000 tasks', measured: 600 - reachSeconds, most: 0 });
  }
  if (recording?.atop) {
    const { tasks, ours, atop } = recording;
    rows.push({ what: 'recording ÷ atop, bytes', where: `${tasks} tasks`, measured: ours.bytes / atop.bytes, most: 1 });
  }
  return rows;
}
