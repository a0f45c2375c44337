/** What is asked in the bottom line, and what the answer does. */
import { parseDuration } from '../units/parse.ts';
import { edit, EMPTY_LINE, insert, lineOf } from './line-edit.ts';
import { jump, openPages, putPages } from './paging.ts';
import { type AppState, type Purpose, type Step, step, type World } from './state.ts';

interface Question {
  readonly question: string;
  /** What stands in the line at first. */
  readonly proposal?: (state: AppState) => string;
  /** The answer; a string says what is wrong with it. */
  readonly answer: (state: AppState, text: string, world: World) => Step | string;
}

/** Back to what was there before the question. */
export const cancel = (state: AppState): AppState => ({
  ...state,
  mode: state.system ? 'system' : state.task ? 'task' : 'table',
});

function fileName(state: AppState): string {
  const pages = openPages(state);
  const who = state.system ? 'system' : (state.task?.key.pid ?? '');
  return `taskscope-${who}-${pages?.page ?? ''}.txt`;
}

export const QUESTIONS: Readonly<Record<Purpose, Question>> = {
  interval: {
    question: 'Seconds between samples:',
    answer: (state, text) => {
      const seconds = parseDuration(text);
      if (text === '') return step(state);
      if (seconds === undefined || seconds < 0.1 || seconds > 3600) return '(0.1 to 3600)';
      return step({ ...state, intervalSeconds: seconds }, 'reschedule');
    },
  },
  search: {
    question: 'Search:',
    answer: (state, text, world) => {
      const search = text === '' ? (openPages(state)?.search ?? '') : text;
      const from = openPages(state)?.scroll ?? 0;
      return step(jump(putPages(state, { search }), world, 1, from));
    },
  },
  write: {
    question: 'Write this page to file:',
    proposal: fileName,
    answer: (state, text) => (text === '' ? step(state) : step(state, { writePageTo: text })),
  },
};

export function ask(state: AppState, purpose: Purpose): AppState {
  const proposal = QUESTIONS[purpose].proposal?.(state);
  const line = proposal === undefined ? EMPTY_LINE : lineOf(proposal);
  return { ...state, mode: 'prompt', prompt: { purpose, line, problem: undefined }, message: undefined };
}

/** A key while something is asked. */
export function typeKey(state: AppState, key: string, world: World): Step {
  const { prompt } = state;
  if (key === 'escape') return step(cancel(state));
  if (key === 'enter') {
    const answered = QUESTIONS[prompt.purpose].answer(cancel(state), prompt.line.text, world);
    return typeof answered === 'string' ? step({ ...state, prompt: { ...prompt, problem: answered } }) : answered;
  }
  const line = edit(prompt.line, key);
  return step(line ? { ...state, prompt: { ...prompt, line, problem: undefined } } : state);
}

/** Pasted text is typed, its first line only. */
export const pasteLine = (state: AppState, text: string): AppState => ({
  ...state,
  prompt: { ...state.prompt, line: insert(state.prompt.line, text.split('\n', 1)[0]!), problem: undefined },
});
