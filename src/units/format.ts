/**
 * How a number is written, by unit. A format is told how many cells it has and never returns more, so that
 * columns keep their width from refresh to refresh.
 */

/** What a number or text means; decides its JSON type, alignment, format and comparison. */
export type Unit =
  | 'text'
  | 'letter'
  | 'id'
  | 'count'
  | 'integer'
  | 'percent'
  | 'per-second'
  | 'bytes'
  | 'bytes-per-second'
  | 'pages'
  | 'ticks'
  | 'seconds'
  | 'cpu-time'
  | 'mask'
  | 'address'
  | 'limit';

export interface UnitFacts {
  /** Type in JSON; never depends on the value. */
  readonly json: 'number' | 'string' | 'array';
  readonly align: 'left' | 'right';
  /** How the unit is called in `fields` and the docs. */
  readonly words: string;
}

export const UNITS: Record<Unit, UnitFacts> = {
  text: { json: 'string', align: 'left', words: 'text' },
  letter: { json: 'string', align: 'left', words: 'one letter' },
  id: { json: 'number', align: 'right', words: 'number' },
  count: { json: 'number', align: 'right', words: 'count' },
  integer: { json: 'number', align: 'right', words: 'number' },
  percent: { json: 'number', align: 'right', words: 'percent' },
  'per-second': { json: 'number', align: 'right', words: 'per second' },
  bytes: { json: 'number', align: 'right', words: 'bytes' },
  'bytes-per-second': { json: 'number', align: 'right', words: 'bytes per second' },
  pages: { json: 'number', align: 'right', words: 'pages' },
  ticks: { json: 'number', align: 'right', words: 'clock ticks' },
  seconds: { json: 'number', align: 'right', words: 'seconds' },
  'cpu-time': { json: 'number', align: 'right', words: 'seconds of CPU time' },
  mask: { json: 'string', align: 'right', words: 'bit mask, hexadecimal' },
  address: { json: 'string', align: 'right', words: 'address, hexadecimal' },
  limit: { json: 'string', align: 'right', words: 'bytes, decimal, or "unlimited"' },
};

/** `1234567` → `1,234,567`. Integers only. */
export function grouped(value: number): string {
  const digits = String(Math.abs(Math.trunc(value)));
  if (digits.length <= 3) return value < 0 ? '-' + digits : digits;
  let out = '';
  for (let end = digits.length; end > 0; end -= 3) out = digits.slice(Math.max(0, end - 3), end) + (out && ',') + out;
  return value < 0 ? '-' + out : out;
}

const DECIMAL_STEPS = ['', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY_STEPS = ['B', 'K', 'M', 'G', 'T', 'P', 'E'];

function scaled(value: number, base: number, steps: readonly string[], decimals = 2): string {
  let step = 0;
  let size = Math.abs(value);
  // 999.5 would be written with four digits: take the next step before it
  while (size >= base * 0.9995 && step < steps.length - 1) {
    size /= base;
    step++;
  }
  // one decimal less for each digit more before the point
  let places = step === 0 ? 0 : decimals;
  while (places > 0 && size >= 10 ** (decimals - places + 1) - 0.5 / 10 ** places) places--;
  const digits = size.toFixed(places);
  return (value < 0 ? '-' : '') + digits + steps[step]!;
}

/** `1536` → `1.50K`; powers of 1,024, at most four digits. */
export const bytesText = (value: number): string => scaled(value, 1024, BINARY_STEPS);
/** `41234` → `41.2k`; powers of 1,000. */
export const compactText = (value: number): string => scaled(value, 1000, DECIMAL_STEPS);
/** `41234` → `41k`: at most four characters. */
const coarseText = (value: number): string => scaled(value, 1000, DECIMAL_STEPS, 1);

/** The first of the candidates that fits into `width` cells, else the last one. */
function widest(width: number, ...candidates: (() => string)[]): string {
  let text = '';
  for (const candidate of candidates) {
    text = candidate();
    if (text.length <= width) return text;
  }
  return text;
}

function oneDecimal(value: number): string {
  const text = value.toFixed(1);
  return grouped(Number(text)) + text.slice(-2);
}

const two = (value: number): string => String(value).padStart(2, '0');

/** CPU time as top's TIME+: `1:02.14` minutes, seconds, hundredths; from 100 hours on `123h45`. */
export function cpuTimeText(seconds: number): string {
  const hundredths = Math.round(seconds * 100);
  const minutes = Math.floor(hundredths / 6000);
  if (minutes < 6000) return `${minutes}:${two(Math.floor(hundredths / 100) % 60)}.${two(hundredths % 100)}`;
  return `${Math.floor(minutes / 60)}h${two(minutes % 60)}`;
}

/** A length of time in its two largest units: `4.2s`, `3m12s`, `2h05m`, `12d04h`. */
export function durationText(seconds: number): string {
  if (seconds < 0) return '-' + durationText(-seconds);
  if (seconds < 59.5) return seconds < 9.95 ? seconds.toFixed(1) + 's' : `${Math.round(seconds)}s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)}h${two(Math.floor(whole / 60) % 60)}m`;
  return `${Math.floor(whole / 86400)}d${two(Math.floor(whole / 3600) % 24)}h`;
}

/** The same where there is little room: whole days. */
const daysText = (seconds: number): string => compactText(Math.floor(seconds / 86400)) + 'd';

/** Uptime as `uptime` writes it: `12d 04:31`, `04:31`. */
export function uptimeText(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const days = Math.floor(minutes / 1440);
  return `${days > 0 ? `${days}d ` : ''}${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
}

type Format = (value: number, width: number) => string;

const countText: Format = (value, width) =>
  widest(
    width,
    () => grouped(value),
    () => String(value),
    () => compactText(value),
    () => coarseText(value),
  );

/** Numbers that a table cell shows, by unit. Units whose values are text have no entry. */
const FORMATS: Record<Exclude<Unit, 'text' | 'letter' | 'mask' | 'address' | 'limit'>, Format> = {
  id: value => String(value),
  integer: value => String(value),
  count: countText,
  pages: countText,
  ticks: countText,
  percent: (value, width) =>
    widest(
      width,
      () => value.toFixed(1),
      () => String(Math.round(value)),
      () => compactText(value),
    ),
  'per-second': (value, width) =>
    widest(
      width,
      () => oneDecimal(value),
      () => grouped(Math.round(value)),
      () => compactText(value),
    ),
  bytes: value => bytesText(value),
  'bytes-per-second': value => bytesText(value),
  seconds: (value, width) =>
    widest(
      width,
      () => durationText(value),
      () => daysText(value),
    ),
  'cpu-time': (value, width) =>
    widest(
      width,
      () => cpuTimeText(value),
      () => durationText(value),
      () => daysText(value),
    ),
};

/** A value as a table cell of at most `width` cells shows it (text is not cut here). */
export function formatValue(value: number | string, unit: Unit, width: number): string {
  if (typeof value === 'string') return value;
  const format = (FORMATS as Partial<Record<Unit, Format>>)[unit];
  return format ? format(value, width) : String(value);
}

/** Wall clock in the local time zone, `23:51:02`; `-` when it is not known. */
export function timeText(wallMs: number): string {
  if (Number.isNaN(wallMs)) return '-';
  const local = new Date(wallMs);
  return `${two(local.getHours())}:${two(local.getMinutes())}:${two(local.getSeconds())}`;
}

/** The same with its date: `2026-11-21 23:51:02`. */
export function dateTimeText(wallMs: number): string {
  if (Number.isNaN(wallMs)) return '-';
  const local = new Date(wallMs);
  return `${local.getFullYear()}-${two(local.getMonth() + 1)}-${two(local.getDate())} ${timeText(wallMs)}`;
}
