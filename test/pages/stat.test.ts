import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { exitCodeText, statPage } from '../../src/pages/stat.ts';
import { built, type Built, lineText, type Parts, type Record_ } from './built.ts';

const page = (parts: Parts = {}): Built => built(statPage, parts);
const field = ({ rows }: Built, n: number): Record_ => rows('fields')[n - 1]!;

describe('the 52 fields', () => {
  test('every digit, and what it means', () => {
    const shown = page({
      stat: {
        comm: 'a) b',
        state: 'D',
        tty_nr: 34816,
        utime: 1234,
        priority: -51,
        policy: 1,
        rt_priority: 50,
        vsize: 8192,
        rss: 3,
        startcode: 4194304,
        exit_code: 9,
        delayacct_blkio_ticks: 150,
      },
    });
    assert.equal(shown.rows('fields').length, 52);
    const decoded = (n: number): string => shown.lines.find(line => line.startsWith(`${String(n).padStart(4)}  `))!;
    assert.equal(field(shown, 2)['raw'], 'a) b');
    assert.match(decoded(3), /state +D +disk sleep/);
    assert.match(decoded(7), /tty_nr +34816 +pts\/0/);
    assert.match(decoded(14), /utime +1234 +0:12\.34/);
    assert.match(decoded(18), /priority +-51 +real time 50 /);
    assert.match(decoded(23), /vsize +8192 +8\.00K/);
    assert.match(decoded(24), /rss +3 +12\.0K/);
    assert.match(decoded(25), /rsslim +18446744073709551615 +unlimited/);
    assert.match(decoded(26), /startcode +4194304 +0x400000/);
    assert.match(decoded(41), /policy +1 +fifo/);
    assert.match(decoded(42), /150 +1\.50 s/);
    assert.match(decoded(52), /exit_code +9 +killed by SIGKILL/);
    const core = page({ stat: { exit_code: 0x8b } }).lines.find(line => line.startsWith('  52  '))!;
    assert.match(core, /139 +killed by SIGSEGV,… .*killed by SIGSEGV, core dumped; status as waitpid/);
    assert.equal(field(shown, 25)['raw'], '18446744073709551615');
    assert.equal(field(shown, 14)['decoded'], 12.34);
  });

  test('what each gained: kept fields by the model, the others from the line before', () => {
    const shown = page({
      stat: { utime: 130, min_flt: 5_000_000, vsize: 135_000, num_threads: 3, processor: 2, guest_time: 7 },
      statBefore: { utime: 100, min_flt: 0, vsize: 135_000 + 2048, num_threads: 5, processor: 0 },
      files: { stat: lineText({ guest_time: 7 }) },
      before: { stat: lineText({ guest_time: 2 }) },
    });
    assert.equal(field(shown, 14)['delta'], 30);
    assert.equal(field(shown, 20)['delta'], -2);
    assert.equal(field(shown, 10)['delta'], 5_000_000);
    assert.match(shown.line('10  min_flt'), / \+5\.00M /);
    assert.match(shown.line('23  vsize'), / -2\.00K /);
    assert.equal(field(shown, 43)['delta'], 5);
    assert.equal(field(shown, 39)['delta'], null, 'a CPU number is no amount');
    assert.equal(field(page(), 14)['delta'], null, 'first sample');
  });

  test('hidden fields are no values, and say which right shows them', () => {
    const shown = page({ stat: { startcode: 1, wchan: 0, exit_code: 0 }, machine: { mayPtrace: false } });
    for (const n of [26, 27, 28, 29, 30, 35, 45, 46, 47, 48, 49, 50, 51, 52]) {
      assert.equal(field(shown, n)['decoded'], null, `field ${n}`);
      assert.match(
        shown.lines.find(line => line.startsWith(`${String(n).padStart(4)}  `))!,
        /- \(hidden\) .*hidden: reads /,
      );
    }
    assert.equal(field(shown, 26)['raw'], '1', 'the digits are shown all the same');
    assert.equal(field(shown, 14)['decoded'], 0);
    assert.match(shown.text, /Hidden: not permitted: needs the right to ptrace this task/);
    assert.doesNotMatch(page({ stat: { startcode: 4194304 } }).text, /[Hh]idden:/);
    const root = page({ stat: { startcode: 1 }, machine: { live: true, mayPtrace: true } });
    assert.match(root.text, /Hidden: denied although CAP_SYS_PTRACE is held: /);
  });

  test('obsolete fields say where the truth is', () => {
    const { lines } = page();
    const of = (n: number): string => lines.find(line => line.startsWith(`${n}`.padStart(4) + '  '))!;
    for (const [n, where] of [
      [31, 'SigPnd'],
      [32, 'SigBlk'],
      [33, 'SigIgn'],
      [34, 'SigCgt'],
      [36, 'VmSwap'],
    ] as const)
      assert.match(of(n), new RegExp(`obsolete: .*${where}`));
    assert.match(of(21), /obsolete/);
    assert.match(of(37), /obsolete/);
  });

  test('fields that an old kernel does not have', () => {
    const shown = page({ machine: { releaseText: '3.2.0' }, fields: 44 });
    assert.equal(field(shown, 52)['raw'], null);
    assert.equal(field(shown, 52)['decoded'], null);
    assert.match(
      shown.lines.find(line => line.startsWith('  48  '))!,
      /arg_start +- +- +since Linux 3\.5/,
    );
    assert.match(shown.text, /52 fields since Linux 3\.5/);
  });

  test('scope and changes are those of this task and this kernel', () => {
    const line = (shown: Built, n: number): string => shown.lines.find(text => text.startsWith(`  ${n}  `))!;
    const process = page({ stat: { num_threads: 3 } });
    assert.match(line(process, 10), /of all threads, ended ones too; task->min_flt, signal->min_flt/);
    assert.match(line(process, 16), /of the process/);
    assert.match(line(process, 39), /of the first thread/);
    assert.doesNotMatch(line(page(), 39), /of the first thread/);
    const thread = page({ thread: true });
    assert.match(line(thread, 10), /of this thread/);
    assert.match(line(thread, 16), /of the process/);
    const at = (releaseText: string): string => line(page({ machine: { releaseText } }), 29);
    assert.doesNotMatch(at('4.4.0'), /since/);
    assert.match(at('4.9.0'), /since 4\.9: always 0$/);
    assert.match(at('5.10.0'), /since 4\.14: value again, .*; since 5\.2: /);
    assert.doesNotMatch(at('5.10.0'), /6\.14/);
  });
});

test('exit codes as waitpid gives them, of what has ended or is stopped', () => {
  assert.equal(exitCodeText(0, 'Z'), 'exited with 0');
  assert.equal(exitCodeText(0x100, 'Z'), 'exited with 1');
  assert.equal(exitCodeText(9, 'Z'), 'killed by SIGKILL');
  assert.equal(exitCodeText(0x80 | 11, 'X'), 'killed by SIGSEGV, core dumped');
  assert.equal(exitCodeText(0, 'S'), '', 'it lives');
  assert.equal(exitCodeText(19, 'T'), 'stopped by SIGSTOP');
  assert.equal(exitCodeText(0, 't'), '');
  assert.equal(exitCodeText(0x85, 't'), 'stopped by SIGTRAP (ptrace: a system call)');
  assert.equal(exitCodeText(0x405, 't'), 'stopped by SIGTRAP (ptrace event: exec)');
});
