/** What people write or paste: filters, configuration, text to decode, keys. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseConfig } from '../../src/config/config.ts';
import { outline } from '../../src/config/outline.ts';
import { exactText } from '../../src/decode/bytes.ts';
import { complete } from '../../src/filter/complete.ts';
import { parseFilter } from '../../src/filter/filter.ts';
import { matcher } from '../../src/filter/pattern.ts';
import { parseRelease } from '../../src/kernel/release.ts';
import { recognize } from '../../src/recognize/recognize.ts';
import { InputTokenizer, PASTE_KEPT } from '../../src/term/input.ts';
import { KNOWN } from '../config/known.ts';
import { documents } from '../config/documents.ts';
import { Pushed } from '../support/model.ts';
import { soon, tries } from './budget.ts';
import { CORPUS } from './decoders.ts';
import { hostileBytes, hostileText, huge } from './hostile-bytes.ts';

const WORDS = [
  'state = D and maj_flt_rate > 0.5',
  'rss_bytes > 100MiB or command ~ "(a|b)+c"',
  'flags has KTHREAD and not comm in (kworker, "a b")',
  'cpus_allowed has 3 and status.SigBlk has SIGTERM and start_time is known',
];

/** What a message may show on a terminal. */
const isHarmless = (text: string): boolean => !/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u.test(text);

describe('filters', () => {
  const pushed = new Pushed();
  pushed.sample([{ pid: 3, comm: 'aaaaaaaaaaaaaaa' }], { ms: 0 });
  pushed.file(3, 'cmdline', `${'a'.repeat(40)}!\0`, 0);
  const task = pushed.cursor.at(0);

  test('an error within the text, or a filter that answers and whose spelling is stable', () => {
    fc.assert(
      fc.property(hostileText(WORDS), text => {
        const parsed = soon('parsing', () => parseFilter(text));
        soon('completing', () => complete(text, Math.floor(text.length / 2), ['root']));
        if ('error' in parsed) {
          const { message, at, length } = parsed.error;
          assert.ok(at >= 0 && length >= 0 && at + length <= text.length);
          assert.ok(isHarmless(message), message);
          return;
        }
        const { filter } = parsed;
        const again = parseFilter(filter.text);
        assert.ok('filter' in again && again.filter.text === filter.text);
        const matches = soon(filter.text, () => filter.matches(task));
        assert.equal(again.filter.matches(task), matches);
      }),
      tries(400),
    );
  });

  test('patterns that take exponential time elsewhere are answered', () => {
    const text = `${'a'.repeat(4000)}!`;
    for (const pattern of ['(a+)+$', '(a|a)+$', '(a|aa)+$', '(.*a){20}$', '([a-z]+)+$', '(?:a?){30}a{30}$']) {
      assert.ok('filter' in parseFilter(`command ~ "${pattern}"`), pattern);
      const matches = matcher(pattern);
      assert.deepEqual([soon(pattern, () => matches(text)), matches(text.slice(0, -1))], [false, true], pattern);
    }
  });

  test('a megabyte, and ten thousand brackets', () => {
    const texts = [
      ...huge(Buffer.from(WORDS[1]!)),
      Buffer.from('('.repeat(10_000)),
      Buffer.from('not '.repeat(10_000)),
    ];
    for (const bytes of texts) soon('a long filter', () => parseFilter(Buffer.from(bytes).toString('latin1')));
  });
});

describe('configuration', () => {
  const text = fc.oneof(
    documents,
    hostileText([
      'interval = 0.5\ntheme = "dark"\n[filters]\nmine = "pid = 1"\n[bind]\nq = "quit"\n[widths]\ncomm = 20\n',
    ]),
  );

  test('settings, or a sentence with its line', async () => {
    await fc.assert(
      fc.asyncProperty(text, async said => {
        outline(said);
        const result = await parseConfig(said, KNOWN);
        if (result.ok) return;
        const { line, message } = result.error;
        assert.ok(line === null || (line >= 1 && line <= said.split('\n').length + 1), `line ${String(line)}`);
        assert.ok(isHarmless(message), message);
      }),
      tries(250),
    );
  });

  test('a megabyte', async () => {
    for (const bytes of huge(Buffer.from('a = [[1, 2], "x"]\n'), 1 << 18)) {
      const began = performance.now();
      await parseConfig(Buffer.from(bytes).toString('latin1'), KNOWN);
      assert.ok(performance.now() - began < 10_000);
    }
  });
});

describe('decode', () => {
  const oops =
    'Unable to handle kernel NULL pointer dereference at virtual address 0000000000000010\n' +
    'ESR = 0x0000000096000004\n[0000000000000010] pgd=0000000000000000, p4d=0000000000000000\n' +
    'INFO: task a:1 blocked for more than 120 seconds.\ntask:a  state:D stack:0 pid:1 tgid:1 ppid:0 task_flags:0x400040 flags:0x00000008\n';
  const files = [...CORPUS.filter(({ length }) => length < 4000), Buffer.from(oops)];

  test('any text: facts in its order whose words are harmless, and whose text stands there', () => {
    fc.assert(
      fc.property(hostileBytes(files), fc.constantFrom(undefined, '2.6.32', '6.1', '6.18'), (bytes, kernel) => {
        const text = exactText(bytes);
        const { facts, lines } = soon('decode', () =>
          recognize(text, kernel === undefined ? kernel : parseRelease(kernel)),
        );
        JSON.stringify(facts);
        for (const line of lines) assert.ok(isHarmless(line), JSON.stringify(line));
      }),
      tries(150),
    );
  });

  test('half a megabyte of each', () => {
    for (const file of files)
      for (const bytes of huge(file, 1 << 15)) soon('decode', () => recognize(exactText(bytes), undefined));
  });
});

describe('keys', () => {
  class Keyboard {
    readonly keys: string[] = [];
    readonly pastes: string[] = [];
    #due: (() => void) | undefined;
    readonly tokenizer = new InputTokenizer(
      {
        key: name => this.keys.push(name),
        paste: text => this.pastes.push(text),
        mouse: ({ x, y }) => assert.ok(x >= 0 && y >= 0),
        cursorReport: () => undefined,
      },
      { set: callback => (this.#due = callback), clear: () => (this.#due = undefined) },
    );

    /** Nothing comes any more. */
    silence(): void {
      for (let round = 0; round < 10 && this.#due; round++) {
        const due = this.#due;
        this.#due = undefined;
        due();
      }
    }
  }

  const SEQUENCES = [
    '\x1b[200~',
    '\x1b[201~',
    '\x1b[<0;3;4M',
    '\x1b]11;rgb:0/0/0\x07',
    '\x1bP1$r0m\x1b\\',
    '\x1b[A\x1bOP',
    'q\r',
  ];

  test('any bytes in any pieces: keys have names, and the keyboard works afterwards', () => {
    const bytes = hostileBytes(SEQUENCES.map(text => Buffer.from(text)));
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 8 }), parts => {
        const keyboard = new Keyboard();
        for (const part of parts) soon('a read', () => keyboard.tokenizer.feed(part));
        keyboard.silence();
        for (const name of keyboard.keys) assert.doesNotMatch(name, /[\x00-\x20\x7f-\x9f]|^$/);
        for (const text of keyboard.pastes) assert.ok(text.length <= PASTE_KEPT);
        keyboard.keys.length = 0;
        keyboard.tokenizer.feed('q');
        keyboard.silence();
        assert.deepEqual(keyboard.keys, ['q']);
      }),
      tries(300),
    );
  });

  test('what is pasted is no key, whatever it is and however it is cut', () => {
    fc.assert(
      fc.property(hostileText(SEQUENCES), fc.array(fc.nat(200), { maxLength: 6 }), (inside, cuts) => {
        const text = inside.replaceAll('\x1b[201~', '');
        if (text.includes('\x1b[201~') || (text + '\x1b[201~').indexOf('\x1b[201~') < text.length) return;
        const bytes = Buffer.from(`\x1b[200~${text}\x1b[201~`);
        const keyboard = new Keyboard();
        let at = 0;
        for (const cut of cuts) keyboard.tokenizer.feed(bytes.subarray(at, (at += cut)));
        keyboard.tokenizer.feed(bytes.subarray(at));
        keyboard.silence();
        assert.deepEqual(keyboard.keys, []);
        assert.equal(keyboard.pastes.length, 1);
      }),
      tries(300),
    );
  });

  test('a megabyte of random bytes', () => {
    const keyboard = new Keyboard();
    let seed = 1;
    const noise = Uint8Array.from(
      { length: 1 << 20 },
      () => ((seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 16) & 255,
    );
    for (let at = 0; at < noise.length; at += 4096)
      soon('a read', () => keyboard.tokenizer.feed(noise.subarray(at, at + 4096)));
    keyboard.silence();
    keyboard.keys.length = 0;
    keyboard.tokenizer.feed('q');
    assert.deepEqual(keyboard.keys, ['q']);
  });
});
