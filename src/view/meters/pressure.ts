/** Pressure stall information: how much of the last ten seconds some task, or all of them, waited. */
import { PRESSURES, type PressureName } from '../../decode/cgroup-limits.ts';
import type { PressurePair } from '../../model/host.ts';
import type { SystemHistory } from '../../model/system.ts';
import { isMissing } from '../../units/missing.ts';
import type { Tone } from '../cells.ts';
import { shareText, type Writer } from './writer.ts';

/** Waiting that is worth a look, percent. */
const NOTICEABLE = 10;

const SHORT: Record<PressureName, string> = { cpu: 'cpu', memory: 'mem', io: 'io' };

function toneOf({ some, full }: PressurePair): Tone {
  if ((full?.avg10 ?? 0) >= NOTICEABLE) return 'bad';
  const share = some?.avg10 ?? 0;
  return share >= NOTICEABLE ? 'warn' : share > 0 ? 'normal' : 'dim';
}

/** `18.7/ 9.0`: some and full; the machine as a whole has no full of the CPU. */
function pairText(name: PressureName, { some, full }: PressurePair, ofGroup: boolean): string {
  const first = (some ? shareText(some.avg10) : '-').padStart(4);
  return name === 'cpu' && !ofGroup ? first : `${first}/${(full ? shareText(full.avg10) : '-').padStart(4)}`;
}

/** Cells of a line of {@link pressureLine}. */
export const PRESSURE_CELLS = 17;

/** One of the three lines: `PSI cpu  2.1`, `    mem  0.4/ 0.1`, `    io  18.7/ 9.0`. */
export function pressureLine(writer: Writer, index: number, system: SystemHistory): void {
  const name = PRESSURES[index]!;
  const reading = system.pressure(name);
  writer.put(index === 0 ? 'PSI ' : '    ', 'strong').put(SHORT[name].padEnd(4), 'dim');
  if (isMissing(reading)) writer.put('-'.padStart(4), 'dim');
  else writer.put(pairText(name, reading, false), toneOf(reading));
}

type PairOf = (name: PressureName) => PressurePair | undefined;

/**
 * All three in one line, whole items as they fit: `PSI cpu  2.1 mem  0.4/ 0.1 io 18.7/ 9.0`. The full shares are left out
 * where there is no room for them.
 */
export function pressureWords(writer: Writer, end: number, pairOf: PairOf, ofGroup: boolean): void {
  const long = writer.x + (ofGroup ? LONG_GROUP_CELLS : LONG_CELLS) <= end;
  if (writer.x + 12 > end) return;
  writer.put('PSI', 'strong');
  for (const name of PRESSURES) {
    const pair = pairOf(name);
    const text = !pair ? '-' : long ? pairText(name, pair, ofGroup) : shareText(pair.some?.avg10 ?? 0).padStart(4);
    if (writer.x + SHORT[name].length + text.length + 2 > end) return;
    writer
      .gap(1)
      .put(SHORT[name], 'dim')
      .gap(1)
      .put(text, pair ? toneOf(pair) : 'dim');
  }
}

const LONG_CELLS = 'PSI cpu 77.9 mem 77.9/77.9 io 77.9/77.9'.length;
const LONG_GROUP_CELLS = LONG_CELLS + '/77.9'.length;
export const SHORT_PRESSURE_CELLS = 'PSI cpu 77.9 mem 77.9 io 77.9'.length;

export const machinePressure =
  (system: SystemHistory): PairOf =>
  name => {
    const reading = system.pressure(name);
    return isMissing(reading) ? undefined : reading;
  };
