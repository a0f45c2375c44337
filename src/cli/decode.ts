/** `taskscope decode`: words for what a bug report holds, on any machine. */
import { parseRelease } from '../kernel/release.ts';
import { recognize } from '../recognize/recognize.ts';
import { jsonText } from '../units/json-text.ts';

const NOTHING =
  'nothing recognised: give a 32-bit flag mask as 0x00400140 or 4194624, a raw stat line, lines of a status file, ' +
  'a value with its name (tty_nr 34816, CapEff 0000003fffffffff, exit_code 139), or kernel log lines of a task or an arm oops';

const TO_READ_A_FILE = 'to read a file: taskscope decode < FILE';

export type DecodeResult = { readonly text: string } | { readonly error: string };

/**
 * Decodes all that is recognised in the input.
 *
 * @param isFile does a file have that name? Without a slash it may be a mask, too, and that is what it is.
 */
export function decodeInput(
  input: string,
  kernel: string | undefined,
  json: boolean,
  isFile: (name: string) => boolean = () => false,
): DecodeResult {
  const release = kernel === undefined ? undefined : parseRelease(kernel);
  if (kernel !== undefined && !release)
    return { error: `'${kernel}' is no kernel release: write it as 4.2 or 6.1.21-v8+` };
  if (input.includes('/') && isFile(input)) return { error: TO_READ_A_FILE };
  const { facts, lines } = recognize(input, release);
  if (facts.length === 0) return { error: isFile(input) ? TO_READ_A_FILE : NOTHING };
  return { text: (json ? jsonText(facts, 2) : lines.join('\n')) + '\n' };
}
