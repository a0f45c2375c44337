/** What the monitor's settings say now and the configuration file does not. */
import type { AppState, ColumnSet } from '../app/state.ts';
import type { Settings } from '../config/config.ts';
import type { Change, Value } from '../config/edit.ts';
import { field, type SortKey } from '../fields/registry.ts';
import { presentSets } from './configure.ts';

const idsOf = ({ columns }: ColumnSet): readonly string[] => columns.map(({ id }) => id);
const wordOf = (key: SortKey): string => `${key.descending ? '-' : ''}${key.field.id}`;
const orderOf = (keys: readonly SortKey[]): Value => (keys.length === 1 ? wordOf(keys[0]!) : keys.map(wordOf));

const same = (a: Value, b: Value): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Single values by the names in the file; undefined: a state that has none. */
const VALUES: Readonly<Record<string, (state: AppState) => Value | undefined>> = {
  interval: state => state.intervalSeconds,
  theme: state => state.theme,
  keys: state => state.map,
  layout: state => state.layout,
  per_cpu: state => state.perCpu,
  threads: state => state.threads,
  kernel_threads: state => state.kernelThreads,
  // groups have no name in the file
  tree: ({ arrangement }) => (['tree', 'list'].includes(arrangement) ? arrangement === 'tree' : undefined),
  hide_idle: state => state.hideIdle,
  zeros_blank: state => state.zerosBlank,
};

/** Columns and order of the tabs. The first one's are settings of their own. */
function setChanges(state: AppState, said: AppState): Change[] {
  return presentSets(state).flatMap((set, index) => {
    const former = presentSets(said).find(({ name }) => name === set.name);
    const above = index === 0 ? [] : ['sets', set.name];
    const ids = idsOf(set);
    const changed = !former || !same(ids, idsOf(former));
    const reordered = !former || !same(orderOf(set.sort), orderOf(former.sort));
    return [
      // a tab of the file cannot be without columns
      ...(changed || (reordered && index > 0) ? [{ path: [...above, 'columns'], value: ids }] : []),
      ...(reordered ? [{ path: [...above, 'sort'], value: orderOf(set.sort) }] : []),
    ];
  });
}

/** Widths of columns; what is on the screen counts before the other tabs. */
function widthChanges(state: AppState, { widths = {} }: Settings): Change[] {
  const shown = [...state.columns, ...state.sets.flatMap(({ columns }) => columns)];
  const seen = new Set<string>();
  return shown.flatMap(({ id, width }) => {
    const first = !seen.has(id);
    seen.add(id);
    const said = widths[id] ?? field(id).width;
    return first && width !== said ? [{ path: ['widths', id], value: width }] : [];
  });
}

/**
 * @param said the state that the file and the defaults give.
 * @param settings of the file.
 */
export function changesOf(state: AppState, said: AppState, settings: Settings): Change[] {
  const values = Object.entries(VALUES).flatMap(([key, valueOf]): Change[] => {
    const [now, then] = [valueOf(state), valueOf(said)];
    return now === undefined || now === then ? [] : [{ path: [key], value: now }];
  });
  return [...values, ...setChanges(state, said), ...widthChanges(state, settings)];
}
