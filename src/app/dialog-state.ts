/** The state of a dialog before an action. */
import type { Action, Result } from '../act/action.ts';
import type { Target } from './dialog-target.ts';
import type { EditedLine } from './line-edit.ts';

export type DialogKind = Action['kind'];

/** What a dialog must know beside its tasks. */
export interface DialogFacts {
  readonly ownPid: number;
  /** Wall clock, milliseconds since 1970. */
  readonly nowMs: number;
  /** /sys/devices/system/cpu/possible and /online, `0-3`; empty: not known. */
  readonly possibleCpus: string;
  readonly onlineCpus: string;
}

export interface Dialog {
  readonly kind: DialogKind;
  readonly targets: readonly Target[];
  readonly facts: DialogFacts;
  readonly stage: 'asking' | 'acting' | 'done';
  /** Place in `choicesOf`. */
  readonly chosen: number;
  /** Of fifo and rr. */
  readonly rtPriority: number;
  readonly line: EditedLine;
  /** Are all threads of a process meant, or its first alone? */
  readonly allThreads: boolean;
  /** What is wrong, or to be pressed again. */
  readonly notice: string | undefined;
  /** In the order of the targets; empty until it was done. */
  readonly results: readonly Result[];
  /** The first result on the screen. */
  readonly scroll: number;
}
