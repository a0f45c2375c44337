/** What fdinfo says of a kernel object behind a descriptor. @see proc_pid_fdinfo(5); Documentation/filesystems/proc.rst. */
import { signalNames } from '../kernel/signals.ts';
import { durationText } from '../units/format.ts';
import { clockName } from './clock-names.ts';

const plural = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** More are counted, not named. */
const MOST_WATCHED = 8;

/** include/uapi/linux/eventpoll.h; those of poll(2) are the same on all but sparc, mips and xtensa. */
// prettier-ignore
const EPOLL_EVENTS: readonly (readonly [mask: number, name: string])[] = [
  [0x1, 'IN'], [0x2, 'PRI'], [0x4, 'OUT'], [0x8, 'ERR'], [0x10, 'HUP'], [0x2000, 'RDHUP'], [0x1000_0000, 'EXCLUSIVE'],
  [0x2000_0000, 'WAKEUP'], [0x4000_0000, 'ONESHOT'], [0x8000_0000, 'ET'],
];
/** ERR and HUP are always reported. */
const ALWAYS = 0x18;

/** `IN|ET`; what has no name in hexadecimal. */
function eventWords(hex: string): string {
  let rest = (Number.parseInt(hex, 16) & ~ALWAYS) >>> 0;
  const names: string[] = [];
  for (const [mask, name] of EPOLL_EVENTS) {
    if ((rest & mask) === 0) continue;
    names.push(name);
    rest = (rest & ~mask) >>> 0;
  }
  if (rest !== 0) names.push(`0x${rest.toString(16)}`);
  return names.join('|') || 'nothing';
}

/** `watches 2 descriptors: 5 IN, 6 IN|ET`. */
function epollWords(text: string): string | undefined {
  const watched = [...text.matchAll(/^tfd:\s*(\d{1,10})\s+events:\s*([0-9a-f]{1,8})\b/gm)];
  if (watched.length === 0) return undefined;
  const named = watched.slice(0, MOST_WATCHED).map(([, fd, events]) => `${fd!} ${eventWords(events!)}`);
  const more = watched.length > MOST_WATCHED ? ' …' : '';
  return `watches ${plural(watched.length, 'descriptor')}: ${named.join(', ')}${more}`;
}

const secondsOf = (seconds: string, nanoseconds: string): number => Number(seconds) + Number(nanoseconds) / 1e9;

/** `CLOCK_MONOTONIC, in 12s, then every 1.0s, 3 expirations not yet read`. @see fs/timerfd.c, timerfd_show(). */
function timerWords(text: string, ticks: string): string {
  const clock = /^clockid:\s*(-?\d{1,10})/m.exec(text)?.[1];
  const time = (key: string): number => {
    const [, seconds, nanoseconds] = new RegExp(`^${key}: \\((\\d{1,19}), (\\d{1,9})\\)`, 'm').exec(text) ?? [];
    return seconds === undefined || nanoseconds === undefined ? Number.NaN : secondsOf(seconds, nanoseconds);
  };
  const [next, interval] = [time('it_value'), time('it_interval')];
  const missed = ticks === '0' ? [] : [plural(Number(ticks), 'expiration') + ' not yet read'];
  const at = Number.isNaN(next) ? [] : [next === 0 ? 'not armed' : `in ${durationText(next)}`];
  const every = interval > 0 ? [`then every ${durationText(interval)}`] : [];
  return [...(clock === undefined ? [] : [clockName(Number(clock))]), ...at, ...every, ...missed].join(', ');
}

/** Everything that stands in fdinfo beside position and flags, in words; empty: nothing does. */
export function fdinfoWords(text: string): string {
  const value = (key: string): string | undefined => new RegExp(`^${key}:[ \\t]*([0-9a-f]{1,16})`, 'm').exec(text)?.[1];
  const watched = epollWords(text);
  if (watched !== undefined) return watched;
  const places = [...text.matchAll(/^(?:inotify wd|fanotify ino|fanotify mnt_id|fanotify sdev)/gm)].length;
  if (places > 0) return `watches ${plural(places, 'place')}`;
  // hexadecimal, whatever it looks like: fs/eventfd.c, "%16llx"
  const counter = value('eventfd-count');
  if (counter !== undefined) return `counter ${BigInt(`0x${counter}`)}`;
  const ticks = /^ticks:\s*(\d{1,20})/m.exec(text)?.[1];
  if (ticks !== undefined) return timerWords(text, ticks);
  const mask = value('sigmask');
  if (mask !== undefined) return `signals ${signalNames(BigInt(`0x${mask}`)).join(' ') || 'none'}`;
  const pid = /^Pid:\s*(-?\d{1,10})/m.exec(text)?.[1];
  return pid === undefined ? '' : pid === '-1' ? 'of a process that has ended' : `of process ${pid}`;
}
