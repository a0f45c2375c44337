/** What the terminal layer makes of a key that is pressed. */
import { InputTokenizer } from '../../src/term/input.ts';
import { keyBytes } from '../term/key-bytes.ts';

/** The names that come out when the key of this name is pressed on an xterm. */
export function keysOf(name: string): string[] {
  const keys: string[] = [];
  const pending: (() => void)[] = [];
  const nothing = (): undefined => undefined;
  const tokenizer = new InputTokenizer(
    { key: key => keys.push(key), paste: nothing, mouse: nothing, cursorReport: nothing },
    { set: callback => pending.push(callback), clear: () => pending.splice(0) },
  );
  tokenizer.feed(keyBytes(name));
  for (const callback of pending.splice(0)) callback();
  return keys;
}
