/** What the header is made from. */
import type { Machine } from '../../decode/machine.ts';
import type { SystemHistory } from '../../model/system.ts';
import type { Line, Spark, Tone } from '../cells.ts';

/** `auto`: as the size suggests; `compact`: three lines; `full`: up to half of the screen; `off`: one line. */
export const METER_LAYOUTS = ['auto', 'compact', 'full', 'off'] as const;
export type MeterLayout = (typeof METER_LAYOUTS)[number];

/** What the monitor itself costs; missing parts are not known yet. */
export interface OwnCost {
  readonly cpuPercent: number | undefined;
  readonly rssBytes: number | undefined;
  readonly bytesPerSecond: number | undefined;
  readonly stretched?: Stretched | undefined;
}

/** The seconds between samples where they are more than was asked for: to keep `--max-cpu`, or as a sample takes so long. */
export interface Stretched {
  readonly seconds: number;
  readonly why: 'max-cpu' | 'slow';
}

export interface HeaderFacts {
  readonly machine: Machine;
  readonly system: SystemHistory;
  /** Tasks by state letter. */
  readonly states: ReadonlyMap<string, number>;
  readonly tasks: number;
  readonly shown: number;
  readonly denied: number;
  /** That there are tasks which procfs hides, in words; empty or absent: there are none. */
  readonly hidden?: string;
  readonly threads: boolean;
  readonly intervalSeconds: number;
  /** Said first of all where what is shown is not now: `FROZEN 12:01:33`; undefined: it is now. */
  readonly instant: string | undefined;
  readonly own: OwnCost;
  /** What the user should know now: an error in the configuration, the outcome of an action. */
  readonly message: { readonly text: string; readonly tone: Tone } | undefined;
  /** Why tasks are left out of the table: `filter comm ~ node · idle hidden`; empty: they are not. */
  readonly leftOut: string;
  /** How the rows are arranged, and by what they are sorted when that is no column on the screen. */
  readonly notes: readonly string[];
  /** Where the tasks come from, when that is not this machine now. */
  readonly place: string | undefined;
  /** Absent: `auto`, and a bar for every CPU. */
  readonly meters?: { readonly layout: MeterLayout; readonly perCpu: boolean };
  /** Only ASCII can be shown: levels are digits. Absent: no. */
  readonly ascii?: boolean;
}

export interface Header {
  readonly lines: Line[];
  readonly sparks: Spark[];
}

/** What a layout is told. */
export interface Build {
  readonly facts: HeaderFacts;
  readonly columns: number;
  readonly rows: number;
  /** Lines that the header may have at most. */
  readonly most: number;
  readonly perCpu: boolean;
  /** All CPUs as bars, up to the most lines. */
  readonly all: boolean;
}
