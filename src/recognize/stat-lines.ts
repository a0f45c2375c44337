/** Finds raw lines of /proc/PID/stat in a text, whatever stands around them. */

export interface StatLine {
  /** From the pid to the last number, as it stands in the text. */
  readonly text: string;
  readonly at: number;
  readonly end: number;
  /** Every digit of field n at n - 1; comm without its parentheses. */
  readonly texts: readonly string[];
}

/** The end of comm, the state and the numbers up to the end of the line. */
const TAIL = /\) ([A-Za-z])((?: -?\d{1,20})+)(?![\d.])/g;
/** A pid and the opening parenthesis, as they begin a line or follow a prefix. */
const HEAD = /(?<![\w.)\]-])\d{1,10} \(/g;
/** A line of nothing but numbers: the rest of a line that was broken by a mailer or by hand. */
const MORE = /[ \t]*\r?\n[ \t>|]*(-?\d{1,20}(?: -?\d{1,20}){0,51})(?=[ \t]*(?:\r?\n|$))/y;

/** What the kernel prints: up to 3.2, in 3.3 and 3.4, since 3.5. */
export const FIELD_COUNTS: readonly number[] = [44, 47, 52];
/** Up to the flags: lines that were cut before them are not taken. */
const FEWEST = 9;
/** Up to start_time. A shorter line must look like one in all that it has. */
const SURE = 22;

/** Names of kernel threads are cut to 63 bytes, those of programs to 15: only the latter may hold a line break. */
const LONGEST_NAME = 63;
const LONGEST_OWN_NAME = 15;

interface Head {
  readonly at: number;
  readonly pid: string;
  readonly comm: string;
}

/**
 * The pid that belongs to the comm ending at `close`: the farthest one, as a comm may look like the beginning of another
 * line. One with a line break must itself begin a line, and gives way to a nearer pid unless nothing stands before it.
 */
function headBefore(text: string, close: number, from: number): Head | undefined {
  const start = Math.max(from, close - LONGEST_NAME - 12);
  const offset = Math.max(0, start - 1);
  let broken: Head | undefined;
  for (const match of text.slice(offset, close).matchAll(HEAD)) {
    const at = offset + match.index;
    const comm = text.slice(at + match[0].length, close);
    const head = { at, pid: match[0].slice(0, -2), comm };
    if (at < start) continue;
    if (!comm.includes('\n')) {
      if (comm.length <= LONGEST_NAME) return head;
    } else if (comm.length <= LONGEST_OWN_NAME) {
      if (isEmpty(text, from, at)) return head;
      if (isEmpty(text, text.lastIndexOf('\n', at) + 1, at)) broken ??= head;
    }
  }
  return broken;
}

/** Nothing but blanks and perhaps the name of the file. */
const isEmpty = (text: string, from: number, to: number): boolean =>
  to - from < 256 && /^[\s>|`*]*(?:\S*stat:\s*)?$/.test(text.slice(from, to));

/** Numbers of the following lines, as many as make the line one that a kernel prints. */
function continued(text: string, end: number, count: number): { end: number; numbers: readonly string[] } | undefined {
  const numbers: string[] = [];
  let best: { end: number; numbers: readonly string[] } | undefined;
  MORE.lastIndex = end;
  for (let match = MORE.exec(text); match && count + numbers.length < 52; match = MORE.exec(text)) {
    numbers.push(...match[1]!.split(' '));
    if (FIELD_COUNTS.includes(count + numbers.length)) best = { end: MORE.lastIndex, numbers: [...numbers] };
  }
  return best;
}

/** Can these be a state and the fields from ppid on? */
function isPlausible(state: string, numbers: readonly string[]): boolean {
  const [ppid, pgrp, session, tty, tpgid, flags] = numbers.map(Number);
  if (numbers.length + 3 < FEWEST || !/^[RSDTtZXxKWPI]$/.test(state)) return false;
  const arePids = [ppid!, pgrp!, session!].every(pid => pid >= -1 && pid <= MOST_PIDS);
  return (
    arePids &&
    Math.abs(tty!) <= 0x7fffffff &&
    tpgid! >= -1 &&
    tpgid! <= MOST_PIDS &&
    flags! >= 0 &&
    flags! <= 0xffffffff
  );
}

/** PID_MAX_LIMIT of 64-bit kernels. */
const MOST_PIDS = 1 << 22;

/** All stat lines of a text, in order. None overlaps another. */
export function findStatLines(text: string): StatLine[] {
  const found: StatLine[] = [];
  let from = 0;
  for (const match of text.matchAll(TAIL)) {
    const numbers = match[2]!.slice(1).split(' ');
    const count = 3 + numbers.length;
    const lineEnd = match.index + match[0].length;
    const more = FIELD_COUNTS.includes(count) ? undefined : continued(text, lineEnd, count);
    if (match.index < from || (count < SURE && !more && !isPlausible(match[1]!, numbers))) continue;
    const begin = headBefore(text, match.index, from);
    if (!begin) continue;
    from = more?.end ?? lineEnd;
    found.push({
      text: text.slice(begin.at, from),
      at: begin.at,
      end: from,
      texts: [begin.pid, begin.comm, match[1]!, ...numbers, ...(more?.numbers ?? [])],
    });
  }
  return found;
}
