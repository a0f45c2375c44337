/** What is shown and how often, as it is typed: the filter and the interval. */
import { type Filter, parseFilter } from '../filter/filter.ts';
import { parseDuration } from '../units/parse.ts';
import { letGo } from './selection.ts';
import { type AppState, type Step, step } from './state.ts';

/** A filter as it is typed: a name behind `@` stands for the one that the configuration has. */
export function filterOf(state: AppState, text: string): { filter: Filter | undefined } | { error: string } {
  if (text.trim() === '') return { filter: undefined };
  const name = /^@(.*)$/.exec(text.trim())?.[1];
  const saved = name === undefined ? text : state.filters.get(name);
  if (saved === undefined)
    return {
      error: `no filter '${name ?? ''}' in the configuration: ${[...state.filters.keys()].join(', ') || 'it names none'}`,
    };
  const parsed = parseFilter(saved);
  if ('filter' in parsed) return parsed;
  const { message, at } = parsed.error;
  return { error: name === undefined ? `at ${at + 1}: ${message}` : `@${name}: ${message}` };
}

export function applyFilter(state: AppState, text: string): Step | string {
  const read = filterOf(state, text);
  if ('error' in read) return read.error;
  return step({ ...state, filter: read.filter, row: 0, top: 0 }, 'reorder');
}

const INTERVAL = 'has to be 0.1 to 3600 seconds';

export function setInterval(state: AppState, text: string): Step | string {
  const seconds = parseDuration(text);
  if (seconds === undefined || seconds < 0.1 || seconds > 3600) return INTERVAL;
  return step({ ...state, intervalSeconds: seconds }, 'reschedule');
}

/** Nothing is filtered any more. */
export const clearFilter = (state: AppState): Step =>
  step({ ...letGo(state), filter: undefined, stateFilter: undefined, users: undefined }, 'reorder');
