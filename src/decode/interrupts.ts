/**
 * `/proc/interrupts` and `/proc/softirqs`: a title of CPUs, then a row of counts for each line or kind.
 * @see proc_interrupts(5), proc_softirqs(5); kernel `kernel/irq/proc.c` (show_interrupts), `fs/proc/softirqs.c`.
 */
import { latin1 } from './bytes.ts';
import { exactOf } from './escapes.ts';

export interface InterruptRow {
  /** `24`, `LOC`, `IPI0`, `NET_RX`. */
  readonly label: string;
  /**
   * Since boot, in the order of `cpus`. One number for the whole machine of `ERR` and `MIS`. The count of a numbered line
   * has 32 bits and begins anew.
   */
  readonly counts: Float64Array;
  readonly total: number;
  /** What stands behind the counts, blanks squeezed: `IO-APIC 4-edge ttyS0`, `Local timer interrupts`; empty for softirqs. */
  readonly description: string;
  /** Of a numbered line: the handlers' names, `ttyS0`, `virtio0-config`; none when it has no handler. */
  readonly handlers: readonly string[];
}

export interface InterruptTable {
  /** Numbers of the CPUs that have a column: those on-line in /proc/interrupts, all possible ones in /proc/softirqs. */
  readonly cpus: readonly number[];
  readonly rows: readonly InterruptRow[];
}

const SPACE = 32;
const NEWLINE = 10;
const COLON = 58;
const ZERO = 48;
const NINE = 57;
/** Of the largest count. */
const DIGITS = 20;

/** Chip, number on it and how it triggers, before the names: `IO-APIC   4-edge      `, `GIC-0  27 Level     `. */
const TRIGGER = /^.*?(?:-(?:edge|level|fasteoi|percpu|simple|none)\S*|\b(?:Level|Edge))(?:\s+|$)/;

function handlersOf(label: string, behind: string): string[] {
  if (!/^\d+$/.test(label)) return [];
  const trigger = TRIGGER.exec(behind);
  // other chips: two blanks stand before the names
  const names = trigger ? behind.slice(trigger[0].length) : (/^.*\S {2,}(\S.*)$/.exec(behind)?.[1] ?? '');
  return names.split(', ').filter(name => name !== '');
}

function rowOf(bytes: Uint8Array, start: number, end: number, cpus: number): InterruptRow | undefined {
  const colon = bytes.indexOf(COLON, start);
  if (colon < 0 || colon >= end) return undefined;
  const label = latin1(bytes, start, colon).trim();
  if (label === '' || label.includes(' ')) return undefined;
  const counts = new Float64Array(cpus);
  let filled = 0;
  let total = 0;
  let at = colon + 1;
  while (filled < cpus) {
    while (at < end && bytes[at] === SPACE) at++;
    let next = at;
    let number = 0;
    while (next < end && bytes[next]! >= ZERO && bytes[next]! <= NINE) number = number * 10 + (bytes[next++]! - ZERO);
    // a number glued to other text is a chip's name: 9030000.pl061
    if (next === at || next - at > DIGITS || (next < end && bytes[next] !== SPACE)) break;
    counts[filled++] = number;
    total += number;
    at = next;
  }
  const behind = exactOf(latin1(bytes, at, end).trimStart());
  return {
    label: exactOf(label),
    counts: filled === cpus ? counts : counts.slice(0, filled),
    total,
    description: behind.trim().replace(/\s+/g, ' '),
    handlers: handlersOf(label, behind),
  };
}

/** Undefined without a title; rows that are none, and a last one that was cut off, are left out. */
export function decodeInterrupts(bytes: Uint8Array): InterruptTable | undefined {
  const title = bytes.indexOf(NEWLINE);
  if (title < 0) return undefined;
  const names = latin1(bytes, 0, title).trim().split(/ +/);
  if (!names.every(name => /^CPU\d{1,6}$/.test(name))) return undefined;
  const rows: InterruptRow[] = [];
  let start = title + 1;
  for (let end = bytes.indexOf(NEWLINE, start); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    const row = rowOf(bytes, start, end, names.length);
    if (row) rows.push(row);
    start = end + 1;
  }
  return { cpus: names.map(name => Number(name.slice(3))), rows };
}

/** The kinds of softirqs, in the order in which they run. include/linux/interrupt.h. */
export const SOFTIRQS: Readonly<Record<string, string>> = {
  HI: 'tasklets of high priority',
  TIMER: 'timers of the kernel',
  NET_TX: 'packets sent',
  NET_RX: 'packets received',
  BLOCK: 'block requests completed',
  IRQ_POLL: 'block devices polled (BLOCK_IOPOLL up to 4.4)',
  BLOCK_IOPOLL: 'block devices polled',
  TASKLET: 'tasklets: deferred work of drivers',
  SCHED: 'load balancing of the scheduler',
  HRTIMER: 'high-resolution timers',
  RCU: 'RCU callbacks',
};
