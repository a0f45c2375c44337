/** The configuration file itself: read at once, or refused. */
import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';

const MOST_BYTES = 1 << 20;

/** What lies at a path: a text, nothing, or something that is no configuration. */
export interface Content {
  readonly kind: 'text' | 'absent' | 'unreadable';
  /** The text, or why there is none. */
  readonly text: string;
}

const ABSENT: Content = { kind: 'absent', text: '' };
const unreadable = (why: string): Content => ({ kind: 'unreadable', text: why });

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** Never waits: a FIFO or a terminal is refused by its kind. */
export function contentOf(file: string): Content {
  try {
    const stat = statSync(file);
    if (file === '/dev/null') return { kind: 'text', text: '' };
    if (!stat.isFile()) return unreadable('is no ordinary file: name one that holds TOML text');
    if (stat.size > MOST_BYTES) return unreadable('is larger than 1 MiB: this is no configuration');
    const bytes = readFileSync(file);
    return isUtf8(bytes)
      ? { kind: 'text', text: bytes.toString('utf8') }
      : unreadable('is not UTF-8: save it in that encoding');
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' || code === 'ENOTDIR' ? ABSENT : unreadable(`cannot be read (${code}): check its rights`);
  }
}
