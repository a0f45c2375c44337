/** What the last minutes tell of one task: what changed and when, where its samples found it, how its memory grew. */
import { NOT_APPLICABLE, type TaskView } from '../fields/task.ts';
import type { Life } from '../model/life.ts';
import { bytesText, dateTimeText, durationText, grouped, timeText } from '../units/format.ts';
import type { RememberedLives, TaskContext } from './context.ts';
import { fact, facts, item, type Item, missingItem, note, numberItem, type Page, type Section } from './document.ts';
import {
  CHANGE_KINDS,
  type Change,
  type ChangeKind,
  changesOf,
  type Seen,
  secondsBetween,
  seenOf,
} from './history-changes.ts';
import { type Growth, growthOf, type Point, type Trend } from './history-growth.ts';
import { flagShares, shareSections } from './history-shares.ts';
import { decimals } from './numbers.ts';

/** Changes of one kind that are listed: a kind that changes all the time hides no other. */
const MOST_OF_A_KIND = 60;
const SPARK_CELLS = 30;
const LEVELS = '▁▂▃▄▅▆▇█';
const GAP = '·';

const VSIZE = 23;
const RSS = 24;
const NOTHING =
  'Nothing is remembered here. What a task did in the last minutes is seen where samples are kept: in the monitor ' +
  "(taskscope), on this page of the task, or in a recording ('taskscope record FILE', then 'taskscope replay FILE').";

/** A letter for each sample from the first to the last, `?` where the task could not be read. */
function strip(seen: readonly Seen[]): string {
  let out = '';
  seen.forEach(({ moment, state }, index) => {
    const before = seen[index - 1]?.moment.number ?? moment.number - 1;
    out += '?'.repeat(moment.number - before - 1) + state;
  });
  return out;
}

const TRENDS: Readonly<Record<Exclude<Trend, 'too-short'>, string>> = {
  none: 'as much now as then',
  steady: 'it grows steadily',
  slowing: 'it grows, but ever more slowly',
  quickening: 'it grows, and ever faster',
  'one-step': 'it grew in one step',
  'saw-tooth': 'it rises and falls again, a saw-tooth',
  shrinking: 'it shrinks',
};

function growthItem({ trend, perMinute, seconds }: Growth): Item {
  const value = { trend, bytes_per_minute: Number.isFinite(perMinute) ? Math.round(perMinute) : null };
  if (trend === 'too-short') return item('not known yet: needs at least 8 samples and 10 seconds', value, 'dim');
  const sign = perMinute > 0 ? '+' : '';
  // what the kernel's counting leaves open is no growth
  const rate = trend === 'none' ? '' : `${sign}${bytesText(perMinute)} a minute `;
  const text = `${rate}over ${durationText(seconds)}: ${TRENDS[trend]}`;
  return item(text, value, trend === 'steady' || trend === 'quickening' ? 'warn' : 'normal');
}

/** Without an address space (a zombie) there is no memory that could grow or shrink: its 0 is none. */
const rssPoints = (seen: readonly Seen[], { machine }: TaskView): Point[] =>
  seen.filter(({ stat }) => stat(VSIZE) > 0).map(({ moment, stat }) => [moment.readMs, stat(RSS) * machine.pageBytes]);

function rssItem(seen: readonly Seen[], task: TaskView): Item {
  const points = rssPoints(seen, task);
  return points.length === 0 ? missingItem(NOT_APPLICABLE) : growthItem(growthOf(points, task.machine.pageBytes));
}

const span = (seen: readonly Seen[]): number => secondsBetween(seen[0]!, seen.at(-1)!);

function mainFacts(context: TaskContext, own: Life, seen: readonly Seen[], reachesBackMs: number): Section {
  const [first, last] = [seen[0]!, seen.at(-1)!];
  const states = strip(seen);
  const unread = states.length - seen.length;
  const from = timeText(first.moment.wallMs);
  const samples = `${grouped(seen.length)}, from ${from} to ${timeText(last.moment.wallMs)} (${durationText(span(seen))})`;
  return facts('', undefined, [
    fact('samples', 'Samples', numberItem(samples, seen.length)),
    fact('reaches_back_seconds', 'Reaches back', numberItem(durationText(reachesBackMs / 1000), reachesBackMs / 1000)),
    ...(unread === 0
      ? []
      : [fact('unread', 'Not read', numberItem(`in ${grouped(unread)} of them: ?`, unread, 'warn'))]),
    ...(own.ended ? [fact('ended', 'Ended', item('it was seen to end', true, 'warn'))] : []),
    fact('rss_growth', 'RSS', rssItem(seen, context.task)),
    fact('state_strip', 'States', item(states)),
  ]);
}

interface Series {
  readonly id: string;
  readonly title: string;
  /** Counters: what they gain per second is told, times a factor. Else the value itself. */
  readonly gain?: readonly number[];
  readonly value?: number;
  readonly factor: (task: TaskView) => number;
  readonly text: (value: number) => string;
}

const once = (): number => 1;
const SERIES: readonly Series[] = [
  {
    id: 'cpu_percent',
    title: 'CPU %',
    gain: [14, 15],
    factor: ({ machine }) => 100 / machine.ticksPerSecond,
    text: decimals,
  },
  { id: 'min_flt_rate', title: 'minor faults/s', gain: [10], factor: once, text: decimals },
  { id: 'maj_flt_rate', title: 'major faults/s', gain: [12], factor: once, text: decimals },
  { id: 'rss_bytes', title: 'RSS', value: RSS, factor: ({ machine }) => machine.pageBytes, text: bytesText },
];

/** One value a sample from the second on; NaN: the counter went backwards. */
function valuesOf({ gain, value, factor }: Series, seen: readonly Seen[], task: TaskView): number[] {
  const scale = factor(task);
  return seen.slice(1).map((now, index) => {
    if (value !== undefined) return now.stat(value) * scale;
    const before = seen[index]!;
    const gained = gain!.reduce((sum, n) => sum + now.stat(n) - before.stat(n), 0);
    const seconds = secondsBetween(before, now);
    return gained >= 0 && seconds > 0 ? (gained / seconds) * scale : Number.NaN;
  });
}

const mean = (values: readonly number[]): number => {
  const known = values.filter(value => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
};

/** At most so many means of neighbours, oldest first. */
function cellsOf(values: readonly number[]): number[] {
  const cells = Math.min(SPARK_CELLS, values.length);
  const edge = (cell: number): number => Math.floor((cell * values.length) / cells);
  return Array.from({ length: cells }, (_, cell) => mean(values.slice(edge(cell), edge(cell + 1))));
}

/** Blocks from 0 up to the largest of the values. */
export function sparkText(values: readonly number[]): string {
  const most = values.reduce((max, value) => (value > max ? value : max), 0);
  const level = (value: number): string =>
    LEVELS[most > 0 ? Math.min(LEVELS.length - 1, Math.round((value / most) * (LEVELS.length - 1))) : 0]!;
  return values.map(value => (Number.isNaN(value) ? GAP : level(Math.max(0, value)))).join('');
}

function trendTable(seen: readonly Seen[], task: TaskView): Section[] {
  if (seen.length < 2) return [];
  const rows = SERIES.map(series => {
    const values = valuesOf(series, seen, task);
    const cells = cellsOf(values);
    const cell = (value: number): Item =>
      Number.isNaN(value) ? item('-', null, 'dim') : numberItem(series.text(value), value);
    const most = values.reduce((max, value) => (value > max ? value : max), Number.NEGATIVE_INFINITY);
    const list = cells.map(value => (Number.isNaN(value) ? null : value));
    return [
      item(series.title, series.id, 'strong'),
      item(sparkText(cells), list, 'good'),
      cell(mean(values)),
      cell(Number.isFinite(most) ? most : Number.NaN),
      cell(values.at(-1)!),
    ];
  });
  const cells = Math.min(SPARK_CELLS, seen.length - 1);
  return [
    {
      kind: 'table',
      id: 'trends',
      title: `Over ${durationText(span(seen))}, a cell is ${durationText(span(seen) / cells)}`,
      columns: [
        { id: 'what', title: '' },
        { id: 'values', title: 'oldest to latest' },
        { id: 'mean', title: 'mean', align: 'right' },
        { id: 'most', title: 'most', align: 'right' },
        { id: 'now', title: 'last', align: 'right' },
      ],
      rows,
    },
  ];
}

const isoTime = (wallMs: number): string | null => (Number.isFinite(wallMs) ? new Date(wallMs).toISOString() : null);

function changeRow({ kind, moment, text, before, after, seconds }: Change): Item[] {
  const intoD = kind === 'state' && after === 'D';
  return [
    item(timeText(moment.wallMs), isoTime(moment.wallMs), 'dim'),
    item(CHANGE_KINDS[kind], kind, 'strong'),
    item(text, { words: text, before, after, seconds: seconds ?? null }, intoD ? 'bad' : 'normal'),
  ];
}

function changeSections(seen: readonly Seen[], { machine }: TaskView): Section[] {
  const changes = changesOf(seen, machine.flags);
  const counts = new Map<ChangeKind, number>();
  const latest = changes.toSorted((a, b) => b.moment.number - a.moment.number);
  const shown = latest.filter(({ kind }) => {
    const nth = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, nth);
    return nth <= MOST_OF_A_KIND;
  });
  const left = [...counts].filter(([, count]) => count > MOST_OF_A_KIND);
  const leftText = left
    .map(([kind, count]) => `${grouped(count - MOST_OF_A_KIND)} of ${CHANGE_KINDS[kind]}`)
    .join(', ');
  return [
    {
      kind: 'table',
      id: 'changes',
      title: 'What changed, the latest first',
      columns: [
        { id: 'time', title: 'time' },
        { id: 'kind', title: 'what' },
        { id: 'change', title: 'change' },
      ],
      rows: shown.map(changeRow),
      empty: 'nothing',
    },
    ...(leftText === '' ? [] : [note(`Earlier changes that are left out: ${leftText}.`)]),
    note('A change is told at the sample that noticed it; what came and went between two samples is not seen.'),
  ];
}

const NUM_THREADS = 20;

/** What is not in the shares: samples of the other kind, and threads where processes were sampled. */
function leftOut({ task }: TaskContext, { threads, others }: RememberedLives): Section[] {
  const [these, those] = threads ? ['threads', 'processes'] : ['processes', 'threads'];
  const more = threads ? 0 : task.stat(NUM_THREADS) - 1;
  return [
    ...(others > 0
      ? [
          note(
            `Left out, and ? in its states: ${grouped(others)} samples of ${those}, not of ${these} (H switches them).`,
          ),
        ]
      : []),
    ...(more > 0
      ? [note(`These are of its first thread alone; with H (threads) its ${grouped(more)} others count too.`)]
      : []),
  ];
}

/** Other tasks that had the same pid. */
function formerNotes(lives: readonly Life[], own: Life): Section[] {
  return lives
    .filter(life => life.tid === own.tid && life !== own)
    .map(life => {
      const last = seenOf(life).at(-1);
      const until = dateTimeText(life.moments.at(-1)!.wallMs);
      return note(
        `Until ${until} ${own.tid} was the id of another task, ${last?.comm ?? '?'}: nothing of it is told here.`,
      );
    });
}

export function historyPage(context: TaskContext): Page {
  const { task, life } = context;
  if (!life) return { sections: [note(NOTHING)] };
  const { lives, own, reachesBackMs } = life;
  const seen = own ? seenOf(own) : [];
  if (!own || seen.length === 0)
    return {
      sections: [note(`The task is in none of the samples of the last ${durationText(reachesBackMs / 1000)}.`)],
    };
  return {
    sections: [
      mainFacts(context, own, seen, reachesBackMs),
      ...formerNotes(lives, own),
      ...trendTable(seen, task),
      ...shareSections(context, lives, own),
      ...leftOut(context, life),
      flagShares(seen, task.machine.flags),
      ...changeSections(seen, task),
    ],
  };
}
