/** Snapshots as CSV (RFC 4180): a line of ids, then one task a line; a missing value is an empty cell. */
import { isMissing } from '../units/missing.ts';
import { type Snapshot, takenAt } from './snapshot.ts';

const INVALID_BYTE = /[\udc80-\udcff]/g;

function cell(value: number | string): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  // a spreadsheet takes text that begins so for a formula
  const guarded = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  // CSV is UTF-8: a byte that is none stands as \xHH
  const text = /\p{Cs}/u.test(guarded)
    ? guarded.replace(INVALID_BYTE, byte => '\\x' + (byte.charCodeAt(0) - 0xdc00).toString(16))
    : guarded;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @param header false for all but the first of several snapshots. */
export function renderCsv({ cursor, seats, fields }: Snapshot, header: boolean): string {
  const wall = takenAt(cursor.table.system.wallMs) ?? '';
  const { threads } = cursor.table;
  const ids = [
    'pid',
    'start_time_ticks',
    ...(threads ? ['tgid'] : []),
    ...fields.map(({ id }) => id).filter(id => id !== 'pid'),
  ];
  const lines = header ? [['taken_at', ...ids].join(',')] : [];
  for (const seat of seats) {
    cursor.at(seat);
    const cells = fields
      .filter(({ id }) => id !== 'pid')
      .map(field => {
        const value = field.value(cursor);
        return isMissing(value) ? '' : cell(typeof value === 'object' ? value.join(' ') : value);
      });
    lines.push(
      [wall, String(cursor.pid), String(cursor.startTicks), ...(threads ? [String(cursor.tgid)] : []), ...cells].join(
        ',',
      ),
    );
  }
  return lines.join('\n') + '\n';
}
