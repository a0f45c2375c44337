/** A text as lines, without what loggers, terminals and mailers put before a kernel's line. */

export interface Line {
  /** Where the line begins in the text. */
  readonly at: number;
  /** Without what {@link LOG_PREFIXES} and {@link QUOTES} take away, and without blanks at the end. */
  readonly body: string;
  /** Does a log's time, host or level stand before it? Then bare numbers in it are no masks. */
  readonly logged: boolean;
}

/** A kernel's line is at most 1,024 bytes; what is much longer is no line of a log. */
export const LONGEST_LOG_LINE = 2048;

const QUOTES = /^(?:[\s>|`*]|\u00a0)+/;

/** Each may come before the others, several times. */
const LOG_PREFIXES: readonly RegExp[] = [
  /^<\d{1,3}>/, // level, as dmesg -r and the console in early boot
  /^\[\s*\+?\d+\.\d+\]\s?/, // [ 1234.567890], [  +0.000123]
  /^\[\s*[A-Z][a-z]{2}\s?\d?[^\]]{3,30}:\d\d[^\]]{0,12}\]\s?/, // [Tue Jan 24 19:33:12 2023], [Nov18 23:22]
  /^\[\s*[TC]\d+\]\s?/, // printk caller: [  T123], [    C0]
  /^.{0,100}?\bkernel:(?: |(?=\[))/, // Jun 20 08:44:03 host kernel:
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*\s+/, // 2020-10-01T16:48:50.758000+00:00
  /^\d\d:\d\d:\d\d(?:\.\d+)?\s+/, // 16:56:35
  /^c\d(?: \d+ \([^)]{1,16}\))? /, // vendor kernels: c0 1 (swapper/0)
];

/** Without the prefixes of loggers. */
function withoutLog(line: string): string {
  let rest = line;
  for (let turn = 0; turn < 8; turn++) {
    const prefix = LOG_PREFIXES.find(pattern => pattern.test(rest));
    if (!prefix) return rest;
    rest = rest.replace(prefix, '').trimStart();
  }
  return rest;
}

/** The lines of a text; those that are too long for a log keep all they have. */
export function linesOf(text: string): Line[] {
  let at = 0;
  return text.split('\n').map(line => {
    const start = at;
    at += line.length + 1;
    if (line.length > LONGEST_LOG_LINE) return { at: start, body: line, logged: false };
    const unquoted = line.replace(QUOTES, '').trimEnd();
    const body = withoutLog(unquoted);
    return { at: start, body, logged: body.length < unquoted.length };
  });
}
