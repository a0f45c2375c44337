/** What one task does in the kernel: wait channel, system call, stack, and why it is stuck, if it is. */
import { latin1 } from '../decode/bytes.ts';
import type { Maps } from '../decode/maps.ts';
import { decodeStack, type StackFrame } from '../decode/stack.ts';
import type { TaskSyscall } from '../decode/syscall.ts';
import { field } from '../fields/registry.ts';
import { hasAddressSpace, isExiting, isKernelThread, NOT_APPLICABLE, type TaskView } from '../fields/task.ts';
import { type WaitFamily, waitFamily } from '../kernel/wait-channels.ts';
import { durationText } from '../units/format.ts';
import { isMissing, type Reading } from '../units/missing.ts';
import { mapsOf, placeItem, syscallOf } from './address.ts';
import type { TaskContext, TaskPageBuilder } from './context.ts';
import { fact, type Fact, facts, item, type Item, missingItem, note, type Section } from './document.ts';
import { asleepSeconds } from './asleep.ts';
import { endingFacts } from './ending.ts';
import { stateFor, stateItem, stateLetter } from './identity.ts';
import { type Abi, abiOf, type Call, callItem, callOf, callWords } from './system-call.ts';
import { fileMissing, lineOf, statusOf, whyNot } from './task-files.ts';
import { isOneOfMany } from './threads-of.ts';
import { fieldItem } from './values.ts';

interface Wait {
  /** Undefined: it does not sleep in the kernel, or we may not know. */
  readonly channel: string | undefined;
  readonly family: WaitFamily | undefined;
}

function waitOf(task: TaskView): Wait {
  const channel = field('wchan_name').value(task);
  if (typeof channel !== 'string' || channel === '' || channel === '0')
    return { channel: undefined, family: undefined };
  return { channel, family: waitFamily(channel) };
}

function waitItem(task: TaskView, { channel, family }: Wait): Item {
  if (channel === undefined) {
    const shown = fieldItem('wchan_name', task);
    return shown.missing ? shown : item('none: it does not sleep in the kernel', null);
  }
  const words = family ? `it ${family.words}` : 'not a known wait: the name is told as the kernel gives it';
  return item(`${channel}: ${words}`, { name: channel, family: family?.id ?? null });
}

interface InKernel {
  readonly syscall: Reading<TaskSyscall>;
  /** The call that it is in, if it is in one. */
  readonly call: Call | undefined;
  readonly abi: Abi;
  readonly maps: Reading<Maps>;
}

function inKernel(context: TaskContext): InKernel {
  const { task } = context;
  const maps = mapsOf(context);
  const abi = abiOf(context, maps);
  const syscall = isKernelThread(task) ? NOT_APPLICABLE : syscallOf(context);
  const inside = !isMissing(syscall) && syscall.state === 'inside';
  return { syscall, abi, maps, call: inside ? callOf(context, syscall, abi, maps) : undefined };
}

const NO_CALL: Readonly<Record<Exclude<TaskSyscall['state'], 'inside'>, string>> = {
  running: 'not told: it runs, or was woken meanwhile',
  outside: 'none: it is in a page fault, an interrupt or on its way out',
  none: 'none: it has no user side',
};

function syscallItem(context: TaskContext, { syscall, call }: InKernel): Item {
  if (call) return callItem(call);
  if (isMissing(syscall))
    return syscall.missing === 'not-applicable'
      ? missingItem(syscall, 'a kernel thread makes none')
      : fileMissing(context, 'syscall', syscall);
  return syscall.state === 'inside' ? missingItem(NOT_APPLICABLE) : item(NO_CALL[syscall.state], null);
}

function placeFacts(context: TaskContext, { syscall, maps }: InKernel): Fact[] {
  if (isMissing(syscall) || !('pc' in syscall)) return [];
  const place = (id: string, label: string, address: string): Fact => {
    const region = placeItem(context, maps, BigInt(address));
    const value = { address, region: region.value };
    return fact(id, label, item(`${address}  ${region.text}`, value, region.tone));
  };
  return [
    place('instruction_pointer', 'Instruction ptr', syscall.pc),
    place('stack_pointer', 'Stack pointer', syscall.sp),
  ];
}

function abiFact(task: TaskView, { wordBytes, compat, certain, because }: Abi): Fact[] {
  if (!hasAddressSpace(task)) return [];
  const text = `${wordBytes * 8}-bit program${compat ? ' on a 64-bit kernel' : ''}, ${certain ? '' : 'probably: '}${because}`;
  return [fact('word_bytes', 'Program', item(text, wordBytes, certain ? 'normal' : 'warn'))];
}

const SIMPLE: Readonly<Record<string, string>> = {
  R: 'It runs, or is ready and waits for a CPU: the page Sched says which. It waits for nothing else.',
  I: 'It is a kernel thread without work.',
  P: 'It is parked, as its CPU is off-line.',
  X: 'It is being removed.',
};

/** Why it does not go on, in one or two sentences. */
function whyText(context: TaskContext, wait: Wait, { call, syscall }: InKernel, asleep: number | undefined): string {
  const { task } = context;
  const letter = stateLetter(task);
  if (letter === 'Z')
    return isOneOfMany(task)
      ? 'Its first thread has ended, but others of its threads live: see the page Threads.'
      : `It has ended; process ${task.stat(4)} has not yet asked for its exit status.`;
  const tracer = letter === 't' ? tracerOf(context) : '';
  if (letter === 't') return `It is stopped by its debugger${tracer}.`;
  if (letter === 'T') return 'It is stopped by a signal: SIGCONT lets it go on, SIGKILL ends it.';
  const simple = SIMPLE[letter];
  if (simple !== undefined) return simple;
  return [sleepText(context, wait, call, syscall, asleep), ...(letter === 'D' ? [killText(wait)] : [])].join(' ');
}

function tracerOf(context: TaskContext): string {
  const status = statusOf(context);
  const pid = isMissing(status) ? undefined : status.get('TracerPid');
  return pid === undefined || pid === '0' ? '' : `, process ${pid}`;
}

function sleepText(
  { task }: TaskContext,
  { channel, family }: Wait,
  call: Call | undefined,
  syscall: Reading<TaskSyscall>,
  asleep: number | undefined,
): string {
  const letter = stateLetter(task);
  const subject = task.stateSeconds > 0 || asleep !== undefined ? `For ${stateFor(task, asleep)} it` : 'It';
  const what = family?.words ?? (channel === undefined ? 'sleeps' : `sleeps in ${channel}`);
  const outside = !isMissing(syscall) && syscall.state === 'outside';
  const where = call
    ? `, in ${callWords(call)}`
    : outside
      ? ', outside of a system call (most likely a page fault)'
      : '';
  const usual = letter === 'S' && family?.normal !== undefined ? `: ${family.normal}` : '';
  const exit = isExiting(task) ? ' It is exiting.' : '';
  return `${subject} ${what}${where}${usual}.${exit}`;
}

/** Killable sleeps look like the others but for the names of their functions. */
function killText({ channel }: Wait): string {
  return channel?.includes('killable') === true
    ? 'The sleep is killable: SIGKILL ends it.'
    : 'No signal wakes it, unless the sleep is a killable one: then SIGKILL does.';
}

function argumentSection(call: Call | undefined): Section[] {
  if (!call || call.arguments.length === 0) return [];
  return [
    {
      kind: 'table',
      id: 'arguments',
      title: `Arguments of ${call.name ?? `system call ${call.nr}`}`,
      columns: [
        { id: 'name', title: 'name' },
        { id: 'value', title: 'value', align: 'right' },
        { id: 'meaning', title: 'meaning' },
      ],
      rows: call.arguments.map(({ name, value, meaning }) => [item(name), item(value), item(meaning)]),
    },
  ];
}

const frameItems = ({ name, offset, module, address }: StackFrame, depth: number): Item[] => [
  item(String(depth), depth, 'dim'),
  item(name, name, depth === 0 ? 'strong' : 'normal'),
  item(offset ?? '', offset ?? null, 'dim'),
  item([module ?? '', address ?? ''].join(' ').trim(), { module: module ?? null, address: address ?? null }),
];

function stackSections(context: TaskContext): Section[] {
  const bytes = context.dossier.file('stack');
  if (isMissing(bytes)) return [note(`stack: ${whyNot(context, 'stack', bytes)}.`)];
  const frames = decodeStack(bytes);
  const named = frames.some(({ module, address }) => module !== undefined || address !== undefined);
  return [
    {
      kind: 'table',
      id: 'stack',
      title: 'Kernel stack, innermost first',
      columns: [
        { id: 'depth', title: '#', align: 'right' },
        { id: 'function', title: 'function', most: 60 },
        { id: 'offset', title: 'offset' },
        { id: 'place', title: named ? 'module' : '' },
      ],
      rows: frames.map(frameItems),
      empty: `Empty: ${stateLetter(context.task) === 'Z' ? 'it has ended' : 'the task runs, or its stack could not be unwound'}.`,
    },
  ];
}

/** Files of one line that only some kernels have. */
const PATCH_STATES: Readonly<Record<string, string>> = {
  '-1': 'no live patching is under way',
  '0': 'not yet switched to the patched functions',
  '1': 'uses the patched functions',
};

function extraFacts(context: TaskContext): Fact[] {
  const out: Fact[] = [];
  const patch = context.dossier.file('patch_state');
  if (!isMissing(patch)) {
    const state = lineOf(patch);
    out.push(fact('patch_state', 'Live patch', item(`${state}: ${PATCH_STATES[state] ?? 'unknown'}`, Number(state))));
  }
  const arch = context.dossier.file('arch_status');
  if (!isMissing(arch)) {
    const [, text] = /^AVX512_elapsed_ms:\s*(-?\d+)/m.exec(latin1(arch)) ?? [];
    if (text !== undefined) {
      const ms = Number(text);
      const words = ms < 0 ? 'no use recorded' : `${durationText(ms / 1000)} ago, as last recorded`;
      out.push(fact('avx512_elapsed_ms', 'AVX-512 used', item(words, ms)));
    }
  }
  return out;
}

const SCHED_LINE = /^(\S[^:]*?)\s*:\s*(\S.*)$/;
const RULER = /^-{20,}$/;

/** Keys and values of `sched`, behind its heading (which holds the task's name, and so anything). */
function schedSections(context: TaskContext): Section[] {
  const bytes = context.dossier.file('sched');
  if (isMissing(bytes)) return [note(`sched: ${whyNot(context, 'sched', bytes)}.`)];
  const text = latin1(bytes).split('\n');
  const rows = text.slice(text.findIndex(line => RULER.test(line)) + 1).flatMap((line): Item[][] => {
    const [, key, value] = SCHED_LINE.exec(line) ?? [];
    return key === undefined || value === undefined ? [] : [[item(key), item(value)]];
  });
  const columns = [
    { id: 'key', title: 'key' },
    { id: 'value', title: 'value', align: 'right' as const },
  ];
  return [{ kind: 'table', id: 'sched', title: 'What the scheduler counts (sched)', columns, rows }];
}

export const kernelPage: TaskPageBuilder = context => {
  const { task } = context;
  const wait = waitOf(task);
  const kernel = inKernel(context);
  const many = isOneOfMany(task);
  const asleep = asleepSeconds(context);
  return {
    sections: [
      facts('', undefined, [
        fact('why', 'Why', item(whyText(context, wait, kernel, asleep), undefined, 'strong')),
        fact('state', 'State', stateItem(task, asleep)),
        ...endingFacts(context),
        fact('wait_channel', 'Waits in', waitItem(task, wait)),
        fact('syscall', 'System call', syscallItem(context, kernel)),
        ...placeFacts(context, kernel),
        ...abiFact(task, kernel.abi),
        ...extraFacts(context),
      ]),
      ...argumentSection(kernel.call),
      ...(kernel.call?.name === 'restart_syscall'
        ? [note('A sleep, poll or futex wait that began before, and that a stop or a signal interrupted, is resumed.')]
        : []),
      ...stackSections(context),
      ...schedSections(context),
      ...(many ? [note('Of the first thread: the page Threads has the others, by what they wait in.')] : []),
    ],
  };
};
