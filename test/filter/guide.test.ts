/** The examples of docs/filter.md do what is written there. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import { parseFilter } from '../../src/filter/filter.ts';
import { LONGEST_PATTERN } from '../../src/filter/pattern.ts';
import { root } from '../support/paths.ts';
import { chosen, filterOf } from './tasks.ts';

const page = fs.readFileSync(`${root}docs/filter.md`, 'utf8');
const blocks = (language: string): string[] =>
  [...page.matchAll(/```(\w+)\n(.*?)```/gs)].filter(([, name]) => name === language).map(([, , body]) => body!);

/** Each example, and whom it lets through of the tasks in tasks.ts. */
const EXAMPLES: Readonly<Record<string, readonly number[]>> = {
  firefox: [200],
  'kworker !0:3': [],
  '"web content"': [200],
  '300': [300],
  '"command"': [],
  'state = D': [100],
  'state in (D, Z)': [100, 400],
  'state != S': [40, 100, 300, 400],
  'CPU% > 50': [300],
  'maj_flt_rate > 10 or rss_bytes > 100MiB': [100, 200],
  'nice < 0 or policy_name in (fifo, rr, deadline)': [300],
  'user = joe': [100, 200],
  'age < 30s': [400, 500],
  'status.Seccomp = 2': [200],
  'flags has KTHREAD': [2, 40],
  'flags has EXITING and exiting_age > 3s': [],
  'flags has FORKNOEXEC and age > 10s and not flags has KTHREAD': [500],
  'flags has SUPERPRIV and uid != 0': [],
  'flags has MEMALLOC and state = D': [],
  'flags has 0x208000': [2, 40],
  'signals_pending has TERM': [100],
  'status.SigBlk has 15': [],
  'status.CapEff has SYS_ADMIN': [1, 2, 40, 100, 300],
  'cpus_allowed has 3': [1, 2, 40, 100, 300],
  'state = D and wchan_name ~ "nfs|rpc"': [100],
  'comm ~ ^kworker/': [40],
  'comm !~ "^(kworker|rcu)"': [1, 2, 100, 200, 300, 400, 500],
  'command ~ "-r .*/photos"': [100],
  'cpus_allowed ~ "^0-3"': [1, 2, 40, 100, 300],
  'state = D nfs': [100],
  'not (user = root or user = joe)': [300, 400, 500],
  'policy_name in (fifo, rr) and cpu_percent > 50': [300],
  'state = D and state_age > 1s or state = Z': [400],
  'wchan_name is missing': [2, 40, 300, 400, 500],
  'user != root': [100, 200, 300],
  'not user = root': [100, 200, 300, 400, 500],
};

describe('examples', () => {
  const examples = blocks('filter').flatMap(body =>
    body
      .trim()
      .split('\n')
      .map(line => line.replace(/\s+#\s.*$/, '')),
  );
  test('are those of the list above, each once', () =>
    assert.deepEqual([...examples].sort(), Object.keys(EXAMPLES).sort()));
  for (const text of examples) test(text, () => assert.deepEqual(chosen(text), EXAMPLES[text]));
  test('tell of more than an interval where they do', () => {
    assert.deepEqual(
      examples.filter(text => filterOf(text).history),
      ['flags has EXITING and exiting_age > 3s', 'state = D and state_age > 1s or state = Z'],
    );
  });
});

test('the error is the one that is printed', () => {
  for (const body of blocks('error')) {
    const [text = '', ...lines] = body.trimEnd().split('\n');
    const parsed = parseFilter(text);
    assert.ok('error' in parsed);
    const { at, length, message } = parsed.error;
    assert.deepEqual(lines, [`${' '.repeat(at)}${'^'.repeat(length)} ${message}`]);
  }
  assert.equal(blocks('error').length, 1);
});

test('the bound of patterns is the one that is written', () => {
  assert.ok(page.includes(`at most ${LONGEST_PATTERN} characters`));
});

test('the sentence about missing users holds', () => {
  for (const text of ['user = root', 'user != root', 'user not in (root)']) {
    assert.ok(page.includes(`\`${text}\``));
    assert.ok(!chosen(text).includes(500), text);
  }
  assert.ok(chosen('not user = root').includes(500));
});
