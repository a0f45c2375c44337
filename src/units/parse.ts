/** Reading what a user wrote: durations and sizes. `undefined` means: not one. */

const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400, '': 1 };

/** `500ms`, `10s`, `2m`, or a bare number of seconds → seconds. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?|\.\d+)\s*(ms|s|m|h|d|)$/.exec(text.trim());
  return match ? Number(match[1]) * DURATION_UNITS[match[2]!]! : undefined;
}
