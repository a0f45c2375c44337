import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compile } from '../../src/filter/compile.ts';
import { parseFilter } from '../../src/filter/filter.ts';
import { parse } from '../../src/filter/parse.ts';
import { print } from '../../src/filter/print.ts';
import type { Comparison, Tree } from '../../src/filter/syntax.ts';
import { tokens } from '../../src/filter/tokens.ts';
import { field } from '../../src/fields/registry.ts';
import type { TaskView } from '../../src/fields/task.ts';
import { CAPABILITIES } from '../../src/kernel/capabilities.ts';
import { signalNames } from '../../src/kernel/signals.ts';
import { isMissing } from '../../src/units/missing.ts';
import { Pushed, testMachine } from '../support/model.ts';
import { garbage, tree } from './trees.ts';

test('a tree that is printed parses to the same tree', () => {
  fc.assert(
    fc.property(tree, wanted => {
      const text = print(wanted);
      const { result } = parse(text);
      assert.ok('tree' in result, `${text}: ${'error' in result ? result.error.message : ''}`);
      assert.deepEqual(result.tree, wanted, text);
    }),
    { numRuns: 3000 },
  );
});

// ---- a second opinion on what a filter means, as plain as can be

const masks = (value: unknown): bigint | undefined =>
  typeof value === 'string' && /^(0x[0-9a-f]+|\d+)$/i.test(value) ? BigInt(value) : undefined;

function naiveHas(comparison: Comparison, value: unknown, task: TaskView): boolean {
  const { id, unit } = comparison.field;
  const [{ text: word, value: wanted } = { text: '', value: '' }] = comparison.values;
  if (id === 'flags' || id === 'flag_names') {
    const names = field('flag_names').value(task) as readonly string[];
    if (typeof wanted === 'string') return names.includes(`PF_${word}`);
    return (BigInt(task.stat(9)) & (wanted as bigint)) === wanted;
  }
  if (id.includes('pus_allowed') || id.includes('ems_allowed')) {
    const all = new Set<number>();
    for (const range of String(value).match(/[\d-]+/g) ?? []) {
      const [first, last = first] = range.split('-').map(Number);
      for (let n = first!; n <= last!; n++) all.add(n);
    }
    return all.has(Number(word));
  }
  if (unit !== 'mask') return String(value).split(/\s+/).includes(word);
  const mask = masks(value)!;
  if (word.startsWith('0x')) return (mask & BigInt(word)) === BigInt(word);
  if (id.startsWith('status.Cap')) {
    const n = CAPABILITIES.find(({ name }) => name === word)?.n ?? Number(word);
    return ((mask >> BigInt(n)) & 1n) === 1n;
  }
  if (word.startsWith('SIG')) return signalNames(mask).includes(word);
  return (mask & (wanted as bigint)) === wanted;
}

function naiveRelation(comparison: Comparison, value: unknown, task: TaskView): boolean {
  const {
    operator,
    values,
    field: { id, unit },
  } = comparison;
  const relation = operator.replace(/^(!|not )/, '');
  if (relation === 'has') return naiveHas(comparison, value, task);
  if (relation === '~') {
    const pattern = String(values[0]!.value);
    const found = new RegExp(pattern, /[A-Z]/.test(pattern) ? 's' : 'si');
    return Array.isArray(value) ? value.some(one => found.test(String(one))) : found.test(String(value));
  }
  const compare = (wanted: number | bigint | string): number => {
    if (typeof wanted === 'string') return value === wanted ? 0 : 1;
    const [a, b] = [typeof value === 'number' ? value : value === 'unlimited' ? Infinity : masks(value)!, wanted];
    return a < b ? -1 : a > b ? 1 : 0;
  };
  const uid = field('uid').value(task);
  const equal = (index: number): boolean =>
    compare(values[index]!.value) === 0 ||
    (id === 'user' &&
      typeof uid === 'number' &&
      /^\d+$/.test(values[index]!.text) &&
      Number(values[index]!.text) === uid);
  assert.ok(unit !== 'mask' || relation === '=' || relation === 'in');
  switch (relation) {
    case '<':
      return compare(values[0]!.value) < 0;
    case '<=':
      return compare(values[0]!.value) <= 0;
    case '>':
      return compare(values[0]!.value) > 0;
    case '>=':
      return compare(values[0]!.value) >= 0;
    default:
      return values.some((_, index) => equal(index));
  }
}

function naive(part: Tree, task: TaskView): boolean {
  switch (part.kind) {
    case 'and':
      return part.parts.every(each => naive(each, task));
    case 'or':
      return part.parts.some(each => naive(each, task));
    case 'not':
      return !naive(part.part, task);
    case 'search': {
      const word = part.text.toLowerCase();
      const command = field('command').value(task) as string;
      return (
        `${task.comm}\0${command}`.toLowerCase().includes(word) || (/^\d+$/.test(word) && Number(word) === task.pid)
      );
    }
    case 'presence':
      return isMissing(part.field.value(task)) !== part.known;
    case 'comparison': {
      const value = part.field.value(task);
      if (isMissing(value) || Number.isNaN(value)) return false;
      if (['mask', 'limit', 'address'].includes(part.field.unit) && value !== 'unlimited' && masks(value) === undefined)
        return false;
      return naiveRelation(part, value, task) !== /^(!|not )/.test(part.operator);
    }
  }
}

const decimal = fc.oneof(fc.nat(100), fc.maxSafeNat()).map(String);
const stat = fc.record({
  comm: fc.constantFrom('task', 'TASK', 'a', 'kworker/0:1', "it's", 'say "x"'),
  state: fc.constantFrom('R', 'S', 'D', 'Z', 'I', 'T'),
  flags: fc.integer({ min: 0, max: 0xffffffff }),
  tty_nr: fc.constantFrom(0, 0x8801),
  min_flt: decimal,
  utime: decimal,
  nice: fc.integer({ min: -20, max: 19 }),
  policy: fc.nat(9),
  rss: fc.nat(100_000),
  vsize: fc.constantFrom(0, 4096),
  rsslim: fc.constantFrom('18446744073709551615', '100', '9007199254740993'),
  startcode: fc.constantFrom(0, 1, 4194304),
  sigcatch: fc.nat(0x7fffffff),
  start_time: fc.nat(100_000),
});
const hex16 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(value => value.toString(16).padStart(16, '0'));
const statusFile = fc
  .tuple(fc.constantFrom(0, 1000, 5), hex16, hex16, hex16, fc.constantFrom('0-3', '0,2,100', '1', ''), fc.nat(2))
  .map(
    ([uid, pending, blocked, capabilities, cpus, seccomp]) =>
      `Name:\ttask\nUid:\t${uid}\t${uid}\t0\t0\nGroups:\t0 27 1000 \nSigPnd:\t${pending}\nShdPnd:\t0000000000004000\n` +
      `SigBlk:\t${blocked}\nSigCgt:\tnone\nCapEff:\t${capabilities}\nSeccomp:\t${seccomp}\nCpus_allowed_list:\t${cpus}\n`,
  );
const machine = testMachine({
  userNames: new Map([
    [0, 'root'],
    [1000, 'joe'],
  ]),
});

test('what a filter lets through is what a plain reading of the tree lets through', () => {
  const outcomes = { true: 0, false: 0 };
  fc.assert(
    fc.property(tree, stat, stat, fc.option(statusFile), fc.boolean(), (wanted, first, second, status, twice) => {
      const pushed = new Pushed(machine);
      pushed.sample([{ pid: 3, ...first }], { ms: 0, system: { uptime: '1000.5 1\n' } });
      if (twice)
        pushed.sample([{ pid: 3, ...second, start_time: first.start_time }], {
          ms: 500,
          system: { uptime: '1001 1\n' },
        });
      if (status !== null) pushed.file(3, 'status', status, 500);
      pushed.file(3, 'cmdline', 'task\0--flag\0', 500);
      const task = pushed.cursor.at(0);
      const expected = naive(wanted, task);
      assert.equal(compile(wanted)(task), expected, print(wanted));
      outcomes[`${expected}`]++;
    }),
    { numRuns: 4000 },
  );
  assert.ok(outcomes.true > 400 && outcomes.false > 400, JSON.stringify(outcomes));
});

describe('rubbish', () => {
  test('is an error within the text, or a filter whose spelling is stable', () => {
    fc.assert(
      fc.property(garbage, text => {
        const parsed = parseFilter(text);
        if ('filter' in parsed) {
          const again = parseFilter(parsed.filter.text);
          assert.ok('filter' in again && again.filter.text === parsed.filter.text);
          return;
        }
        const { message, at, length } = parsed.error;
        assert.ok(at >= 0 && length >= 0 && at + length <= text.length, `${at} + ${length}`);
        assert.equal(length === 0, at === text.length);
        assert.match(message, /^[^\p{Cc}\p{Cs}]+$/u);
      }),
      { numRuns: 5000 },
    );
  });
  test('has its tokens in order, and nothing between them but blanks', () => {
    fc.assert(
      fc.property(garbage, text => {
        let at = 0;
        for (const { start, end } of tokens(text)) {
          assert.equal(text.slice(at, start).trim(), '');
          assert.ok(start < end);
          at = end;
        }
        assert.equal(text.slice(at).trim(), '');
      }),
      { numRuns: 2000 },
    );
  });
});
