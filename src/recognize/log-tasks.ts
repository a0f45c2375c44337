/**
 * Tasks in kernel logs: what sched_show_task() prints (sysrq-t and -w, stalls), hung-task messages, failed freezing.
 * kernel/sched/core.c, kernel/hung_task.c, kernel/power/process.c, 2.6.32 to 6.19.
 */
import { flagNames, flagsThing, TASK_FLAGS_LINE, threadInfoThing } from './flags.ts';
import { columns } from './layout.ts';
import type { Line } from './lines.ts';
import { stateWords } from './states.ts';
import { head, hex, plural, type Context, type Found, type Thing } from './thing.ts';

/** What is known of a task so far; its lines come one by one, other tasks' lines between them. */
interface Draft {
  readonly at: number;
  readonly texts: string[];
  readonly name: string;
  readonly pid: number | null;
  tgid: number | null;
  ppid: number | null;
  state: string | null;
  running: boolean;
  programCounter: bigint | null;
  /** Null also for 0, which kernels print that do not measure it (CONFIG_DEBUG_STACK_USAGE). */
  freeStack: number | null;
  blockedSeconds: number | null;
  inIo: boolean;
  blockedOn: string | null;
  refusedToFreeze: boolean;
  taskFlags: string | null;
  threadInfo: string | null;
  isCut: boolean;
  /** Its state line was seen. */
  hasLine: boolean;
}

const draft = (at: number, name: string, pid: number | null): Draft => ({
  at,
  texts: [],
  name,
  pid,
  tgid: null,
  ppid: null,
  state: null,
  running: false,
  programCounter: null,
  freeStack: null,
  blockedSeconds: null,
  inIo: false,
  blockedOn: null,
  refusedToFreeze: false,
  taskFlags: null,
  threadInfo: null,
  isCut: false,
  hasLine: false,
});

/** Since 5.10: names before values, more of them from release to release. */
const NAMED = /\btask:(.{0,64}) state:([A-Za-z?])(?=\s)(.*)$/;
/** Before: columns. Up to 4.12 with the program counter, with the free stack directly behind the state if that is long. */
const COLUMNS =
  /^(.{1,40}?)\s+([A-Za-z?])(?:\s+(running task|running|[0-9a-f]{16}|[0-9a-f]{8}))?\s*(\d{1,6})\s+(\d{1,10})\s+(\d{1,10})\s+(0x[0-9a-f]{8,16})$/i;
const NAME_COLUMNS = 15;

const HUNG = /\bINFO: task (.{1,64}):(\d{1,10}) blocked (in I\/O wait )?for more than (\d{1,10}) seconds/;
const BLOCKER =
  /\bINFO: task (.{1,64}):(\d{1,10})(?: <\w+>)? (?:is )?blocked on (an? [\w-]+(?:,? but .{1,60}| likely .{1,120})?)$/;
const FREEZE =
  /\bFreezing (?:of tasks|user space processes|remaining freezable tasks)(?: \.\.\.)? ?(failed|aborted) after (\d+\.\d+) seconds(?: \((\d{1,7}) tasks? refusing to freeze(?:, wq_busy=(\d))?)?/;

const digits = (value: string | undefined): number | null =>
  value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : null;
const mask = (value: string | undefined): string | null =>
  value !== undefined && /^0x[0-9a-f]{1,16}$/i.test(value) ? value : null;

/** Reads the lines of a log one after the other. */
export interface TaskLog {
  /** Is this line about a task? */
  take(line: Line): boolean;
  /** The tasks, in the order of the text. */
  tasks(): (Found & { readonly thing: LogTask })[];
  /** The masks in their lines. */
  readonly masks: readonly Found[];
  readonly freezes: readonly Found[];
}

export function taskLog(context: Context): TaskLog {
  const drafts: Draft[] = [];
  const found: Found[] = [];
  const freezes: Found[] = [];
  /** Tasks that the last failed freezing has not named yet. */
  let refusing = 0;

  /** The last draft of each pid. */
  const byPid = new Map<number, Draft>();

  function begin(at: number, name: string, pid: number | null): Draft {
    const task = draft(at, name, pid);
    drafts.push(task);
    if (pid !== null) byPid.set(pid, task);
    return task;
  }

  function stateLine(line: Line, name: string, pid: number | null, state: string): Draft {
    const known = pid === null ? undefined : byPid.get(pid);
    const task = known && !known.hasLine ? known : begin(line.at, name, pid);
    task.texts.push(line.body);
    task.state = state;
    task.hasLine = true;
    if (refusing > 0) {
      refusing--;
      task.refusedToFreeze = true;
    }
    return task;
  }

  function masks(line: Line, task: Draft, taskFlags: string | null, threadInfo: string | null, label?: string): void {
    task.taskFlags = taskFlags;
    task.threadInfo = threadInfo;
    if (taskFlags !== null && BigInt(taskFlags) <= 0xffffffffn)
      found.push({ at: line.at, thing: flagsThing(taskFlags, context, task.name, TASK_FLAGS_LINE) });
    if (threadInfo !== null)
      found.push({ at: line.at, thing: threadInfoThing(threadInfo, label ?? `flags:${threadInfo}`, context) });
  }

  function named(line: Line): boolean {
    const match = NAMED.exec(line.body);
    if (!match) return false;
    const [, name, state, rest] = match;
    const values = new Map([...rest!.matchAll(/\b(\w+):\s*(\S+)/g)].map(([, key, value]) => [key!, value!]));
    if (!values.has('pid') && !values.has('stack')) return false;
    const task = stateLine(line, name!.trim(), digits(values.get('pid')), state!);
    task.running = /^\s+running task\b/.test(rest!);
    task.freeStack = digits(values.get('stack')) || null;
    task.tgid = digits(values.get('tgid'));
    task.ppid = digits(values.get('ppid'));
    masks(line, task, mask(values.get('task_flags')), mask(values.get('flags')));
    // journalctl marks what it cut with >; flags: ends every whole line
    task.isCut = task.threadInfo === null;
    return true;
  }

  function inColumns(line: Line): boolean {
    const match = COLUMNS.exec(line.body);
    if (!match) return false;
    const [, before, state, where, stack, pid, ppid, flags] = match;
    const padded = line.body.slice(0, line.body.length - match[0].length) + before!;
    const name = padded.slice(-NAME_COLUMNS).trim();
    const task = stateLine(line, name, Number(pid), state!);
    task.running = where?.startsWith('running') ?? false;
    task.programCounter = where && !task.running ? BigInt('0x' + where) : null;
    task.freeStack = Number(stack) || null;
    task.ppid = Number(ppid);
    masks(line, task, null, flags!, flags);
    return true;
  }

  function hung(line: Line): boolean {
    const match = HUNG.exec(line.body);
    if (!match) return false;
    const task = begin(line.at, match[1]!, Number(match[2]));
    task.texts.push(line.body);
    task.inIo = match[3] !== undefined;
    task.blockedSeconds = Number(match[4]);
    return true;
  }

  function blocker(line: Line): boolean {
    const match = BLOCKER.exec(line.body.replace(/\.$/, ''));
    if (!match) return false;
    const pid = Number(match[2]);
    const task = byPid.get(pid) ?? begin(line.at, match[1]!, pid);
    task.texts.push(line.body);
    task.blockedOn = match[3]!;
    return true;
  }

  function freeze(line: Line): boolean {
    const match = FREEZE.exec(line.body);
    if (!match) return false;
    refusing = Number(match[3] ?? 0);
    freezes.push({ at: line.at, thing: freezeThing(match, context) });
    return true;
  }

  return {
    take(line) {
      if (/\b(?:Restarting tasks|OOM killer enabled)\b/.test(line.body)) refusing = 0;
      return named(line) || hung(line) || blocker(line) || freeze(line) || inColumns(line);
    },
    tasks: () => drafts.map(task => ({ at: task.at, thing: taskThing(task, context) })),
    masks: found,
    freezes,
  };
}

function freezeThing(match: RegExpExecArray, context: Context): Thing {
  const [text, outcome, seconds, refusing, busy] = match;
  const tasks = refusing === undefined ? null : Number(refusing);
  const rows = [['outcome', `${outcome} after ${seconds} s`]];
  if (tasks !== null)
    rows.push([
      'tasks',
      tasks === 0 ? 'none refused' : `${plural(tasks, 'task')} refused to freeze: told below if the text has it`,
    ]);
  if (busy !== undefined)
    rows.push(['workqueues', busy === '0' ? 'none busy' : 'a freezable workqueue is busy: its work item does not end']);
  return {
    facts: {
      ...head('log_freeze', text, context),
      outcome: outcome!,
      seconds: Number(seconds),
      tasks_refusing: tasks,
      workqueue_busy: busy === undefined ? null : busy !== '0',
    },
    lines: ['freezing for suspend', ...columns(rows)],
  };
}

const stackText = ({ freeStack }: Draft): string | undefined =>
  freeStack === null ? undefined : `${freeStack} bytes were never used`;

/** Where kernels of x86-64 map all memory, and their stacks: no code is there. arm64 has its code elsewhere. */
const isStackWord = (value: bigint): boolean => 0xffff_8800_0000_0000n <= value && value < 0xffff_ea00_0000_0000n;
/** Printed instead of an address: nothing was on the stack, or the task never ran. */
const isNowhere = (value: bigint): boolean => value === 0n || value === 0xffff_ffffn || value === 2n ** 64n - 1n;

function whereText({ programCounter }: Draft): string | undefined {
  if (programCounter === null || isNowhere(programCounter)) return undefined;
  const shown = hex(programCounter);
  return isStackWord(programCounter)
    ? `${shown} is no code: a word of the stack, pointing into memory as x86-64 maps it`
    : `${shown} in the kernel`;
}

function blockedText(task: Draft): string | undefined {
  if (task.blockedSeconds === null) return undefined;
  return `for more than ${task.blockedSeconds} s${task.inIo ? ', waiting for I/O' : ''}: not switched in once in that time`;
}

function taskThing(task: Draft, context: Context): LogTask {
  const state = task.state === null ? undefined : stateWords(task.state, context.release);
  const blocked = blockedText(task);
  const counter =
    task.programCounter === null || isNowhere(task.programCounter) || isStackWord(task.programCounter)
      ? null
      : task.programCounter;
  const rows: (readonly [string, string | undefined])[] = [
    ['blocked', blocked],
    ['waits for', task.blockedOn ?? undefined],
    ['freezing', task.refusedToFreeze ? refusal(task) : undefined],
    ['process', task.tgid === null || task.tgid === task.pid ? undefined : `a thread of process ${task.tgid}`],
    ['parent', task.ppid === null ? undefined : parentText(task.ppid)],
    ['at', whereText(task)],
    ['stack', stackText(task)],
    ['cut', task.isCut ? 'the end of the line is missing: no mask can be told' : undefined],
  ];
  return {
    facts: {
      ...head('log_task', task.texts.join('\n'), context),
      name: task.name,
      pid: task.pid,
      tgid: task.tgid,
      ppid: task.ppid,
      state: task.state,
      state_name: state?.name ?? null,
      running: task.running,
      blocked_seconds: task.blockedSeconds,
      waits_for_io: task.inIo,
      blocked_on: task.blockedOn,
      refused_to_freeze: task.refusedToFreeze,
      program_counter: counter === null ? null : hex(counter),
      free_stack_bytes: task.freeStack,
      task_flags: task.taskFlags,
      thread_info_flags: task.threadInfo,
    },
    lines: taskLines(task, [['state', state && `${task.state}, ${state.name}: ${state.words}`], ...rows]),
    again: taskLines(task, [['state', state && `${task.state}, ${state.name}`], ...rows]),
    ...(state ? { explains: `state ${task.state}`, state: `${state.name}: ${state.words}` } : {}),
    row: [
      task.state ?? '',
      String(task.pid ?? ''),
      String(task.ppid ?? ''),
      task.name,
      [
        flagsText(task, context),
        blocked === undefined ? '' : `blocked ${blocked}`,
        task.blockedOn ?? '',
        task.refusedToFreeze ? refusal(task) : '',
      ]
        .filter(Boolean)
        .join('; '),
    ],
  };
}

/** A task of a log, and what it is in a list of many. */
export interface LogTask extends Thing {
  /** Its state's name and meaning. */
  readonly state?: string;
  readonly row: readonly [state: string, pid: string, parent: string, name: string, more: string];
}

const taskLines = (task: Draft, rows: readonly (readonly [string, string | undefined])[]): string[] => [
  `task ${task.name}${task.pid === null ? '' : `, pid ${task.pid}`}`,
  ...columns(rows.filter((row): row is [string, string] => row[1] !== undefined)),
];

/** The names of its PF_ flags on one line. */
function flagsText({ taskFlags, name }: Draft, { release, among }: Context): string {
  if (taskFlags === null || BigInt(taskFlags) > 0xffffffffn) return '';
  const { names, possible, unknown_bits } = flagNames(Number(taskFlags), release, name, TASK_FLAGS_LINE, among);
  const unknown = Number(unknown_bits) === 0 ? [] : [unknown_bits];
  return [...names, ...Object.values(possible ?? {}).map(each => each.join(' or ')), ...unknown].join(' ');
}

const parentText = (ppid: number): string =>
  ppid === 2 ? 'pid 2 (kthreadd): a kernel thread' : ppid === 0 ? 'none' : `pid ${ppid}`;

/** Why a task in this state does not freeze. */
function refusal(task: Draft): string {
  if (task.state === 'D') return 'refused: in D it freezes only when what it waits for has come';
  if (task.state === 'R') return 'refused: it runs in the kernel without reaching a point where it freezes';
  return 'refused';
}
