/**
 * The main views of a captured machine as a terminal shows them: the program's own way from samples to frames, cells and
 * bytes, which a terminal in memory takes up. What a clock or this machine would tell is made up.
 */
import { FrameMemo } from '../../src/app/memo.ts';
import { setImmediate as turn } from 'node:timers/promises';
import unicode11 from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';
import { absentBecause } from '../../src/act/absent.ts';
import { arrange, neededFields } from '../../src/app/arrange.ts';
import { refreshDialog } from '../../src/app/dialog.ts';
import { buildFrame, divide, tableColumns, visibleSeats, worldOf } from '../../src/app/frame.ts';
import type { Scene } from '../../src/app/scene.ts';
import { type AppState, initialState, type Step } from '../../src/app/state.ts';
import { press, sampled } from '../../src/app/update.ts';
import { Ring } from '../../src/history/ring.ts';
import { PageSource } from '../../src/cli/page-source.ts';
import { fileWishes, type Model, openModel } from '../../src/cli/session.ts';
import type { Field } from '../../src/fields/field.ts';
import type { Seat } from '../../src/frame/sink.ts';
import { flatRows, type Rows } from '../../src/model/rows.ts';
import type { SystemHistory } from '../../src/model/system.ts';
import { COLUMN_FILES } from '../../src/pages/context.ts';
import { ExtraFiles } from '../../src/sample/extra-files.ts';
import { probeMachine } from '../../src/sample/probe.ts';
import type { Tree } from '../../src/sample/tree.ts';
import type { Depth } from '../../src/term/environment.ts';
import { CellScreen } from '../../src/term/screen.ts';
import { palette, THEMES, TONES } from '../../src/term/theme.ts';
import type { Frame, Tone } from '../../src/view/cells.ts';
import { openFixture } from './fixtures.ts';
import { meminfo, pressure, statText } from './meters.ts';
import { fixture } from './paths.ts';
import { bytes } from './stat-line.ts';

// the clock of the header is local time
process.env['TZ'] = 'UTC';

/** Tasks with names to be careful about, one that runs, one with threads, a zombie; two instants 9 s apart. */
const MACHINE = 'debian12-arm64-6.1';

export interface View {
  readonly name: string;
  /** Pressed one after the other, on the table of the capture. */
  readonly keys: readonly string[];
  /** As on a machine that runs: in a capture there is nobody to act on. */
  readonly actions?: true;
  /** Its colours are kept too; of the others they are what the table, a page or a menu has. */
  readonly colours?: true;
  /** Made-up seconds follow upon the capture, see {@link goOn}. */
  readonly seconds?: number;
}

const typed = (text: string): string[] => Array.from(text, character => (character === ' ' ? 'space' : character));

export const VIEWS: readonly View[] = [
  { name: 'table', keys: [], colours: true },
  { name: 'tree', keys: ['t', 'down', 'down', 'space'], colours: true },
  { name: 'threads', keys: ['H'] },
  { name: 'by wait channel, one group unfolded', keys: ['G', 'end', 'enter', 'down', 'down', '+'], colours: true },
  { name: 'columns of memory', keys: ['tab', 'tab', 'tab'] },
  { name: 'search', keys: ['/', ...typed('sleep')], colours: true },
  { name: 'filter with its completion', keys: ['\\', ...typed('rss_bytes > 1M or maj_f'), 'tab'], colours: true },
  { name: 'filter with a mistake', keys: ['\\', ...typed('rss > 15 and fooo = 3')] },
  { name: 'column chooser', keys: ['C', 'down', 'down', 'down', 'down', 'down'], colours: true },
  { name: 'help', keys: ['?'] },
  { name: 'sort menu', keys: ['o'] },
  { name: 'signal dialog', keys: ['k'], actions: true, colours: true },
  { name: 'signal refused', keys: ['k'] },
  { name: 'flags of a task', keys: ['enter', '2'], colours: true },
  { name: 'machine', keys: ['s'] },
  { name: 'graphs', keys: ['s', '6'], seconds: 240, colours: true },
];

export const SCREEN_SIZES = [
  [40, 10],
  [80, 24],
  [120, 40],
  [200, 60],
] as const;
export const screensFile = (columns: number, lines: number): string =>
  fixture(`golden/screens/${columns}x${lines}.txt`);

// ---- the monitor

/** The second `at` after the last instant: work that comes and goes in waves, so that the lines of graphs cross. */
function goOn(history: SystemHistory, seconds: number): void {
  const { wallMs } = history;
  const wave = (at: number, period: number): number => 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / period);
  const spent = [1101, 0, 546, 0, 0];
  let [faults, major, switches, interrupts] = [40_000, 600, 8265, 4328];
  for (let at = 1; at <= seconds; at++) {
    const user = Math.round(70 * wave(at, 80));
    const system = Math.round(20 * wave(at, 50));
    const wait = at % 60 < 12 ? 10 : 0;
    [user, 0, system, 100 - user - system - wait, wait].forEach((ticks, index) => (spent[index]! += ticks));
    faults += Math.round(3000 * wave(at, 30));
    major += at % 60 < 12 ? 25 : 0;
    switches += 300 + Math.round(4000 * wave(at, 100));
    interrupts += 150 + Math.round(900 * wave(at, 100));
    const files = {
      uptime: `${(16.6 + at).toFixed(2)} 0.00\n`,
      stat: statText([spent], { ctxt: switches, intr: interrupts, processes: 657 }),
      loadavg: '0.60 0.13 0.04 2/83 659\n',
      meminfo: meminfo({ MemTotal: 1_000_964, MemFree: 788_420, Buffers: 0, Cached: 113_520 }),
      vmstat: `pgfault ${faults + major}\npgmajfault ${major}\n`,
      'pressure/cpu': pressure(60 * wave(at, 80), 0),
      'pressure/memory': pressure(5 * wave(at, 30), 0),
      'pressure/io': pressure(at % 60 < 12 ? 30 : 2, 0),
    };
    const pushed = new Map(Object.entries(files).map(([name, text]) => [name, bytes(text)]));
    history.push({ wallMs: wallMs + at * 1000, system: pushed, systemMs: 16_600 + at * 1000 });
  }
}

/** What the program does between keys and frames, without its clock and its terminal. */
class Captured {
  readonly #columns: number;
  readonly #lines: number;
  readonly #ascii: boolean;
  readonly #tree: Tree = openFixture(MACHINE);
  readonly #machine = probeMachine(this.#tree);
  readonly #pages: PageSource;
  state: AppState;
  #rows: Rows = flatRows(new Int32Array(0));
  #model!: Model;
  #extra!: ExtraFiles;
  #late = 0;

  constructor(columns: number, lines: number, ascii: boolean, { actions, seconds }: View) {
    this.#columns = columns;
    this.#lines = lines;
    this.#ascii = ascii;
    const ring = new Ring(this.#machine, false, { maxBytes: 1, pending: () => undefined });
    this.#pages = new PageSource(
      this.#tree,
      () => [ring],
      () => this.#late++,
    );
    const noActions = actions ? undefined : absentBecause({ live: false, readOnly: false, ownProc: true });
    this.state = { ...initialState(), noActions };
    this.#open();
    if (seconds) goOn(this.#model.table.system, seconds);
  }

  /** Both instants. */
  #open(): void {
    this.#tree.rewind();
    this.#model = openModel({ tree: this.#tree, machine: this.#machine }, this.state.threads, undefined);
    const { sampler, table } = this.#model;
    this.#extra = new ExtraFiles(this.#tree, sampler, table, undefined, () => undefined);
    this.#rows = flatRows(new Int32Array(0));
    do {
      sampler.sample();
      this.#pages.refresh();
      this.#reorder();
      this.#readVisible();
    } while (this.#tree.advance());
  }

  #read(seats: Iterable<Seat>, fields: readonly Field[]): void {
    for (const { file, steady } of fileWishes(fields)) for (const seat of seats) this.#extra.want(seat, file, steady);
  }

  #reorder(): void {
    const { cursor, table } = this.#model;
    this.#read(table.order.subarray(0, table.count), neededFields(this.state));
    this.#rows = arrange(this.state, cursor, undefined);
    this.state = sampled(this.state, worldOf(this.scene));
  }

  #readVisible(): void {
    const { task } = this.state;
    const seat = task ? this.#model.table.find(task.key.pid, task.key.startTicks) : -1;
    if (seat >= 0) for (const file of COLUMN_FILES) this.#extra.want(seat, file, false);
    const shown = tableColumns(this.scene).map(({ field }) => field);
    this.#read(visibleSeats(this.scene, divide(this.scene).tableRows), shown);
  }

  readonly #memo = new FrameMemo();

  get scene(): Scene {
    const wallMs = this.#model.table.system.wallMs;
    return {
      memo: this.#memo,
      state: this.state,
      cursor: this.#model.cursor,
      rows: this.#rows,
      instants: () => [{ number: 2, ms: 0, wallMs }],
      board: [],
      counts: {},
      columns: this.#columns,
      lines: this.#lines,
      own: { cpuPercent: 0.9, rssBytes: 58 * 2 ** 20, bytesPerSecond: 1400 },
      pidDigits: 5,
      place: 'capture.tar.gz',
      openPage: this.#pages.lines(this.state, this.#model.cursor, this.#columns),
      nowMs: 0,
      ascii: this.#ascii,
      confirmed: true,
      dialogFacts: { ownPid: 99_999, nowMs: wallMs, possibleCpus: '0', onlineCpus: '0' },
    };
  }

  #take({ state, wishes }: Step): void {
    const opened = state.dialog !== undefined && this.state.dialog === undefined;
    this.state = state;
    if (opened) this.#seeTargets();
    if (wishes.includes('reopen')) this.#open();
    if (wishes.includes('reorder')) this.#reorder();
  }

  #seeTargets(): void {
    const { table, cursor } = this.#model;
    const dialog = refreshDialog(this.state.dialog!, ({ pid, startTicks }) => {
      const seat = table.find(pid, startTicks);
      this.#extra.want(seat, 'status', false);
      this.#extra.want(seat, 'cmdline', false);
      return cursor.at(seat);
    });
    this.state = { ...this.state, dialog };
  }

  press(key: string): void {
    this.#take(press(this.state, key, worldOf(this.scene)));
  }

  /** The frame when everything that it needs has been read: pages read in turns. */
  async frame(): Promise<Frame> {
    this.#readVisible();
    for (;;) {
      const late = this.#late;
      const frame = buildFrame(this.scene, divide(this.scene));
      // in each at least one of the files is read, and no page has as many
      for (let turns = 0; turns < 100; turns++) await turn();
      if (late === this.#late) return frame;
    }
  }

  close(): void {
    this.#pages.close();
    this.#model.sampler.close();
  }
}

// ---- the terminal

export type LookName = 'colour' | 'mono' | 'ascii';
const DEPTHS: Readonly<Record<LookName, Depth>> = { colour: 256, mono: 0, ascii: 256 };

export interface Cell {
  /** Empty behind a wide character. */
  readonly text: string;
  readonly cells: number;
  /** `fg 6 bold`; empty: the terminal's own. */
  readonly look: string;
}

type TerminalCell = NonNullable<ReturnType<xterm.IBufferLine['getCell']>>;

const words = (...parts: (string | false | 0)[]): string => parts.filter(Boolean).join(' ');

const lookOf = (cell: TerminalCell): string =>
  words(
    !cell.isFgDefault() && `fg ${cell.getFgColor()}`,
    !cell.isBgDefault() && `bg ${cell.getBgColor()}`,
    cell.isBold() !== 0 && 'bold',
    cell.isUnderline() !== 0 && 'underline',
    cell.isInverse() !== 0 && 'reverse',
    // nothing of this is ever sent
    (cell.isDim() || cell.isItalic() || cell.isBlink() || cell.isInvisible() || cell.isStrikethrough()) !== 0 &&
      'other',
  );

/** How a meaning looks, in the words of {@link Cell}. */
export function toneLook(tone: Tone, look: LookName): string {
  const packed = palette(THEMES.default, DEPTHS[look])[tone];
  const [flags, fg, bg] = [packed >> 18, (packed >> 9) & 0x1ff, packed & 0x1ff];
  return words(
    fg !== 0x1ff && `fg ${fg}`,
    bg !== 0x1ff && `bg ${bg}`,
    flags & 1 && 'bold',
    flags & 2 && 'underline',
    flags & 8 && 'reverse',
  );
}

/** A terminal of one size and look, that one view after the other is painted on. */
class Shown {
  readonly #xterm: xterm.Terminal;
  readonly #screen: CellScreen;
  readonly #chartsReady: Promise<void>;

  constructor(columns: number, lines: number, look: LookName) {
    this.#xterm = new xterm.Terminal({ cols: columns, rows: lines, allowProposedApi: true });
    this.#xterm.loadAddon(new unicode11.Unicode11Addon());
    this.#xterm.unicode.activeVersion = '11';
    const capabilities = { description: 'xterm-256color', depth: DEPTHS[look], unicode: look !== 'ascii' } as const;
    let ready = (): void => undefined;
    this.#chartsReady = new Promise(resolve => (ready = resolve));
    this.#screen = new CellScreen(capabilities, { columns, rows: lines }, THEMES.default, () => ready());
  }

  #write(text: string): Promise<void> {
    return new Promise(resolve => this.#xterm.write(text, resolve));
  }

  async paint(frame: Frame): Promise<Cell[][]> {
    await this.#write(this.#screen.paint(frame));
    // the first ones are painted when their widget has been loaded
    if (frame.charts) {
      await this.#chartsReady;
      await this.#write(this.#screen.paint(frame));
    }
    const { cols, rows, buffer } = this.#xterm;
    return Array.from({ length: rows }, (_, y) =>
      Array.from({ length: cols }, (_unused, x) => {
        const cell = buffer.active.getLine(y)!.getCell(x)!;
        return {
          text: cell.getWidth() === 0 ? '' : cell.getChars() || ' ',
          cells: cell.getWidth(),
          look: lookOf(cell),
        };
      }),
    );
  }
}

export interface Screen {
  readonly view: View;
  readonly state: AppState;
  readonly frame: Frame;
  readonly cells: readonly (readonly Cell[])[];
}

/** All views, one after the other on the same terminal. */
export async function screensOf(columns: number, lines: number, look: LookName): Promise<Screen[]> {
  const terminal = new Shown(columns, lines, look);
  const out: Screen[] = [];
  for (const view of VIEWS) {
    const monitor = new Captured(columns, lines, look === 'ascii', view);
    for (const key of view.keys) monitor.press(key);
    const frame = await monitor.frame();
    out.push({ view, state: monitor.state, frame, cells: await terminal.paint(frame) });
    monitor.close();
  }
  return out;
}

export type Looks = Readonly<Record<LookName, readonly Screen[]>>;

export async function allLooks(columns: number, lines: number): Promise<Looks> {
  return {
    colour: await screensOf(columns, lines, 'colour'),
    mono: await screensOf(columns, lines, 'mono'),
    ascii: await screensOf(columns, lines, 'ascii'),
  };
}

// ---- as text

export const textOf = (cells: readonly Cell[]): string =>
  cells
    .map(({ text }) => text)
    .join('')
    .trimEnd();

// prettier-ignore
const LETTERS: Readonly<Record<Tone, string>> = {
  normal: '.', dim: 'd', strong: 's', title: 't', header: 'h', selected: 'S', bar: 'b', key: 'k', good: 'g', warn: 'k',
  bad: 'x', changed: 'c',
};

/** Meanings that look alike, by their look in colours. */
export function tonesByLook(look: LookName): Map<string, Tone[]> {
  const out = new Map<string, Tone[]>();
  for (const tone of TONES) out.set(toneLook(tone, look), [...(out.get(toneLook(tone, look)) ?? []), tone]);
  return out;
}

const legend = (): string[] =>
  [...tonesByLook('colour')].map(([look, tones]) => {
    const mono = [...new Set(tones.map(tone => toneLook(tone, 'mono') || 'plain'))].join(', ');
    return `${LETTERS[tones[0]!]} ${(look || 'plain').padEnd(24)} without colours ${mono.padEnd(16)} ${tones.join(', ')}`;
  });

/** A letter for each cell, by what it looks like in colours. */
function lettersOf(cells: readonly Cell[]): string {
  const tones = tonesByLook('colour');
  const letters = cells.map(({ look }) => LETTERS[tones.get(look)?.[0] ?? 'normal']);
  return letters.join('').replace(/\.+$/, '');
}

/** Lines with their numbers, those that `wanted` says. */
const numbered = (lines: readonly string[], wanted: (line: string, y: number) => boolean): string[] =>
  lines.flatMap((line, y) => (wanted(line, y) ? [`${String(y + 1).padStart(2)} ${line}`.trimEnd()] : []));

/** One screen: its text, its colours, and the lines that are others in ASCII. */
function screenText({ view, cells }: Screen, ascii: Screen): string {
  const text = cells.map(textOf);
  const asciiText = ascii.cells.map(textOf);
  const colours = numbered(cells.map(lettersOf), letters => letters !== '');
  return [
    `==== ${view.name}`,
    ...numbered(text, () => true),
    ...(view.colours ? ['---- colours', ...colours] : []),
    '---- in ASCII',
    ...numbered(asciiText, (line, y) => line !== text[y]),
  ].join('\n');
}

export const screensText = ({ colour, ascii }: Looks): string =>
  [legend().join('\n'), ...colour.map((screen, at) => screenText(screen, ascii[at]!))].join('\n\f\n') + '\n';
