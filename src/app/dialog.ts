/**
 * The dialog before an action: which tasks, what will happen to them, and afterwards what has. Pure; it is closed, asked
 * to perform, or changed by keys. Its tasks are those it was opened with, whatever the table does meanwhile.
 */
import type { Action, Result, Subject } from '../act/action.ts';
import type { TaskView } from '../fields/task.ts';
import { policyName } from '../kernel/sched.ts';
import { answerOf, choicesOf, follow, hasScope } from './dialog-answer.ts';
import type { Dialog, DialogFacts, DialogKind } from './dialog-state.ts';
import { type Target, targetOf } from './dialog-target.ts';
import { edit, EMPTY_LINE, type EditedLine, insert, lineOf } from './line-edit.ts';

/** What a key did. `perform` comes with the dialog that waits for the results. */
export type DialogStep =
  | { readonly dialog: Dialog }
  | { readonly close: true }
  | { readonly perform: Action; readonly targets: readonly Target[]; readonly dialog: Dialog };

/** What is proposed at first: SIGTERM, the middle of best-effort, the policy that the task has. */
function firstChosen(kind: DialogKind, { policy }: Target): number {
  const name = { signal: 'term', 'io-class': 'b4', policy: policyName(policy), renice: '', affinity: '' }[kind];
  return Math.max(
    0,
    choicesOf({ kind }).findIndex(({ names }) => names.includes(name)),
  );
}

/** @param targets at least one */
export function openDialog(kind: DialogKind, targets: readonly Target[], facts: DialogFacts): Dialog {
  return {
    kind,
    targets,
    facts,
    stage: 'asking',
    chosen: firstChosen(kind, targets[0]!),
    rtPriority: Math.max(1, targets[0]!.rtPriority),
    line: EMPTY_LINE,
    allThreads: true,
    notice: undefined,
    results: [],
    scroll: 0,
  };
}

const typeIn = (dialog: Dialog, line: EditedLine): Dialog => follow({ ...dialog, line, notice: undefined });

const PAGE = 10;
const FAR = 1e6;
const MOVES: Readonly<Record<string, number>> = {
  up: -1,
  down: 1,
  pageup: -PAGE,
  pagedown: PAGE,
  home: -FAR,
  end: FAR,
};

const STEPS: Readonly<Record<string, 1 | -1>> = {
  ...{ '+': 1, up: 1, f8: 1, '[': 1 },
  ...{ '-': -1, down: -1, f7: -1, ']': -1 },
};

/** Steps of nice are signs, those of a number make another one: `-` is one less than each task has, `5` and `-` is 4. */
function stepText(text: string, step: 1 | -1): string {
  if (/^[+-]?\d+$/.test(text)) return String(Number(text) + step);
  const [same, other] = step > 0 ? ['+', '-'] : ['-', '+'];
  return text.startsWith(other) ? text.slice(1) : text + same;
}

/** A key that moves through the choices, or steps; undefined: it does not. */
function moved(dialog: Dialog, key: string): Dialog | undefined {
  const { kind, chosen, line, rtPriority } = dialog;
  const step = Object.hasOwn(STEPS, key) ? STEPS[key]! : undefined;
  if (kind === 'renice') return step && typeIn(dialog, lineOf(stepText(line.text, step)));
  if (kind === 'policy' && (key === '+' || key === '-')) {
    const priority = Math.max(1, Math.min(99, rtPriority + step!));
    return { ...dialog, rtPriority: priority, line: EMPTY_LINE, notice: undefined };
  }
  const choices = choicesOf(dialog);
  if (choices.length === 0 || !Object.hasOwn(MOVES, key)) return undefined;
  const to = Math.max(0, Math.min(choices.length - 1, chosen + MOVES[key]!));
  return { ...dialog, chosen: to, line: EMPTY_LINE, notice: undefined };
}

/** Asked before pid 1 gets a signal: with it the machine, or its container, may go down. */
const SURE = 'pid 1: all others depend on it. Press Enter once more to send it, Esc to leave it alone';

/** Was Enter pressed, and has to be pressed once more by somebody who has read why? */
export const asksAgain = (dialog: Dialog | undefined): boolean => dialog?.notice === SURE;

const needsTwo = ({ kind, targets }: Dialog): boolean =>
  kind === 'signal' && targets.some(({ tgid, gone }) => tgid === 1 && !gone);

function enter(dialog: Dialog, confirmed: boolean): DialogStep {
  const answer = answerOf(dialog);
  if ('problem' in answer) return { dialog: { ...dialog, notice: answer.problem } };
  // what comes too soon after the question is no answer to it
  if (!confirmed && asksAgain(dialog)) return { dialog };
  if (!confirmed) return { dialog: { ...dialog, notice: 'press Enter again' } };
  if (needsTwo(dialog) && !asksAgain(dialog)) return { dialog: { ...dialog, notice: SURE } };
  const acting: Dialog = { ...dialog, stage: 'acting', notice: undefined };
  return { perform: answer, targets: dialog.targets, dialog: acting };
}

function asked(dialog: Dialog, key: string, confirmed: boolean): DialogStep {
  if (key === 'escape') return { close: true };
  if (key === 'enter') return enter(dialog, confirmed);
  if (key === 'tab' && hasScope(dialog))
    return { dialog: { ...dialog, allThreads: !dialog.allThreads, notice: undefined } };
  const there = moved(dialog, key);
  if (there) return { dialog: there };
  const line = edit(dialog.line, key);
  return { dialog: line ? typeIn(dialog, line) : dialog };
}

function read(dialog: Dialog, key: string): DialogStep {
  if (['escape', 'enter', 'q', 'space'].includes(key)) return { close: true };
  const by = Object.hasOwn(MOVES, key) ? MOVES[key]! : 0;
  const scroll = Math.max(0, Math.min(dialog.results.length - 1, dialog.scroll + by));
  return { dialog: { ...dialog, scroll } };
}

/**
 * A key in the dialog.
 * @param confirmed may it confirm: was the dialog on the screen for long enough, and nothing typed ahead?
 */
export function dialogKey(dialog: Dialog, key: string, confirmed: boolean): DialogStep {
  if (dialog.stage === 'asking') return asked(dialog, key, confirmed);
  if (dialog.stage === 'done') return read(dialog, key);
  // what was begun goes on; its results are then not shown
  return key === 'escape' ? { close: true } : { dialog };
}

/** Pasted text is typed, its first line only; it never confirms. */
export const dialogPaste = (dialog: Dialog, text: string): Dialog =>
  dialog.stage === 'asking' ? typeIn(dialog, insert(dialog.line, text.split('\n', 1)[0]!)) : dialog;

/** What came of it; failures are shown first. */
export const showResults = (dialog: Dialog, results: readonly Result[]): Dialog => ({
  ...dialog,
  stage: 'done',
  results,
});

/** After a sample: the same tasks as they are now. @param find undefined: it is not there any more */
export function refreshDialog(dialog: Dialog, find: (subject: Subject) => TaskView | undefined): Dialog {
  if (dialog.stage !== 'asking') return dialog;
  const targets = dialog.targets.map(target => {
    const task = find(target);
    return task ? targetOf(task) : { ...target, gone: true };
  });
  return { ...dialog, targets };
}
