import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeInput } from '../../src/cli/decode.ts';
import { fieldsMarkdown, fieldsText } from '../../src/cli/fields.ts';
import { fieldIds } from '../../src/fields/registry.ts';

/** A flag mask as `decode --json` prints it. */
interface DecodedMask {
  readonly kind: string;
  readonly kernel: string | null;
  readonly names: readonly string[];
  readonly unknown_bits: string;
  readonly possible?: Readonly<Record<string, readonly string[]>>;
}

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

describe('with the release', () => {
  test('the v4.2 table', () => {
    assert.deepEqual(json('0x00400140', '4.2'), [
      {
        kind: 'flags',
        kernel: '4.2',
        text: '0x00400140',
        raw: '0x00400140',
        names: ['PF_FORKNOEXEC', 'PF_SUPERPRIV', 'PF_RANDOMIZE'],
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
    assert.match(lines[2]!, /^ {2}0x00200000 {2}PF_KTHREAD +\S.{5,}/);
    assert.match(lines[1]!, /^ {2}0x00000002 {2}no name in this table/);
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

test('a bare array in JSON, words in text, nothing raw in either', () => {
  const line = '12 (\u001b[2J) S 1 12 12 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 5 1 1 18446744073709551615';
  assert.ok(Array.isArray(json(line)));
  const both = [text(line), JSON.stringify(json(line))];
  for (const out of both) assert.doesNotMatch(out.replaceAll('\n', ''), /\p{Cc}/u);
  assert.match(text(line), /^stat of task 12 \(·\[2J\)/);
});

test('what is wrong', () => {
  assert.match(error('0x40', 'six'), /'six' is no kernel release: write it as/);
  const isFile = (name: string): boolean => ['log', './00400140', '4194624'].includes(name);
  for (const name of ['log', './00400140'])
    assert.deepEqual(decodeInput(name, undefined, false, isFile), {
      error: 'to read a file: taskscope decode < FILE',
    });
  assert.ok('text' in decodeInput('4194624', undefined, false, isFile));
  assert.match(error('hello'), /nothing recognised: give a 32-bit flag mask/);
  assert.match(error(''), /nothing recognised/);
});

describe('fields', () => {
  test('one, all, and none of that name', () => {
    const one = fieldsText('maj_flt_rate', false);
    assert.ok('text' in one && /MAJF\/s[^]*per second[^]*\/proc\/\[pid\]\/stat[^]*cost +none/.test(one.text));
    const all = fieldsText(undefined, false);
    assert.ok('text' in all && all.text.split('\n').length === fieldIds().length + 1);
    const numbered = fieldsText('9', false);
    assert.ok('text' in numbered && numbered.text.startsWith('flags\n'), 'a number is that of stat');
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
