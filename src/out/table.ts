/** `--once` as text: a line about the machine and the interval, then one task a line, nothing cut, no colour. */
import { tablesNote } from '../decode/machine.ts';
import { hiddenText } from '../model/hidden.ts';
import { plainTable } from '../view/table.ts';
import { harmless } from '../units/text.ts';
import { intervalOf, type Snapshot, takenAt, taskCounts } from './snapshot.ts';

export function renderTable(snapshot: Snapshot): string {
  const { cursor, fields, seats, prefixes, before, after } = snapshot;
  const { machine, table } = cursor;
  const interval = intervalOf(snapshot.cursor);
  const about = [
    'taskscope',
    harmless(machine.hostname),
    `Linux ${harmless(machine.release.text)} ${machine.architecture}`.trimEnd(),
    tablesNote(machine),
    takenAt(table.system.wallMs)?.replace(/\.\d+Z$/, 'Z') ?? '',
    interval === null ? 'one sample, no rates' : `rates over ${interval.toFixed(2)} s`,
    taskCounts(snapshot),
    table.denied > 0 ? `${table.denied} not readable` : '',
    hiddenText(table),
  ];
  const body = plainTable(fields, row => {
    seats.forEach((seat, index) => {
      before?.(seat);
      row(cursor.at(seat), prefixes?.[index]);
      after?.(seat);
    });
  });
  return about.filter(Boolean).join('  ') + '\n' + body;
}
