import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { RAW_FILES, rawPage } from '../../src/pages/raw.ts';
import { escaped } from '../../src/pages/escaped.ts';
import { exactText } from '../../src/decode/bytes.ts';
import { rawBytes } from '../support/stat-line.ts';
import { built, type Built, lineText, type Parts, statusText } from './built.ts';

const page = (rawFile: string, content: string | Uint8Array, parts: Parts = {}): Built =>
  built(rawPage, { ...parts, rawFile, files: { [rawFile]: content } });

/** Pairs of words as a program of this size finds them on its stack. */
function auxv(wordBytes: 4 | 8, pairs: readonly (readonly [number, bigint])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(pairs.length * 2 * wordBytes));
  pairs.forEach(([type, value], index) => {
    const at = index * 2 * wordBytes;
    if (wordBytes === 8) {
      view.setBigUint64(at, BigInt(type), true);
      view.setBigUint64(at + 8, value, true);
    } else {
      view.setUint32(at, type, true);
      view.setUint32(at + 4, Number(value), true);
    }
  });
  return new Uint8Array(view.buffer);
}

describe('the bytes', () => {
  test('lines as they end, control bytes visible, exact in JSON', () => {
    const shown = page('comm', rawBytes('a\tb\nc\x1b[1m\\n\n\xff\xc2\x85'));
    assert.deepEqual(shown.rows('lines'), [
      { line: 1, text: 'a\tb' },
      { line: 2, text: 'c\x1b[1m\\n' },
      { line: 3, text: '\udcff\x85' },
    ]);
    assert.match(shown.line('1 '), /a\\tb$/);
    assert.match(shown.line('2 '), /c\\x1b\[1m\\n$/);
    assert.match(shown.line('3 '), /\\xff\\u0085$/);
    assert.equal(shown.json['size_bytes'], 15);
  });
  test('texts that end with NUL: a line each, the NUL shown', () => {
    const shown = page('cmdline', 'prog\0\0-x\ny\0');
    assert.deepEqual(
      shown.rows('lines').map(({ text }) => text),
      ['prog\0', '\0', '-x', 'y\0'],
    );
    assert.match(shown.line('1 '), /prog\\0$/);
  });
  test('nothing is lost: the lines together are the file', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), bytes => {
        const lines = page('environ', bytes)
          .rows('lines')
          .map(({ text }) => text as string);
        const joined = lines.map(line => (line.endsWith('\0') ? line : `${line}\n`)).join('');
        // a last line without a newline gets one here
        assert.ok([joined, joined.slice(0, -1)].includes(exactText(bytes)));
        for (const line of lines) assert.doesNotMatch(escaped(line), /[\x00-\x1f\x7f-\x9f]/);
      }),
    );
  });
  test('auxv in hexadecimal, sixteen a row', () => {
    const bytes = auxv(8, [
      [6, 4096n],
      [17, 100n],
      [33, 0x7fd030e74000n],
      [0, 0n],
    ]);
    const { lines } = page('auxv', bytes);
    assert.ok(lines.includes('  0000  06 00 00 00 00 00 00 00 00 10 00 00 00 00 00 00  ................'));
    assert.ok(lines.includes('  0020  21 00 00 00 00 00 00 00 00 40 e7 30 d0 7f 00 00  !........@.0....'));
  });
  test('a file that is empty, or cannot be read', () => {
    assert.match(page('cmdline', '').text, /The file is empty\./);
    assert.match(page('maps', '', { stat: { flags: 0x200000 } }).text, /empty: a kernel thread has none/);
    const denied = built(rawPage, { rawFile: 'stack', files: { stack: { missing: 'no-permission' } } });
    assert.match(denied.line('Size'), /not permitted: needs CAP_SYS_ADMIN/);
    assert.equal(denied.json['size_bytes'], null);
  });
});

describe('which file', () => {
  test('stat unless told otherwise; the list marks it', () => {
    const shown = built(rawPage, { files: { stat: lineText({}) } });
    assert.equal(shown.json['file'], 'stat');
    assert.match(shown.line('Files'), /^Files +\[stat\] status statm /);
    assert.deepEqual(shown.json['files'], RAW_FILES);
    assert.equal(new Set(RAW_FILES).size, RAW_FILES.length);
  });
  test('only files of the list are read', () => {
    for (const rawFile of ['fd/0', '../1/environ', '/etc/shadow', 'mem', 'exe'])
      assert.match(built(rawPage, { rawFile, files: { [rawFile]: 'secret' } }).text, /is none of these files/);
  });
  test('of a thread, what only its process has is read there', () => {
    const files = { '/proc/42/timerslack_ns': '50000\n', oom_score: '7\n' };
    const of = (rawFile: string): Built => built(rawPage, { thread: true, rawFile, files });
    assert.equal(of('timerslack_ns').rows('lines')[0]!['text'], '50000');
    assert.equal(of('oom_score').rows('lines')[0]!['text'], '7');
  });
});

describe('what the bytes mean', () => {
  const decoded = (file: string, content: string | Uint8Array): Built['json'][] => [
    ...page(file, content).rows('decoded'),
  ];

  test('stat: each field with the place of its first byte', () => {
    const line = lineText({ comm: 'a) b', ppid: 7, exit_code: 9 });
    const rows = decoded('stat', line);
    assert.equal(rows.length, 52);
    assert.deepEqual(
      rows.slice(0, 4).map(({ n, at, name, value }) => [n, at, name, value]),
      [
        [1, 0, 'pid', '42'],
        [2, 4, 'comm', 'a) b'],
        [3, 10, 'state', 'S'],
        [4, 12, 'ppid', '7'],
      ],
    );
    for (const { at, value } of rows) assert.ok(line.startsWith(value as string, at as number));
    assert.equal(rows[51]!['value'], '9');
  });
  test('status: the meaning of each key', () => {
    const rows = decoded('status', statusText({ NewKey: '1' }));
    assert.equal(rows.find(({ key }) => key === 'VmSize')!['meaning'], 'virtual size');
    assert.match(rows.find(({ key }) => key === 'NewKey')!['meaning'] as string, /not known/);
  });
  test('statm, schedstat, io, limits by name', () => {
    assert.deepEqual(
      decoded('statm', '1329 1058 732 193 0 348 0\n').map(({ name, value }) => [name, value]),
      [
        ['size', '1329'],
        ['resident', '1058'],
        ['shared', '732'],
        ['text', '193'],
        ['lib', '0'],
        ['data', '348'],
        ['dt', '0'],
      ],
    );
    assert.match(page('statm', '1329 1058 732 193 0 348 0\n').line('resident'), /1,058 pages +resident memory: 4\.13M/);
    assert.deepEqual(
      decoded('schedstat', '182266322 109275634 530\n').map(({ value }) => value),
      ['182266322', '109275634', '530'],
    );
    assert.equal(decoded('io', 'rchar: 5000\nread_bytes: 4096\n')[1]!['value'], '4096');
    const limits =
      'Limit   Soft Limit   Hard Limit   Units\nMax open files            1024                 4096                 files     \n';
    assert.deepEqual(decoded('limits', limits)[0]!['value'], { soft: '1024', hard: '4096' });
    assert.equal(decoded('limits', limits)[0]!['name'], 'RLIMIT_NOFILE');
  });
  test('auxv by AT_ name, of 64-bit and 32-bit programs', () => {
    for (const wordBytes of [8, 4] as const) {
      const bytes = auxv(wordBytes, [
        [6, 4096n],
        [17, 100n],
        [33, 0x7ffee000n],
        [99, 5n],
        [0, 0n],
      ]);
      assert.deepEqual(
        decoded('auxv', bytes).map(({ name, value }) => [name, value]),
        [
          ['AT_PAGESZ', '4096'],
          ['AT_CLKTCK', '100'],
          ['AT_SYSINFO_EHDR', String(0x7ffee000)],
          ['type 99', '5'],
          ['AT_NULL', '0'],
        ],
      );
      assert.match(page('auxv', bytes).line('AT_SYSINFO_EHDR'), /0x7ffee000 +the vDSO/);
    }
  });
});
