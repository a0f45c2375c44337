import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { complete } from '../../src/filter/complete.ts';
import { parseFilter } from '../../src/filter/filter.ts';
import { print } from '../../src/filter/print.ts';
import { tokens } from '../../src/filter/tokens.ts';
import { FIELDS } from '../../src/fields/registry.ts';
import { STATUS_FIELDS } from '../../src/fields/status-fields.ts';
import { garbage, tree } from './trees.ts';

const USERS = ['root', 'joe', 'the boss'];

/** The cursor is `|`. */
function at(marked: string): { readonly words: string[]; readonly replaced: string; readonly help: string[] } {
  const cursor = marked.lastIndexOf('|');
  const text = marked.slice(0, cursor) + marked.slice(cursor + 1);
  const { start, end, choices } = complete(text, cursor, USERS);
  return {
    words: choices.map(({ word }) => word),
    replaced: text.slice(start, end),
    help: choices.map(({ help }) => help),
  };
}

describe('what may stand at the cursor', () => {
  const COLUMNS = FIELDS.length + STATUS_FIELDS.length;
  const expected: Readonly<Record<string, readonly string[] | number>> = {
    '|': COLUMNS + 2,
    'a and |': COLUMNS + 2,
    '(|': COLUMNS + 2,
    '!|': COLUMNS + 2,
    'MAJF|': ['maj_flt', 'maj_flt_rate'],
    'wch|': ['wchan', 'wchan_name'],
    'WCHAN_|': ['wchan_name'],
    'status.sec|': ['status.Seccomp', 'status.Seccomp_filters'],
    'nfs wchan_|': ['wchan_name'],
    'no|': ['nonvol_ctxt_rate', 'status.NoNewPrivs', 'status.nonvoluntary_ctxt_switches', 'not'],
    'state |': ['=', '!=', '~', '!~', 'in', 'not in', 'is'],
    'state i|': ['in', 'is'],
    'state not |': ['in'],
    'flags |': ['has', 'not has', '=', '!=', 'in', 'not in', 'is'],
    'flags not |': ['has', 'in'],
    'flags not h|': ['has'],
    'CPU% |': ['=', '!=', '<', '<=', '>', '>=', 'in', 'not in', 'is', 'and', 'or'],
    'flag_names |': ['has', 'not has', '~', '!~', 'is'],
    'state = |': ['R', 'S', 'D', 'T', 't', 'Z', 'X', 'x', 'K', 'W', 'P', 'I'],
    'state=|': ['R', 'S', 'D', 'T', 't', 'Z', 'X', 'x', 'K', 'W', 'P', 'I'],
    'state = zo|': ['Z'],
    'state_name = d|': ['"disk sleep"', 'dead'],
    'policy_name in (|': ['other', 'fifo', 'rr', 'batch', 'iso', 'idle', 'deadline', 'ext'],
    'policy_name in (sched_b|': ['batch'],
    'policy_name in (fifo |': [',', ')'],
    'policy_name in (fifo, i|': ['iso', 'idle'],
    'policy_name in |': ['('],
    'flags has EXIT|': ['EXITING', 'EXITPIDONE'],
    'flags has pf_kt|': ['KTHREAD'],
    'signals_pending has ter|': ['SIGTERM'],
    'status.SigBlk has sigusr|': ['SIGUSR1', 'SIGUSR2'],
    'status.CapEff has sys_a|': ['CAP_SYS_ADMIN'],
    'user = |': ['root', 'joe', '"the boss"'],
    'user in (j|': ['joe'],
    'user = "the|': ['"the boss"'],
    'user ~ |': [],
    'comm = |': [],
    'age < 5|': ['5us', '5ms', '5s', '5m', '5h', '5d'],
    'age < 5m|': ['5ms', '5m'],
    'cpu_percent > 2.5|': ['2.5%'],
    'rss_bytes > 100mi|': ['100MiB'],
    'pid = 5|': [],
    'rsslim = |': ['unlimited'],
    'user is |': ['missing', 'known'],
    'user is m|': ['missing'],
    'state = D |': ['and', 'or'],
    '(state = D |': ['and', 'or', ')'],
    '"nfs"|': ['and', 'or'],
    'state = Q and |': [],
    'a & |': [],
  };
  for (const [marked, words] of Object.entries(expected)) {
    test(marked, () => {
      const found = at(marked).words;
      if (typeof words === 'number') assert.equal(found.length, words);
      else assert.deepEqual(found, words);
    });
  }
});

test('a choice replaces the word that the cursor is in or before', () => {
  assert.equal(at('sta|').replaced, 'sta');
  assert.equal(at('st|ate = D').replaced, 'state');
  assert.equal(at('|state = D').replaced, 'state');
  assert.equal(at('state|=D').replaced, 'state');
  assert.equal(at('state =|D').replaced, 'D');
  assert.equal(at('state = | and x').replaced, '');
  assert.equal(at('user = "jo|" and x').replaced, '"jo"');
  assert.equal(at('user = "jo| and x').replaced, '"jo and x');
});

test('choices are explained', () => {
  assert.match(at('flags has KTHREAD|').help[0]!, /kernel thread/);
  assert.match(at('state = D|').help[0]!, /^disk sleep: uninterruptible/);
  assert.match(at('maj_flt_r|').help[0]!, /read from disk/);
  assert.deepEqual(at('rss_bytes > 1Ki|').help, ['1024 bytes']);
  assert.equal(at('flags has |').words[0], 'VCPU', 'flags of today come first');
  for (const marked of ['state |', 'state = D |', '(a |', 'user is |', 'state in (D |', 'flags not |'])
    assert.ok(
      at(marked).help.every(help => help !== ''),
      marked,
    );
});

test('any cursor', () => {
  for (const cursor of [-1, 1e9, Number.NaN, Number.POSITIVE_INFINITY, 2.5]) {
    const { start, end } = complete('state = D', cursor);
    assert.ok(start >= 0 && start <= end && end <= 9, String(cursor));
  }
  assert.deepEqual(complete('a'.repeat(5000), 5000), { start: 5000, end: 5000, choices: [] });
});

/** Each choice, put in, is understood: what is wrong then (if anything) stands behind it. */
function furthers(text: string, cursor: number): number {
  const { start, end, choices } = complete(text, cursor, USERS);
  assert.ok(0 <= start && start <= cursor && cursor <= end && end <= text.length);
  const before = parseFilter(text.slice(0, start));
  for (const { word } of choices) {
    const written = text.slice(0, start) + word;
    const parsed = parseFilter(written);
    if (!('error' in parsed)) continue;
    const { at, message } = parsed.error;
    assert.equal(at, written.length, `${word} in ${text}: ${message} at ${at}`);
    assert.ok(!('error' in before) || at > before.error.at);
  }
  return choices.length;
}

/** The same with what stands behind the cursor. */
function fitsIn(text: string, cursor: number): void {
  const { start, end, choices } = complete(text, cursor, USERS);
  for (const { word } of choices) {
    const parsed = parseFilter(text.slice(0, start) + word + text.slice(end));
    assert.ok(!('error' in parsed) || parsed.error.at >= start + word.length, `${word} at ${start} of ${text}`);
  }
}

test('every choice gives a text that parses further than before, in rubbish', () => {
  let offered = 0;
  fc.assert(
    fc.property(garbage, fc.nat(40), (text, cursor) => {
      offered += furthers(text, Math.min(cursor, text.length));
    }),
    { numRuns: 1000 },
  );
  assert.ok(offered > 1000, `${offered}`);
});

test('every choice gives a text that parses further than before, in filters', () => {
  let offered = 0;
  const placed = tree.chain(wanted => {
    const text = print(wanted);
    return fc.tuple(fc.constant(text), fc.nat(text.length));
  });
  fc.assert(
    fc.property(placed, ([text, cursor]) => {
      offered += furthers(text, cursor);
      fitsIn(text, cursor);
    }),
    { numRuns: 1000 },
  );
  assert.ok(offered > 1000, `${offered}`);
});

test('a choice does not grow together with what stands beside it', () => {
  for (const marked of ["policy_name'D|'", 'a |!b', "'D|'& x", '"a| b"has x', "CPU%'|"])
    assert.deepEqual(at(marked).words, [], marked);
  assert.deepEqual(at('a |&&b').words, ['and', 'or']);
});

test('what stands in a filter is among the choices at its place', () => {
  let asked = 0;
  fc.assert(
    fc.property(tree, wanted => {
      const text = print(wanted);
      const all = tokens(text).map(({ kind, start, end }) => ({ kind, start, word: text.slice(start, end) }));
      for (const [index, { kind, start, word }] of all.entries()) {
        const before = all[index - 1]?.word ?? '';
        const named =
          kind === 'value' && (before === 'is' || /^(DUMPCORE|SIG[A-Z]+|CAP_[A-Z_]+)$/.test(word)) && before !== '~';
        // the second word of `not has` is no choice of its own
        const operator = kind === 'operator' && before !== 'not';
        if (!named && !operator && kind !== 'column' && kind !== 'logic' && word !== '(') continue;
        const whole = operator && word === 'not' ? `not ${all[index + 1]!.word}` : word;
        const { choices } = complete(text, kind === 'column' ? start + 1 : start);
        assert.ok(
          choices.some(choice => choice.word === whole),
          `${whole} at ${start} of ${text}`,
        );
        asked++;
      }
    }),
    { numRuns: 500 },
  );
  assert.ok(asked > 1000, `${asked}`);
});
