/** What a page of a task is built from. */
import type { Machine } from '../decode/machine.ts';
import type { Dossier } from '../fields/dossier.ts';
import type { TaskFile } from '../fields/files.ts';
import type { TaskView } from '../fields/task.ts';
import type { Life } from '../model/life.ts';
import type { SystemHistory } from '../model/system.ts';
import type { Page } from './document.ts';

export interface FlagChange {
  readonly wallMs: number;
  /** Bits that were set, and bits that were cleared, since the sample before. */
  readonly set: number;
  readonly cleared: number;
}

/** What was seen of the task's flags since its pages were opened. */
export interface FlagWatch {
  readonly openedMs: number;
  /** Latest first. */
  readonly changes: readonly FlagChange[];
}

export interface RememberedLives {
  /** The tasks that had this pid; where threads are remembered, all threads of its process. */
  readonly lives: readonly Life[];
  /** That of the task itself; undefined: it is in no sample that is remembered. */
  readonly own: Life | undefined;
  /** Milliseconds from the oldest sample that is remembered to the one that is shown. */
  readonly reachesBackMs: number;
  /** Are these threads, or processes? */
  readonly threads: boolean;
  /** Samples since then at which the other kind was sampled. */
  readonly others: number;
}

export interface TaskContext {
  readonly task: TaskView;
  readonly dossier: Dossier;
  readonly watch: FlagWatch;
  /** Wall clock of the sample, milliseconds since 1970; NaN when a capture does not tell. */
  readonly wallMs: number;
  /** What the page Raw shows; absent: the first of its list. */
  readonly rawFile?: string;
  /** What is remembered of the task; absent: nothing is kept where the page is built. */
  readonly life?: RememberedLives;
  /** What the page Memory takes apart first, as typed: hexadecimal. */
  readonly address?: string;
}

export type TaskPageBuilder = (context: TaskContext) => Page;

/** What a page about the machine is built from. */
export interface SystemContext {
  readonly machine: Machine;
  readonly history: SystemHistory;
  readonly dossier: Dossier;
  readonly wallMs: number;
}

export type SystemPageBuilder = (context: SystemContext) => Page;

/** The files that pages take from columns ({@link TaskView.file}), beside stat. */
export const COLUMN_FILES: readonly TaskFile[] = ['status', 'wchan', 'cmdline', 'cgroup'];

/** The watch after a sample at which the mask was `now`, and `before` at the sample before. */
export function watched(watch: FlagWatch, before: number, now: number, wallMs: number): FlagWatch {
  const changed = before ^ now;
  if (changed === 0) return watch;
  const change = { wallMs, set: (changed & now) >>> 0, cleared: (changed & before) >>> 0 };
  return { ...watch, changes: [change, ...watch.changes].slice(0, MOST_CHANGES) };
}

const MOST_CHANGES = 500;
