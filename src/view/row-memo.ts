/**
 * Lines of tasks that did nothing are not made again. Most tasks sleep: of forty rows a handful changes from sample to sample,
 * and who gets the very line that it got before has nothing to compare and nothing to send.
 */
import type { Field } from '../fields/field.ts';
import type { TaskTable } from '../model/task-table.ts';
import type { Line } from './cells.ts';
import type { Column, RowMarks, RowStyle } from './table.ts';

/** What a line was made of, beside its task. */
export interface RowLook {
  readonly columns: readonly Column[];
  readonly style: RowStyle;
}

interface Made {
  readonly line: Line;
  readonly marks: RowMarks;
  readonly prefix: string;
  /** What {@link TaskTable.version} and {@link TaskTable.readAt} said then, and the sample of the table. */
  readonly version: number;
  readonly readAt: number;
  readonly samples: number;
}

/** So many samples without a change, and the cell stays as it is. */
const settlesAfter = ({ settles, strip, history, compares }: Field): number =>
  settles ?? ((history === true && strip === undefined) || compares === true ? Number.POSITIVE_INFINITY : 1);

const sameMarks = (a: RowMarks, b: RowMarks): boolean =>
  a.selected === b.selected && a.tagged === b.tagged && a.followed === b.followed && a.highlight === b.highlight;

const sameStyle = (a: RowStyle, b: RowStyle): boolean =>
  a.zerosBlank === b.zerosBlank && a.commandAs === b.commandAs && a.commandSkip === b.commandSkip;

export class RowMemo {
  #table: TaskTable | undefined;
  #look: RowLook | undefined;
  #namesSeen = false;
  #settles = 0;
  #strip = 0;
  #made: (Made | undefined)[] = [];

  /** The lines that follow are of this table and look like this. */
  begin(table: TaskTable, look: RowLook): void {
    const same =
      this.#table === table &&
      this.#look?.columns === look.columns &&
      sameStyle(this.#look.style, look.style) &&
      this.#namesSeen === table.wchanNamesSeen;
    if (same) return;
    this.#table = table;
    this.#look = look;
    this.#namesSeen = table.wchanNamesSeen;
    this.#settles = Math.max(0, ...look.columns.map(({ field }) => settlesAfter(field)));
    this.#strip = Math.max(0, ...look.columns.map(({ field }) => field.strip ?? 0));
    this.#made = [];
  }

  /** The line of the task in the seat; `make` makes it where it may have changed. */
  line(seat: number, marks: RowMarks, prefix: string, make: () => Line): Line {
    const table = this.#table!;
    const made = this.#made[seat];
    if (made && made.prefix === prefix && sameMarks(made.marks, marks) && this.#isGood(table, seat, made))
      return made.line;
    const line = make();
    const [version, readAt] = [table.version(seat), table.readAt(seat)];
    this.#made[seat] = { line, marks, prefix, version, readAt, samples: table.samples };
    return line;
  }

  #isGood(table: TaskTable, seat: number, { version, readAt, samples }: Made): boolean {
    if (version !== table.version(seat)) return false;
    if (samples === table.samples && readAt === table.readAt(seat)) return true;
    if (readAt < table.changedAt(seat) + this.#settles) return false;
    return this.#strip === 0 || readAt >= table.past.turnedAt(seat) + this.#strip - 1;
  }
}
