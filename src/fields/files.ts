/** The per-task files that columns are made of, what they cost and whether reading them can block. */
export type TaskFile =
  | 'stat'
  | 'status'
  | 'statm'
  | 'wchan'
  | 'schedstat'
  | 'oom_score'
  | 'cmdline'
  | 'cgroup'
  | 'io'
  | 'syscall'
  | 'smaps_rollup';

export interface FileFacts {
  /** Can the read wait for somebody's lock? Then only the slow-read helper (or `--once`) may do it. */
  readonly blocks: boolean;
  /** What one read costs the machine. */
  readonly cost: 'cheap' | 'medium' | 'expensive';
  /**
   * How long a value stays good: `sample` = read at each sample; `change` = as long as the task's stat stays the same,
   * at most 10 s; `cached` = until the command or the argument addresses change, at most 30 s.
   */
  readonly fresh: 'sample' | 'change' | 'cached';
}

export const TASK_FILES: Record<TaskFile, FileFacts> = {
  stat: { blocks: false, cost: 'cheap', fresh: 'sample' },
  status: { blocks: false, cost: 'cheap', fresh: 'sample' },
  statm: { blocks: false, cost: 'cheap', fresh: 'sample' },
  wchan: { blocks: false, cost: 'medium', fresh: 'sample' },
  schedstat: { blocks: false, cost: 'cheap', fresh: 'sample' },
  oom_score: { blocks: false, cost: 'cheap', fresh: 'sample' },
  cmdline: { blocks: true, cost: 'cheap', fresh: 'cached' },
  cgroup: { blocks: true, cost: 'cheap', fresh: 'cached' },
  io: { blocks: true, cost: 'cheap', fresh: 'sample' },
  syscall: { blocks: true, cost: 'cheap', fresh: 'sample' },
  smaps_rollup: { blocks: true, cost: 'expensive', fresh: 'cached' },
};
