/** The table seen as one task after the other: move it with {@link TaskCursor.at}, then ask a field for its value. */
import { latin1 } from '../decode/bytes.ts';
import type { Machine } from '../decode/machine.ts';
import { statTexts } from '../decode/pid-stat.ts';
import type { TaskFile } from '../fields/files.ts';
import { NOT_READ, type TaskView } from '../fields/task.ts';
import type { Seat } from '../frame/sink.ts';
import type { Reading } from '../units/missing.ts';
import type { TaskTable } from './task-table.ts';

export class TaskCursor implements TaskView {
  readonly table: TaskTable;
  readonly machine: Machine;
  seat: Seat = 0;
  // the digits of one line serve the many columns that want them
  #line: Uint8Array | undefined;
  #texts: string[] | undefined;

  constructor(table: TaskTable) {
    this.table = table;
    this.machine = table.machine;
  }

  at(seat: Seat): this {
    this.seat = seat;
    this.#line = undefined;
    return this;
  }

  get pid(): number {
    return this.table.pid(this.seat);
  }

  get tgid(): number {
    return this.table.tgid(this.seat);
  }

  get isThread(): boolean {
    return this.table.threads;
  }

  get startTicks(): number {
    return this.table.startTicks(this.seat);
  }

  get comm(): string {
    return this.table.comm(this.seat);
  }

  get elapsed(): number {
    return this.table.elapsed(this.seat);
  }

  get uptime(): number {
    return this.table.system.uptimeSeconds;
  }

  get wchanNamesSeen(): boolean {
    return this.table.wchanNamesSeen;
  }

  get stateSeconds(): number {
    return this.table.stateSeconds(this.seat);
  }

  get stateBegan(): boolean {
    return this.table.stateBegan(this.seat);
  }

  get states(): string {
    return this.table.states(this.seat);
  }

  get flagsChanged(): number {
    return this.table.past.flagsChanged(this.seat);
  }

  get rssGrowth(): number {
    return this.table.rssGrowth(this.seat);
  }

  get exitingSeconds(): number {
    return this.table.exitingSeconds(this.seat);
  }

  stat(n: number): number {
    return this.table.value(this.seat, n);
  }

  statBefore(n: number): number {
    return this.table.valueBefore(this.seat, n);
  }

  statText(n: number): string | undefined {
    if (!this.#line) {
      this.#line = this.table.line(this.seat);
      this.#texts = statTexts(latin1(this.#line));
    }
    return this.#texts?.[n - 1];
  }

  get owner(): number {
    return this.table.owner(this.seat);
  }

  file(file: TaskFile): Reading<Uint8Array> {
    return this.table.fileSlot(this.seat, file)?.now ?? NOT_READ;
  }

  fileBefore(file: TaskFile): Reading<Uint8Array> {
    const slot = this.table.fileSlot(this.seat, file);
    // not read since the sample before: what it rose by then is no rate of now
    return slot && slot.nowMs >= this.table.readBeforeMs(this.seat) ? slot.before : NOT_READ;
  }

  fileElapsed(file: TaskFile): number {
    const slot = this.table.fileSlot(this.seat, file);
    return slot ? (slot.nowMs - slot.beforeMs) / 1000 : Number.NaN;
  }
}
