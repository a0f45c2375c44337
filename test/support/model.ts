/** A model over pushed lines: what a source would push, without a source. */
import { type Machine, machineWith } from '../../src/decode/machine.ts';
import { field } from '../../src/fields/registry.ts';
import type { TaskFile } from '../../src/fields/files.ts';
import type { WhyUnread } from '../../src/frame/sink.ts';
import { TaskCursor } from '../../src/model/task-cursor.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import { isMissing } from '../../src/units/missing.ts';
import { bytes, statBytes, type Values } from './stat-line.ts';

export interface MachineFacts extends Partial<Omit<Machine, 'release' | 'flags'>> {
  readonly releaseText?: string;
}

export const testMachine = (facts: MachineFacts = {}): Machine =>
  machineWith({
    hostname: 'test',
    releaseText: '6.18.0',
    banner: 'Linux version 6.18.0 (test) #1 SMP',
    architecture: 'x86_64',
    pageBytes: 4096,
    ticksPerSecond: 100,
    bootTime: 1_700_000_000,
    memoryBytes: 1 << 30,
    live: false,
    ownUid: 0,
    mayPtrace: true,
    userNames: new Map([[0, 'root']]),
    ...facts,
  });

export interface PushedTask extends Values {
  readonly pid: number;
}

export interface PushOptions {
  readonly ms: number;
  readonly system?: Readonly<Record<string, string>>;
  readonly denied?: number;
}

/** Pushes whole samples: a task sits on the seat of its index in the first sample that had it, unless told otherwise. */
export class Pushed {
  readonly table: TaskTable;
  readonly cursor: TaskCursor;
  readonly seats = new Map<number, number>();

  constructor(machine: Machine = testMachine(), threads = false) {
    this.table = new TaskTable(machine, threads);
    this.cursor = new TaskCursor(this.table);
  }

  /** @returns what the table noticed of each task. */
  sample(tasks: readonly PushedTask[], { ms, system = {}, denied = 0 }: PushOptions): number[] {
    const files = new Map(Object.entries(system).map(([name, text]) => [name, bytes(text)]));
    this.table.begin({ wallMs: 1_700_000_000_000 + ms, system: files, systemMs: ms });
    for (const [pid, seat] of this.seats) {
      if (tasks.some(task => task.pid === pid)) continue;
      this.table.gone(seat);
      this.seats.delete(pid);
    }
    const noticed = tasks.map(task => {
      const line = statBytes(task);
      return this.table.stat(this.seat(task.pid), task.pid, task.pid, line, line.length, ms);
    });
    this.table.end(denied);
    return noticed;
  }

  seat(pid: number): number {
    let seat = this.seats.get(pid);
    if (seat === undefined) {
      const taken = new Set(this.seats.values());
      seat = 0;
      while (taken.has(seat)) seat++;
      this.seats.set(pid, seat);
    }
    return seat;
  }

  file(pid: number, file: TaskFile, content: string | { readonly why: WhyUnread }, ms: number): void {
    this.table.file(this.seat(pid), file, typeof content === 'string' ? bytes(content) : content.why, ms);
  }

  /** The value of a field, or `missing: reason` as text. */
  value(pid: number, id: string): unknown {
    return valueOf(this.cursor.at(this.seat(pid)), id);
  }
}

export function valueOf(cursor: TaskCursor, id: string): unknown {
  const value = field(id).value(cursor);
  return isMissing(value) ? `missing: ${value.missing}` : value;
}
