/** What a rule is made of: data, told in the words of the filter language where that can say it. */

/** `note` = worth knowing, `warning` = something does not work as it should, `serious` = something stands still. */
export const SEVERITIES = ['note', 'warning', 'serious'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What can be asked of the machine as a whole; averages of pressure are those of the last 10 s, in percent of time. */
export type Measure =
  | 'memory_some'
  | 'memory_full'
  /** 1: the kernel tells of pressure (PSI), 0: it does not. */
  | 'pressure_known'
  /** Major faults per second. */
  | 'major_faults'
  /** Forks per second, threads included. */
  | 'forks';

export interface MachineCondition {
  readonly measure: Measure;
  /** It has to be at least, or at most, so much; what is missing is neither. */
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** What a filter cannot say, by the name of the function that says it (`CHECKS` in checks.ts). */
export type CheckName =
  | 'mostly-in-kernel'
  | 'faults-exceed-memory'
  | 'grows-steadily'
  | 'grows-evenly'
  | 'grown-from-start'
  | 'threads-keep-coming'
  | 'cpu-taken'
  | 'rt-holds-cpu'
  | 'blocked-pending'
  | 'parent-waits-for-exec'
  | 'short-children'
  | 'throttled';

/** Sentences about others than the matching tasks, by the name of the function that makes them (`TELLERS` in tellers.ts). */
export type TellerName = 'reaper' | 'living-threads' | 'cpu-users' | 'children';

export interface Grouping {
  /** A column, or `workqueue` (told by comm), `cpu_cgroup` and `freezer_cgroup` (the group of that controller), `machine` (all). */
  readonly by: string;
  /** So many tasks at least; default 1. */
  readonly atLeast?: number;
  /** The sum of a column over the tasks has to be at least so much. */
  readonly sum?: { readonly field: string; readonly atLeast: number };
  /**
   * What has to hold without a break: `tasks` = each task by itself (default); `group` = the whole, whichever tasks it is
   * made of at each sample.
   */
  readonly holds?: 'tasks' | 'group';
}

export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  /** A sentence, too: where a value in it is missing the id takes its place. */
  readonly title: string;
  /**
   * `processes`; `threads` = every thread by itself; `both` = processes, and the threads beside the first one, where
   * the first one's state is the process's row.
   */
  readonly of: 'processes' | 'threads' | 'both';
  /** An expression of the filter language. */
  readonly when: string;
  /** Wait families (src/kernel/wait-channels.ts) that it is in, or is not in; a wait that is not known is neither. */
  readonly waitsIn?: readonly string[];
  readonly waitsNotIn?: readonly string[];
  readonly checks?: readonly CheckName[];
  /** Columns that stay as they are while it holds: a task that moves is not stuck. */
  readonly unchanged?: readonly string[];
  readonly machine?: readonly MachineCondition[];
  /** So long it has to hold without a break. */
  readonly seconds: number;
  /** Its other files are read in turn, a part of the tasks at each sample: there is no sign in stat to look for. */
  readonly inTurn?: true;
  readonly group?: Grouping;
  /** The id of a rule before it that tells of the same: what both find is one finding, in the words of the other one. */
  readonly sameAs?: string;
  /** A graver severity from so many tasks on. */
  readonly graver?: { readonly tasks: number; readonly severity: Severity };
  /**
   * Sentences, as `title`, `meaning` and `look` are. `{id}` is that column of the task for which it holds longest, `{tasks}` `3 tasks`, `{group}` what they have
   * in common, `{sum}` the sum, `{held}` how long, `{since}` since when, `{tgid}` the process, `{when}` the filter; a measure by its name; checks
   * add more. A sentence with a value that is missing is left out.
   */
  readonly evidence: readonly string[];
  readonly tells?: readonly TellerName[];
  readonly meaning: string;
  /** What to look at next: commands, as they are told outside of the monitor, too. */
  readonly look: readonly string[];
  /** docs/guides/GUIDE.md */
  readonly guide?: string;
}
