/** How memory grew over the samples that are remembered, and whether it is going to go on. */

export type Trend = 'too-short' | 'none' | 'steady' | 'slowing' | 'quickening' | 'one-step' | 'saw-tooth' | 'shrinking';

/** A value at a time in milliseconds. */
export type Point = readonly [ms: number, value: number];

export interface Growth {
  readonly trend: Trend;
  /** From the first point to the last, per minute; NaN: too short. */
  readonly perMinute: number;
  /** Between the first and the last point. */
  readonly seconds: number;
}

const LEAST_POINTS = 8;
const LEAST_SECONDS = 10;
/** The kernel counts resident pages in portions for each thread or CPU: less than this many says nothing. */
const NOISE_PAGES = 64;
const NOISE_PART = 0.01;
/** A fall of this part of all that the values span counts as a tooth. */
const TOOTH = 0.3;

/** How often the values fell by at least `depth` from a peak, and rose by that again before the next. */
function teeth(points: readonly Point[], depth: number): number {
  let falls = 0;
  let falling = false;
  let peak = points[0]![1];
  let low = peak;
  for (const [, value] of points) {
    if (falling) {
      low = Math.min(low, value);
      if (value >= low + depth) [falling, peak] = [false, value];
    } else {
      peak = Math.max(peak, value);
      if (value <= peak - depth) {
        falls++;
        [falling, low] = [true, value];
      }
    }
  }
  return falls;
}

const slope = ([ms, value]: Point, [toMs, toValue]: Point): number => (toValue - value) / (toMs - ms);

function trendOf(points: readonly Point[], noise: number): Trend {
  const [first, last] = [points[0]!, points.at(-1)!];
  const values = points.map(([, value]) => value);
  const span = Math.max(...values) - Math.min(...values);
  if (span <= noise) return 'none';
  if (teeth(points, Math.max(span * TOOTH, noise)) >= 2) return 'saw-tooth';
  const net = last[1] - first[1];
  if (net < -noise) return 'shrinking';
  if (net <= noise) return 'none';
  const steps = values.map((value, index) => value - (values[index - 1] ?? value));
  if (Math.max(...steps) >= net * 0.8) return 'one-step';
  const middleMs = (first[0] + last[0]) / 2;
  const middle = points.reduce((best, point) =>
    Math.abs(point[0] - middleMs) < Math.abs(best[0] - middleMs) ? point : best,
  );
  const [early, late] = [slope(first, middle), slope(middle, last)];
  if (late < early / 2) return 'slowing';
  return late > early * 2 ? 'quickening' : 'steady';
}

/** @param points bytes over time, oldest first. */
export function growthOf(points: readonly Point[], pageBytes: number): Growth {
  const [first, last] = [points[0], points.at(-1)];
  const seconds = first && last ? (last[0] - first[0]) / 1000 : 0;
  if (!first || !last || points.length < LEAST_POINTS || seconds < LEAST_SECONDS)
    return { trend: 'too-short', perMinute: Number.NaN, seconds };
  const noise = Math.max(NOISE_PAGES * pageBytes, NOISE_PART * Math.max(first[1], last[1]));
  return { trend: trendOf(points, noise), perMinute: ((last[1] - first[1]) / seconds) * 60, seconds };
}
