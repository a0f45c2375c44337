/** What the mouse does: a click selects, a second one opens, a title sorts, the wheel scrolls. */
import type { Field } from '../fields/field.ts';
import { tableColumns } from './bodies.ts';
import { firstDirection, sortBy } from './menu.ts';
import { sortOf } from './arrange.ts';
import { openPages } from './paging.ts';
import type { Division, Scene } from './scene.ts';
import { select } from './selection.ts';
import { type AppState, type Step, step, type World } from './state.ts';
import { reverse } from './table-actions.ts';
import { press } from './update.ts';

/** What lies under the pointer, as far as it can be clicked. */
export type Hit = { readonly title: Field } | { readonly row: number } | undefined;

export interface Pointed {
  readonly kind: 'press' | 'wheel-up' | 'wheel-down';
  readonly at: Hit;
}

export function hit(scene: Scene, { header, tableRows }: Division, x: number, y: number): Hit {
  const { state, rows } = scene;
  if (state.mode !== 'table' || openPages(state)) return undefined;
  const line = y - header.length;
  if (line === 0) {
    const column = tableColumns(scene).findLast(entry => entry.x <= x);
    return column && { title: column.field };
  }
  const row = state.top + line - 1;
  return line > 0 && line <= tableRows && row < rows.seats.length ? { row } : undefined;
}

const WHEEL_ROWS = 3;

export function pointed(state: AppState, { kind, at }: Pointed, world: World): Step {
  // a dialog and a prompt are for the keyboard: nothing is confirmed by a slip of the hand
  if (state.mode === 'dialog' || state.mode === 'prompt') return step(state);
  if (kind !== 'press') {
    const key = kind === 'wheel-up' ? 'up' : 'down';
    let next = step(state);
    for (let row = 0; row < WHEEL_ROWS; row++) next = press(next.state, key, world);
    return next;
  }
  if (!at) return step(state);
  if ('title' in at)
    return sortOf(state)[0]?.field.id === at.title.id ? reverse(state) : sortBy(state, firstDirection(at.title));
  if (state.selected && at.row === state.row) return press(state, 'enter', world);
  return step({ ...select(state, world, at.row), movedMs: world.nowMs });
}
