/**
 * Finds everything in a pasted text that this program can decode, each thing once, in the order of the text: stat lines,
 * status files, flag, signal and capability masks, tasks and memory faults in kernel logs. What it does not know is left out.
 */
import { harmless } from '../units/text.ts';
import { minorText, type Release } from '../kernel/release.ts';
import { tableNote, threadInfoThing } from './flags.ts';
import { linesOf, LONGEST_LOG_LINE, type Line } from './lines.ts';
import { taskLog, type LogTask } from './log-tasks.ts';
import { namedReleases } from './named-release.ts';
import { loneThreadInfo, namedThings, type NamedThing } from './named.ts';
import { oopsThing } from './oops.ts';
import { faultLog } from './oops-lines.ts';
import { recognizeStats } from './stat.ts';
import { recognizeStatus } from './status.ts';
import { taskList } from './task-list.ts';
import type { Context, Facts, Found, Thing } from './thing.ts';

export interface Recognized {
  /** One object a thing, as `decode --json` prints them. */
  readonly facts: readonly Facts[];
  /** The same in words, harmless for a terminal. */
  readonly lines: readonly string[];
}

/**
 * @param text what a user pasted; bytes that are no UTF-8 as lone surrogates U+DC80…U+DCFF come back as they are.
 * @param given the release to decode with; else the one that the text names, if it names one only.
 */
export function recognize(text: string, given: Release | undefined): Recognized {
  const named = given ? [] : namedReleases(text);
  const context: Context = named.length > 1 ? { release: undefined, among: named } : { release: given ?? named[0] };
  const all = found(text, context);
  const { things } = all;
  const taken = !given && context.release ? { kernel_named_by_text: context.release.text } : {};
  return {
    facts: things.map(({ facts }) => ({ ...facts, ...taken })),
    lines: things.length === 0 ? [] : [...above(named, context), ...told(all), ...below(things, named)].map(harmless),
  };
}

/** So many tasks of a log are told one by one; more of them as a list. */
const MOST_TASKS = 8;

/** The words of all things. Many tasks are a list, where the first of them stands. */
function told({ things, tasks, masks }: All): string[] {
  if (tasks.length <= MOST_TASKS) return join(things);
  const listed = new Set<Thing>([...tasks, ...masks]);
  const first = things.findIndex(thing => listed.has(thing));
  const parts = [
    join(things.slice(0, first)),
    taskList(tasks, masks),
    join(things.slice(first).filter(thing => !listed.has(thing))),
  ];
  return parts.filter(lines => lines.length > 0).flatMap((lines, n) => (n === 0 ? lines : ['', ...lines]));
}

/** Masks directly below the task that they are of; an empty line between all other things. */
function join(things: readonly Thing[]): string[] {
  const explained = new Set<string>();
  return things.flatMap(({ facts, lines, explains, again }, n) => {
    const before = things[n - 1]?.facts.kind;
    const shown = explains !== undefined && explained.has(explains) ? (again ?? lines) : lines;
    if (explains !== undefined) explained.add(explains);
    return before === undefined || ABOVE[facts.kind]?.includes(before) ? shown : ['', ...shown];
  });
}

/** Kinds that stand directly below what they belong to. */
const ABOVE: Readonly<Record<string, readonly string[]>> = {
  flags: ['log_task'],
  thread_info_flags: ['log_task', 'flags'],
};

/** Which release decodes, when the user did not say it. */
function above(named: readonly Release[], { release }: Context): string[] {
  const note = tableNote(release);
  if (named.length === 1)
    return [
      `Decoded as Linux ${minorText(named[0]!)}, which the text names (${named[0]!.text}): --kernel says otherwise.`,
      ...(note ? [note] : []),
      '',
    ];
  if (named.length > 1)
    return [
      `The text names several kernels (${named.map(each => each.text).join(', ')}): say which with --kernel.`,
      '',
    ];
  return note ? [note, ''] : [];
}

function below(things: readonly Thing[], named: readonly Release[]): string[] {
  const kinds = new Set(things.map(({ facts }) => facts.kind));
  const lines: string[] = [];
  if (kinds.has('thread_info_flags') && !kinds.has('flags') && !kinds.has('stat'))
    lines.push('This text holds no PF_ mask.');
  if (named.length < 2 && things.some(({ needsRelease }) => needsRelease))
    lines.push('Say which kernel it was: --kernel 6.1');
  return lines.length === 0 ? [] : ['', ...lines];
}

/** All things in the order of the text; the tasks of logs among them, and the masks in their lines. */
interface All {
  readonly things: readonly Thing[];
  readonly tasks: readonly LogTask[];
  readonly masks: readonly Thing[];
}

function found(text: string, context: Context): All {
  const stats = recognizeStats(text, context);
  const lines = linesOf(text);
  const covered = coveredBy(stats, lines);
  const tasks = taskLog(context);
  const oopses = faultLog();
  const others: Found[] = [];
  for (let n = 0; n < lines.length; n++) {
    const line = lines[n]!;
    if (covered[n] || line.body === '') continue;
    if (line.body.length <= LONGEST_LOG_LINE && (oopses.take(line, n) || tasks.take(line))) continue;
    const status = recognizeStatus(lines, n, (from, count) => textOf(lines, from, count), context);
    if (status) {
      others.push({ at: line.at, thing: status.thing });
      n += status.lines - 1;
    } else for (const { at, thing } of singles(line, context)) others.push({ at: line.at + at, thing });
  }
  const logged = tasks.tasks();
  const all: readonly Found[] = [
    ...stats,
    ...oopses.faults.map(fault => ({ at: fault.at, thing: oopsThing(fault, context) })),
    // a task comes before its masks, which stand in the same line
    ...logged,
    ...tasks.masks,
    ...tasks.freezes,
    ...others,
  ].toSorted((a, b) => a.at - b.at);
  return {
    things: all.map(({ thing }) => thing),
    tasks: logged.map(({ thing }) => thing),
    masks: tasks.masks.map(({ thing }) => thing),
  };
}

/** Single values of a line. */
function singles(line: Line, context: Context): NamedThing[] {
  const threadInfo = loneThreadInfo(line.body);
  if (threadInfo !== undefined) return [{ at: 0, thing: threadInfoThing(threadInfo, line.body, context) }];
  return namedThings(line.body, context, line.logged);
}

const textOf = (lines: readonly Line[], from: number, count: number): string =>
  lines
    .slice(from, from + count)
    .map(({ body }) => body)
    .join('\n');

/** Which lines a stat line touches. */
function coveredBy(stats: readonly { readonly at: number; readonly end: number }[], lines: readonly Line[]): boolean[] {
  let next = 0;
  return lines.map(({ at }, n) => {
    const end = lines[n + 1]?.at ?? Infinity;
    while (next < stats.length && stats[next]!.end <= at) next++;
    const stat = stats[next];
    return stat !== undefined && stat.at < end;
  });
}
