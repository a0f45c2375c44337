import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OPTIONS } from '../../src/cli/option-table.ts';
import { helpText, type Options, parseOptions, UsageError } from '../../src/cli/options.ts';

const parse = (line: string): Options => parseOptions(line.split(' ').filter(Boolean));
function refused(argv: readonly string[]): string {
  try {
    parseOptions(argv);
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    return error.message;
  }
  return assert.fail(`${argv.join(' ')} was accepted`);
}

describe('what is run', () => {
  const commands: Readonly<Record<string, Options['command']>> = {
    '': 'monitor',
    '-d 5': 'monitor',
    '--once': 'print',
    '-n 3': 'print',
    '--json': 'print',
    '--format csv': 'print',
    'decode 0x40': 'decode',
    'fields --json': 'fields',
    'record f': 'record',
    'replay f': 'monitor',
    'replay f --once': 'print',
    'replay f -n 0': 'print',
    '--help': 'help',
    '-h --once': 'help',
    '-V': 'version',
  };
  for (const [line, command] of Object.entries(commands))
    test(`taskscope ${line}`, () => assert.equal(parse(line).command, command));

  test('counts', () => {
    assert.equal(parse('--once').count, 1);
    assert.equal(parse('-n 0').count, 0);
    assert.equal(parse('-n0').count, 0);
    assert.equal(parse('--count=7').count, 7);
    for (const count of ['x', '1.5', '', '1e3', '-1'])
      assert.match(refused(['-n', count]), /^count '.*' is no number: give a whole number/);
  });

  test('a recording', () => {
    assert.equal(parse('replay f').proc, 'f');
    assert.deepEqual(parse('record f --max-size 1MiB --for 2m').words, ['f']);
    assert.equal(parse('record f --max-size 1MiB').maxSize, 1 << 20);
    assert.equal(parse('replay f --at 12:01:33').at, '12:01:33');
    assert.match(refused(['replay']), /^replay needs a file/);
    assert.match(refused(['record', 'f', '--max-size', '100k']), /^max-size 102400 is too small/);
    assert.match(refused(['replay', 'f', '--at', '25:00']), /^at '25:00' is no time/);
  });

  test('a size is by 1,024, as in filters', () => {
    const sizes = {
      '300000': 300_000,
      '512k': 1 << 19,
      '512K': 1 << 19,
      '16M': 1 << 24,
      '16MiB': 1 << 24,
      '0.5G': 1 << 29,
    };
    for (const [text, bytes] of Object.entries(sizes)) {
      assert.equal(parse(`--history-size ${text}`).historySize, bytes, text);
      assert.equal(parse(`record f --max-size ${text}`).maxSize, bytes, text);
    }
    for (const text of ['16MB', '16m', '16kiB', 'M', '-1', '1e6', '16Mi'])
      assert.match(
        refused([`--history-size=${text}`]),
        /^history-size '.*' is no size: give bytes, or a number with K, M,/,
      );
  });

  test('what stands behind a command', () => {
    assert.deepEqual(parse('decode 0x40 64 --kernel 4.2').words, ['0x40', '64']);
    assert.equal(parse('decode --kernel 4.2 64').kernel, '4.2');
    assert.deepEqual(parse('fields cpu_percent').words, ['cpu_percent']);
    assert.deepEqual(parseOptions(['decode', '--', '-5']).words, ['-5']);
  });
});

describe('lists', () => {
  test('values that begin with a dash', () => {
    assert.deepEqual(parse('-s -maj_flt_rate').sort, ['-maj_flt_rate']);
    assert.deepEqual(parse('--sort -maj_flt_rate,pid --once').sort, ['-maj_flt_rate', 'pid']);
    assert.deepEqual(parse('--sort=-pid').sort, ['-pid']);
    assert.deepEqual(parse('-c -flags').columns, ['-flags']);
    assert.deepEqual(parse('--columns -flags,-nice').columns, ['-flags', '-nice']);
    assert.deepEqual(parse('-c +ppid,-nice').columns, ['+ppid', '-nice']);
    assert.deepEqual(parse('-c pid,comm -s -cpu_percent --once').columns, ['pid', 'comm']);
  });
  test('commas, blanks, nothing', () => {
    assert.deepEqual(parseOptions(['-c', ' pid , ,comm,']).columns, ['pid', 'comm']);
    assert.equal(parse('').columns, undefined);
  });
  test('pids and users', () => {
    assert.deepEqual(parse('-p 1,22').pids, [1, 22]);
    assert.deepEqual(parse('-u root,1000').users, ['root', '1000']);
    for (const pid of ['0', 'x', '1.5']) assert.match(refused(['-p', pid]), /pid '.*' is no number/);
  });
});

describe('intervals', () => {
  test('0.1 to 3600 seconds, in any unit', () => {
    assert.equal(parse('-d 0.1').interval, 0.1);
    assert.equal(parse('-d 500ms').interval, 0.5);
    assert.equal(parse('--interval 1h').interval, 3600);
    assert.equal(parse('').interval, undefined);
    for (const text of ['0.05', '3601', 'x', '2h', ''])
      assert.match(refused(['-d', text]), /is out of range: give 0.1 to 3600 seconds/, text);
  });
  test('0 only for one sample', () => {
    assert.equal(parse('--once -d 0').interval, 0);
    assert.equal(parse('--json -d 0').interval, 0);
    assert.equal(parse('-n 1 -d 0').interval, 0);
    for (const line of ['-d 0', '-n 2 -d 0', '-n 0 -d 0'])
      assert.match(refused(line.split(' ')), /0 only with --once/, line);
  });
});

describe('errors name the nearest valid word', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['--colums pid', "unknown option '--colums': did you mean '--columns'?"],
    ['--onec', "did you mean '--once'?"],
    ['--format jsno', "unknown format 'jsno': did you mean 'json'? it is one of table, json, ndjson, csv"],
    ['--color alwyas', "did you mean 'always'?"],
    ['--kernel-threads hid', "did you mean 'hide'?"],
    ['decod', "unknown command 'decod': did you mean 'decode'?"],
    ['filds', "did you mean 'fields'?"],
  ];
  for (const [line, words] of cases)
    test(line, () => assert.ok(refused(line.split(' ')).includes(words), refused(line.split(' '))));

  test('and guess nothing when nothing is near', () => {
    assert.doesNotMatch(refused(['zzzzzzzzz']), /did you mean/);
    assert.doesNotMatch(refused(['--zzzzzzzzz']), /did you mean/);
  });
  test('a value that is missing, a value too many', () => {
    assert.match(refused(['--columns']), /option '--columns' needs a value/);
    assert.match(refused(['-d']), /needs a value/);
    assert.match(refused(['--once=5']), /takes no value/);
    assert.match(refused(['-x']), /unknown option '-x'/);
  });
  test('every error is one line: what is wrong, what to do', () => {
    for (const argv of [['--zz'], ['zz'], ['-d', '0'], ['-n', 'x'], ['--format', 'x'], ['-p', 'x'], ['--columns']])
      assert.match(refused(argv), /^[^\n]+: [^\n]+$/);
  });
  for (const word of ['constructor', 'toString', '__proto__']) {
    test(`'${word}' is no command`, () => {
      assert.match(refused([word]), /unknown command/);
    });
  }
});

test('the help names every option and command', () => {
  const text = helpText();
  assert.match(text, /--interval SECONDS\s+0\.1 to 3600, default 2 \(--once, show, check: 1\)/);
  assert.match(text, /--for DURATION .*record until/);
  for (const { name, short } of OPTIONS) {
    assert.ok(text.includes(`--${name}`), name);
    if (short !== undefined) assert.ok(text.includes(`-${short}, --${name}`), short);
  }
  for (const line of text.split('\n')) assert.ok(line.length <= 120, line);
  const shorts = OPTIONS.flatMap(({ short }) => (short === undefined ? [] : [short]));
  assert.equal(new Set(shorts).size, shorts.length);
});
