import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildSystemPage } from '../../src/pages/system-pages.ts';
import { fixturePage, jsonOf, rowsOf, type SystemParts, systemContext, textOf } from '../support/system.ts';

const CPU = '/sys/devices/system/cpu/';
const SYS = '/proc/sys/';

const page = (parts: SystemParts) => buildSystemPage('machine', systemContext(parts));
/** The line of a fact, without its name. */
const fact = (parts: SystemParts, label: string): string =>
  textOf(page(parts), Infinity)
    .find(line => line.startsWith(`  ${label} `))!
    .slice(label.length + 2)
    .trim();

describe('kernel', () => {
  test('banner, release, boot and load', () => {
    const samples = [{ uptime: '100065.52 1.0\n', loadavg: '0.50 1.25 2.00 3/412 999\n' }];
    assert.equal(fact({ samples }, 'Banner'), 'Linux version 6.18.0 (test) #1 SMP');
    assert.equal(fact({ samples }, 'Uptime'), '1d03h (100,065 s)');
    assert.equal(fact({ samples }, 'Load'), '0.50 1.25 2.00 over 1, 5, 15 minutes; 3 of 412 threads runnable');
    assert.equal(fact({ samples }, 'Architecture'), 'x86_64, pages of 4 KiB, 100 ticks a second');
    const { kernel } = jsonOf(page({ samples })) as { kernel: Record<string, unknown> };
    assert.equal(kernel['booted'], '2023-11-14T22:13:20.000Z');
    assert.deepEqual(kernel['load'], { load1: 0.5, load5: 1.25, load15: 2, runnable_threads: 3, threads: 412 });
  });
  test('what was not read is missing, not 0', () => {
    const json = jsonOf(page({ machine: { banner: '', bootTime: Number.NaN } }));
    const kernel = json['kernel'] as Record<string, unknown>;
    for (const id of ['banner', 'booted', 'uptime_seconds', 'load', 'tainted']) {
      assert.equal(kernel[id], null, id);
      assert.equal((json['missing'] as Record<string, unknown>)[`kernel.${id}`], 'not-read', id);
    }
    // a boot time that is no date
    assert.equal((jsonOf(page({ machine: { bootTime: 1e18 } }))['kernel'] as Record<string, unknown>)['booted'], null);
  });
  test('taints by letter', () => {
    const tainted = (text: string): string => fact({ files: { [`${SYS}kernel/tainted`]: text } }, 'Tainted');
    assert.equal(tainted('0\n'), 'no');
    assert.match(tainted('4608\n'), /^4608: W the kernel has warned \(WARN\); O a module from outside/);
    assert.match(tainted(`${2 ** 31}\n`), /^2147483648: 0x80000000 without a name here$/);
  });
  test('boot options, one a line, quoted ones whole, those for init apart', () => {
    const files = { '/proc/cmdline': 'quiet dyndbg="file a.c +p" -- single\n' };
    const json = jsonOf(page({ files }));
    assert.deepEqual(json['boot_options'], [{ option: 'quiet' }, { option: 'dyndbg="file a.c +p"' }]);
    assert.deepEqual(json['init_options'], [{ option: 'single' }]);
    assert.ok(!textOf(page({ files: { '/proc/cmdline': 'quiet\n' } })).some(line => line.includes('For init')));
  });
});

describe('CPUs', () => {
  const masks = (online: string, offline: string, more: Record<string, string> = {}): SystemParts => ({
    files: {
      [`${CPU}possible`]: '0-255\n',
      [`${CPU}present`]: '0-7\n',
      [`${CPU}online`]: online,
      [`${CPU}offline`]: offline,
      ...more,
    },
  });
  test('masks with their counts; CPUs that are there and offline are called out', () => {
    const parts = masks('0-3,6\n', '4-5,7-255\n', { [`${CPU}isolated`]: '2-3\n', [`${CPU}nohz_full`]: ' (null)\n' });
    const rows = rowsOf(page(parts), 'cpu_masks', 'mask');
    const got = [...rows.values()].map(({ cpus, count }) => [cpus, count]);
    assert.deepEqual(got, [
      ['0-255', 256],
      ['0-7', 8],
      ['0-3,6', 5],
      ['4-5,7-255', 251],
      ['2-3', 2],
      ['', 0],
    ]);
    assert.equal(fact(parts, 'Online'), '5 of 8 that are there; offline: 4-5,7');
    assert.equal(fact(masks('0-7\n', '8-255\n'), 'Online'), 'all 8 that are there');
  });
  test('no nohz_full: the option that it needs', () => {
    const files = { ...masks('0-7\n', '\n').files, [`${CPU}nohz_full`]: { missing: 'not-in-this-kernel' } as const };
    const line = textOf(page({ files }), Infinity).find(text => text.includes('nohz_full '))!;
    assert.match(line, / {2}-.*; this kernel does not have it: needs CONFIG_NO_HZ_FULL$/);
  });
  test('the note on the active mask', () => {
    assert.ok((jsonOf(page({}))['notes'] as string[]).some(text => text.startsWith('The active mask')));
  });
  test('models, and the board out of the device tree', () => {
    const core = (cpu: number, part: string): string =>
      `processor\t: ${cpu}\nCPU implementer\t: 0x41\nCPU variant\t: 0x0\nCPU part\t: ${part}\nCPU revision\t: 2\n\n`;
    const parts: SystemParts = {
      machine: { architecture: 'aarch64' },
      files: {
        '/proc/cpuinfo': core(0, '0xd05') + core(1, '0xd05') + core(4, '0xd0b'),
        '/proc/device-tree/model': 'Board 5\0',
      },
    };
    assert.equal(fact(parts, 'Model'), 'ARM Cortex-A55 r0p2: CPU 0-1; ARM Cortex-A76 r0p2: CPU 4');
    assert.equal(fact(parts, 'Board'), 'Board 5');
  });
});

describe('settings', () => {
  const setting = (path: string, text: string, parts: SystemParts = {}): string =>
    fact({ ...parts, files: { [SYS + path]: text, ...parts.files } }, path.split('/').at(-1)!);
  test('values in words', () => {
    assert.equal(setting('kernel/pid_max', '4194304\n'), '4,194,304: the largest pid is 4,194,303');
    assert.match(setting('kernel/perf_event_paranoid', '-1\n'), /^-1: everybody may use all events$/);
    assert.equal(
      setting('kernel/perf_event_paranoid', '1\n'),
      '1: without CAP_PERFMON no raw tracepoints, no events of whole CPUs',
    );
    assert.match(setting('kernel/yama/ptrace_scope', '1\n'), /^1: .*descendants/);
    assert.match(setting('kernel/dmesg_restrict', '0\n'), /^0: everybody may read/);
    assert.match(setting('kernel/hung_task_timeout_secs', '0\n'), /^0 s: off/);
    assert.match(setting('vm/swappiness', '7\n'), /^7: how readily/);
    assert.match(setting('kernel/randomize_va_space', '9\n'), /^9: a value without a name here$/);
  });
  test('real-time throttling: what it throttles up to 6.11, and no more since', () => {
    const rt = (releaseText: string, runtime: string): string =>
      setting('kernel/sched_rt_runtime_us', runtime, {
        machine: { releaseText },
        files: { [`${SYS}kernel/sched_rt_period_us`]: '1000000\n' },
      });
    assert.equal(
      rt('6.1.0', '950000\n'),
      '950,000 us: real-time tasks together run at most 95.0 % of each 1,000,000 us on a CPU, then they are throttled',
    );
    assert.match(
      rt('6.12.3', '950000\n'),
      /^950,000 us: deadline tasks .*throttled by it only with CONFIG_RT_GROUP_SCHED$/,
    );
    assert.match(rt('5.10.0', '-1\n'), /^-1 us: no limit: a real-time task/);
  });
  test('a kernel without the setting: what it would need; a refused one', () => {
    const none = { missing: 'not-in-this-kernel' } as const;
    const yama = fact({ files: { [`${SYS}kernel/yama/ptrace_scope`]: none } }, 'ptrace_scope');
    assert.match(yama, /^- \(this kernel does not have it: needs CONFIG_SECURITY_YAMA/);
    const refused = fact({ files: { [`${SYS}kernel/pid_max`]: { missing: 'no-permission' } } }, 'pid_max');
    assert.equal(refused, '- (not permitted)');
  });
});

describe('console and debug messages', () => {
  test('log levels by the messages that they let through', () => {
    const levels = (text: string): string[] => {
      const parts = { files: { [`${SYS}kernel/printk`]: text } };
      return ['Level now', 'Default', 'Minimum', 'At boot'].map(label => fact(parts, label));
    };
    assert.deepEqual(levels('4\t4\t1\t7\n'), [
      '4: emerg to err are printed',
      '4: messages without a level count as warning',
      '1: the level cannot be set lower: only emerg is printed',
      '7: emerg to info are printed',
    ]);
    assert.equal(levels('8 6 1 10')[0], '8: all messages are printed');
    assert.equal(levels('0 6 1 10')[0], '0: nothing is printed');
    assert.equal(levels('nonsense')[0], '- (this kernel does not have it)');
  });
  const SITES = '# title\na.c:1 [m]f =_ "x"\nb.c:22 [mod]g =pf "now %d\\n"\nc.c:3 [m]h =_ "y"\n';
  test('sites that are switched on', () => {
    const parts = { files: { '/proc/dynamic_debug/control': SITES } };
    assert.equal(fact(parts, 'Dynamic debug'), '1 of 3 debug messages are switched on');
    assert.deepEqual(jsonOf(page(parts))['dynamic_debug_sites'], [
      { site: 'b.c:22', module: 'mod', function: 'g', flags: 'pf', format: 'now %d\\n' },
    ]);
  });
  test('before 5.7 only debugfs has them, and only root sees debugfs', () => {
    const debugfs = '/sys/kernel/debug/dynamic_debug/control';
    const files = { '/proc/dynamic_debug/control': { missing: 'gone' } as const };
    assert.equal(
      fact({ files: { ...files, [debugfs]: SITES } }, 'Dynamic debug'),
      '1 of 3 debug messages are switched on',
    );
    const none = { files: { ...files, [debugfs]: { missing: 'gone' } as const } };
    assert.match(fact({ ...none, machine: { ownUid: 1000 } }, 'Dynamic debug'), /^- \(needs root and debugfs/);
    assert.match(fact(none, 'Dynamic debug'), /^- \(this kernel does not have it: needs CONFIG_DYNAMIC_DEBUG/);
  });
  test('with thousands of them only the first are listed, and that is said', () => {
    const control = Array.from({ length: 250 }, (_, at) => `a.c:${at} [m]f =p "x"\n`).join('');
    const json = jsonOf(page({ files: { '/proc/dynamic_debug/control': control } }));
    assert.equal((json['dynamic_debug_sites'] as unknown[]).length, 200);
    assert.ok((json['notes'] as string[]).includes('50 more are not shown.'));
  });
});

test('kexec: loaded, size, and kernels without', () => {
  const parts: SystemParts = {
    files: {
      '/sys/kernel/kexec_loaded': '0\n',
      '/sys/kernel/kexec_crash_loaded': '1\n',
      '/sys/kernel/kexec_crash_size': '268435456\n',
    },
  };
  assert.equal(fact(parts, 'Next kernel'), 'none is loaded');
  assert.match(fact(parts, 'Crash kernel'), /^loaded/);
  assert.equal(fact(parts, 'Reserved for it'), '256M (268,435,456 bytes)');
  assert.deepEqual(jsonOf(page(parts))['kexec'], {
    kexec_loaded: 0,
    kexec_crash_loaded: 1,
    kexec_crash_size: 268_435_456,
  });
  const without = fact({ files: { '/sys/kernel/kexec_loaded': { missing: 'not-in-this-kernel' } } }, 'Next kernel');
  assert.match(without, /needs CONFIG_KEXEC_CORE/);
});

test('a captured machine: what it holds, and what no copy of /proc can', () => {
  const captured = fixturePage('debian12-armhf-6.1', 'machine');
  const lines = textOf(captured, Infinity);
  const has = (text: string): void => assert.ok(lines.includes(text), text);
  has('  Model             ARM Cortex-A15 r4p0, 1×');
  has('  Board             Generic DT based system');
  has('  Online            1 (the lines of /proc/stat)');
  has('  Next kernel       - (not in a copy of /proc)');
  has('  Level now         - (not in the copy)');
  has('  Release           6.1.0-50-armmp');
});
