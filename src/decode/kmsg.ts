/**
 * Records of `/dev/kmsg`: `priority,sequence,microseconds,flags[,key=value…];text`, then lines ` KEY=value`. Since 3.5.
 * @see kernel `Documentation/ABI/testing/dev-kmsg`, `kernel/printk/printk.c` (msg_print_ext_header, msg_print_ext_body).
 */
import { lines } from './bytes.ts';
import { fromHexEscapes } from './escapes.ts';

export interface LogLevel {
  readonly n: number;
  readonly name: string;
  readonly meaning: string;
}

/** Log levels 0 … 7. include/linux/kern_levels.h. */
export const LOG_LEVELS: readonly LogLevel[] = [
  { n: 0, name: 'emerg', meaning: 'the system is unusable' },
  { n: 1, name: 'alert', meaning: 'must be acted on at once' },
  { n: 2, name: 'crit', meaning: 'critical' },
  { n: 3, name: 'err', meaning: 'an error' },
  { n: 4, name: 'warning', meaning: 'a warning' },
  { n: 5, name: 'notice', meaning: 'normal, but worth a note' },
  { n: 6, name: 'info', meaning: 'information' },
  { n: 7, name: 'debug', meaning: 'for debugging' },
];

/** Facilities 0 … 23 of syslog(3); programs write with 1 (user) unless they say another. */
const FACILITIES =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp security console solaris-cron ' +
  'local0 local1 local2 local3 local4 local5 local6 local7';
const FACILITY_NAMES = FACILITIES.split(' ');

export interface KmsgRecord {
  /** 0 … 7, as in {@link LOG_LEVELS}. */
  readonly level: number;
  /** 0 = the kernel itself. */
  readonly facility: number;
  /** `kern`, `user`, `daemon`; the number when it has no name. */
  readonly facilityName: string;
  /** Counts up from 0 since boot; a gap means that records were lost. */
  readonly sequence: number;
  /** Since boot, on the clock of the scheduler: it stands still during suspend. */
  readonly microseconds: number;
  /** `-` = a whole line, `c` = a fragment of one (3.6 to 5.9), `+` = the rest of one (3.7 to 5.9). */
  readonly flags: string;
  /** Who wrote it, with CONFIG_PRINTK_CALLER (5.1): a thread id, or a CPU in interrupt context. */
  readonly caller?: { readonly thread: number } | { readonly cpu: number };
  /** Exact: the kernel's `\xNN` (below 0x20, from 0x7f on, backslash) are bytes again. Holds control characters and what else was written. */
  readonly text: string;
  /** What the record is about: `SUBSYSTEM` → `pci`, `DEVICE` → `+pci:0000:00:01.0`. */
  readonly values: ReadonlyMap<string, string>;
}

const HEAD = /^(\d{1,10}),(\d{1,20}),(\d{1,20}),([^,;]*)((?:,[^;]*)?);(.*)$/s;
const CALLER = /,caller=([TC])(\d{1,10})(?!\d)/;

function callerOf(more: string): Pick<KmsgRecord, 'caller'> {
  const match = CALLER.exec(more);
  if (!match) return {};
  return { caller: match[1] === 'T' ? { thread: Number(match[2]) } : { cpu: Number(match[2]) } };
}

function recordOf(line: string, values: Map<string, string>): KmsgRecord | undefined {
  const match = HEAD.exec(line);
  if (!match) return undefined;
  const priority = Number(match[1]);
  const facility = Math.floor(priority / 8);
  return {
    level: priority % 8,
    facility,
    facilityName: FACILITY_NAMES[facility] ?? String(facility),
    sequence: Number(match[2]),
    microseconds: Number(match[3]),
    flags: match[4]!,
    ...callerOf(match[5]!),
    text: fromHexEscapes(match[6]!),
    values,
  };
}

/** Any number of records one after the other, as `cat /dev/kmsg` gives them; lines that are none are left out. */
export function decodeKmsg(bytes: Uint8Array): KmsgRecord[] {
  const records: KmsgRecord[] = [];
  let values: Map<string, string> | undefined;
  for (const line of lines(bytes)) {
    if (line.startsWith(' ')) {
      const equals = line.indexOf('=');
      if (equals > 1) values?.set(line.slice(1, equals), fromHexEscapes(line.slice(equals + 1)));
      continue;
    }
    const of = new Map<string, string>();
    const record = recordOf(line, of);
    values = record && of;
    if (record) records.push(record);
  }
  return records;
}

/** What a log line says of a task that it names. */
export type NamedFor =
  | 'blocked' // the hung-task detector
  | 'lock owner' // somebody else waits for what it holds
  | 'killed' // for memory
  | 'fault' // killed by a fault of its own
  | 'oops' // the kernel failed while it ran this task
  | 'lockup' // its CPU does not come back, or RCU waits for it
  | 'listed' // a line of a list of tasks: sysrq, refusing to freeze
  | 'locks'
  | 'ptrace'
  | 'audit'
  | 'wrote'; // a program's own line, or a driver's that says who called it

export interface NamedTask {
  /** As the first pid namespace counts: in a container tasks have other numbers. */
  readonly pid: number;
  /** comm, where the line has it; cut to 15 characters. */
  readonly name?: string;
  readonly why: NamedFor;
}

/** The first rule that names a pid tells why. A name may hold anything, so it runs up to what the kernel writes behind it. */
const NAMING: readonly (readonly [why: NamedFor, pattern: RegExp])[] = [
  ['lock owner', /\b(?:owned|last held) by task (?<name>.+):(?<pid>\d{1,10})(?!\d)/g],
  ['blocked', /\btask (?<name>.+?):(?<pid>\d{1,10})(?!\d) (?:<\w+> )?(?:is )?blocked\b/g],
  ['killed', /\b[Kk]ill(?:ed)? process (?<pid>\d{1,10})(?!\d) \((?<name>.+?)\)(?=[ ,]|$)/g],
  ['killed', /^oom-kill:.*,task=(?<name>.+),pid=(?<pid>\d{1,10})(?!\d),uid=\d+$/g],
  ['killed', /^oom_reaper: reaped process (?<pid>\d{1,10})(?!\d) \((?<name>.+)\)/g],
  [
    'fault',
    /^(?:traps: )?(?<name>.+)\[(?<pid>\d{1,10})(?!\d)\]:? (?:segfault at|general protection|trap |unhandled |bad frame)/g,
  ],
  ['fault', /^(?<name>.{1,15}?) \((?<pid>\d{1,10})(?!\d)\): undefined instruction/g],
  ['oops', /\bPID: (?<pid>\d{1,10})(?!\d) Comm: (?<name>.+?)(?: (?:Not tainted|Tainted|Kdump)\b|$)/g],
  ['oops', /\bPid: (?<pid>\d{1,10})(?!\d), comm: (?<name>.+?) (?:Not tainted|Tainted)\b/g],
  ['oops', /^Process (?<name>.+?) \(pid: (?<pid>\d{1,10})(?!\d)/g],
  ['oops', /^note: (?<name>.+)\[(?<pid>\d{1,10})(?!\d)\] exited with /g],
  ['oops', /scheduling while atomic: (?<name>.+)\/(?<pid>\d{1,10})(?!\d)\/0x/g],
  ['oops', /\bin_atomic\(\).* pid: (?<pid>\d{1,10})(?!\d), name: (?<name>.+)$/g],
  ['lockup', /\bstuck for .*\[(?<name>.+):(?<pid>\d{1,10})(?!\d)\]\s*$/g],
  ['lockup', /(?<=\bTasks blocked on level-.*)\bP(?<pid>\d{1,10})(?!\d)(?=[\s/]|$)/g],
  ['listed', /^task:(?<name>.+?) +state:\S.*? pid: *(?<pid>\d{1,10})(?!\d)/g],
  // before 5.10: name, state, unused stack, pid, parent, thread_info flags
  ['listed', /^(?<name>.{15}) [A-Za-z?] .*\d+ +(?<pid>\d{1,10})(?!\d) +\d+ 0x[0-9a-f]{8,16}$/g],
  ['locks', /^(?<name>.+)\/(?<pid>\d{1,10})(?!\d) is trying to (?:acquire|release) lock/g],
  ['locks', /\blocks? held by (?<name>.+)\/(?<pid>\d{1,10})(?!\d)[:.]/g],
  ['ptrace', /"(?<name>[^"]*)"\[(?<pid>\d{1,10})(?!\d)\]/g],
  ['audit', /\bpid=(?<pid>\d{1,10})(?!\d) .*?\bcomm="(?<name>[^"]*)"/g],
  ['wrote', /^(?<name>[^\s:[\]]+)\[(?<pid>\d{1,10})(?!\d)\]: /g],
  ['wrote', /^(?<name>.{1,15}?) \((?<pid>\d{1,10})(?!\d)\)(?::| used greatest stack depth)/g],
];
const LONGEST_LINE = 2048;

/** The tasks that a line of the kernel log names, in the order of the rules; a pid once. */
export function tasksNamed(text: string): NamedTask[] {
  const line = text.slice(0, LONGEST_LINE);
  const found = new Map<number, NamedTask>();
  for (const [why, pattern] of NAMING) {
    for (const { groups } of line.matchAll(pattern)) {
      const pid = Number(groups?.['pid']);
      const name = groups?.['name']?.trim();
      if (pid > 0 && !found.has(pid)) found.set(pid, { pid, why, ...(name === undefined ? {} : { name }) });
    }
  }
  return [...found.values()];
}
