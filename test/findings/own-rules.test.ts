/** Rules out of the configuration: what is taken, what is refused and where, and that they find. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseOptions } from '../../src/cli/options.ts';
import { fieldIds } from '../../src/fields/registry.ts';
import { readOwnRule, withOwnRules } from '../../src/findings/own-rules.ts';
import { SEVERITIES, type Rule } from '../../src/findings/rule.ts';
import { RULES } from '../../src/findings/rules.ts';
import { marksOf } from '../../src/findings/facts.ts';
import { WAIT_FAMILIES } from '../../src/kernel/wait-channels.ts';
import { idsOf, one, Watched } from './watching.ts';

const ruleOf = (table: object): Rule => {
  const read = readOwnRule(table);
  if ('error' in read) throw new Error(read.error.message);
  return read.rule;
};

describe('a rule of the user', () => {
  it('with all that it may say', () => {
    const { evidence, ...rule } = ruleOf({
      id: 'big-workers',
      when: 'comm = worker and rss_bytes > 1MiB',
      for: '2m',
      severity: 'serious',
      title: 'Big',
      meaning: 'M',
      look: ['taskscope show {pid}', 'w'],
      at_least: 2,
      group_by: 'cgroup',
    });
    assert.deepEqual(rule, {
      id: 'big-workers',
      severity: 'serious',
      title: 'Big',
      of: 'processes',
      when: 'comm = worker and rss_bytes > 1MiB',
      seconds: 120,
      group: { by: 'cgroup', atLeast: 2 },
      meaning: 'M',
      look: ['taskscope show {pid}', 'w'],
    });
    assert.deepEqual(evidence, ['{tasks} for {held}, since {since}.', 'rss_bytes of {comm} ({pid}) is {rss_bytes}.']);
  });

  it('with as little as it has to', () => {
    const rule = ruleOf({ id: 'a', when: 'state = D' });
    assert.deepEqual([rule.seconds, rule.severity, rule.title, rule.group], [0, 'warning', 'a', undefined]);
    assert.deepEqual(ruleOf({ id: 'a', when: 'x', for: 2.5 }).seconds, 2.5);
    assert.deepEqual(ruleOf({ id: 'a', when: 'x', at_least: 3 }).group, { by: 'machine', atLeast: 3 });
    assert.deepEqual(ruleOf({ id: 'a', when: 'x', look: 'top' }).look, ['top']);
    assert.deepEqual(
      [{}, { threads: false }, { threads: true }].map(more => ruleOf({ id: 'a', when: 'x', ...more }).of),
      ['processes', 'processes', 'threads'],
    );
  });

  const wrong: [unknown, string | undefined, RegExp][] = [
    [3, undefined, /has to be a table/],
    [{ when: 'x' }, 'id', /^is missing/],
    [{ id: 'Ä b', when: 'x' }, 'id', /^cannot be 'Ä b': take small letters/],
    [{ id: 'a' }, 'when', /^is missing/],
    [{ id: 'a', when: 'state = ' }, 'when', /^at 9: expected a state such as/],
    [{ id: 'a', when: 'stat = D' }, 'when', /^at 1: did you mean 'state'/],
    [{ id: 'a', when: 7 }, 'when', /text in quotes/],
    [{ id: 'a', when: 'x', for: 'soon' }, 'for', /"30s"/],
    [{ id: 'a', when: 'x', for: '2d' }, 'for', /at most 1d/],
    [{ id: 'a', when: 'x', for: -1 }, 'for', /"30s"/],
    [{ id: 'a', when: 'x', for: Number.NaN }, 'for', /"30s"/],
    [{ id: 'a', when: 'x', severity: 'bad' }, 'severity', /one of note, warning, serious/],
    [{ id: 'a', when: 'x', at_least: 0 }, 'at_least', /1 or more/],
    [{ id: 'a', when: 'x', at_least: 1.5 }, 'at_least', /1 or more/],
    [{ id: 'a', when: 'x', group_by: 'comn' }, 'group_by', /did you mean 'comm'\?/],
    [{ id: 'a', when: 'x', look: [1] }, 'look', /list of texts/],
    [{ id: 'a', when: 'x', look: 'show {pidd}' }, 'look', /^has \{pidd\}, which is no column: did you mean 'pid'\?/],
    [{ id: 'a', when: 'x', title: '{pidd} hangs' }, 'title', /^has \{pidd\}, which is no column/],
    [{ id: 'a', when: 'x', meaning: '{hold}' }, 'meaning', /which is no column: did you mean 'held'/],
    [{ id: 'a', when: 'x', threads: 'yes' }, 'threads', /^has to be true or false/],
    [{ id: 'a', when: 'x', whenn: 'y' }, 'whenn', /is no setting: did you mean 'when'\?/],
  ];
  for (const [table, key, message] of wrong)
    it(`wrong: ${JSON.stringify(table)}`, () => {
      const read = readOwnRule(table);
      assert.ok('error' in read);
      assert.equal(read.error.key, key);
      assert.match(read.error.message, message);
    });

  it('finds: each task by itself, or groups of so many', () => {
    const big = (pid: number, rss: number) => ({
      pid,
      stat: { comm: 'worker', rss },
      files: { cgroup: `0::/g${pid % 2}\n` },
    });
    const scene = { processes: [big(1, 1000), big(2, 1000), big(3, 1000), big(4, 10)] };
    const alone = new Watched({ rules: [ruleOf({ id: 'a', when: 'rss_bytes > 1MiB' })] });
    assert.deepEqual(
      alone.sample(0, scene).map(({ tasks }) => tasks.map(({ pid }) => pid)),
      [[1], [2], [3]],
    );
    assert.deepEqual(alone.watch.findings[0]!.evidence[1], 'rss_bytes of worker (1) is 3.91M.');
    const grouped = new Watched({
      rules: [ruleOf({ id: 'a', when: 'rss_bytes > 1MiB', for: 3, at_least: 2, group_by: 'cgroup' })],
    });
    grouped.run(0, 4, () => scene);
    assert.deepEqual(
      one(grouped.watch.findings, 'a').tasks.map(({ pid }) => pid),
      [1, 3],
    );
    assert.deepEqual(grouped.secondsOf('a'), [3, 4]);
  });

  it('by a column of another file: it is read of the tasks that stat does not rule out', () => {
    const watched = new Watched({ rules: [ruleOf({ id: 'a', when: 'state = D and wchan_name ~ nfs' })] });
    const findings = watched.sample(0, {
      processes: [
        { pid: 1, stat: { state: 'D' }, files: { wchan: 'nfs_wait' } },
        { pid: 2, files: { wchan: 'nfs_wait' } },
      ],
    });
    assert.deepEqual(watched.asked, ['1 wchan']);
    assert.deepEqual(idsOf(findings), ['a']);
  });

  it('its title and its meaning are told with their values', () => {
    const told = (table: object, stat: object = {}): readonly string[] => {
      const watched = new Watched({ rules: [ruleOf({ id: 'silent', when: 'comm ~ "ca{1}m"', ...table })] });
      const [finding] = watched.sample(0, { processes: [{ pid: 5, stat: { comm: 'cam', ...stat } }] });
      return [finding!.title, finding!.meaning];
    };
    assert.deepEqual(told({ title: '{comm} ({pid}) is silent', meaning: '{tasks} for {held}.' }), [
      'cam (5) is silent',
      '1 task for 0.0s.',
    ]);
    // the filter may hold what looks like a mark
    assert.deepEqual(told({}), ['silent', 'The filter of this rule of your own matches: comm ~ "ca{1}m"']);
    // at the first sample there is no rate
    assert.deepEqual(told({ title: '{cpu_percent} %', meaning: 'Since {min_flt_rate}.' }), ['silent', '']);
  });

  it('about threads: each by itself, those of one thread included, where threads are read', () => {
    const rule = ruleOf({
      id: 'busy',
      when: 'comm = rx and state = R',
      threads: true,
      title: 'Thread {pid} of {tgid}',
    });
    const scene = {
      processes: [
        { pid: 10, stat: { comm: 'server', num_threads: 3 } },
        { pid: 20, stat: { comm: 'rx', state: 'R' } },
        // its first thread sleeps in its own row
        { pid: 30, stat: { comm: 'rx', state: 'R', num_threads: 2 } },
      ],
      threads: [
        { pid: 10, tgid: 10, stat: { comm: 'server', num_threads: 3 } },
        { pid: 11, tgid: 10, stat: { comm: 'rx', state: 'R', num_threads: 3 } },
        { pid: 12, tgid: 10, stat: { comm: 'rx', num_threads: 3 } },
        { pid: 30, tgid: 30, stat: { comm: 'rx', num_threads: 2 } },
      ],
    };
    const titles = new Watched({ rules: [rule] }).sample(0, scene).map(({ title }) => title);
    assert.deepEqual(titles, ['Thread 20 of 20', 'Thread 11 of 10']);
    assert.deepEqual(
      new Watched({ rules: [rule] }).sample(0, { processes: scene.processes }).map(({ title }) => title),
      ['Thread 20 of 20'],
    );
  });

  it('takes the place of a shipped one of its name', () => {
    const own = ruleOf({ id: 'zombies', when: 'state = Z' });
    const rules = withOwnRules(RULES, [own]);
    assert.equal(rules.length, RULES.length);
    assert.deepEqual(
      rules.filter(({ id }) => id === 'zombies'),
      [own],
    );
  });
});

describe('the shipped rules', () => {
  /** What is told beside columns. */
  const TOLD = new Set([
    ...[
      'held',
      'since',
      'tasks',
      'group',
      'sum',
      'waits',
      'scopes',
      'faulted',
      'grown',
      'pace',
      'taken',
      'threads_more',
      'signals',
      'blocked_by',
    ],
    ...[
      'throttled_group',
      'throttled_percent',
      'throttled_seconds',
      'memory_some',
      'memory_full',
      'major_faults',
      'forks',
    ],
  ]);
  it('have names of their own, a severity, a meaning, a next step and a guide', () => {
    assert.equal(new Set(RULES.map(({ id }) => id)).size, RULES.length);
    for (const { id, severity, meaning, look, guide, evidence } of RULES) {
      assert.match(id, /^[a-z-]+$/);
      assert.ok(SEVERITIES.includes(severity) && meaning.endsWith('.') && look.length > 0, id);
      assert.match(guide ?? '', /^[a-z-]+$/, id);
      for (const sentence of evidence) assert.match(sentence, /\.$/, id);
    }
  });
  it('name only columns, values and wait families that there are', () => {
    const families = new Set(WAIT_FAMILIES.map(({ id }) => id));
    for (const { id, title, meaning, evidence, look, waitsIn = [], waitsNotIn = [] } of RULES) {
      for (const name of [title, meaning, ...evidence, ...look].flatMap(marksOf))
        assert.ok(TOLD.has(name) || fieldIds().includes(name), `${id} ${name}`);
      for (const family of [...waitsIn, ...waitsNotIn]) assert.ok(families.has(family), `${id} ${family}`);
    }
  });
  it('lead on by commands that a shell takes, whoever reads them', () => {
    for (const { id, look } of RULES)
      for (const step of look) {
        // behind a colon stands what it is for
        const [command = ''] = step.replaceAll(/\{\w+\}/g, '1').split(': ');
        assert.match(command, /^(?:taskscope|cat|kill) /, `${id}: ${step}`);
        if (!command.startsWith('taskscope ')) continue;
        const words = Array.from(command.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, plain]) => quoted ?? plain!);
        assert.doesNotThrow(() => parseOptions(words.slice(1)), `${id}: ${step}`);
      }
  });
});
