/** Watching for a while, then saying what is wrong: `check`, and `--once --stuck`. */
import { TaskCursor } from '../model/task-cursor.ts';
import { findingsJson } from '../findings/json.ts';
import { atLeast, findingsText } from '../findings/lines.ts';
import type { Rule } from '../findings/rule.ts';
import { RULES } from '../findings/rules.ts';
import { machineJson } from '../out/json.ts';
import { lineText } from '../pages/render.ts';
import { ExtraFiles } from '../sample/extra-files.ts';
import { createSlowReader } from '../sample/slow-reader.ts';
import { stuckJson } from '../stuck/json.ts';
import { stuckLines } from '../stuck/lines.ts';
import { isUtf8Locale } from '../term/environment.ts';
import { asciiText } from '../units/text.ts';
import type { Options } from './options.ts';
import { UsageError } from './options.ts';
import { complain, writeAll } from './output.ts';
import { checkThreads, openModel, openSource, type Recorded, type Source } from './session.ts';
import { readRules } from './settings.ts';
import { sleep } from './sleep.ts';
import { Watchers } from './watchers.ts';
import { jsonText } from '../units/json-text.ts';

/** Rules need to see things hold; what is stuck needs a few looks. */
const CHECK_SECONDS = 30;
const STUCK_SECONDS = 5;

interface Looked {
  readonly watchers: Watchers;
  readonly cursor: TaskCursor;
  readonly close: () => void;
}

/** Through a recording up to `--at`, or from so many seconds before it: all its runs; nothing is known to hold across a gap. */
export function lookBack(
  source: Source,
  { recording, index }: Recorded,
  rules: readonly Rule[],
  seconds = Number.POSITIVE_INFINITY,
): Looked {
  const from = recording.instant(index).ms - seconds * 1000;
  let first = index;
  while (first > 0 && recording.instant(first - 1).ms >= from) first--;
  let player = recording.playerAt(first, 0);
  const nothingMore = { budget: 0, slow: undefined, others: false, onLate: () => undefined };
  const watchers = new Watchers(
    source,
    { cursor: new TaskCursor(player.table), want: () => undefined },
    { rules, endedKeptMs: Number.POSITIVE_INFINITY, ...nothingMore },
  );
  watchers.sampled();
  for (let next = first + 1; next <= index; next++) {
    if (recording.begins(next)) {
      player = recording.playerAt(next, 0);
      watchers.goOnWith(new TaskCursor(player.table));
    } else recording.playOn(player, next);
    watchers.sampled();
  }
  return { watchers, cursor: new TaskCursor(player.table), close: () => watchers.close() };
}

/** Samples for so many seconds, or through all instants of a capture or a recording. */
async function look(options: Options, seconds: number, rules: readonly Rule[]): Promise<Looked> {
  const source = await openSource(options);
  if (source.recorded) {
    checkThreads(source, options);
    return lookBack(source, source.recorded, rules, options.for);
  }
  const { tree } = source;
  const interval = options.interval ?? 1;
  const { table, cursor, sampler } = openModel(source, false, options.pids);
  const slow = createSlowReader();
  const extra = new ExtraFiles(tree, sampler, table, slow, () => undefined);
  const watchers = new Watchers(
    source,
    { cursor: new TaskCursor(table), want: (seat, file) => extra.want(seat, file, false) },
    { rules, budget: Number.POSITIVE_INFINITY, slow, others: true, onLate: () => undefined },
  );
  // somebody who waits is to know for how long; not in the middle of what else reads it
  if (tree.keeps && process.stderr.isTTY) writeAll(2, `watching for ${seconds} s ...\n`);
  const started = performance.now();
  for (let samples = 1; ; samples++) {
    sampler.sample();
    watchers.sampled();
    const next = interval * samples;
    if (tree.keeps) {
      if (next > seconds) break;
      await sleep(next - (performance.now() - started) / 1000);
    } else if (!tree.advance()) break;
  }
  return {
    watchers,
    cursor,
    close: () => {
      watchers.close();
      sampler.close();
      slow.close();
    },
  };
}

function print(options: Options, json: () => unknown, text: () => string): void {
  if (options.format === 'csv')
    throw new UsageError("this report has no CSV form: choose '--format table' or '--format json'");
  if (options.format === 'table') {
    const ascii = options.ascii || !isUtf8Locale(process.env);
    writeAll(1, ascii ? asciiText(text()) : text());
  } else writeAll(1, jsonText(json(), options.format === 'json' ? 2 : undefined) + '\n');
}

/** `taskscope check`: exit status 0 none, 1 some, 2 when none was found and not all were looked for. */
export async function check(options: Options): Promise<void> {
  const { rules, error } = await readRules(options);
  if (error !== undefined) complain(`${error}: only the shipped findings are looked for`);
  const { watchers, cursor, close } = await look(options, options.for ?? CHECK_SECONDS, rules);
  const findings = atLeast(watchers.findings, options.severity);
  print(
    options,
    () => findingsJson(findings, machineJson(cursor.machine)),
    () => findingsText(findings),
  );
  close();
  if (findings.findings.length > 0) process.exitCode = 1;
  else if (error !== undefined) process.exitCode = 2;
}

/** `taskscope --once --stuck` */
export async function printStuck(options: Options): Promise<void> {
  // what is stuck does not depend on rules, nor this on the configuration
  const { watchers, cursor, close } = await look(options, options.for ?? STUCK_SECONDS, RULES);
  watchers.stuck();
  // the kernel stacks that were asked for
  await watchers.settled();
  const report = watchers.stuck();
  print(
    options,
    () => stuckJson(report, machineJson(cursor.machine)),
    () =>
      stuckLines(report, Number.POSITIVE_INFINITY, new Set())
        .map(({ line }) => lineText(line).trimEnd() + '\n')
        .join(''),
  );
  close();
}
