/** Reading what a user wrote: durations and sizes. `undefined` means: not one. */

const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400, '': 1 };

/** `500ms`, `10s`, `2m`, or a bare number of seconds → seconds. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?|\.\d+)\s*(ms|s|m|h|d|)$/.exec(text.trim());
  return match ? Number(match[1]) * DURATION_UNITS[match[2]!]! : undefined;
}

/** `16MiB`, `16M` (the same: all by 1,024, as in filters and as sizes are shown), or a bare number of bytes → bytes. */
export function parseSize(text: string): number | undefined {
  const [, number, letter = ''] = /^(\d+(?:\.\d+)?)\s*(?:B|(k|[KMGT](?:iB)?)|)$/.exec(text.trim()) ?? [];
  return number === undefined
    ? undefined
    : Math.round(Number(number) * 1024 ** 'BKMGT'.indexOf(letter.charAt(0).toUpperCase()));
}

/** A time as it was written: all of the second (or minute) that it names, in milliseconds since 1970. */
export interface NamedTime {
  readonly fromMs: number;
  readonly toMs: number;
}

const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?(Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?$/;
const ISO = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;
const MILLISECOND = 0.999;
const SECOND = 999;
const MINUTE = 59_999;

/** `Z`, `+01:00` → milliseconds ahead of UTC. */
function zoneMs(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** `12:01:33`, `12:01`, `12:01:33Z`: the first such time after `sinceMs`; without a zone on the clocks here. */
function clockTime(text: string, sinceMs: number): NamedTime | undefined {
  const match = CLOCK.exec(text);
  if (!match) return undefined;
  const [, hours, minutes, seconds, zone] = match;
  const ahead = zone === undefined ? 0 : zoneMs(zone);
  const day = new Date(sinceMs + ahead);
  const time = [Number(hours), Number(minutes), Number(seconds ?? 0)] as const;
  const on = (later: number): NamedTime => {
    const fromMs =
      zone === undefined
        ? new Date(day.getFullYear(), day.getMonth(), day.getDate() + later, ...time).getTime()
        : Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate() + later, ...time) - ahead;
    return { fromMs, toMs: fromMs + (seconds === undefined ? MINUTE : SECOND) };
  };
  const today = on(0);
  return today.toMs >= sinceMs ? today : on(1);
}

/** `2026-11-22T12:01:33Z`; without a zone: local time. */
function isoTime(text: string): NamedTime | undefined {
  const match = ISO.exec(text);
  const fromMs = match ? Date.parse(text.replace(' ', 'T')) : Number.NaN;
  if (Number.isNaN(fromMs)) return undefined;
  const [, seconds, fraction] = match!;
  return { fromMs, toMs: fromMs + (fraction !== undefined ? MILLISECOND : seconds !== undefined ? SECOND : MINUTE) };
}

/** A clock time, the first after `sinceMs` (milliseconds since 1970), or a date and time as in ISO 8601. */
export const parseTime = (text: string, sinceMs: number): NamedTime | undefined =>
  clockTime(text.trim(), sinceMs) ?? isoTime(text.trim());
