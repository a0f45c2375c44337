/** Which files beside stat what is on the screen needs. */
import { tableColumns, visibleSeats } from '../app/frame.ts';
import { refreshDialog } from '../app/dialog.ts';
import type { Dialog } from '../app/dialog-state.ts';
import type { Division, Scene } from '../app/scene.ts';
import type { AppState } from '../app/state.ts';
import type { Subject } from '../act/action.ts';
import type { Field } from '../fields/field.ts';
import type { TaskFile } from '../fields/files.ts';
import type { Seat } from '../frame/sink.ts';
import type { TaskCursor } from '../model/task-cursor.ts';
import { COLUMN_FILES } from '../pages/context.ts';
import { historyWants } from '../pages/history-files.ts';
import type { ExtraFiles } from '../sample/extra-files.ts';
import { fileWishes } from './session.ts';

/** What the dialog tells of its tasks is in these. */
const DIALOG_FILES: readonly TaskFile[] = ['status', 'cmdline'];

type Reader = Pick<ExtraFiles, 'want'>;

/** The files that columns need of tasks. */
export function readColumns(
  extra: Reader,
  { instant }: AppState,
  seats: Iterable<Seat>,
  fields: readonly Field[],
): void {
  // nothing more can be read of the past
  if (instant) return;
  for (const { file, steady } of fileWishes(fields)) {
    for (const seat of seats) extra.want(seat, file, steady);
  }
}

/** The files that the rows on the screen and the open task need. */
export function readVisible(extra: Reader, scene: Scene, { tableRows }: Division): void {
  const { table } = scene.cursor;
  const { task, instant } = scene.state;
  if (instant) return;
  if (task) {
    const seat: Seat = table.find(task.key.pid, task.key.startTicks);
    if (seat < 0) return;
    for (const file of COLUMN_FILES) extra.want(seat, file, false);
    if (task.page !== 'history') return;
    for (const [at, file] of historyWants(scene.cursor, seat)) extra.want(at, file, false);
  } else {
    const rules = scene.state.highlights.flatMap(({ filter }) => filter.fields);
    const fields = [...tableColumns(scene).map(column => column.field), ...rules];
    readColumns(extra, scene.state, visibleSeats(scene, tableRows), fields);
  }
}

/** The tasks of the dialog as they are now: what was not read when it was opened, and what has changed since. */
export function dialogNow(extra: Reader, cursor: TaskCursor, dialog: Dialog): Dialog {
  const { table } = cursor;
  const find = ({ pid, startTicks }: Subject): Seat => table.find(pid, startTicks);
  const seats = dialog.targets.map(find).filter(seat => seat >= 0);
  for (const seat of seats) for (const file of DIALOG_FILES) extra.want(seat, file, false);
  return refreshDialog(dialog, subject => {
    const seat = find(subject);
    return seat < 0 ? undefined : cursor.at(seat);
  });
}
