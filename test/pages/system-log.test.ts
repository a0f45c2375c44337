import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { pageLines, pageText } from '../../src/pages/render.ts';
import { buildSystemPage } from '../../src/pages/system-pages.ts';
import { fixturePage, jsonOf, NOW_MS, type SystemParts, systemContext, textOf } from '../support/system.ts';
import { bytes, statText } from '../support/stat-line.ts';

const KMSG = '/dev/kmsg';
const RESTRICT = '/proc/sys/kernel/dmesg_restrict';
const page = (kmsg: string, parts: SystemParts = {}) =>
  buildSystemPage('log', systemContext({ ...parts, files: { [KMSG]: kmsg, ...parts.files } }));

interface Row {
  readonly record: { readonly sequence: number; readonly microseconds: number; readonly caller: unknown };
  readonly at: string | null;
  readonly level: { readonly number: number; readonly name: string; readonly facility: string };
  readonly message: { readonly text: string; readonly tasks: unknown };
}
const rows = (kmsg: string, parts?: SystemParts): Row[] => jsonOf(page(kmsg, parts))['log'] as unknown as Row[];

// levels: 6 info, 3 err, 4 warning; 30 = daemon.info
const LOG =
  '6,10,1000000,-;usb 1-1: new device\n SUBSYSTEM=usb\n DEVICE=+usb:1-1\n' +
  '3,11,2500123,-;mmc0: timeout\n' +
  '4,12,9000000,-,caller=T77;careful\\x1b[31m\n' +
  '30,13,9999999500,-,caller=C1;systemd says so\n';

describe('records', () => {
  test('newest report first, with sequence, microseconds, level, facility, caller', () => {
    assert.deepEqual(rows(LOG), [
      {
        record: { sequence: 13, microseconds: 9_999_999_500, caller: { cpu: 1 } },
        at: '2023-11-15T00:59:59.999Z',
        level: { number: 6, name: 'info', facility: 'daemon' },
        message: { text: 'systemd says so', tasks: [] },
      },
      {
        record: { sequence: 12, microseconds: 9_000_000, caller: { thread: 77 } },
        at: '2023-11-14T22:13:29.000Z',
        level: { number: 4, name: 'warning', facility: 'kern' },
        message: { text: 'careful\x1b[31m', tasks: [] },
      },
      {
        record: { sequence: 11, microseconds: 2_500_123, caller: null },
        at: '2023-11-14T22:13:22.500Z',
        level: { number: 3, name: 'err', facility: 'kern' },
        message: { text: 'mmc0: timeout', tasks: [] },
      },
      {
        record: { sequence: 10, microseconds: 1_000_000, caller: null },
        at: '2023-11-14T22:13:21.000Z',
        level: { number: 6, name: 'info', facility: 'kern' },
        message: { text: 'usb 1-1: new device', tasks: [] },
      },
    ]);
  });
  test('the lines of a report stay in order: it ends at a pause of a second, or where another is cut', () => {
    const at = (seconds: number, text: string, n: number): string => `4,${n},${seconds * 1e6},-;${text}\n`;
    const log = [
      at(1, 'old', 1),
      at(50, '------------[ cut here ]------------', 2),
      at(50.1, 'WARNING: one', 3),
      at(51, 'Call Trace:', 4),
      at(51.2, '------------[ cut here ]------------', 5),
      at(51.3, 'WARNING: two', 6),
      at(53, 'new', 7),
    ].join('');
    assert.deepEqual(
      rows(log).map(({ record }) => record.sequence),
      [7, 5, 6, 2, 3, 4, 1],
    );
    assert.match(
      textOf(page(log), Infinity).join('\n'),
      /The newest report stands first, its lines in the order of dmesg/,
    );
  });
  test('on the screen: harmless, with tones, the facility unless it is the kernel', () => {
    const lines = pageLines(page(LOG), 100);
    const find = (text: string) => lines.find(line => line.spans.some(span => span.text.includes(text)))!;
    const said = (text: string): string[] => find(text).spans.map(span => `${span.tone} ${span.text.trim()}`);
    assert.deepEqual(
      said('mmc0').filter((_, at) => at !== 1),
      ['dim [2.500]', 'bad err', 'bad mmc0: timeout'],
    );
    assert.deepEqual(
      said('careful').filter((_, at) => at !== 1),
      ['dim [9.000 T77]', 'warn warning', 'warn careful\\x1b[31m'],
    );
    assert.ok(said('systemd').includes('normal daemon.info'));
    // cut, not rounded, as the kernel does
    assert.equal(said('systemd')[0], 'dim [9999.999 C1]');
  });
  test('counts by level, and that the first ones are no longer there', () => {
    const json = jsonOf(page(LOG));
    assert.equal(json['records'], 4);
    assert.equal(json['lost'], 10);
    assert.deepEqual(json['levels'], { emerg: 0, alert: 0, crit: 0, err: 1, warning: 1, notice: 0, info: 2, debug: 0 });
    const lines = textOf(page(LOG));
    assert.ok(lines.includes('  Records           4'));
    assert.ok(lines.includes('  By level          err 1   warning 1   info 2'));
    assert.equal(jsonOf(page('6,0,1,-;first\n'))['lost'], undefined);
  });
  test('of a long log the newest 2,000 are shown, all are counted', () => {
    const log = Array.from({ length: 2_500 }, (_, at) => `6,${at},${at},-;line ${at}\n`).join('');
    const shown = rows(log);
    assert.equal(shown.length, 2_000);
    assert.deepEqual([shown[0]!.record.sequence, shown.at(-1)!.record.sequence], [500, 2_499]);
    assert.ok(textOf(page(log))[0]!.endsWith('2,500, of which the newest 2,000 are shown'));
    assert.equal(jsonOf(page(log))['records'], 2_500);
  });
  test('a time that is no date, and a boot time that is not known', () => {
    assert.equal(rows('6,1,99999999999999999999,-;far\n')[0]!.at, null);
    assert.equal(rows('6,1,5,-;x\n', { machine: { bootTime: Number.NaN } })[0]!.at, null);
  });
  test('an empty log, and text that is no record', () => {
    assert.deepEqual(jsonOf(page(''))['notes'], ['The kernel log is empty.']);
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom(...LOG.split('\n')))),
        fc.nat(150),
        (parts, columns) => {
          assert.ok(pageText(page(parts.join('\n')), columns + 40).length > 0);
        },
      ),
    );
  });
});

describe('tasks that a record names', () => {
  const BLOCKED = '3,5,50000000,-;INFO: task tar:871 blocked for more than 120 seconds.\n';
  const told = (stat: string | { readonly missing: 'gone' | 'no-permission' }, parts: SystemParts = {}) => {
    const all = { ...parts, files: { '/proc/871/stat': stat, ...parts.files } };
    const text = textOf(page(BLOCKED, all), Infinity).find(line => line.includes('INFO'))!;
    return { said: /\((pid .*)\)$/.exec(text)?.[1], tasks: rows(BLOCKED, all)[0]!.message.tasks };
  };
  const task = (alive: boolean | null) => [{ pid: 871, name: 'tar', why: 'blocked', alive }];
  // the record is of 50 s after boot; ticks are hundredths
  test('alive, with its state', () => {
    assert.deepEqual(told(statText({ pid: 871, comm: 'tar', state: 'D', start_time: 1000 })), {
      said: 'pid 871: alive, D',
      tasks: task(true),
    });
  });
  test('ended; or hidden, where /proc hides the first task, too', () => {
    const gone = { missing: 'gone' } as const;
    assert.deepEqual(told(gone), { said: 'pid 871: ended', tasks: task(false) });
    const user: SystemParts = { machine: { mayPtrace: false } };
    assert.deepEqual(told(gone, user), { said: 'pid 871: ended, or hidden', tasks: task(null) });
    const open = { ...user, files: { '/proc/1/stat': statText({ pid: 1, comm: 'init' }) } };
    assert.deepEqual(told(gone, open), { said: 'pid 871: ended', tasks: task(false) });
  });
  test('its pid is another task now: younger than the record, and of another name', () => {
    assert.deepEqual(told(statText({ pid: 871, comm: 'bash', start_time: 900_000 })), {
      said: 'pid 871: ended, its pid is now bash',
      tasks: task(false),
    });
    // older than the record: it has a new name
    assert.equal(told(statText({ pid: 871, comm: 'bash', start_time: 1000 })).said, 'pid 871: alive, S, now bash');
    // the log's clock may be behind: the same name is the same task
    assert.equal(told(statText({ pid: 871, comm: 'tar', start_time: 900_000 })).said, 'pid 871: alive, S');
  });
  test('what is not known is not claimed', () => {
    assert.deepEqual(told({ missing: 'no-permission' }), { said: 'pid 871', tasks: task(null) });
    assert.deepEqual(told('no stat line\n'), { said: 'pid 871', tasks: task(null) });
  });
  test('a long name in the log is the 15 characters that the kernel keeps', () => {
    const log = '6,1,1,-;systemd-journald[9]: hello\n';
    const files = { '/proc/9/stat': statText({ pid: 9, comm: 'systemd-journal', state: 'S', start_time: 0 }) };
    assert.ok(textOf(page(log, { files })).some(line => line.endsWith('(pid 9: alive, S)')));
  });
  test('only so many are looked up: those of the newest records', () => {
    const log = Array.from({ length: 300 }, (_, at) => `6,${at},${at},-;prog[${at + 1000}]: hello\n`).join('');
    const context = systemContext({ files: { [KMSG]: log } });
    buildSystemPage('log', context);
    const asked = [...(context.dossier as unknown as { asked: Set<string> }).asked].filter(path =>
      path.endsWith('/stat'),
    );
    assert.equal(asked.length, 200);
    assert.ok(asked.includes('/proc/1299/stat') && !asked.includes('/proc/1000/stat'));
  });
});

describe('a log that cannot be read', () => {
  const why = (missing: 'no-permission' | 'not-in-this-kernel', files = {}): string =>
    textOf(buildSystemPage('log', systemContext({ files: { [KMSG]: { missing }, ...files } })), Infinity)[0]!.replace(
      /^ {2}Kernel log +/,
      '',
    );
  test('says which right, and what else it can be', () => {
    const needs = '- (not permitted: needs CAP_SYSLOG while kernel.dmesg_restrict is 1)';
    assert.equal(why('no-permission', { [RESTRICT]: '1\n' }), needs);
    assert.equal(why('no-permission'), needs);
    assert.match(why('no-permission', { [RESTRICT]: '0\n' }), /dmesg_restrict is 0, so the mode of \/dev\/kmsg/);
    assert.match(why('not-in-this-kernel'), /^- \(there is no \/dev\/kmsg: a container/);
  });
  test('of a captured machine', () => {
    const copy = fixturePage('debian12-x86_64-6.1', 'log');
    assert.equal(textOf(copy)[0], '  Kernel log        - (a copy of /proc does not hold it)');
    assert.deepEqual(jsonOf(copy)['missing'], { records: 'not-read' });
  });
});

test('what was decoded is shown again only as long as the log is the same', () => {
  let log = '6,1,1,-;first\n';
  const context = systemContext({});
  const dossier: typeof context.dossier = Object.assign(context.dossier, {
    file: (path: string) => (path === KMSG ? bytes(log) : { missing: 'not-read' as const }),
  });
  const shown = (): string =>
    textOf(buildSystemPage('log', { ...context, dossier })).find(line => /^ .*\].* info /.test(line))!;
  assert.match(shown(), /first$/);
  assert.match(shown(), /first$/);
  log = '6,1,1,-;other\n';
  assert.match(shown(), /other$/);
});

test('today has its time, other days their date', () => {
  const micro = (ms: number): number => (ms - 1_700_000_000_000) * 1000;
  const later = { ...systemContext({ files: { [KMSG]: `6,1,${micro(NOW_MS)},-;now\n6,2,0,-;then\n` } }) };
  const lines = (wallMs: number): string[] => textOf(buildSystemPage('log', { ...later, wallMs }));
  const DAY = 86_400_000;
  assert.match(
    lines(NOW_MS).find(line => line.endsWith('now'))!,
    /\] {2}\d\d:\d\d:\d\d /,
  );
  assert.match(
    lines(NOW_MS + 2 * DAY).find(line => line.endsWith('now'))!,
    /\] {2}\d\d-\d\d \d\d:\d\d /,
  );
});
