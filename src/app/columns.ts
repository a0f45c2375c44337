/** The column chooser: what is shown stands first, in its order, then all the others. */
import type { Field } from '../fields/field.ts';
import { FIELDS } from '../fields/registry.ts';
import { STATUS_FIELDS } from '../fields/status-fields.ts';
import type { AppState } from './state.ts';

/** All columns in the order of the list. */
export const columnChoices = ({ columns }: AppState): readonly Field[] => [
  ...columns,
  ...[...FIELDS, ...STATUS_FIELDS].filter(({ id }) => !columns.some(column => column.id === id)),
];

export const openColumns = (state: AppState): AppState => ({
  ...state,
  mode: 'columns',
  chooser: { at: 0, search: '' },
});

const clamp = (state: AppState, at: number): number => Math.max(0, Math.min(columnChoices(state).length - 1, at));

const at = ({ chooser }: AppState): number => chooser?.at ?? 0;

const goTo = (state: AppState, line: number): AppState => ({
  ...state,
  chooser: { at: clamp(state, line), search: state.chooser?.search ?? '' },
});

export const moveInColumns = (state: AppState, rows: number): AppState => goTo(state, at(state) + rows);

/** The next column whose id, title or meaning holds what is searched for; undefined: there is none. */
export function findColumn(state: AppState, search: string, from: number, direction: 1 | -1): AppState | undefined {
  const list = columnChoices(state);
  const wanted = search.toLowerCase();
  for (let turn = 0; turn < list.length; turn++) {
    const line = (((from + direction * turn) % list.length) + list.length) % list.length;
    const { id, title, help } = list[line]!;
    if (`${id} ${title} ${help}`.toLowerCase().includes(wanted)) return { ...state, chooser: { at: line, search } };
  }
  return undefined;
}

/** Shows the column as the last before the command, or takes it away; one is always left. */
export function toggleColumn(state: AppState): AppState {
  const chosen = columnChoices(state)[at(state)];
  if (!chosen) return state;
  const { columns } = state;
  if (at(state) < columns.length) {
    if (columns.length === 1) return { ...state, message: { text: 'one column has to stay', tone: 'warn' } };
    return { ...state, columns: columns.filter(({ id }) => id !== chosen.id) };
  }
  const before = columns.findIndex(({ id }) => id === 'command');
  const place = before < 0 ? columns.length : before;
  return goTo({ ...state, columns: [...columns.slice(0, place), chosen, ...columns.slice(place)] }, place);
}

export function moveColumn(state: AppState, offset: 1 | -1): AppState {
  const from = at(state);
  const to = from + offset;
  const columns = [...state.columns];
  if (from >= columns.length || to < 0 || to >= columns.length) return state;
  columns.splice(to, 0, ...columns.splice(from, 1));
  return goTo({ ...state, columns }, to);
}

const NARROWEST = 1;
const WIDEST = 200;

export function widenColumn(state: AppState, cells: 1 | -1): AppState {
  const { columns } = state;
  const column = columns[at(state)];
  if (!column) return state;
  const width = Math.max(NARROWEST, Math.min(WIDEST, column.width + cells));
  return { ...state, columns: columns.map(entry => (entry === column ? { ...entry, width } : entry)) };
}
