/** What was measured, in words: blocks of Markdown by name, for the screen and for docs/performance.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { median, ratio, table, text } from './numbers.mjs';
import { OURS } from './programs.mjs';
import { judged } from './targets.mjs';
import { root } from './tools.mjs';

const MB = 1000;

/** Of a run: how a number is headed, and what it is. */
const MEASURES = [
  ['CPU ms a refresh', run => run.cpuMs],
  ['CPU ms, first seconds', run => run.early.cpuMs],
  ['period s', run => run.periodMs / 1000],
  ['bytes a refresh', run => run.bytes],
  ['bytes, first frame', run => run.firstBytes],
  ['peak RSS MB', run => run.rssKb / MB],
  ['pinned MB', (run, pinnedBytes) => (run.keptFiles * pinnedBytes) / 1e6],
  ['first row ms', run => run.firstRowMs],
  ['start CPU ms', run => run.startCpuMs],
  ['gone after q ms', run => run.goneMs],
  ['reads a task', run => run.readsPerTask],
];
/** Those of which a ratio says something; what is pinned or read is often nothing at all. */
const COMPARED = MEASURES.filter(([head]) => !/^(period|pinned)/.test(head));

function costs({ screens }, pinnedBytes) {
  const rows = screens.flatMap(({ size, runs }) =>
    Object.entries(runs).map(([name, list]) => [
      `${name}, ${size}`,
      ...MEASURES.map(([, of]) => text(median(list.map(run => of(run, pinnedBytes))))),
    ]),
  );
  return table(['', ...MEASURES.map(([head]) => head)], rows);
}

function ratios({ screens }) {
  const rows = screens.flatMap(({ size, runs }) =>
    Object.entries(runs)
      .filter(([name]) => name !== OURS)
      .map(([name, list]) => [
        `÷ ${name}, ${size}`,
        ...COMPARED.map(([, of]) => {
          const [ours, theirs] = [runs[OURS], list].map(each => each.map(run => of(run)));
          return text(ratio(ours, theirs));
        }),
      ]),
  );
  return table([`${OURS} ÷`, ...COMPARED.map(([head]) => head)], rows);
}

function floors({ passes: { tasks, usPerTask }, screens }) {
  const c = usPerTask['C floor'];
  const node = usPerTask['Node floor'];
  const passRows = Object.entries(usPerTask).map(([name, list]) => [
    `a pass of the ${name}`,
    text((median(list) * tasks) / 1000),
    text(median(list)),
    text(ratio(list, c)),
    text(ratio(list, node)),
  ]);
  const [{ size, runs }] = screens;
  const refreshRows = Object.entries(runs).map(([name, list]) => {
    const ms = median(list.map(run => run.cpuMs));
    const us = (ms * 1000) / tasks;
    return [`a refresh of ${name}, ${size}`, text(ms), text(us), text(us / median(c)), text(us / median(node))];
  });
  return table(['', 'CPU ms', 'µs a task', '÷ C floor', '÷ Node floor'], [...passRows, ...refreshRows]);
}

function snapshotCosts({ snapshots }) {
  const ours = snapshots['taskscope --once'];
  const rows = Object.entries(snapshots).map(([name, list]) => [
    name === 'taskscope --once' ? 'taskscope --once --interval 0' : name,
    ...['cpuMs', 'wallMs'].map(key => text(median(list.map(cost => cost[key])))),
    text(median(list.map(({ rssKb }) => rssKb / MB))),
    text(ratio(...[ours, list].map(each => each.map(({ cpuMs }) => cpuMs)))),
  ]);
  return table(['one snapshot', 'CPU ms', 'wall ms', 'peak RSS MB', `${OURS} ÷`], rows);
}

function crowdBlock(section, pinnedBytes) {
  const { tasks, absent, bareNodeKb, screens, title } = section;
  const restored = median(screens[0].runs[OURS].map(({ restoredMs }) => restoredMs));
  const [{ refreshes, early }] = screens[0].runs[OURS];
  return [
    `${title}: ${text(tasks)} tasks. Peak RSS of a bare Node: ${text(bareNodeKb / MB)} MB. A kept descriptor pins ${text(pinnedBytes)} bytes. ` +
      `${OURS} had restored the terminal ${text(restored)} ms after \`q\`. Refreshes of a run: ${early.refreshes.toFixed()} first, ${refreshes.toFixed()} after them. ` +
      `Rounds: ${screens.map(({ size, runs }) => `${runs[OURS].length} at ${size}`).join(', ')}.` +
      absent.map(who => ` Not compared: ${who}.`).join(''),
    costs(section, pinnedBytes),
    ratios(section),
    floors(section),
    snapshotCosts(section),
  ].join('\n\n');
}

function ringBlock(rows) {
  const head = ['tasks', 'samples kept', 'reach s', 'MiB counted', 'MiB grown', 'bytes a sample', 'CPU ms a sample'];
  return table(
    head,
    rows.map(({ tasks, samples, bytes, grewBytes, reachSeconds, sampleBytes, usPerSample }) => [
      text(tasks),
      String(samples),
      String(reachSeconds),
      ...[bytes / 2 ** 20, grewBytes / 2 ** 20, sampleBytes, usPerSample / 1000].map(text),
    ]),
  );
}

function recordingBlock({ tasks, interval, samples, ours, atop }) {
  const row = (name, { bytes, cpuMs, rssKb }) => [
    name,
    ...[bytes / 1000, bytes / samples, cpuMs / samples, rssKb / MB].map(text),
  ];
  const said = atop
    ? ` Bytes: ${text(ours.bytes / atop.bytes)} of atop's; CPU: ${text(ours.cpuMs / atop.cpuMs)}.`
    : ' atop is not here.';
  const short = samples < 300 ? ' A short run: the beginning, where all is new, weighs more than in ten minutes.' : '';
  return (
    `${text(tasks)} tasks, ${samples} samples every ${interval} s, both at once.${said}${short}\n\n` +
    table(
      ['', 'kB', 'bytes a sample', 'CPU ms a sample', 'peak RSS MB'],
      [row(OURS, ours), ...(atop ? [row('atop', atop)] : [])],
    )
  );
}

function targetBlock(result) {
  const rows = judged(result).map(({ what, where, measured, most }) => [
    what,
    where,
    text(measured),
    `≤ ${text(most)}`,
    Number.isFinite(measured) ? (measured <= most ? 'met' : '**missed**') : 'not measured',
  ]);
  return table(['target', 'where', 'measured', 'wanted', ''], rows);
}

function machineBlock({ machine, programs, command, load }) {
  const { cpu, cpus, memoryGiB, kernel, node } = machine;
  return [
    `\`${command}\``,
    table(
      ['what', 'version'],
      [
        ['machine', `${cpus} × ${cpu}, ${text(memoryGiB)} GiB`],
        ['kernel', kernel],
        ['node', node],
        ...programs.map(({ name, version }) => [name, version ?? 'not installed']),
        ['load average before and after', `${load.before}; ${load.after}`],
      ],
    ),
  ].join('\n\n');
}

/** Blocks with the names of their marks. */
export const blocksOf = result =>
  [
    ['machine', machineBlock(result)],
    ...result.sections.map(section => [section.name, crowdBlock(section, result.pinnedBytes)]),
    ['ring', result.ring && ringBlock(result.ring)],
    ['recording', result.recording && recordingBlock(result.recording)],
    ['targets', targetBlock(result)],
  ].filter(([, block]) => block !== undefined);

const page = path.join(root, 'docs', 'performance.md');

/** Puts the blocks between their marks, `<!-- bench NAME -->` and `<!-- end -->`; the others stay as they are. */
export async function write(blocks) {
  let whole = readFileSync(page, 'utf8');
  for (const [name, block] of blocks) {
    const marks = new RegExp(`(<!-- bench ${name} -->\n)[^]*?(<!-- end -->)`);
    if (!marks.test(whole)) throw new Error(`docs/performance.md has no mark 'bench ${name}'`);
    whole = whole.replace(marks, (_, begin, end) => `${begin}\n${block}\n\n${end}`);
  }
  writeFileSync(page, await format(whole, { ...(await resolveConfig(page)), filepath: page }));
  return page;
}
