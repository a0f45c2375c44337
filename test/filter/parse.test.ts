import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseFilter } from '../../src/filter/filter.ts';
import { tokens } from '../../src/filter/tokens.ts';
import { filterOf } from './tasks.ts';

/** What is wrong, underlined: the text, the place, the message. */
type Wrong = readonly [text: string, place: string, message: string];

const condition = "expected a condition such as 'state = D'";
const operator = (id: string, fitting: string): string =>
  `expected an operator after the column '${id}': ${fitting} is (or quotes around it, to search for the word)`;
const TEXT = '= != ~ !~ in';
const NUMBER = '= != < <= > >= in';

const WRONG: Readonly<Record<string, readonly Wrong[]>> = {
  structure: [
    ['', '^', condition],
    ['   ', '   ^', condition],
    ['state = D and', '             ^', condition],
    ['and state = D', '^^^', `${condition}, found 'and'`],
    ['a or or b', '     ^^', `${condition}, found 'or'`],
    ['a not', '     ^', condition],
    ['()', ' ^', `${condition}, found ')'`],
    ['(state = D', '          ^', "expected ')'"],
    ['(a, b)', '  ^', "expected ')', found ','"],
    ['state = D)', '         ^', "this ')' closes nothing"],
    ['state = D, Z', '         ^', "expected 'and' or 'or', found ','"],
    ['nfs in', '^^^', "did you mean 'rss'? unknown column 'nfs': 'taskscope fields' lists them all"],
    ['= D', '^', "expected a column before '='"],
    ['"a" = D', '^^^', "expected a column before '=', and without quotes"],
    ['5 < age', '^', "expected a column before '<': it comes first, as in 'age > 5s'"],
    ['a & b', '  ^', "'&' alone means nothing: write &&"],
    ['a | b', '  ^', "'|' alone means nothing: write ||"],
    ['comm = "cp', '       ^^^', 'this quote is not closed: " is missing'],
    ["it's", '  ^^', "this quote is not closed: ' is missing"],
    ['nfs ""', '    ^^', 'there is nothing between the quotes to search for'],
  ],
  columns: [
    ['stat = D', '^^^^', "did you mean 'state'? unknown column 'stat': 'taskscope fields' lists them all"],
    [
      'pid > 1 and Seccomp = 2',
      '            ^^^^^^^',
      "did you mean 'status.Seccomp'? unknown column 'Seccomp': 'taskscope fields' lists them all",
    ],
    [
      'maj_flt_rte > 3',
      '^^^^^^^^^^^',
      "did you mean 'maj_flt_rate'? unknown column 'maj_flt_rte': 'taskscope fields' lists them all",
    ],
    ['state', '     ^', operator('state', TEXT)],
    ['state D', '      ^', operator('state', TEXT)],
    ['pid and state = D', '    ^^^', operator('pid', NUMBER)],
    ['flags KTHREAD', '      ^^^^^^^', operator('flags', 'has = != in')],
    ['state not', '         ^', "expected in after 'not'"],
    ['flags not', '         ^', "expected has or in after 'not'"],
  ],
  operators: [
    ['command < 5', '        ^', `'<' does not fit 'command' (text): use ${TEXT}`],
    ['command has x', '        ^^^', `'has' does not fit 'command' (text): use ${TEXT}`],
    ['command not has x', '        ^^^^^^^', `'not has' does not fit 'command' (text): use ${TEXT}`],
    ['pid ~ 1', '    ^', `'~' does not fit 'pid' (number): use ${NUMBER}`],
    [
      'wchan ~ nfs',
      '      ^',
      `by name it is 'wchan_name'; '~' does not fit 'wchan' (address, hexadecimal): use ${NUMBER}`,
    ],
    [
      'flags > 0x40',
      '      ^',
      "by name it is 'flag_names'; '>' does not fit 'flags' (bit mask, hexadecimal): use has = != in",
    ],
    ['flag_names = KTHREAD', '           ^', "'=' does not fit 'flag_names' (text): use has ~ !~"],
    ['user is', '       ^', "expected 'missing' or 'known' after 'is'"],
    ['user is root', '        ^^^^', "expected 'missing' or 'known' after 'is', found 'root'"],
  ],
  numbers: [
    ['pid =', '     ^', "expected a number after '='"],
    ['pid = = 3', '      ^', "expected a number after '=', found '='"],
    ['pid > and', '      ^^^', "expected a number after '>', found 'and'"],
    ['pid = x', '      ^', "expected a number for 'pid' (number), found 'x'"],
    ['uid = root', '      ^^^^', "by name it is 'user'; expected a number for 'uid' (number), found 'root'"],
    [
      'policy = fifo',
      '         ^^^^',
      "by name it is 'policy_name'; expected a number for 'policy' (number), found 'fifo'",
    ],
    ['pid = 5k', '       ^', "'k' is no unit of 'pid' (number): it takes a plain number"],
    [
      'rss_bytes > 10s',
      '              ^',
      "'s' is no unit of 'rss_bytes' (bytes): its units are B, K, KiB, M, MiB, G, GiB, T, TiB, k",
    ],
    [
      'rss_bytes > 10MB',
      '              ^^',
      "'MB' is no unit of 'rss_bytes' (bytes): its units are B, K, KiB, M, MiB, G, GiB, T, TiB, k",
    ],
    ['age > 5M', '       ^', "'M' is no unit of 'age' (seconds): its units are us, ms, s, m, h, d"],
    ['age > 1MiB', '       ^^^', "'MiB' is no unit of 'age' (seconds): its units are us, ms, s, m, h, d"],
    ['cpu_percent > 5s', '               ^', "'s' is no unit of 'cpu_percent' (percent): its units are %"],
    [
      'min_flt_rate > 5%',
      '                ^',
      "'%' is no unit of 'min_flt_rate' (per second): its units are k, M, G, T",
    ],
    ['rss > 10M', '        ^', "in bytes it is 'rss_bytes'; 'M' is no unit of 'rss' (pages): it takes a plain number"],
    ['age > "5 x"', '      ^^^^^', "' x' is no unit of 'age' (seconds): its units are us, ms, s, m, h, d"],
    [
      'rsslim = lots',
      '         ^^^^',
      "expected a size such as 1GiB, or 'unlimited' for 'rsslim' (bytes, decimal, or \"unlimited\"), found 'lots'",
    ],
    [
      'startcode > x',
      '            ^',
      "expected an address such as 0x7f0012345000 for 'startcode' (address, hexadecimal), found 'x'",
    ],
  ],
  words: [
    ['state = Q', '        ^', "unknown state 'Q': it is one of R, S, D, T, t, Z, X, x, …"],
    ['state = d', '        ^', "did you mean 'D'? unknown state 'd'"],
    ['state in (D, zombi)', '             ^^^^^', "did you mean 'zombie'? unknown state 'zombi'"],
    ['state =', '       ^', "expected a state such as D after '='"],
    ['policy_name = fio', '              ^^^', "did you mean 'fifo'? unknown policy 'fio'"],
    ['flags has KTHRED', '          ^^^^^^', "did you mean 'KTHREAD'? unknown flag 'KTHRED'"],
    ['flags has PF_EXITNG', '          ^^^^^^^^^', "did you mean 'PF_EXITING'? unknown flag 'PF_EXITNG'"],
    ['flags has', '         ^', "expected a flag such as KTHREAD, or a mask such as 0x40 after 'has'"],
    ['flags has 0', '          ^', 'a mask of 0 asks for nothing: name a bit, as in 0x40'],
    ['flags has 0x100000000', '          ^^^^^^^^^^^', "'0x100000000' has more than 32 bits"],
    [
      'flags = KTHREAD',
      '        ^^^^^^^',
      "'has' asks for bits; expected a mask such as 0x40 for 'flags' (bit mask, hexadecimal), found 'KTHREAD'",
    ],
    ['signals_pending has SIGTREM', '                    ^^^^^^^', "did you mean 'SIGTERM'? unknown signal 'SIGTREM'"],
    ['status.SigBlk has 65', '                  ^^', 'signals are 1 to 64'],
    [
      'status.CapEff has sys_admn',
      '                  ^^^^^^^^',
      "did you mean 'SYS_ADMIN'? unknown capability 'sys_admn'",
    ],
    ['cpus_allowed has 0-3', '                 ^^^', "expected a number such as 3, found '0-3'"],
    ['status.Groups has ""', '                  ^^', "expected one of its words or numbers, found ''"],
    ['status.untag_mask has x', '                      ^', "expected a mask such as 0x40, found 'x'"],
  ],
  lists: [
    ['state in', '        ^', "expected '(' after 'in'"],
    ['state in D', '         ^', "expected '(' after 'in', found 'D'"],
    ['state in (', '          ^', "expected a state such as D after 'in'"],
    ['state in ()', '          ^', "expected a state such as D after 'in', found ')'"],
    ['state in (D', '           ^', "expected ',' or ')'"],
    ['state in (D Z)', '            ^', "expected ',' or ')', found 'Z'"],
    ['state in (D,)', '            ^', "expected a state such as D after 'in', found ')'"],
  ],
  patterns: [
    ['comm ~', '      ^', "expected a regular expression of at most 200 characters after '~'"],
    ['comm ~ ""', '       ^^', 'an empty pattern matches everything'],
    ['comm ~ "("', '       ^^^', 'no regular expression: unterminated group'],
    ['comm ~ [z-a]', '       ^^^^^', 'no regular expression: range out of order in character class'],
    ['comm ~ "(a)\\1"', '       ^^^^^^^', 'back-references are not supported'],
    [`comm ~ ${'a'.repeat(201)}`, `       ${'^'.repeat(201)}`, 'a pattern may have 200 characters'],
  ],
};

for (const [about, rows] of Object.entries(WRONG)) {
  describe(`errors of ${about} say what was expected, and where`, () => {
    for (const [text, place, message] of rows) {
      test(text === '' ? '(empty)' : text, () => {
        const parsed = parseFilter(text);
        assert.ok('error' in parsed);
        const { error } = parsed;
        assert.equal(' '.repeat(error.at) + '^'.repeat(Math.max(1, error.length)), place);
        assert.equal(error.length === 0, error.at === text.length, 'only what is missing at the end has no length');
        assert.equal(error.message, message);
      });
    }
  });
}

describe('bounds', () => {
  test('length', () => {
    assert.equal(filterOf('a'.repeat(4000)).text.length, 4000);
    const parsed = parseFilter('a'.repeat(4001));
    assert.deepEqual(parsed, { error: { message: 'a filter may have 4000 characters', at: 4000, length: 1 } });
  });
  test('depth', () => {
    const nested = (levels: number): string => '('.repeat(levels) + 'a' + ')'.repeat(levels);
    assert.equal(filterOf(nested(50)).text, 'a');
    const error = { message: 'nested more than 50 levels deep', at: 51, length: 1 };
    assert.deepEqual(parseFilter(nested(51)), { error });
    const nots = parseFilter('!'.repeat(3999) + 'a');
    assert.ok('error' in nots && nots.error.message === 'nested more than 50 levels deep');
  });
  test('words of the user are shortened and made harmless', () => {
    const parsed = parseFilter(`\u001b[2J${'x'.repeat(100)} = 1`);
    assert.ok('error' in parsed);
    assert.equal(parsed.error.message, `unknown column '·[2J${'x'.repeat(35)}…': 'taskscope fields' lists them all`);
  });
});

describe('one normal spelling', () => {
  const spelled: Readonly<Record<string, string>> = {
    'STATE=Z': 'state_name = zombie',
    'state  ==D&&!comm~x||y': 'state = D and not comm ~ x or y',
    'minflt>1k majflt<=2': 'min_flt > 1k and maj_flt <= 2',
    'status.seccomp = 2': 'status.Seccomp = 2',
    'Pid = 3': 'pid = 3',
    'StartTime > 5s': 'start_time > 5s',
    'CPU% > 50%': 'cpu_percent > 50%',
    'rss_bytes > 100 MiB': 'rss_bytes > 100MiB',
    'flags has pf_kthread': 'flags has KTHREAD',
    'signals_pending has 15': 'signals_pending has SIGTERM',
    'status.CapEff has net_raw': 'status.CapEff has CAP_NET_RAW',
    'policy_name IN (SCHED_RR,"fifo")': 'policy_name in (rr, fifo)',
    'state not   in (R,S)': 'state not in (R, S)',
    "comm = 'a b'": 'comm = "a b"',
    'comm = "it\'s ""it"""': 'comm = "it\'s ""it"""',
    'comm = \'say "hi"\'': 'comm = \'say "hi"\'',
    '"state" "and" "x"': '"state" and "and" and x',
    'user is KNOWN': 'user is known',
    '((a or b))': 'a or b',
    '(a and b) and c': '(a and b) and c',
    'not (a)': 'not a',
    'not (a b)': 'not (a and b)',
    '!!a': 'not not a',
    'a!b|c&d': 'a!b|c&d',
    'cpus_allowed ~ "0-3"': 'cpus_allowed ~ 0-3',
    "comm ~ '^(a|b)$'": 'comm ~ "^(a|b)$"',
    'comm ~ \\d+\\.': 'comm ~ \\d+\\.',
  };
  for (const [text, normal] of Object.entries(spelled)) {
    test(text, () => {
      assert.equal(filterOf(text).text, normal);
      assert.equal(filterOf(normal).text, normal);
    });
  }
});

describe('tokens', () => {
  const kinds = (text: string): string =>
    tokens(text)
      .map(({ kind, start, end }) => `${text.slice(start, end)}:${kind}`)
      .join(' ');
  test('of a filter', () => {
    assert.equal(
      kinds('(CPU% > 50 or state in (D,"Z")) !nfs && user is missing'),
      '(:bracket CPU%:column >:operator 50:value or:logic state:column in:operator (:bracket D:value ,:bracket "Z":value ' +
        '):bracket ):bracket !:logic nfs:search &&:logic user:column is:operator missing:value',
    );
    assert.equal(kinds('flags not has X'), 'flags:column not:operator has:operator X:error');
    assert.equal(kinds('age > 5 s'), 'age:column >:operator 5:value s:value');
  });
  test('what is wrong, and what stands behind it', () => {
    assert.equal(kinds('state = Q and x'), 'state:column =:operator Q:error and:rest x:rest');
    assert.equal(kinds('foo = D'), 'foo:error =:rest D:rest');
    assert.equal(kinds('state = '), 'state:column =:operator');
    assert.equal(kinds('a "b'), 'a:search "b:error');
    assert.equal(kinds('rss_bytes > 5x'), 'rss_bytes:column >:operator 5x:error');
  });
});
