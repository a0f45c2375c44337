import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { field } from '../../src/fields/registry.ts';
import { Pushed, testMachine, type PushedTask } from '../support/model.ts';
import { chosen, crowd, filterOf } from './tasks.ts';

const ALL = [1, 2, 40, 100, 200, 300, 400, 500];

/** Filter, and the pids that it lets through. */
const table = (rows: Readonly<Record<string, readonly number[]>>): void => {
  for (const [text, pids] of Object.entries(rows)) test(text, () => assert.deepEqual(chosen(text), pids));
};
const one = (values: Omit<PushedTask, 'pid'>, machine = testMachine()): Pushed => {
  const pushed = new Pushed(machine);
  pushed.sample([{ pid: 1, ...values }], { ms: 0 });
  return pushed;
};
const holds = (text: string, of: Pushed): boolean => filterOf(text).matches(of.cursor.at(0));

describe('numbers', () =>
  table({
    'pid = 100': [100],
    'pid == 100': [100],
    'pid != 100': [1, 2, 40, 200, 300, 400, 500],
    'pid < 40': [1, 2],
    'pid <= 40': [1, 2, 40],
    'pid > 300': [400, 500],
    'pid >= 300': [300, 400, 500],
    'pid in (1, 2, 77)': [1, 2],
    'pid not in (1, 2, 40, 100)': [200, 300, 400, 500],
    'priority < -50': [300],
    'nice = 5': [100],
    'maj_flt_rate > 24.9': [100],
    'min_flt_rate >= 3k': [200],
    'min_flt_rate > 3k': [],
    'cpu_percent > 50': [300],
    'cpu_percent >= 80%': [300],
    'num_threads > 0.02k': [200],
    'tpgid = -1': ALL,
  }));

describe('units', () =>
  table({
    'rss_bytes >= 900MiB': [200],
    'rss_bytes >= 910M': [200],
    'rss_bytes > 910MiB': [],
    'rss_bytes > 0.5 GiB': [200],
    'rss_bytes = 209715200': [100],
    'rss_bytes = 209715200B': [100],
    'rss_bytes = 204800k': [100],
    'rss_delta = 10240K': [200],
    'age <= 20s': [400, 500],
    'age < 2000ms': [400],
    'age = 1000000us': [400],
    'age > 16m and age < 0.3h': [1, 2, 40],
    'age > 1d': [],
    'utime_delta = 800ms': [300],
    'vsize = 4000K': [1, 100, 200, 300, 500],
  }));

test('a time of CPU is the number that the ticks give', () => {
  assert.equal(holds('utime = 470ms', one({ utime: 47 })), true);
  assert.equal(holds('utime = 700000us', one({ utime: 70 })), true);
});

describe('text', () =>
  table({
    'comm = cp': [100],
    'comm = CP': [],
    'comm = "Web Content"': [200],
    "comm != 'Web Content' and pid > 100": [300, 400, 500],
    'comm in (cp, make)': [100, 400],
    'comm ~ ^k': [2, 40],
    'comm ~ web': [200],
    'comm ~ Web': [200],
    'comm ~ WEB': [],
    'comm !~ "^[k-z]"': [100, 300],
    'comm !~ "^[k-zA]"': [100, 200, 300],
    'command ~ "photos /tmp$"': [100],
    'wchan_name ~ "nfs|rpc"': [100],
    'tty_name = "" and pid = 1': [1],
    'state = D': [100],
    'state in (D, Z)': [100, 400],
    'state != S': [40, 100, 300, 400],
    'state = zombie': [400],
    'state_name = Z': [400],
    'state_name = "disk sleep"': [100],
    'STATE = D': [100],
    'policy_name = fifo': [300],
    'policy_name = sched_fifo': [300],
    'policy_name not in (other)': [300],
  }));

describe('users, by name and by number', () =>
  table({
    'user = root': [1, 2, 40],
    'user = joe': [100, 200],
    'user = 1000': [100, 200],
    'user != 1000': [1, 2, 40, 300],
    'user in (0, 77)': [1, 2, 40, 300],
    'uid = 1000': [100, 200],
    'user ~ ^j': [100, 200],
  }));

describe('members', () => {
  table({
    'flags has KTHREAD': [2, 40],
    'flags has pf_kthread': [2, 40],
    'flags has 0x200000': [2, 40],
    'flags has 0x208000': [2, 40],
    'flags has 0x600000': [],
    'flags has 4': [400],
    'flags not has RANDOMIZE': [2, 40],
    'not flags has RANDOMIZE': [2, 40],
    'flag_names has EXITING': [400],
    'flag_names ~ "WQ|EXIT"': [40, 400],
    'flag_names !~ RANDOM': [2, 40],
    'flags = 0x400100': [1],
    'flags in (4194560, 0x00400004)': [1, 400],
    'signals_pending has SIGTERM': [100],
    'signals_pending has 14': [],
    'signals_pending has 15': [100],
    'signals_pending = ""': [1, 2, 40, 200, 300],
    'status.ShdPnd has term': [100],
    'status.ShdPnd has 0x4000': [100],
    'status.ShdPnd not has TERM': [1, 2, 40, 200, 300],
    'status.CapEff has sys_admin and pid > 50': [100, 300],
    'status.CapEff has 38 and pid > 50': [100, 300],
    'status.CapEff not has CAP_SYS_ADMIN': [200],
    'cpus_allowed has 3': [1, 2, 40, 100, 300],
    'cpus_allowed has 1': [1, 2, 40, 100, 200, 300],
    'cpus_allowed has 8': [1, 2, 40, 100, 300],
    'cpus_allowed has 4': [],
    'cpus_allowed ~ "0-3"': [1, 2, 40, 100, 300],
    'cpus_allowed = 1': [200],
    'status.Groups has 27': [1, 2, 40, 100, 200, 300],
    'status.Groups has 2': [],
    'status.Seccomp = 2': [200],
  });
  test('a flag is the bit that has its name in the kernel that runs', () => {
    const kswapd = { flags: 0x240840 };
    assert.equal(holds('flags has KSWAPD', one(kswapd)), false, 'bit 0x40000 is MEMALLOC_NOFS in 6.18');
    assert.equal(holds('flags has KSWAPD', one(kswapd, testMachine({ releaseText: '4.9.0' }))), true);
    assert.equal(holds('flags has FROZEN', one({ flags: 0x10000 })), false, 'no kernel of today has it');
    assert.equal(holds('flags has FROZEN', one({ flags: 0x10000 }, testMachine({ releaseText: '5.10.0' }))), true);
  });
  test('a backported flag counts for the tasks that bear it', () => {
    const machine = testMachine({ releaseText: '6.12.117' });
    assert.equal(holds('flags has KCOMPACTD', one({ comm: 'kcompactd0', flags: 0x210040 }, machine)), true);
    assert.equal(holds('flags has KCOMPACTD', one({ comm: 'other', flags: 0x210040 }, machine)), false);
  });
  test('the highest bit, and all of them', () => {
    const all = one({ flags: 0xffffffff });
    for (const mask of ['0x80000000', '0xffffffff', 'SUSPEND_TASK'])
      assert.equal(holds(`flags has ${mask}`, all), true);
    assert.equal(holds('flags has 0xffffffff', one({ flags: 0x7fffffff })), false);
  });
});

describe('64 bits are exact', () => {
  const high = one({ kstkeip: '18446744073699065857', rsslim: '9007199254740993' });
  const cases: Readonly<Record<string, boolean>> = {
    'kstkeip = 0xffffffffff600001': true,
    'kstkeip = 0xffffffffff600000': false,
    'kstkeip > 0xffffffffff600000': true,
    'kstkeip >= 18446744073699065857': true,
    'kstkeip < 0xffffffffff600001': false,
    'rsslim = 9007199254740993': true,
    'rsslim = 9007199254740992': false,
    'rsslim > 8192TiB': true,
    'rsslim != unlimited': true,
    'rsslim < unlimited': true,
  };
  for (const [text, expected] of Object.entries(cases)) test(text, () => assert.equal(holds(text, high), expected));
  test('unlimited', () => {
    const unlimited = one({ rsslim: '18446744073709551615' });
    assert.equal(holds('rsslim = unlimited', unlimited), true);
    assert.equal(holds('rsslim > 8192TiB', unlimited), true);
  });
  test('signal 64 of a mask of status', () => {
    const pushed = one({});
    pushed.file(1, 'status', 'SigBlk:\t8000000000000001\n', 0);
    assert.equal(holds('status.SigBlk has 64', pushed), true);
    assert.equal(holds('status.SigBlk has RTMAX', pushed), true);
    assert.equal(holds('status.SigBlk has 63', pushed), false);
    assert.equal(holds('status.SigBlk has 0x8000000000000001', pushed), true);
  });
  test('a mask that is none is missing', () => {
    const pushed = one({});
    pushed.file(1, 'status', 'SigBlk:\tno mask\n', 0);
    for (const text of ['has 1', 'not has 1', '= 0x1', '!= 0x1'])
      assert.equal(holds(`status.SigBlk ${text}`, pushed), false, text);
  });
});

describe('words to search for', () =>
  table({
    firefox: [200],
    FIREFOX: [200],
    content: [200],
    'web content': [200],
    'content web': [200],
    '"web content"': [200],
    '"content web"': [],
    kworker: [40],
    '/0:3': [40],
    '!k !w': [1, 100, 300],
    '300': [300],
    '30': [],
    '0': [40],
    'splash or photos': [1, 100],
    '[kthreadd]': [2],
    '"command"': [],
    'state = D nfs': [100],
    'nfs state=D': [100],
  }));

describe('precedence', () =>
  table({
    'pid = 1 or pid = 2 and pid = 3': [1],
    '(pid = 1 or pid = 2) and pid = 3': [],
    'pid = 2 and pid = 3 or pid = 1': [1],
    'pid = 1 || pid = 2 && pid = 2': [1, 2],
    'not pid = 1 and pid < 40': [2],
    'not (pid = 1 and pid < 40) and pid < 40': [2],
    'not pid = 1 or pid = 1': ALL,
    '!pid = 1 pid <= 2': [2],
    'not not pid = 1': [1],
    'NOT pid > 1 AND pid < 40 OR pid = 500': [1, 500],
    'pid = 1 or pid = 2 pid = 3': [1],
  }));

describe('missing', () => {
  const unread = crowd().seats.get(500)!;
  test('the task has no user and no wait channel', () => {
    const at = crowd().cursor.at(unread);
    assert.deepEqual(field('user').value(at), { missing: 'not-read' });
    assert.deepEqual(field('wchan_name').value(at), { missing: 'no-permission' });
  });
  table({
    'user is missing': [400, 500],
    'user is known': [1, 2, 40, 100, 200, 300],
    'uid = 3 and pid = 500': [],
    'uid != 3 and pid = 500': [],
    'uid < 3 and pid = 500': [],
    'uid not in (3) and pid = 500': [],
    'user !~ joe and pid = 500': [],
    'status.SigBlk not has TERM and pid = 500': [],
    'not uid = 3 and pid = 500': [500],
    'not uid != 3 and pid = 500': [500],
    'startcode is missing': [500],
    'kstkeip != 5 and pid = 500': [],
    'wchan_name !~ x and pid >= 400': [],
  });
  test('what is no number is missing', () => {
    const pushed = one({});
    pushed.file(1, 'status', 'Uid:\tx\tx\tx\tx\n', 0);
    for (const text of ['uid = 3', 'uid != 3', 'uid < 3', 'uid is known'])
      assert.equal(holds(text, pushed), false, text);
    assert.equal(holds('uid is missing', pushed), true);
  });
  test('rates need two samples', () => {
    for (const text of ['cpu_percent >= 0', 'cpu_percent < 0', 'cpu_percent != 1'])
      assert.deepEqual(chosen(text, crowd(1)), [], text);
    assert.deepEqual(chosen('not cpu_percent > 0', crowd(1)), ALL);
    assert.deepEqual(chosen('cpu_percent is missing', crowd(1)), ALL);
  });
});

describe('what must be read', () => {
  const ids = (text: string): string[] => filterOf(text).fields.map(({ id }) => id);
  test('each field once', () => {
    assert.deepEqual(ids('state = D and (pid > 1 or not state = S) or wchan_name is missing'), [
      'state',
      'pid',
      'wchan_name',
    ]);
    assert.deepEqual(ids('nfs or comm = x'), ['pid', 'comm', 'command']);
  });
  test('history', () => {
    assert.equal(filterOf('state = D and state_age > 5s').history, true);
    assert.equal(filterOf('not (flags has EXITING exiting > 3s)').history, true);
    assert.equal(filterOf('state = D and maj_flt_rate > 5').history, false);
  });
});

test('numbers, states and flags out of stat cost no text of the line, no other file and no name', () => {
  const pushed = crowd();
  const seen: string[] = [];
  const watched = new Proxy(pushed.cursor, {
    get(target, key) {
      if (typeof key === 'string' && ['statText', 'file', 'fileBefore', 'comm'].includes(key)) seen.push(key);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const filter = filterOf('(rss_bytes > 1MiB or cpu_percent > 5 or age < 5s or state = D) and not flags has KTHREAD');
  const found = [...pushed.seats.values()].filter(seat => {
    pushed.cursor.at(seat);
    return filter.matches(watched);
  });
  assert.equal(found.length, 5);
  assert.equal(seen.join(), '');
  filterOf('cp').matches(watched);
  assert.ok(seen.includes('comm') && seen.includes('file'), 'the watch sees');
});
