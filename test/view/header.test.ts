import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { SystemHistory } from '../../src/model/system.ts';
import { dateTimeText } from '../../src/units/format.ts';
import { textWidth } from '../../src/units/text.ts';
import { type HeaderFacts, headerLines, METER_LAYOUTS } from '../../src/view/header.ts';
import type { Header } from '../../src/view/meters/facts.ts';
import { RATE_CELLS, rateText } from '../../src/view/meters/writer.ts';
import {
  drawn,
  factsOf,
  type Files,
  historyOf,
  IDLE,
  machineOf,
  meminfo,
  PI_MEMORY,
  pressure,
  type Second,
  statText,
} from '../support/meters.ts';

const COUNTS = [1, 2, 4, 7, 64, 256];
const WIDTHS = [40, 59, 60, 71, 72, 80, 89, 90, 100, 109, 110, 120, 140, 159, 160, 200, 250, 300];
const HEIGHTS = [10, 12, 15, 16, 18, 23, 24, 30, 40, 47, 48, 60, 80, 100];

/** Every CPU at something else, so that bars have all lengths and parts. */
const busyCpus = (count: number): Second[] =>
  Array.from({ length: count }, (_, cpu) => {
    const parts = [(cpu * 37) % 60, cpu % 5, cpu % 11, 0, cpu % 3, cpu % 2, cpu % 4, cpu % 6, 0, 0];
    parts[3] = 100 - parts.reduce((sum, part) => sum + part, 0);
    return parts;
  });
const idleCpus = (count: number): Second[] => Array.from({ length: count }, () => IDLE);
const fullCpus = (count: number): Second[] => Array.from({ length: count }, () => [50, 0, 50, 0]);

/** What is wrong with a header of this size; undefined: nothing. */
function fault({ lines, sparks }: Header, columns: number, rows: number): string | undefined {
  if (lines.length > Math.max(1, Math.floor(rows / 2) - 1)) return `${lines.length} lines leave less than half`;
  for (const [y, { spans }] of lines.entries()) {
    const cells = [
      ...spans.map(({ x, text }) => ({ x, end: x + textWidth(text), what: text })),
      ...sparks.filter(spark => spark.y === y).map(({ x, width, id }) => ({ x, end: x + width, what: id })),
    ].sort((a, b) => a.x - b.x);
    let free = 0;
    for (const { x, end, what } of cells) {
      if (!Number.isInteger(x) || x < free) return `line ${y}: '${what}' at ${x} covers what ends at ${free}`;
      if (end > columns) return `line ${y}: '${what}' ends at ${end} of ${columns}`;
      free = end;
    }
  }
  for (const { y, width, values } of sparks)
    if (y >= lines.length || width < 1 || !values.every(Number.isFinite)) return 'a sparkline';
  return undefined;
}

const header = (facts: HeaderFacts, columns: number, rows: number): Header => headerLines(facts, columns, rows);

describe('at every size', () => {
  for (const count of COUNTS) {
    test(`${count} CPUs: nothing overlaps or ends beyond the edge, the table keeps half, the height stays`, () => {
      const long = 'a message that is longer than any terminal is wide '.repeat(9);
      const busy = factsOf(machineOf(busyCpus(count)));
      const others = [
        factsOf(machineOf(idleCpus(count)), { tasks: 0, states: new Map(), shown: 0, own: NOTHING }),
        factsOf(machineOf(fullCpus(count)), {
          instant: 'FROZEN 12:01:33, 42s ago',
          denied: 12,
          notes: ['sort RES▼', 'kernel threads hidden'],
        }),
        factsOf(machineOf(busyCpus(count)), { message: { text: long, tone: 'bad' }, place: `/x/${long}` }),
        factsOf(historyOf({ stat: statText(idleCpus(count)) })),
        factsOf(machineOf([...busyCpus(count - 1), undefined]), { tasks: 123_456, threads: true }),
      ];
      for (const columns of WIDTHS) {
        for (const rows of HEIGHTS) {
          const first = header(busy, columns, rows);
          assert.equal(fault(first, columns, rows), undefined, `${columns}×${rows}`);
          for (const [index, facts] of others.entries()) {
            // a CPU that was offline from the start is not known
            if (count === 1 && index === 4) continue;
            const next = header(facts, columns, rows);
            assert.equal(fault(next, columns, rows), undefined, `${columns}×${rows}, machine ${index}`);
            if (index < 4) assert.equal(next.lines.length, first.lines.length, `${columns}×${rows}, machine ${index}`);
          }
        }
      }
    });
  }

  test('whatever is chosen, whatever the machine has', () => {
    const machines = COUNTS.flatMap(count => [
      factsOf(machineOf(busyCpus(count), LIMITED)),
      factsOf(machineOf(busyCpus(count), { ...HIGHMEM, ...LIMITED })),
      factsOf(machineOf(busyCpus(count), { meminfo: '', 'pressure/cpu': '', loadavg: '', uptime: '' })),
    ]);
    const unknown = new Map([
      ['S', 20_000],
      ['R', 1],
      ['Q', 5],
      ['\xe9', 3],
      ['I', 900],
      ['T', 1],
    ]);
    fc.assert(
      fc.property(
        fc.constantFrom(...machines),
        fc.integer({ min: 1, max: 320 }),
        fc.integer({ min: 1, max: 110 }),
        fc.constantFrom(...METER_LAYOUTS),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom('pi4', '日本語'.repeat(30), '\x1b[2J'),
        (facts, columns, rows, layout, perCpu, ascii, hostname) => {
          const machine = { ...facts.machine, hostname };
          const chosen = { ...facts, machine, meters: { layout, perCpu }, ascii, states: unknown, tasks: 20_930 };
          assert.equal(fault(header(chosen, columns, rows), columns, rows), undefined, `${columns}×${rows}`);
        },
      ),
      { numRuns: 1500 },
    );
  });
});

const NOTHING = { cpuPercent: undefined, rssBytes: undefined, bytesPerSecond: undefined };

const HIGHMEM: Files = {
  meminfo: meminfo({
    ...{ ...PI_MEMORY, HighTotal: 3_000_000, HighFree: 1_500_000, LowTotal: 974_144, LowFree: 387_437 },
  }),
};

const CGROUP = '0::/user.slice/web\n';
const MOUNTINFO = '30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n';
/** In a control group of version 2 with limits of memory, CPU time and CPUs. */
const LIMITED: Files = {
  'self/cgroup': CGROUP,
  'self/mountinfo': MOUNTINFO,
  'self/ns/pid': 'pid:[4026531836]',
  '/sys/fs/cgroup/user.slice/web/memory.max': '536870912\n',
  '/sys/fs/cgroup/user.slice/web/memory.current': '314572800\n',
  '/sys/fs/cgroup/user.slice/web/cpu.max': '75000 100000\n',
  '/sys/fs/cgroup/user.slice/web/cgroup.events': 'populated 1\nfrozen 0\n',
  '/sys/fs/cgroup/user.slice/web/cpu.pressure': pressure(33.3, 22.2),
  '/sys/fs/cgroup/user.slice/web/memory.pressure': pressure(4, 3),
  '/sys/fs/cgroup/user.slice/web/io.pressure': pressure(0, 0),
};

/** 52.1, 18.4, 8.0 and 49.0 % busy; the first with kernel and interrupts, the third waiting for I/O as well. */
const FOUR: Second[] = [
  [40, 0, 10, 47.9, 0, 1.1, 1, 0],
  [18.4, 0, 0, 81.6],
  [8, 0, 0, 72, 20],
  [0, 49, 0, 51],
].map(second => second.map(percent => percent * 10));

/** What the clock shows, in the time zone of the test. */
const TIME = dateTimeText(Date.UTC(2026, 10, 21, 23, 51, 1));

const screen = (system: SystemHistory, columns: number, rows: number, change: Partial<HeaderFacts> = {}): string[] =>
  drawn(header(factsOf(system, change), columns, rows));

describe('what it shows', () => {
  // CPU 0: 40 % of 24 cells are 10, with the kernel 12, with interrupts 12, with softirqs 13. Memory: of 3.79 GiB 28.5 % are
  // programs, 2.6 % shared, 5.2 % buffers, 16.3 % caches
  test('120×40', () => {
    assert.deepEqual(screen(machineOf(FOUR), 120, 40), [
      ' taskscope  pi4  Linux 6.1.21-v8+ aarch64   up 12d 04:31   load 1.93 1.40 0.88   Tasks 187:    2 R  181 S    3 D    1 Z',
      ' CPU 0[||||||||||ssq      52.1%]  2[||wwwww             8.0%]  Mem [|||||||||bbccccc   1.18G/3.79G]   PSI cpu  2.1',
      '     1[||||               18.4%]  3[nnnnnnnnnnnn       49.0%]  Swp [||||                12.0M/100M]       mem  0.4/ 0.1',
      ' Faults min 3.21k/s           ~  maj    41/s           ~  ctxt 5.10k/s  intr 2.00k/s  forks   3.0/s       io  18.7/ 9.0',
      ' self 0.9% 58.0M 1.40kB/s · every 2 s · 187 shown                                                   ' + TIME,
    ]);
  });
  test('80×24', () => {
    assert.deepEqual(screen(machineOf(FOUR), 80, 24), [
      ' taskscope pi4 Linux 6.1.21-v8+ aarch64  up 12d 04:31  load 1.93 1.40 0.88',
      ' CPU 0[|||||||ss    52.1%]  2[|wwww         8.0%]  Mem [||||||mbcc 1.18G/3.79G]',
      '     1[|||          18.4%]  3[nnnnnnnnn    49.0%]  Swp [|||         12.0M/100M]',
      ' min 3.21k/s          ~  maj    41/s          ~   PSI cpu  2.1 mem  0.4 io 18.7',
      ' 187 tasks   2R 181S   3D   1Z  self 0.9% 58.0M 1.40kB/s · every 2 s   ' + TIME.slice(11),
    ]);
  });
  test('40×10', () => {
    assert.deepEqual(screen(machineOf(FOUR), 40, 10), [
      'CPU 32% Mem 1.18G/3.79G maj 41/s io 18.7',
      '187 tasks 3D 1Z 2R 181S',
    ]);
  });
  test('the sum of the CPUs in place of each', () => {
    const meters = { layout: 'auto', perCpu: false } as const;
    const [, first, second] = screen(machineOf(FOUR), 120, 40, { meters });
    // (52.1 + 18.4 + 8 + 49) / 4; nice 12.25, user 16.6, system 2.5, irq 0.275, softirq 0.25, iowait 5
    assert.match(first!, /^ CPU×4 \[n{6}\|{9}sqww +31\.9%\]  Mem/);
    assert.match(second!, /^ us 16\.6 sy  2\.5 wa  5\.0 st  0\.0 si  0\.3 hi  0\.3 ni 12\.3 /);
  });
  test('compact, off, and what full adds', () => {
    const lines = (
      layout: 'compact' | 'off' | 'full' | 'auto',
      cpus: number,
      columns: number,
      rows: number,
    ): string[] => screen(machineOf(busyCpus(cpus)), columns, rows, { meters: { layout, perCpu: true } });
    assert.equal(lines('compact', 64, 200, 60).length, 3);
    assert.match(lines('compact', 4, 80, 24)[0]!, /^ CPU×4 \[.*%\]  Mem \[.*\]  Swp \[.*\]$/);
    assert.equal(lines('off', 4, 200, 60).length, 1);
    assert.match(lines('off', 4, 80, 24)[0]!, /^CPU \d+% 187 tasks 3D 1Z 2R 181S Mem/);
    // 64 CPUs are characters on 120×40, unless half of the screen may be used: then they are bars with their percent
    assert.doesNotMatch(lines('auto', 64, 120, 40).join('\n'), / 63\[/);
    assert.match(lines('full', 64, 120, 40).join('\n'), / 63\[.* \d+%\]/);
  });
});

describe('CPUs', () => {
  test('each part has its letter', () => {
    const all: Second = [30, 10, 10, 30, 5, 5, 5, 5, 10, 0];
    // user holds guest: 20 and 10; idle 30, and 5 waiting for I/O
    const [, line] = screen(machineOf([all.map(part => part * 10)]), 120, 40);
    assert.match(line!, /^ CPU 0\[n+\|+g+s+i+q+t+w+ +65\.0%\]/);
  });
  test('offline, new, gone back', () => {
    const first = { stat: statText([IDLE, IDLE, [900, 0, 0, 900]]), meminfo: meminfo(PI_MEMORY) };
    const second = { ...first, stat: statText([[50, 0, 0, 150], undefined, [0, 0, 0, 0], IDLE]) };
    const text = screen(historyOf(first, second), 120, 40).join('\n');
    assert.match(text, / 0\[\|+ +50\.0%\]/);
    assert.match(text, / 1\[ +offline\]/);
    assert.match(text, / 2\[ +back\]/);
    assert.match(text, / 3\[ +-\]/);
    assert.doesNotMatch(text, / 4\[/, 'a CPU that was never seen is not known');
  });
  test('offline and present from the start', () => {
    const present = { '/sys/devices/system/cpu/present': '0-3\n' };
    const text = screen(machineOf([IDLE, undefined, IDLE, undefined], present), 80, 24).join('\n');
    assert.match(text, / 1\[ +offline\]/);
    assert.match(text, / 3\[ +offline\]/);
  });
  test('of 64 one character each, in groups of eight, with the number of the first', () => {
    const cpus = Array.from({ length: 64 }, (_, cpu): Second | undefined => {
      const busy = (cpu % 8) * 12.5 + 1;
      return [busy * 10, 0, 0, (100 - busy) * 10];
    });
    cpus[33] = undefined;
    const files = { '/sys/devices/system/cpu/present': '0-63' };
    const block = screen(machineOf(cpus, files), 80, 24).slice(1, 4);
    assert.match(block[0]!, /^ CPU×63 \[.*%\]/);
    assert.match(block[1]!, /^  0 ▁▂▃▄▅▆▇█ ▁▂▃▄▅▆▇█ ▁▂▃▄▅▆▇█ ▁▂▃▄▅▆▇█  /);
    assert.match(block[2]!, /^ 32 ▁×▃▄▅▆▇█ ▁▂▃▄▅▆▇█/);
    const ascii = screen(machineOf(cpus, files), 80, 24, { ascii: true }).slice(1, 4);
    // 1, 13.5, 26, 38.5, 51, 63.5, 76, 88.5 %
    assert.match(ascii[1]!, /^  0 01235678 01235678/);
  });
  test('of 256 rows of 64', () => {
    const rows = screen(machineOf(busyCpus(256)), 80, 24).filter(line => /^ +\d+ [▁▂▃▄▅▆▇█]{8} /.test(line));
    assert.deepEqual(
      rows.map(line => Number.parseInt(line, 10)),
      [0, 64, 128, 192],
    );
    for (const row of rows) assert.equal(Array.from(row.matchAll(/[▁▂▃▄▅▆▇█×]/g)).length, 64);
  });
});

describe('memory', () => {
  test('none, and not read', () => {
    const text = screen(machineOf([IDLE], { meminfo: meminfo({ ...PI_MEMORY, SwapTotal: 0, SwapFree: 0 }) }), 80, 24);
    assert.match(text.join('\n'), /Swp \[ +none\]/);
    assert.match(screen(historyOf({ stat: statText([IDLE]) }), 80, 24).join('\n'), /Mem \[ +-\]/);
  });
  test('zram: what was written to it, and what it takes', () => {
    const zram = { '/sys/block/zram0/mm_stat': ' 314572800 99614720 104857600 0 104857600 0 0 0 0\n' };
    assert.match(screen(machineOf([IDLE], zram), 120, 40).join('\n'), /Swp \[.*12\.0M\/100M\] zram 300M in 100M/);
    assert.match(screen(machineOf([IDLE], zram), 80, 24).join('\n'), /Swp \[.*\] zram 100M/);
    const empty = { '/sys/block/zram0/mm_stat': ' 0 0 0 0 0 0 0 0 0\n' };
    assert.doesNotMatch(screen(machineOf([IDLE], empty), 120, 40).join('\n'), /zram/);
  });
  test('high memory of 32-bit kernels', () => {
    // 387,437 and 1,500,000 kB
    const text = screen(machineOf(FOUR, HIGHMEM), 120, 40).join('\n');
    assert.match(text, /free Low 378M High 1\.43G|Low free 378M\/951M High free 1\.43G\/2\.86G/);
  });
});

describe('where we are', () => {
  test('a control group with limits: its own line, and whose the others are', () => {
    const wide = screen(machineOf(FOUR, LIMITED), 160, 40);
    assert.match(
      wide.at(-2)!,
      /^ cgroup web {2}Mem \[\|+ +300M\/512M\] of 3\.79G {2}0\.75 CPUs of 4 {2}PSI cpu 33\.3\/22\.2 mem {2}4\.0\/ 3\.0 io {2}0\.0\/ 0\.0 {2}the rest: host$/,
    );
    // 58.6 % of the bar
    const bar = /\[(\|+) /.exec(wide.at(-2)!)![1]!.length;
    assert.ok(bar >= 20 && bar <= 24, String(bar));
    assert.match(screen(machineOf(FOUR, LIMITED), 80, 24).at(-2)!, /^ cgroup web {2}Mem \[.*300M\/512M\] of 3\.79G/);
  });
  test('no line where nothing is limited', () => {
    const none = { ...LIMITED, '/sys/fs/cgroup/user.slice/web/memory.max': 'max\n' };
    const free = { ...none, '/sys/fs/cgroup/user.slice/web/cpu.max': 'max 100000\n' };
    assert.doesNotMatch(screen(machineOf(FOUR, free), 160, 40).join('\n'), /cgroup/);
    // more than there is limits nothing
    const large = { ...free, '/sys/fs/cgroup/user.slice/web/memory.max': '99999999999\n' };
    assert.doesNotMatch(screen(machineOf(FOUR, large), 160, 40).join('\n'), /cgroup/);
  });
  test('a container without limits is told', () => {
    const files = { ...LIMITED, 'self/ns/pid': 'pid:[4026532300]', 'self/cgroup': '0::/\n' };
    assert.match(screen(machineOf(FOUR, files), 120, 40).at(-2)!, /^ container {2}no limits, all meters: host$/);
  });
  test('lxcfs over meminfo and stat: they are the container’s', () => {
    const lxcfs = (file: string): string => `4${file.length} 23 0:27 /${file} /proc/${file} rw - fuse.lxcfs lxcfs rw\n`;
    const files = { ...LIMITED, 'self/mountinfo': MOUNTINFO + lxcfs('meminfo') + lxcfs('stat') };
    assert.match(screen(machineOf(FOUR, files), 160, 40).at(-2)!, /CPU, Mem: container$/);
  });
  test('fewer CPUs by cpuset', () => {
    const files = { ...LIMITED, '/sys/fs/cgroup/user.slice/web/cpuset.cpus.effective': '0,2\n' };
    assert.match(screen(machineOf(FOUR, files), 200, 60).at(-2)!, / cpuset 0,2 /);
    const all = { ...LIMITED, '/sys/fs/cgroup/user.slice/web/cpuset.cpus.effective': '0-3\n' };
    assert.doesNotMatch(screen(machineOf(FOUR, all), 200, 60).join('\n'), /cpuset/);
  });
});

describe('what cannot be told', () => {
  test('the first sample has no rates, a counter that went backwards says so', () => {
    const first = screen(
      historyOf({ stat: statText([IDLE], { ctxt: 5 }), vmstat: 'pgfault 5\npgmajfault 1\n' }),
      120,
      40,
    );
    assert.match(first.join('\n'), /min +- .* maj +- .*ctxt +-  intr +-/);
    const back = historyOf(
      { stat: statText([IDLE], { ctxt: 500, intr: 7 }), vmstat: 'pgfault 500\npgmajfault 1\n' },
      { stat: statText([[1, 0, 0, 199]], { ctxt: 4, intr: 8 }), vmstat: 'pgfault 5\npgmajfault 1\n' },
    );
    assert.match(screen(back, 120, 40).join('\n'), /min +back .* maj +0\/s .*ctxt +back  intr +1\.0\/s/);
  });
  test('more than nothing never reads as nothing, and every rate has seven cells', () => {
    const texts = [0, 0.01, 0.04, 0.06, 0.5, 9.94, 9.96, 41, 999, 3251, 41_234, 999_600, 8e15].map(rateText);
    assert.deepEqual(texts, [
      ...['0/s', '<0.1/s', '<0.1/s', '0.1/s', '0.5/s', '9.9/s', '10/s', '41/s', '999/s'],
      ...['3.25k/s', '41.2k/s', '1.00M/s', '8.00P/s'],
    ]);
    for (const text of texts) assert.ok(text.length <= RATE_CELLS, text);
  });
  test('numbers that grow move nothing: each count, each cost has its place', () => {
    const places = (columns: number, rows: number, counts: readonly number[], own: HeaderFacts['own']): number[][] => {
      const states = new Map(['R', 'S', 'D', 'Z'].map((letter, at) => [letter, counts[at]!]));
      return screen(machineOf(FOUR), columns, rows, { states, own })
        .filter(line => / tasks|Tasks |self/.test(line))
        .map(line =>
          [...line.matchAll(/\d ?[RSDZ]\b|\d:\d\d$|[%M](?= )|B\/s|every/g)].map(found => found.index + found[0].length),
        );
    };
    const small = { cpuPercent: 0.9, rssBytes: 9.9e6, bytesPerSecond: 0 };
    const large = { cpuPercent: 100, rssBytes: 200e6, bytesPerSecond: 99_900 };
    for (const [columns, rows] of [
      [80, 24],
      [120, 40],
      [200, 60],
    ] as const)
      assert.deepEqual(
        places(columns, rows, [2, 181, 3, 1], small),
        places(columns, rows, [100, 66, 11, 10], large),
        `${columns}x${rows}`,
      );
    const unknown = { cpuPercent: undefined, rssBytes: undefined, bytesPerSecond: 593 };
    assert.match(screen(machineOf(FOUR), 120, 40, { own: unknown }).at(-1)!, /^ self {4}- {5}- {3}593B\/s · every 2 s/);
  });
  test('the period that is kept, and why it is not the one that was asked for', () => {
    const last = (seconds: number, why: 'max-cpu' | 'slow'): string => {
      const own = { cpuPercent: 9.9, rssBytes: 58e6, bytesPerSecond: 1400, stretched: { seconds, why } };
      return screen(machineOf(FOUR), 120, 40, { own, intervalSeconds: 0.1 }).at(-1)!;
    };
    assert.match(last(0.344, 'slow'), / · every 0\.34 s \(wanted 0\.1\) · /);
    assert.match(last(1.26, 'slow'), / · every 1\.3 s \(wanted 0\.1\) · /);
    assert.match(last(1.26, 'max-cpu'), / · every 1\.3 s \(--max-cpu\) · /);
  });
  test('no pressure in this kernel', () => {
    const none = historyOf({ stat: statText([IDLE]) }, { stat: statText([[100, 0, 0, 100]]) });
    assert.match(screen(none, 120, 40).join('\n'), /PSI cpu +-\n[^]* mem +-\n[^]* io +-/);
    assert.match(screen(none, 80, 24).join('\n'), /PSI cpu - mem - io -/);
  });
  test('a suspend is told for a minute', () => {
    const files = { stat: statText([IDLE]), meminfo: meminfo(PI_MEMORY) };
    const at = (uptime: number): Files => ({ ...files, uptime: `${uptime}.00 1\n` });
    const asleep = historyOf(at(100), at(3701), at(3702));
    assert.match(screen(asleep, 120, 40).at(-1)!, /suspended for 1h00m until \d\d:\d\d:01 · every 2 s/);
    const later = historyOf(at(100), at(3701), ...Array.from({ length: 62 }, (_, second) => at(3702 + second)));
    assert.doesNotMatch(screen(later, 120, 40).at(-1)!, /suspended/);
  });
});

test('frozen, a message, notes: in the line above the table', () => {
  const last = (change: Partial<HeaderFacts>, columns = 120, rows = 40): string =>
    screen(machineOf(FOUR), columns, rows, change).at(-1)!;
  assert.match(last({ instant: 'FROZEN 12:01:33' }), /^ {2}FROZEN 12:01:33 {2} ?self/);
  assert.match(last({ message: { text: 'no such task', tone: 'bad' } }), /^ no such task$/);
  assert.match(last({ message: { text: 'no such task', tone: 'bad' } }, 80, 24), /^ 187 tasks {3}2R .* no such task$/);
  assert.match(last({ message: { text: 'no such task', tone: 'bad' } }, 40, 10), /^no such task$/);
  assert.match(
    last({ notes: ['sort RES▼'], denied: 3, place: '/a/b/c/proc' }),
    / · from c\/proc · every \d+ s · sort RES▼ · 3 not readable · 187 shown/,
  );
  assert.match(last({ notes: ['n'.repeat(70), 'short'] }), /every 2 s · n+…/);
});

test('what is left out of the table is told before all else', () => {
  const last = (change: Partial<HeaderFacts>, columns = 80, rows = 24): string =>
    screen(machineOf(FOUR), columns, rows, change).at(-1)!;
  const few = { shown: 47, leftOut: 'filter node' };
  assert.match(last(few, 120, 40), /^ 47 of 187 shown · filter node · self 0\.9% .* every 2 s /);
  assert.match(last(few), /^ 187 tasks {3}2R 181S {3}3D {3}1Z {2,}47 of 187 shown · filter node {2,}\d\d:\d\d:\d\d$/);
  assert.match(last(few, 40, 10), /^47 of 187 tasks /);
  // neither the clock nor the counts of states are worth as much
  const longer = { shown: 47, leftOut: 'filter comm ~ "nodes"' };
  assert.match(last(longer), /^ 187 tasks .* 47 of 187 shown · filter comm ~ "nodes"$/);
  const long = { shown: 47, leftOut: 'filter comm ~ "node" · kernel threads hidden' };
  assert.match(last(long), /^ 47 of 187 shown · filter comm ~ "node" · kernel threads hidden/);
  // and if it is longer than the line, that it is cut is seen
  assert.match(last({ shown: 47, leftOut: 'n'.repeat(100) }), /^ 47 of 187 shown · n+…$/);
  // it may leave out nothing now
  assert.match(last({ leftOut: 'idle hidden' }), / idle hidden /);
});

test('frozen at 80 columns: the instant first, no hole behind the counts', () => {
  const last = screen(machineOf(FOUR), 80, 24, { instant: 'FROZEN 12:01:33, 42s ago' }).at(-1)!;
  assert.match(last, /^ {2}FROZEN 12:01:33, 42s ago {2,3}187 tasks 2R 181S 3D 1Z {2}self 0\.9%/);
});
