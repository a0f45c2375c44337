import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { accountingPage } from '../../src/pages/accounting.ts';
import { built, type Built, lineText, type Parts, type Record_ } from './built.ts';

const page = (parts: Parts): Built => built(accountingPage, parts);
const row = ({ rows }: Built, whose: string): Record_ => rows('costs').find(cost => cost['whose'] === whose)!;

const IO = `rchar: 5000
wchar: 3000
syscr: 20
syscw: 10
read_bytes: 4096
write_bytes: 8192
cancelled_write_bytes: 4096
`;

describe('CPU time and faults', () => {
  /** 100 ticks a second: 9.00 s user, 4.00 s system; of two living threads 5.00 + 2.00 and 1.00 + 1.50. */
  const process = (more: Parts = {}): Built =>
    page({
      files: {
        stat: lineText({
          utime: 900,
          stime: 400,
          min_flt: 1500,
          maj_flt: 7,
          cutime: 250,
          cmin_flt: 9000,
          guest_time: 50,
        }),
        'task/42/stat': lineText({ utime: 500, stime: 100, min_flt: 1000, maj_flt: 5, guest_time: 50 }),
        'task/43/stat': lineText({ pid: 43, utime: 200, stime: 150, min_flt: 200, maj_flt: 2 }),
      },
      before: {
        stat: lineText({
          utime: 880,
          stime: 390,
          min_flt: 1400,
          maj_flt: 7,
          cutime: 150,
          cmin_flt: 8000,
          guest_time: 50,
        }),
        'task/42/stat': lineText({ utime: 490, stime: 100, min_flt: 950, maj_flt: 5, guest_time: 50 }),
        'task/43/stat': lineText({ pid: 43, utime: 190, stime: 140, min_flt: 200, maj_flt: 2 }),
      },
      elapsed: 2,
      ...more,
    });

  test('own, living threads, dead threads, reaped children', () => {
    const shown = process();
    const own = { user_seconds: 9, system_seconds: 4, min_flt: 1500, maj_flt: 7, guest_seconds: 0.5 };
    assert.deepEqual(row(shown, 'own'), { whose: 'own', ...own });
    assert.equal(row(shown, 'living_threads')['user_seconds'], 7);
    assert.equal(row(shown, 'living_threads')['min_flt'], 1200);
    assert.equal(row(shown, 'dead_threads')['user_seconds'], 2);
    assert.equal(row(shown, 'dead_threads')['system_seconds'], 1.5);
    assert.equal(row(shown, 'dead_threads')['min_flt'], 300);
    assert.equal(row(shown, 'dead_threads')['maj_flt'], 0);
    assert.equal(row(shown, 'children')['user_seconds'], 2.5);
    assert.equal(row(shown, 'children')['min_flt'], 9000);
    assert.match(shown.line('living threads'), /living threads \(2\)/);
    assert.match(shown.line('dead threads'), /~0:02\.00 +~0:01\.50 +~300 +~0/);
  });

  test('what each gained in the interval', () => {
    const shown = process();
    assert.equal(row(shown, 'own_interval')['user_seconds'], 0.2);
    assert.equal(row(shown, 'own_interval')['min_flt'], 100);
    assert.equal(row(shown, 'living_threads_interval')['user_seconds'], 0.2);
    assert.equal(row(shown, 'living_threads_interval')['system_seconds'], 0.1);
    assert.equal(row(shown, 'children_interval')['user_seconds'], 1);
    assert.match(shown.lines[3]!, /in 2\.0 s +\+0:00\.20 +\+0:00\.10 +\+100 +\+0 +\+0:00\.00/);
    const first = process({ before: {} });
    assert.equal(row(first, 'own_interval')['user_seconds'], null);
    assert.match(first.text, / in the interval +- +- +-/);
  });

  test('a difference below nothing (the files are not of one moment) is shown as nothing', () => {
    const shown = process({
      files: { stat: lineText({ utime: 100 }), 'task/42/stat': lineText({ utime: 101 }) },
      before: {},
    });
    assert.equal(row(shown, 'dead_threads')['user_seconds'], 0);
    assert.match(shown.line('dead threads'), /~0:00\.00/);
  });

  test('a thread alone: its own, and its process children', () => {
    const shown = page({ thread: true, files: { stat: lineText({ pid: 43, utime: 100, cutime: 300 }) } });
    assert.deepEqual(
      shown.rows('costs').map(({ whose }) => whose),
      ['own', 'own_interval', 'children', 'children_interval'],
    );
    assert.match(shown.text, /Own: this thread alone\. Reaped children are those of its process\./);
  });
});

describe('input and output', () => {
  test('totals, rates, and that reaped children are in them', () => {
    const before = IO.replace('5000', '1000').replace('syscw: 10', 'syscw: 4');
    const shown = page({ files: { io: IO }, before: { io: before }, elapsed: 2 });
    const rows = new Map(shown.rows('io').map(counter => [counter['counter'], counter]));
    assert.equal(rows.size, 7);
    assert.deepEqual([rows.get('rchar')!['total'], rows.get('rchar')!['rate']], [5000, 2000]);
    assert.deepEqual([rows.get('syscw')!['total'], rows.get('syscw')!['rate']], [10, 3]);
    assert.equal(rows.get('cancelled_write_bytes')!['total'], 4096);
    assert.match(shown.line('rchar'), /5,000 {2}bytes {2}1\.95K\/s {2}returned by read\(\)/);
    assert.match(shown.text, /all threads, ended ones and reaped children too/);
  });
  test('not permitted, or not in this kernel: says which right or option', () => {
    const denied = page({ files: { io: { missing: 'no-permission' } }, machine: { mayPtrace: false } });
    assert.match(denied.line('Input and output'), /not permitted: needs the same user .* or CAP_SYS_PTRACE/);
    assert.equal(denied.json['io'], null);
    assert.deepEqual(denied.json['missing'], { io: 'no-permission' });
    const absent = page({ files: { io: { missing: 'not-in-this-kernel' } } });
    assert.match(absent.line('Input and output'), /needs CONFIG_TASK_IO_ACCOUNTING/);
    // a file cut off lacks counters: no zeros for them
    const cut = page({ files: { io: 'rchar: 5000\nwcha' } });
    assert.equal(cut.rows('io').find(({ counter }) => counter === 'syscr')!['total'], null);
  });
});

test('the block I/O delay of 0 says whether the kernel counts', () => {
  const delay = (releaseText: string, setting: string | undefined, ticks = 0): string =>
    page({
      machine: { releaseText },
      stat: { delayacct_blkio_ticks: ticks },
      files: setting === undefined ? {} : { '/proc/sys/kernel/task_delayacct': setting },
    }).line('Block I/O');
  assert.match(delay('6.1.0', '0\n'), /0\.00 s waited: delay accounting is off \(kernel\.task_delayacct = 0\)/);
  assert.match(delay('6.1.0', '1\n'), /0\.00 s waited$/);
  assert.match(delay('6.1.0', undefined), /or delay accounting is off/);
  assert.match(delay('4.19.0', undefined), /waited for none, or the kernel does not count/);
  assert.match(delay('6.1.0', '0\n', 250), /2\.50 s waited$/);
});
