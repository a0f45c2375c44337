import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ESCAPE_MS, InputTokenizer, PARTIAL_MS, PASTE_KEPT, PASTE_SILENCE_MS } from '../../src/term/input.ts';
import { keyBytes } from './key-bytes.ts';

/** A tokenizer whose clock is moved by hand, and all that came out of it. */
class Keyboard {
  readonly got: string[] = [];
  readonly #pending = new Map<number, { at: number; callback: () => void }>();
  #now = 0;
  #handles = 0;
  readonly #tokenizer = new InputTokenizer(
    {
      key: name => this.got.push(name),
      paste: text => this.got.push('paste ' + JSON.stringify(text)),
      mouse: ({ kind, x, y }) => this.got.push(`${kind} ${x},${y}`),
      cursorReport: () => this.got.push('cursor report'),
    },
    {
      set: (callback, milliseconds) => {
        this.#pending.set(++this.#handles, { at: this.#now + milliseconds, callback });
        return this.#handles;
      },
      clear: handle => this.#pending.delete(handle as number),
    },
  );

  feed(...parts: readonly (string | Uint8Array)[]): this {
    for (const part of parts) this.#tokenizer.feed(part);
    return this;
  }

  wait(milliseconds: number): this {
    this.#now += milliseconds;
    for (const [handle, { at, callback }] of [...this.#pending]) {
      if (at > this.#now || !this.#pending.delete(handle)) continue;
      callback();
    }
    return this;
  }
}

function keysOf(...parts: readonly (string | Uint8Array)[]): string[] {
  return new Keyboard()
    .feed(...parts)
    .wait(PARTIAL_MS)
    .wait(PARTIAL_MS).got;
}

describe('keys', () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    'aP?é€🐢 ': ['a', 'P', '?', 'é', '€', '🐢', 'space'],
    '\r\n\t\x7f\b\x00': ['enter', 'enter', 'tab', 'backspace', 'backspace', 'C-space'],
    '\x01\x03\x1a\x1c\x1f': ['C-a', 'C-c', 'C-z', 'C-\\', 'C-_'],
    '\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F': ['up', 'down', 'right', 'left', 'home', 'end'],
    '\x1bOA\x1bOB\x1bOC\x1bOD\x1bOH\x1bOF': ['up', 'down', 'right', 'left', 'home', 'end'],
    '\x1b[1~\x1b[4~\x1b[7~\x1b[8~\x1b[2~\x1b[3~\x1b[5~\x1b[6~': [
      ...['home', 'end', 'home', 'end', 'insert', 'delete', 'pageup', 'pagedown'],
    ],
    '\x1bOP\x1bOQ\x1bOR\x1bOS': ['f1', 'f2', 'f3', 'f4'],
    '\x1b[11~\x1b[12~\x1b[13~\x1b[14~\x1b[15~\x1b[17~': ['f1', 'f2', 'f3', 'f4', 'f5', 'f6'],
    '\x1b[18~\x1b[19~\x1b[20~\x1b[21~\x1b[23~\x1b[24~': ['f7', 'f8', 'f9', 'f10', 'f11', 'f12'],
    '\x1b[[A\x1b[[B\x1b[[C\x1b[[D\x1b[[E': ['f1', 'f2', 'f3', 'f4', 'f5'],
    '\x1b[P\x1b[Q\x1b[R\x1b[S': ['f1', 'f2', 'f3', 'f4'],
    '\x1b[1;2P\x1b[1;5R\x1b[15;2~\x1b[25~\x1bO5P': ['S-f1', 'C-f3', 'S-f5', 'S-f1', 'C-f1'],
    '\x1b[1;2A\x1b[1;5D\x1b[1;3C\x1b[1;8B': ['S-up', 'C-left', 'M-right', 'C-M-S-down'],
    '\x1b[3;5~\x1b[6;2~': ['C-delete', 'S-pagedown'],
    '\x1b[a\x1bOa\x1b[5$\x1b[5^\x1b[5@': ['S-up', 'C-up', 'S-pageup', 'C-pageup', 'C-S-pageup'],
    '\x1b[Z\x1b[1;2Z': ['S-tab', 'S-tab'],
    '\x1bx\x1bX\x1b\r\x1b\x7f\x1b \x1b🐢': ['M-x', 'M-X', 'M-enter', 'M-backspace', 'M-space', 'M-🐢'],
    '\x1bOM\x1bOj\x1bOk\x1bOm\x1bOn\x1bOo\x1bOp\x1bOy': ['enter', '*', '+', '-', '.', '/', '0', '9'],
    '\x1b[97u\x1b[97;5u\x1b[97;2u\x1b[27u\x1b[13u\x1b[9;2u\x1b[127;3u': [
      ...['a', 'C-a', 'A', 'escape', 'enter', 'S-tab', 'M-backspace'],
    ],
    '\x1b[13;5u\x1b[32;5u\x1b[57414u\x1b[57400u\x1b[57419;2u': ['C-enter', 'C-space', 'enter', '1', 'S-up'],
    '\x1b[97;1:1u\x1b[97;1:3u\x1b[1;1:3A': ['a'],
    '\x1b[27;5;97~\x1b[27;6;65~\x1b[27;5;47~\x1b[27;2;13~': ['C-a', 'C-a', 'C-/', 'S-enter'],
    '\x1b\x1b[A': ['escape', 'up'],
  };
  for (const [bytes, names] of Object.entries(cases)) {
    test(JSON.stringify(bytes), () => assert.deepEqual(keysOf(bytes), names));
  }

  test('the test harness presses what it says', () => {
    const names = 'a space enter tab S-tab backspace up C-left S-up M-x f1 f5 f12 C-f5 C-a C-z delete S-end'.split(' ');
    for (const name of names) assert.deepEqual(keysOf(keyBytes(name)), [name]);
  });
});

test('a key that came with others is told apart', () => {
  const got: [string, boolean][] = [];
  const tokenizer = new InputTokenizer({
    key: (name, alone) => got.push([name, alone]),
    paste: () => undefined,
    mouse: () => undefined,
    cursorReport: () => undefined,
  });
  const reads = ['y', 'yy', '\x1b[A', '\x1b[2;1Ry', '\x1b[200~x\x1b[201~y', '\x1b[<0;1;1My'];
  for (const read of reads) tokenizer.feed(read);
  assert.deepEqual(
    got.map(([, alone]) => alone),
    [true, false, false, true, true, false, false],
  );
});

describe('no keys', () => {
  const swallowed: Readonly<Record<string, string>> = {
    'colour reply': '\x1b]11;rgb:1e1e/1e1e/1e1e\x07',
    'colour reply with ST': '\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\',
    'version reply': '\x1bP>|xterm(390)\x1b\\',
    'APC reply': '\x1b_Gi=31;OK\x1b\\',
    'device attributes': '\x1b[?65;1;9c\x1b[>41;390;0c\x1b[=0c',
    'mode report': '\x1b[?2026;2$y',
    'status and window reports': '\x1b[0n\x1b[8;24;80t\x1b[?1u',
    'mouse: releases, other buttons, movements': '\x1b[<0;12;7m\x1b[<1;1;1M\x1b[<2;1;1M\x1b[<66;1;1M\x1b[<35;1;1M',
    'mouse, malformed': '\x1b[<M\x1b[<0M\x1b[<0;1M\x1b[<0;1;1;1M\x1b[<0;0;1M\x1b[<0;1;0M\x1b[<;;M\x1b[<0;123456;1M',
    'mouse, a thousand digits': `\x1b[<${'9'.repeat(1000)};1;1M`,
    'mouse, oldest': '\x1b[M !!',
    'mouse, urxvt': '\x1b[32;12;7M',
    focus: '\x1b[I\x1b[O',
    'end of no paste': '\x1b[201~',
    'unknown sequences': '\x1b[99~\x1b[1;2;3X\x1b[5 q\x1bOz\x1b[[z',
    'no UTF-8': '\ufffd\x9b',
  };
  for (const [name, bytes] of Object.entries(swallowed)) test(name, () => assert.deepEqual(keysOf(bytes + 'z'), ['z']));

  test('bytes that are no UTF-8', () => assert.deepEqual(keysOf(Buffer.from([0xe9, 0xff, 0x61])), ['a']));
  test('a cursor report is told apart from F3', () => {
    assert.deepEqual(keysOf('\x1b[2;1R\x1b[24;80R\x1b[1;2R'), ['cursor report', 'cursor report', 'S-f3']);
  });

  test('the cursor report of a terminal of one row is no F3: q after it would be typed into the search', () => {
    assert.deepEqual(keysOf('\x1b[1;1R', 'q'), ['cursor report', 'q']);
    assert.deepEqual(keysOf('\x1b[1;1Rq'), ['cursor report', 'q']);
    assert.deepEqual(keysOf('\x1b[1;', '1Rq\x1b[1;11R'), ['cursor report', 'q', 'M-f3']);
  });
  test('a control character ends a sequence and counts itself', () => assert.deepEqual(keysOf('\x1b[12\x03'), ['C-c']));
  test('an answer without end does not take the keyboard away', () => {
    const keyboard = new Keyboard().feed('\x1b]11;rgb:').wait(PARTIAL_MS).wait(PARTIAL_MS).feed('q');
    assert.deepEqual(keyboard.got, ['q']);
    assert.deepEqual(new Keyboard().feed('\x1b]' + 'x'.repeat(1e5)).feed('q').got, ['q']);
  });
  test('the rest of a late answer is dropped too', () => {
    assert.deepEqual(new Keyboard().feed('\x1b]11;rgb:').wait(PARTIAL_MS).feed('1e1e\x1b').feed('\\q').got, ['q']);
  });
});

describe('mouse', () => {
  test('a press and the wheel, counted from 0, whatever is held down with them', () => {
    assert.deepEqual(keysOf('\x1b[<0;1;1M\x1b[<0;300;200M\x1b[<16;5;6M'), ['press 0,0', 'press 299,199', 'press 4,5']);
    assert.deepEqual(keysOf('\x1b[<64;3;4M\x1b[<65;3;4M\x1b[<68;3;4M'), [
      ...['wheel-up 2,3', 'wheel-down 2,3', 'wheel-up 2,3'],
    ]);
  });
  test('torn on the way, slowly, after ESC was taken for a key: still no keys', () => {
    assert.deepEqual(keysOf('\x1b[<0;1', '2;7M'), ['press 11,6']);
    const late = new Keyboard().feed('\x1b').wait(ESCAPE_MS).feed('[<0;12;7M').got;
    assert.deepEqual(late, ['escape', 'press 11,6']);
    const report = new Keyboard().feed('\x1b').wait(ESCAPE_MS).feed('[2;1Rq').got;
    assert.deepEqual(report, ['escape', 'cursor report', 'q']);
    const rest = new Keyboard().feed('\x1b[<0;1').wait(PARTIAL_MS).feed('2;7M').feed('q').got;
    assert.deepEqual(rest, ['q']);
    assert.deepEqual(new Keyboard().feed('\x1b[<0;1').wait(PARTIAL_MS).feed('q').got, ['q'], 'nor is a key lost');
  });
  test('anything that begins like a report, cut anywhere, is never a key', () => {
    const unit = fc.constantFrom('0', '1', '9', ';', ';', '<', '6');
    const body = fc.oneof(fc.string({ unit, maxLength: 12 }), fc.string({ unit, minLength: 60, maxLength: 200 }));
    const report = fc.tuple(body, fc.constantFrom('M', 'm')).map(([inside, end]) => `\x1b[<${inside}${end}`);
    fc.assert(
      fc.property(fc.array(report, { maxLength: 5 }), fc.array(fc.integer({ min: 1, max: 90 })), (reports, cuts) => {
        const bytes = reports.join('');
        const parts: string[] = [];
        let at = 0;
        for (const cut of cuts) parts.push(bytes.slice(at, (at += cut)));
        const got = keysOf(...parts, bytes.slice(at), 'q');
        assert.deepEqual(
          got.filter(each => !/^(?:press|wheel)/.test(each)),
          ['q'],
        );
      }),
    );
  });
});

describe('time', () => {
  test('ESC alone is a key after 50 ms', () => {
    const keyboard = new Keyboard().feed('\x1b').wait(ESCAPE_MS - 1);
    assert.deepEqual(keyboard.got, []);
    assert.deepEqual(keyboard.wait(1).got, ['escape']);
  });
  test('twice ESC is twice escape', () => assert.deepEqual(keysOf('\x1b\x1b'), ['escape', 'escape']));
  test('a sequence in parts, slowly', () => {
    const keyboard = new Keyboard()
      .feed('\x1b')
      .wait(ESCAPE_MS - 1)
      .feed('[')
      .wait(PARTIAL_MS - 1)
      .feed('1;')
      .wait(500);
    assert.deepEqual(keyboard.got, []);
    assert.deepEqual(keyboard.feed('5D').got, ['C-left']);
  });
  test('the rest of a sequence after ESC was taken for a key: an arrow, not commands', () => {
    assert.deepEqual(new Keyboard().feed('\x1b').wait(60).feed('[B').got, ['escape', 'down']);
    assert.deepEqual(new Keyboard().feed('\x1b').wait(60).feed('OP').got, ['escape', 'f1']);
    assert.deepEqual(new Keyboard().feed('\x1b').wait(60).feed('[').feed('B').got, ['escape', '[', 'B']);
    assert.deepEqual(new Keyboard().feed('\x1b').wait(60).wait(300).feed('[B').got, ['escape', '[', 'B']);
  });
  test('Alt with a bracket', () => {
    assert.deepEqual(keysOf('\x1b['), ['M-[']);
    assert.deepEqual(keysOf('\x1bO'), ['M-O']);
    assert.deepEqual(new Keyboard().feed('\x1bP').wait(ESCAPE_MS).feed('q').got, ['M-P', 'q']);
  });
  test('half a sequence that never ends is dropped', () => {
    assert.deepEqual(new Keyboard().feed('\x1b[1;').wait(PARTIAL_MS).feed('q').got, ['q']);
  });
});

describe('paste', () => {
  test('one event, line ends as newlines, no keys', () => {
    assert.deepEqual(keysOf('\x1b[200~q\rrm\r\n\x1b[A\x1b[201~z'), ['paste "q\\nrm\\n\\u001b[A"', 'z']);
  });
  test('marks torn apart', () => {
    const parts = ['\x1b[20', '0~ab', 'c\x1b', '[2', '01', '~z'];
    assert.deepEqual(keysOf(...parts), ['paste "abc"', 'z']);
  });
  test('an end that never comes: the keyboard comes back', () => {
    const keyboard = new Keyboard().feed('\x1b[200~abc').wait(PASTE_SILENCE_MS).feed('q');
    assert.deepEqual(keyboard.got, ['paste "abc"', 'q']);
  });
  test('is bounded, and what is too much is no key', () => {
    const keyboard = new Keyboard().feed('\x1b[200~', 'x'.repeat(PASTE_KEPT + 1000), 'y'.repeat(1000), '\x1b[201~q');
    assert.equal(keyboard.got.length, 2);
    assert.equal(keyboard.got[0]!.length, 'paste ""'.length + PASTE_KEPT);
    assert.equal(keyboard.got[1], 'q');
  });
});

describe('however it is cut', () => {
  const pieces = fc.constantFrom(
    ...['a', 'é', '🐢', ' ', '\r', '\x1b[A', '\x1b[1;5D', '\x1bOP', '\x1b[[A', '\x1bx', '\x1b[15~', '\x1b[97;5u'],
    ...['\x1b]11;rgb:1/2/3\x1b\\', '\x1b[?6c', '\x1b[2;1R', '\x1b[<0;1;1M', '\x1b[200~q\x1b[Aé\r\x1b[201~'],
  );
  test('the same input gives the same keys, byte by byte too', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 7 })), (input, cuts) => {
        const bytes = Buffer.from(input.join(''));
        const parts: Uint8Array[] = [];
        let at = 0;
        for (const cut of cuts) parts.push(bytes.subarray(at, (at += cut)));
        parts.push(bytes.subarray(at));
        assert.deepEqual(keysOf(...parts), keysOf(bytes));
      }),
    );
  });
  test('any bytes: nothing thrown, nothing that is no name, and the keyboard works afterwards', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
        const keyboard = new Keyboard().feed(bytes).wait(PASTE_SILENCE_MS).wait(PARTIAL_MS).wait(PARTIAL_MS);
        for (const name of keyboard.got.filter(each => !each.startsWith('paste'))) {
          assert.doesNotMatch(name, /[\x00-\x20\x7f-\x9f]|^$/, JSON.stringify(name));
        }
        keyboard.got.length = 0;
        assert.deepEqual(keyboard.feed('q').got, ['q']);
      }),
    );
  });
});
