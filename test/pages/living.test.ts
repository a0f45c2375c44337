import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cgroupPage } from '../../src/pages/cgroup.ts';
import { filesPage } from '../../src/pages/files.ts';
import { limitsPage } from '../../src/pages/limits.ts';
import { locksPage } from '../../src/pages/locks.ts';
import { memoryPage } from '../../src/pages/memory.ts';
import { overviewPage } from '../../src/pages/overview.ts';
import { built, lineText, type Parts, statusText } from './built.ts';

/** main() has called pthread_exit(): threads 43 (ended, too) and 44 are left; the folder of the first one is empty. */
const LEADER: Parts = {
  stat: { state: 'Z', vsize: 0, rss: 0, num_threads: 3, startcode: 0 },
  files: {
    status: 'Name:\ttask\nState:\tZ (zombie)\nThreads:\t3\n',
    limits: 'Limit Soft Hard Units\nMax open files            12                   4096                 files     \n',
    cgroup: '0::/\n',
    'task/42/stat': lineText({ pid: 42, state: 'Z', vsize: 0 }),
    'task/43/stat': lineText({ pid: 43, state: 'Z', vsize: 0 }),
    'task/44/stat': lineText({ pid: 44, state: 'S', vsize: 1 << 24, startcode: 0x400000 }),
    'task/44/status': statusText({ VmRSS: '    2048 kB', VmSwap: '     512 kB' }),
    'task/44/limits':
      'Limit Soft Hard Units\nMax open files            12                   4096                 files     \n',
    'task/44/maps': '00400000-00401000 r-xp 00000000 fe:00 12                         /usr/bin/worker\n',
    'task/44/fdinfo/3': 'pos:\t0\nflags:\t0100000\nmnt_id:\t24\nlock:\t1: FLOCK  ADVISORY  WRITE 42 fe:00:77 0 EOF\n',
    'task/44/cgroup': '0::/system.slice/x.service\n',
  },
  links: { 'task/44/fd/3': '/var/lib/x' },
};
const SAID = /The first thread has ended: as a thread that lives has it\./;

describe('a first thread that ended before others: what a living one has', () => {
  test('memory', () => {
    const { text, json, line } = built(memoryPage, LEADER);
    assert.match(text, SAID);
    assert.doesNotMatch(text, /address space is gone/);
    assert.equal((json['amounts'] as Record<string, unknown>)['vm_rss'], 2048 * 1024);
    assert.match(line('start of code'), /0x400000 +r-xp \/usr\/bin\/worker/);
  });
  test('open files and their count in limits', () => {
    const files = built(filesPage, LEADER);
    assert.match(files.text, SAID);
    assert.match(files.line('3  file'), /\/var\/lib\/x$/);
    assert.match(built(limitsPage, LEADER).line('open files'), /12 +4,096 +files +1 \(8 %\)/);
  });
  test('locks', () => {
    const { text, rows } = built(locksPage, LEADER);
    assert.match(text, SAID);
    assert.deepEqual(
      rows('locks').map(({ kind, fds }) => [kind, fds]),
      [['FLOCK', [3]]],
    );
  });
  test('control groups', () => {
    assert.match(built(cgroupPage, LEADER).text, /\/system\.slice\/x\.service/);
  });
  test('overview: how many live, and what is resident', () => {
    const { line, json } = built(overviewPage, LEADER);
    assert.match(
      line('State'),
      /^State +Z zombie for .*: the first thread has ended; 2 threads live: it cannot be waited for until the last one ends$/,
    );
    assert.match(line('Memory'), /resident 2\.00M .* swap 512K$/);
    assert.equal(line('Exit status'), '');
    assert.equal((json['memory'] as Record<string, unknown>)['vm_rss'], 2048 * 1024);
  });
  test('a zombie that is all dead, and a process whose threads live, keep their own folder', () => {
    const dead = built(memoryPage, { ...LEADER, stat: { state: 'Z', vsize: 0, num_threads: 1 } });
    assert.match(dead.text, /address space is gone/);
    assert.doesNotMatch(dead.text, SAID);
    assert.doesNotMatch(built(filesPage, { ...LEADER, stat: { state: 'S', num_threads: 3 } }).text, SAID);
  });
});

test('resident memory is that of status; stat alone tells it about', () => {
  const exact = built(overviewPage, { stat: { rss: 300 }, files: { status: statusText({ VmRSS: '    1236 kB' }) } });
  assert.match(exact.line('Memory'), /resident 1\.21M /);
  assert.deepEqual(
    ['rss_bytes', 'vm_rss'].map(id => (exact.json['memory'] as Record<string, unknown>)[id]),
    [300 * 4096, 1236 * 1024],
  );
  const rough = built(overviewPage, { stat: { rss: 300 } });
  assert.match(rough.line('Memory'), /resident about 1\.17M /);
  assert.equal((rough.json['memory'] as Record<string, unknown>)['vm_rss'], null);
});
