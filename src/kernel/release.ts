/**
 * Kernel releases as numbers, so that facts can say from when to when they hold.
 * Facts know minors only (2.6.32, 4.2, 6.18): point releases and distribution backports are notes on the facts.
 */

/** A release as `uname -r` gives it. `5.10.0-32-arm64` (Debian) has patch 0 although more fixes are in it. */
export interface Release {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** The range of minors the tables were read for; decoding outside of it uses the nearest table and says so. */
export const OLDEST_KNOWN = '2.6.32';
export const NEWEST_KNOWN = '6.19';

const RELEASE = /^\s*v?(\d{1,4})\.(\d{1,4})(?!\d)(?:\.(\d+))?/;

/** Takes what begins like a release: `6.18.44-fc-v669`, `2.6.32-754.el6`, `6.5-rc3`, `v4.2`. */
export function parseRelease(text: string): Release | undefined {
  const match = RELEASE.exec(text);
  if (match === null) return undefined;
  const [, major, minor, patch = '0'] = match;
  return { text: text.trim(), major: Number(major), minor: Number(minor), patch: Number(patch) };
}

/**
 * A number that orders releases by minor: 2.6.32 < 2.6.39 < 3.0 < 3.10 < 6.1. Before 3.0 the third number was the
 * minor. NaN (which no range holds) when the text is no release.
 */
export function releaseNumber(release: Release | string): number {
  const known = typeof release === 'string' ? parseRelease(release) : release;
  if (known === undefined) return NaN;
  const third = known.major < 3 ? Math.min(known.patch, 9999) : 0;
  return known.major * 1e8 + known.minor * 1e4 + third;
}

/** Is `release` in first … last, both included? A null end is open. */
export function isBetween(release: Release | string, first: string | null, last: string | null): boolean {
  const number = releaseNumber(release);
  return (
    !Number.isNaN(number) &&
    (first === null || releaseNumber(first) <= number) &&
    (last === null || number <= releaseNumber(last))
  );
}

/** The minor's own name: `6.18` for 6.18.44-fc-v669, `2.6.32` for 2.6.32-754.el6. */
export function minorText(release: Release): string {
  const { major, minor, patch } = release;
  return major < 3 ? `${major}.${minor}.${patch}` : `${major}.${minor}`;
}
