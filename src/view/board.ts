/** A line of a board (stuck tasks, events, findings): what it shows, and the task or the group that it stands for. */
import type { Line } from './cells.ts';

export interface BoardLine {
  readonly line: Line;
  /** The task that Enter opens. */
  readonly task?: {
    readonly pid: number;
    readonly startTicks: number;
    /** Its process, where it may be another task. */
    readonly tgid?: number;
  };
  /** The group that Enter folds. */
  readonly group?: string;
}
