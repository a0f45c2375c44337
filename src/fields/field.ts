/** One column: its name, meaning and how it is computed. Everything that shows a column derives from this entry. */
import type { Reading } from '../units/missing.ts';
import type { Unit } from '../units/format.ts';
import type { TaskFile } from './files.ts';
import type { TaskView } from './task.ts';

/**
 * Whom a value speaks of in a process's row (data rule 7 of docs/architecture.md):
 * `group` = the process as a whole, dead threads included where the kernel counts them; `leader` = the first thread alone.
 * In a thread's row both are the thread's own, but for what a process has once (ppid, memory, signals ignored).
 */
export type Scope = 'group' | 'leader';

export interface Field {
  /** Public name: JSON key, `--columns`, `--sort`. Never renamed, never reused. */
  readonly id: string;
  /** Column title. */
  readonly title: string;
  /** Cells; the value is never wider. */
  readonly width: number;
  readonly unit: Unit;
  /** Files that must be read for it; the first is where the value comes from. */
  readonly files: readonly TaskFile[];
  readonly scope: Scope;
  /** First kernel release that has it. */
  readonly since: string;
  /** Last kernel release that has it; absent: it still does. */
  readonly until?: string;
  /** A value that changes so seldom that an unchanged stat line means it is unchanged. */
  readonly steady?: boolean;
  /** Compares two reads of its file: it must be read at both samples. (Columns of stat always are.) */
  readonly compares?: boolean;
  /** The kernel counts it by thread: of a process with several it is not read without a row for every thread. */
  readonly byThread?: boolean;
  /** Tells of more than one interval: with `--once` it has nothing to tell. */
  readonly history?: boolean;
  /**
   * After so many samples in which nothing of its files changed, the cell stays as it is. Default: 1, as rates are of one
   * interval; for `history` and `compares` never.
   */
  readonly settles?: number;
  /** The same for a cell that tells of states alone: so many samples in the same state. */
  readonly strip?: number;
  /** What it is, what misleads. Whole sentences. */
  readonly help: string;
  /** What changed between kernels, oldest first. */
  readonly changes?: readonly { readonly from: string; readonly what: string }[];
  /** The kernel's own variable, and what stands there instead when it is not permitted. */
  readonly kernelVariable?: string;
  readonly hiddenReads?: string;
  /** The value of one task, number or text as {@link Unit} says; `flag_names` is the one list. */
  readonly value: (task: TaskView) => Reading<number | string | readonly string[]>;
  /** What a table cell shows, where that is not the value in its unit. */
  readonly cell?: (task: TaskView) => Reading<string>;
}
