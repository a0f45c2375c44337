import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import {
  allColumns,
  chooseColumns,
  chooseSort,
  DEFAULT_COLUMNS,
  fieldFacts,
  fieldIds,
  FIELDS,
  filesOf,
  field,
  findField,
  unknownField,
} from '../../src/fields/registry.ts';
import { parseRelease } from '../../src/kernel/release.ts';
import { STAT_FIELDS } from '../../src/kernel/stat-fields.ts';
import { fixture } from '../support/paths.ts';

/** The derived ids of the design, section 2. */
const DERIVED =
  `cpu_percent user_percent system_percent cpu_time utime_delta stime_delta min_flt_delta maj_flt_delta min_flt_rate
  maj_flt_rate cutime_delta cstime_delta cmin_flt_rate cmaj_flt_rate reaped_cpu_percent state_name state_age state_history flag_names
  policy_name tty_name wchan_name uid user command age rss_bytes rss_delta shared_bytes mem_percent run_delay_percent vol_ctxt_rate
  nonvol_ctxt_rate cgroup container oom_score read_rate write_rate pss_bytes swap_bytes signals_pending cpus_allowed exiting_age
  flags_changed num_threads_delta rss_growth faults_per_cpu_second blkio_delay`.split(/\s+/);

const release = (text: string) => parseRelease(text)!;
const ids = FIELDS.map(({ id }) => id);

describe('public ids', () => {
  test('are those of the golden list, both ways: none renamed, none lost, none slipped in', () => {
    const golden = fs.readFileSync(fixture('field-ids.txt'), 'utf8').trim().split('\n');
    assert.deepEqual(
      golden.filter(id => !ids.includes(id)),
      [],
      'lost',
    );
    assert.deepEqual(
      ids.filter(id => !golden.includes(id)),
      [],
      'not in the golden list',
    );
    assert.equal(new Set(ids).size, ids.length, 'twice');
  });

  test('are those of the design', () => {
    const expected = [...STAT_FIELDS.map(({ name }) => name), ...DERIVED];
    assert.deepEqual([...ids].sort(), expected.sort());
  });

  test("are the kernel's spelling; the manual's are understood", () => {
    for (const id of ['min_flt', 'cmin_flt', 'maj_flt', 'cmaj_flt', 'start_time']) {
      assert.ok(ids.includes(id));
      assert.equal(findField(id.replace('_', ''))?.id, id);
      assert.ok(!ids.includes(id.replace('_', '')));
    }
  });

  test('every key of status is there', () => {
    for (const key of ['VmRSS', 'Uid', 'voluntary_ctxt_switches', 'SigCgt', 'Cpus_allowed_list'])
      assert.ok(findField(`status.${key}`), key);
    assert.equal(findField('constructor'), undefined);
    assert.equal(findField('toString'), undefined);
  });
});

describe('what is said of them', () => {
  for (const id of fieldIds()) {
    test(id, () => {
      const entry = field(id);
      const facts = fieldFacts(entry);
      assert.match(facts.help, /^[^a-z].*[.)]$/su, 'help is a sentence');
      assert.doesNotMatch(facts.help, /[.!?:]\.$|undefined|null/);
      assert.ok(entry.title.length > 0);
      assert.ok(entry.width > 0);
      assert.ok(entry.files.length > 0);
      assert.match(facts.since, /^\d+\.\d+(\.\d+)?$/);
      assert.equal(facts.type === 'array', id === 'flag_names');
      assert.match(facts.source, /^\/proc\/\[pid\]\/[a-z_]+$/);
      assert.ok(['group', 'leader'].includes(facts.scope));
    });
  }
  test('titles of the table are told apart', () => {
    const titles = DEFAULT_COLUMNS.map(id => field(id).title);
    assert.equal(new Set(titles).size, titles.length);
  });
});

describe('--columns', () => {
  const choose = (...words: string[]) => chooseColumns(words, release('6.18'));
  const idsOf = (...words: string[]) => {
    const chosen = choose(...words);
    return 'ids' in chosen ? chosen.ids : assert.fail(chosen.error);
  };
  test('plain ids replace the default, in their order, each once', () => {
    assert.deepEqual(idsOf('command', 'pid', 'minflt', 'pid'), ['command', 'min_flt', 'pid']);
  });
  test('+id and -id change the default; what is added stands before the command', () => {
    assert.deepEqual(idsOf('+ppid', '-nice'), [
      ...DEFAULT_COLUMNS.filter(id => id !== 'nice' && id !== 'command'),
      'ppid',
      'command',
    ]);
    assert.deepEqual(
      idsOf('-flags'),
      DEFAULT_COLUMNS.filter(id => id !== 'flags'),
    );
    assert.deepEqual(idsOf(), DEFAULT_COLUMNS);
  });
  test('all: what the kernel has, and only that', () => {
    const modern = idsOf('all');
    assert.ok(modern.includes('status.Kthread') && modern.includes('arg_start') && modern.includes('pss_bytes'));
    const old = allColumns(release('3.2'));
    assert.ok(
      !old.includes('status.Kthread') &&
        !old.includes('arg_start') &&
        !old.includes('pss_bytes') &&
        old.includes('utime'),
    );
    assert.deepEqual(
      idsOf('all', '-flags'),
      modern.filter(id => id !== 'flags'),
    );
  });
  test('an unknown one names the nearest', () => {
    assert.deepEqual(choose('pid', 'cpu_pecent'), {
      error: "did you mean 'cpu_percent'? unknown column 'cpu_pecent': 'taskscope fields' lists them all",
    });
    assert.match(unknownField('VmRSS'), /did you mean 'status.VmRSS'/);
    assert.doesNotMatch(unknownField('qqqqqqqqqq'), /did you mean/);
  });
  test('none left is an error', () => assert.ok('error' in choose('pid', '-pid')));
});

test('--sort: a dash means descending, several keys, unknown ones named', () => {
  const chosen = chooseSort(['-maj_flt_rate', 'pid', '+nice']);
  assert.ok('keys' in chosen);
  assert.deepEqual(
    chosen.keys.map(key => [key.field.id, key.descending]),
    [
      ['maj_flt_rate', true],
      ['pid', false],
      ['nice', false],
    ],
  );
  assert.ok('keys' in chooseSort(['-maj_flt']));
  const wrong = chooseSort(['-maj_fltrate']);
  assert.ok('error' in wrong && wrong.error.includes("did you mean 'maj_flt_rate'"));
});

test('only the files that the columns need', () => {
  assert.deepEqual(filesOf(['pid', 'flags', 'cpu_percent', 'age'].map(field)), []);
  assert.deepEqual(filesOf(['command', 'user', 'status.VmRSS', 'shared_bytes'].map(field)), [
    'status',
    'statm',
    'cmdline',
  ]);
});
