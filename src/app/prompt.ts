/** What is asked in the bottom line, what typing does at once, and what the answer does. */
import { complete as completeFilter, type Completion } from '../filter/complete.ts';
import { field } from '../fields/registry.ts';
import { isMissing } from '../units/missing.ts';
import { eventFilterProblem } from '../view/events.ts';
import { isUserAsked } from './arrange.ts';
import { completeBoardFilter } from './boards.ts';
import { completeCommand, runCommand } from './commands.ts';
import { applyFilter, setInterval } from './filtering.ts';
import { findColumn } from './columns.ts';
import { edit, EMPTY_LINE, insert, lineOf, type EditedLine } from './line-edit.ts';
import { jump, openPages, putPages } from './paging.ts';
import { type AppState, type Prompt, type Purpose, type Step, step, type World } from './state.ts';
import { searchFrom } from './table-actions.ts';

interface Question {
  readonly question: string;
  /** What stands in the line at first. */
  readonly proposal?: (state: AppState) => string;
  /** What typing does before Enter; what it changes is in `undone`, to be put back by Esc. */
  readonly typed?: (state: AppState, text: string, world: World) => Step | string;
  readonly undone?: (state: AppState) => Partial<AppState>;
  readonly complete?: (state: AppState, line: EditedLine, world: World) => Completion;
  /** The answer; a string says what is wrong with it. */
  readonly answer: (state: AppState, text: string, world: World) => Step | string;
}

/** Back to what was there before the question. */
export const cancel = (state: AppState): AppState => ({
  ...state,
  mode: state.help
    ? 'help'
    : state.chooser
      ? 'columns'
      : state.system
        ? 'system'
        : state.task
          ? 'task'
          : state.board
            ? 'board'
            : 'table',
});

const stamp = (state: AppState): string =>
  state.system
    ? `system-${state.system.page}`
    : state.task
      ? `${state.task.key.pid}-${state.task.page}`
      : (state.board?.page ?? 'tasks');

/** Names of the users whose tasks are there. */
function userNames({ cursor }: World): string[] {
  const { table } = cursor;
  const names = new Set<string>();
  for (const seat of table.order.subarray(0, table.count)) {
    const user = field('user').value(cursor.at(seat));
    if (!isMissing(user)) names.add(String(user));
  }
  return [...names].sort();
}

function completeFilterLine(state: AppState, { text, at }: EditedLine, world: World): Completion {
  const name = /^\s*@(\S*)$/.exec(text.slice(0, at))?.[1];
  if (name === undefined) return completeFilter(text, at, userNames(world));
  const choices = [...state.filters].map(([word, help]) => ({ word: `@${word}`, help }));
  return { start: at - name.length - 1, end: at, choices: choices.filter(({ word }) => word.startsWith(`@${name}`)) };
}

function searchOnPage(state: AppState, text: string, world: World): Step {
  const search = text === '' ? (openPages(state)?.search ?? '') : text;
  return step(jump(putPages(state, { search }), world, 1, openPages(state)?.scroll ?? 0));
}

function searchInTable(state: AppState, text: string, world: World): Step | string {
  if (state.chooser) {
    const found = findColumn(state, text, state.chooser.at, 1);
    return found ? step(found) : 'no column matches';
  }
  const searching = { ...state, search: text };
  if (text === '') return step(searching);
  const found = searchFrom(searching, world, state.row, 1);
  return found ? step(found) : 'no task matches';
}

/** A board shows only lines with these words, that of events also by their kind. */
function narrow(state: AppState, filter: string): Step | string {
  const { board } = state;
  const problem = board?.page === 'events' ? eventFilterProblem(filter) : undefined;
  if (problem !== undefined) return problem;
  return step(board ? { ...state, board: { ...board, filter, row: 0, scroll: 0, selected: undefined } } : state);
}

export const QUESTIONS: Readonly<Record<Purpose, Question>> = {
  interval: {
    question: 'Seconds between samples:',
    answer: (state, text) => (text === '' ? step(state) : setInterval(state, text)),
  },
  search: {
    question: 'Search:',
    undone: state => {
      if (openPages(state)) return {};
      const { row, top, selected, chooser } = state;
      return chooser ? { chooser } : { search: '', row, top, selected };
    },
    typed: (state, text, world) => (openPages(state) ? step(state) : searchInTable(state, text, world)),
    answer: (state, text, world) =>
      openPages(state) ? searchOnPage(state, text, world) : searchInTable(state, text, world),
  },
  filter: {
    question: 'Filter:',
    proposal: ({ filter }) => filter?.text ?? '',
    undone: ({ filter }) => ({ filter }),
    typed: applyFilter,
    complete: completeFilterLine,
    answer: applyFilter,
  },
  narrow: {
    question: 'Only lines with:',
    proposal: ({ board }) => board?.filter ?? '',
    undone: ({ board }) => ({ board }),
    complete: ({ board }, line) => completeBoardFilter(board?.page, line),
    typed: narrow,
    answer: narrow,
  },
  write: {
    question: 'Write to file:',
    proposal: state => `taskscope-${stamp(state)}.txt`,
    answer: (state, text) => (text === '' ? step(state) : step(state, { writeTo: text })),
  },
  command: {
    question: ':',
    complete: (state, line, world) =>
      completeCommand(state, line, world, text => completeFilterLine(state, lineOf(text), world)),
    answer: (state, text, world) => (text.trim() === '' ? step(state) : runCommand(state, text, world)),
  },
};

/** Asks; `row` etc. are let go where typing moves them. */
export function ask(state: AppState, purpose: Purpose): AppState {
  const { proposal, undone } = QUESTIONS[purpose];
  const line = proposal ? lineOf(proposal(state)) : EMPTY_LINE;
  const prompt: Prompt = { purpose, line, problem: undefined, undo: undone?.(state) ?? {} };
  return { ...state, mode: 'prompt', prompt, message: undefined };
}

/** The words that could stand at the cursor. */
export function completionOf(state: AppState, world: World): Completion | undefined {
  const { purpose, line, round } = state.prompt;
  return round?.completion ?? QUESTIONS[purpose].complete?.(state, line, world);
}

/** Tab puts in what all choices have in common, then goes round them. */
function tab(state: AppState, world: World, direction: 1 | -1): Step {
  const { prompt } = state;
  const completion = completionOf(state, world);
  if (!completion || completion.choices.length === 0) return step(state);
  const { start, end, choices } = completion;
  const chosen = prompt.round ? (prompt.round.chosen + direction + choices.length) % choices.length : 0;
  const { word } = choices[chosen]!;
  const previous = prompt.round ? choices[prompt.round.chosen]!.word.length : end - start;
  const { text } = prompt.line;
  const line = { text: text.slice(0, start) + word + text.slice(start + previous), at: start + word.length };
  // one choice is taken for good, so that the next Tab completes what follows
  const typed = effect(state, line, world);
  if (choices.length === 1) return typed;
  return { ...typed, state: { ...typed.state, prompt: { ...typed.state.prompt, round: { completion, chosen } } } };
}

/** The line is changed, and takes effect where typing does; users of all tasks are read when one of them is typed. */
function effect(state: AppState, line: EditedLine, world: World): Step {
  const done = typedInto(state, line, world);
  const reads = isUserAsked(done.state) && !isUserAsked(state) && !done.wishes.includes('reorder');
  return reads ? { ...done, wishes: [...done.wishes, 'reorder'] } : done;
}

function typedInto(state: AppState, line: EditedLine, world: World): Step {
  const { prompt } = state;
  const { typed } = QUESTIONS[prompt.purpose];
  const plain: Prompt = { purpose: prompt.purpose, line, problem: undefined, undo: prompt.undo };
  const done = line.text === prompt.line.text ? undefined : typed?.(state, line.text, world);
  if (done === undefined) return step({ ...state, prompt: plain });
  if (typeof done === 'string') return step({ ...state, prompt: { ...plain, problem: done } });
  return { ...done, state: { ...done.state, prompt: plain } };
}

/** A key while something is asked. */
export function typeKey(state: AppState, key: string, world: World): Step {
  const { prompt } = state;
  if (key === 'escape') {
    const changed = Object.keys(prompt.undo).length > 0;
    return step({ ...cancel(state), ...prompt.undo }, ...(changed ? ['reorder' as const] : []));
  }
  if (key === 'tab' || key === 'S-tab') return tab(state, world, key === 'tab' ? 1 : -1);
  if (key === 'enter') {
    const answered = QUESTIONS[prompt.purpose].answer(cancel(state), prompt.line.text, world);
    return typeof answered === 'string' ? step({ ...state, prompt: { ...prompt, problem: answered } }) : answered;
  }
  // an empty line is left by one more backspace, as in less and vim
  if (key === 'backspace' && prompt.line.text === '' && prompt.purpose !== 'interval')
    return typeKey(state, 'escape', world);
  const line = edit(prompt.line, key);
  return line ? effect(state, line, world) : step(state);
}

/** Pasted text is typed, its first line only. */
export const pasteLine = (state: AppState, text: string, world: World): Step =>
  effect(state, insert(state.prompt.line, text.split('\n', 1)[0]!), world);
