import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeInput, type DecodedMask, decodeMask, findMasks } from '../../src/cli/decode.ts';
import { fieldsMarkdown, fieldsText } from '../../src/cli/fields.ts';
import { fieldIds } from '../../src/fields/registry.ts';
import { parseRelease } from '../../src/kernel/release.ts';
import { TASK_FLAGS } from '../../src/kernel/task-flags.ts';

const json = (input: string, kernel?: string): DecodedMask[] => {
  const result = decodeInput(input, kernel, true);
  return 'text' in result ? (JSON.parse(result.text) as DecodedMask[]) : assert.fail(result.error);
};
const text = (input: string, kernel?: string): string => {
  const result = decodeInput(input, kernel, false);
  return 'text' in result ? result.text : assert.fail(result.error);
};
const error = (input: string, kernel?: string): string => {
  const result = decodeInput(input, kernel, false);
  return 'error' in result ? result.error : assert.fail(result.text);
};

test('masks in text: hexadecimal with 0x, or decimal, of 32 bits', () => {
  assert.deepEqual(findMasks('0x00400140 4194624,0xFF\n17').masks, ['0x00400140', '4194624', '0xFF', '17']);
  for (const word of ['0x123456789', '4294967296', '-5', 'abc', '1.5', '0x'])
    assert.deepEqual(findMasks(word).masks, []);
  assert.deepEqual(findMasks('4294967295').masks, ['4294967295']);
});

describe('lines of bug reports', () => {
  test('a raw stat line: its ninth field, no other number', () => {
    const line =
      '871 (tar) S) D 1 871 871 0 -1 4194560 220 2179 0 0 4 55 7 46 20 0 1 0 219 1593344 276 18446744073709551615';
    assert.deepEqual(findMasks(line).masks, ['4194560']);
    assert.deepEqual(json(line, '6.1')[0]!.names, ['PF_SUPERPRIV', 'PF_RANDOMIZE']);
  });
  test('task_flags: of a kernel log; flags: beside it is told apart', () => {
    const line = 'task:fuse state:D stack:0 pid:1234 tgid:1234 ppid:2 task_flags:0x400040 flags:0x00004000';
    assert.deepEqual(findMasks(line), { masks: ['0x400040'], threadInfo: ['0x00004000'] });
    assert.match(text(line, '6.18'), /flags:0x00004000 {2}flags: is the thread_info mask \(TIF_\*/);
  });
  test('a line with flags: only yields no PF_ name', () => {
    const line = '[12.3] task:kworker/0:1 state:D stack:0 pid:9 ppid:2 flags:0x00004000';
    assert.doesNotMatch(text(line, '6.1'), /PF_[A-Z]/);
    assert.match(text(line, '6.1'), /This text holds no PF_ mask/);
    assert.equal((json(line) as unknown as { kind: string }[])[0]!.kind, 'thread_info_flags');
  });
  test('numbers among words are not guessed at', () => {
    for (const line of ['cat D ffff 0 1234 2 0x00000080', 'pid 4194624 hello'])
      assert.match(error(line), /nothing recognised/);
  });
});

describe('with the release', () => {
  test('the v4.2 table', () => {
    assert.deepEqual(json('0x00400140', '4.2'), [
      {
        kind: 'flags',
        kernel: '4.2',
        text: '0x00400140',
        raw: '0x00400140',
        names: ['PF_SUPERPRIV', 'PF_FORKNOEXEC', 'PF_RANDOMIZE'],
        unknown_bits: '0x00000000',
      },
    ]);
  });
  test('another release, another name for the same bit', () => {
    const name = (kernel: string): readonly string[] => json('0x8', kernel)[0]!.names;
    assert.deepEqual(name('6.18'), ['PF_POSTCOREDUMP']);
    assert.deepEqual(name('4.2'), ['PF_EXITPIDONE']);
    assert.deepEqual(json('0x2', '4.2')[0]!.names, [], 'PF_IDLE came with 4.10');
    assert.equal(json('0x2', '4.2')[0]!.unknown_bits, '0x00000002');
  });
  test('the text says number, name, meaning and what is unknown', () => {
    const lines = text('2097154', '4.2').split('\n');
    assert.equal(lines[0], 'task flags 0x00200002 (2097154), Linux 4.2');
    assert.match(lines[1]!, /^ {2}0x00200000 {2}PF_KTHREAD +\S.{5,}/);
    assert.match(lines[2]!, /^ {2}0x00000002 {2}no name in this table/);
  });
  test('a distribution release', () => assert.equal(json('64', '6.1.21-v8+')[0]!.kernel, '6.1'));
});

describe('without the release', () => {
  test('names that all share, and the possible ones of the others', () => {
    const [decoded] = json('0x00200008');
    assert.equal(decoded!.kernel, null);
    assert.deepEqual(decoded!.names, ['PF_KTHREAD']);
    assert.match(decoded!.possible!['0x00000008']!.join(), /PF_POSTCOREDUMP \(since 5\.\d+\)/);
    assert.match(text('0x00200008'), /Say which kernel it was: --kernel/);
    assert.doesNotMatch(text('0x00200000'), /Say which kernel/);
  });
});

test('no bit is lost, in any release', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.constantFrom('2.6.32', '3.10', '4.2', '5.10', '6.1', '6.12', '6.18', undefined),
      (mask, kernel) => {
        const decoded = decodeMask(String(mask), kernel === undefined ? undefined : parseRelease(kernel));
        const known = decoded.names.map(name => TASK_FLAGS.filter(flag => flag.name === name).map(flag => flag.mask));
        const possible = Object.keys(decoded.possible ?? {}).map(Number);
        const unknown = Number(decoded.unknown_bits);
        for (let bit = 0; bit < 32; bit++) {
          const value = 2 ** bit;
          const isSet = Math.floor(mask / value) % 2 === 1;
          const told =
            known.some(masks => masks.includes(value)) ||
            possible.includes(value) ||
            Math.floor(unknown / value) % 2 === 1;
          if (isSet) assert.ok(told, `bit ${bit} of ${mask}`);
        }
        assert.equal(Number(decoded.raw), mask);
      },
    ),
  );
});

test('what is wrong', () => {
  assert.match(error('0x40', 'six'), /'six' is no kernel release: write it as/);
  assert.match(error('hello'), /nothing recognised: give a 32-bit flag mask/);
  assert.match(error(''), /nothing recognised/);
});

describe('fields', () => {
  test('one, all, and none of that name', () => {
    const one = fieldsText('maj_flt_rate', false);
    assert.ok('text' in one && /MAJF\/s[^]*per second[^]*\/proc\/\[pid\]\/stat[^]*cost +none/.test(one.text));
    const all = fieldsText(undefined, false);
    assert.ok('text' in all && all.text.split('\n').length === fieldIds().length + 1);
    const none = fieldsText('maj_fltrate', false);
    assert.ok('error' in none && none.error.includes("did you mean 'maj_flt_rate'"));
  });
  test('as JSON: an array with all that is known', () => {
    const all = fieldsText(undefined, true);
    assert.ok('text' in all);
    const facts = JSON.parse(all.text) as Record<string, unknown>[];
    assert.deepEqual(
      facts.map(({ id }) => id),
      fieldIds(),
    );
    const keys = [
      'id',
      'title',
      'unit',
      'type',
      'source',
      'scope',
      'since',
      'cost',
      'help',
      'changes',
      'kernel_variable',
    ];
    for (const entry of facts) assert.deepEqual(Object.keys(entry), keys);
  });
  test('the page has every field once', () => {
    const page = fieldsMarkdown();
    for (const id of fieldIds()) assert.equal(page.split(`| \`${id}\` |`).length, 2, id);
    const widths = page
      .split('\n')
      .filter(line => line.startsWith('|'))
      .map(line => line.replaceAll('\\|', '').split('|').length);
    assert.deepEqual([...new Set(widths)], [11], 'no bar in a text breaks the table');
  });
});
