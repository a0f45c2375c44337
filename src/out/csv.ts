/** Snapshots as CSV (RFC 4180): a line of ids, then one task a line; a missing value is an empty cell. */
import { isMissing } from '../units/missing.ts';
import { type Snapshot, takenAt } from './snapshot.ts';

/** What is not shown as it is: C0, DEL, C1, marks of direction, what has no width, lone surrogates; and the sign of the escapes. */
const ESCAPED =
  /[\\\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]|\p{Cs}/gu;

/** `\\`; `\xHH` for a byte that is no UTF-8 and for ASCII; `\uHHHH` for the others. */
function escape(character: string): string {
  if (character === '\\') return '\\\\';
  const code = character.charCodeAt(0);
  const byte = code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : code;
  const isByte = byte !== code || code < 0x80;
  return isByte ? `\\x${byte.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/**
 * A spreadsheet takes text that begins with `=`, `+`, `-`, `@`, tab or CR for a formula: such text, and one that begins with an
 * apostrophe, gets an apostrophe before it. Without it, and with the escapes undone, every cell is exactly what it was.
 */
function cell(value: number | string): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  const guarded = /^[=+\-@\t\r']/.test(value) ? `'${value}` : value;
  const text = guarded.replace(ESCAPED, escape);
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
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
