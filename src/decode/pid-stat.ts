/**
 * `/proc/[pid]/stat` and `/proc/[pid]/task/[tid]/stat`.
 *
 * The file is one line: pid, the command in parentheses, the state letter, then decimal numbers: 44 fields up to
 * Linux 3.2, 47 up to 3.4, 52 since 3.5. The command may hold anything, parentheses and newlines included, so it ends
 * at the *last* `)`: all that follows is letters, digits, blanks and minus signs.
 *
 * @see proc_pid_stat(5); kernel `fs/proc/array.c`, `do_task_stat`.
 */
/** A place for every field by its number in the manual, 1…52; index 0 is not used. */
export const STAT_STRIDE = 53;

/** What {@link parseStat} found beside the numbers; one object, reused, so that a pass allocates nothing. */
export interface StatParse {
  /** How many fields the line had. */
  fields: number;
  /** The command is `bytes[commStart…commEnd)`. */
  commStart: number;
  commEnd: number;
}

const SPACE = 32;
const MINUS = 45;
const ZERO = 48;
const NINE = 57;
const OPEN = 40;
const CLOSE = 41;
const NEWLINE = 10;
/** Of 64 bits. */
const MOST_DIGITS = 20;

/** A…Z, a…z. */
const isLetter = (byte: number): boolean => (byte & 0xdf) >= 65 && (byte & 0xdf) <= 90 && byte >= 65;

/**
 * Parses one stat line out of a reused buffer.
 *
 * Every number becomes a double: exact below 2^53, the nearest double above (addresses, limits, masks of 32-bit
 * kernels are exact; use {@link statTexts} where every digit counts). The state is put at 3 as its character code.
 *
 * @param bytes holds the line at `0…length)`, its newline included.
 * @param out gets field n at `offset + n`; fields that the line does not have become NaN.
 * @returns false when the bytes are no stat line (cut off, other text); `out` is then undefined.
 */
export function parseStat(
  bytes: Uint8Array,
  length: number,
  out: Float64Array,
  offset: number,
  parse: StatParse,
): boolean {
  let at = 0;
  let pid = 0;
  while (at < length && bytes[at]! >= ZERO && bytes[at]! <= NINE) pid = pid * 10 + bytes[at++]! - ZERO;
  if (at === 0 || at > MOST_DIGITS || bytes[at] !== SPACE || bytes[at + 1] !== OPEN) return false;
  parse.commStart = at + 2;
  let close = length - 1;
  while (close > at && bytes[close] !== CLOSE) close--;
  if (close <= at + 1 || close + 3 > length || bytes[close + 1] !== SPACE || !isLetter(bytes[close + 2]!)) return false;
  parse.commEnd = close;
  out[offset + 1] = pid;
  out[offset + 3] = bytes[close + 2]!;
  at = close + 3;
  let field = 3;
  while (at < length && bytes[at] === SPACE) {
    at++;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    const first = at;
    let value = 0;
    while (at < length) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      at++;
    }
    if (at === first || at - first > MOST_DIGITS) return false;
    field++;
    if (field < STAT_STRIDE) out[offset + field] = negative ? 0 - value : value;
  }
  // the kernel ends the line with a newline, and the file with the line: without it the last number may be cut
  if (at !== length - 1 || bytes[at] !== NEWLINE) return false;
  // the start time (22) is half of a task's identity: a line without it is of no use
  if (field < 22) return false;
  for (let rest = field + 1; rest < STAT_STRIDE; rest++) out[offset + rest] = Number.NaN;
  parse.fields = field;
  return true;
}

/**
 * The fields of one stat line as text, every digit as the kernel wrote it: `[pid, comm, state, …]`, comm without its
 * parentheses and as the bytes' code points. `undefined` when it is no stat line.
 */
export function statTexts(line: string): string[] | undefined {
  const match = /^(\d{1,10}) \(([^]*)\) ([A-Za-z])((?: -?\d{1,20}){19,})\s*$/.exec(line);
  if (!match) return undefined;
  return [match[1]!, match[2]!, match[3]!, ...match[4]!.slice(1).split(' ')];
}

/** Blanks between the end of the command and the start time (22). */
const BLANKS_BEFORE_START = 20;
/** Digits of 64 bits. */
const LONGEST_NUMBER = 20;

/** Start time in ticks since boot out of a stat line: with the pid it says which task this is. NaN when it is no stat line. */
export function startTimeOf(line: Uint8Array): number {
  let at = line.lastIndexOf(CLOSE) + 1;
  for (let blanks = at === 0 ? 0 : BLANKS_BEFORE_START; blanks > 0 && at < line.length; at++)
    if (line[at] === SPACE) blanks--;
  let value = 0;
  const first = at;
  for (; at < line.length && line[at]! >= ZERO && line[at]! <= NINE; at++) value = value * 10 + line[at]! - ZERO;
  return first > 0 && at > first && at - first <= LONGEST_NUMBER ? value : Number.NaN;
}
