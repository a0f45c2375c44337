/** What happens on the machine in a second: faults, forks, context switches, interrupts, with their last past. */
import type { SeriesName, SystemHistory } from '../../model/system.ts';
import { isMissing, type Reading } from '../../units/missing.ts';
import type { Spark, Tone } from '../cells.ts';
import { missingTone, RATE_CELLS, rateText, type Writer } from './writer.ts';

/** A shorter sparkline says nothing, a longer one no more. */
const LEAST_SPARK = 4;
const MOST_SPARK = 40;

/** `min 3.21k/s ▂▃▂▇`. */
interface Event {
  readonly name: string;
  readonly reading: Reading<number>;
  /** Absent: without a sparkline. */
  readonly series?: SeriesName;
  /** Of its number when it is not zero. */
  readonly tone: Tone;
}

const cellsOf = ({ name, series }: Event, spark: number): number =>
  name.length + 1 + RATE_CELLS + (series && spark > 0 ? 1 + spark : 0);

/** Events side by side, whole ones, as many as fit; sparklines take the room that is left. */
function eventsLine(
  writer: Writer,
  y: number,
  end: number,
  system: SystemHistory,
  events: readonly Event[],
  gap: number,
): Spark[] {
  const sparks: Spark[] = [];
  const bare = events.reduce((sum, event) => sum + cellsOf(event, 0), gap * (events.length - 1));
  const withSpark = events.filter(({ series }) => series !== undefined).length;
  const spare = Math.floor((end - writer.x - bare) / withSpark) - 1;
  const width = spare < LEAST_SPARK ? 0 : Math.min(spare, MOST_SPARK);
  events.forEach((event, index) => {
    const { name, reading, series, tone } = event;
    if (writer.x + (index > 0 ? gap : 0) + cellsOf(event, width) > end) return;
    const numberTone = isMissing(reading) ? missingTone(reading) : reading > 0 ? tone : 'dim';
    writer
      .gap(index > 0 ? gap : 0)
      .put(name, 'dim')
      .gap(1);
    writer.put(rateText(reading).padStart(RATE_CELLS), numberTone);
    if (series === undefined || width === 0) return;
    writer.gap(1);
    const values = system.past[series].slice(-width).filter(Number.isFinite);
    sparks.push({ id: series, x: writer.x, y, width, values, tone: tone === 'normal' ? 'good' : tone });
    writer.gap(width);
  });
  return sparks;
}

/** Minor and major faults. */
export const faultsLine = (writer: Writer, y: number, end: number, system: SystemHistory): Spark[] =>
  eventsLine(writer, y, end, system, faults(system), 2);

/** The same, with forks, context switches and interrupts behind them. */
export const eventsOf = (writer: Writer, y: number, end: number, system: SystemHistory): Spark[] =>
  eventsLine(writer, y, end, system, [...faults(system), ...others(system, false)], 2);

/** These in a line of their own. */
export const switchesLine = (writer: Writer, y: number, end: number, system: SystemHistory): Spark[] =>
  eventsLine(writer, y, end, system, others(system, true), 2);

const faults = (system: SystemHistory): Event[] => [
  { name: 'min', reading: system.minorFaultRate, series: 'minor_faults', tone: 'normal' },
  { name: 'maj', reading: system.majorFaultRate, series: 'major_faults', tone: 'warn' },
];

const others = (system: SystemHistory, sparks: boolean): Event[] => [
  {
    name: 'ctxt',
    reading: system.contextSwitchRate,
    ...(sparks && { series: 'context_switches' as const }),
    tone: 'normal',
  },
  { name: 'intr', reading: system.interruptRate, ...(sparks && { series: 'interrupts' as const }), tone: 'normal' },
  { name: 'forks', reading: system.forkRate, tone: 'normal' },
];
