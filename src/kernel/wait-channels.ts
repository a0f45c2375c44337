/**
 * Wait channels in words: what a task waits for that sleeps in a kernel function of this name. The kernel gives the first
 * function of the stack that is not the scheduler's own (get_wchan(), in_sched_functions()), so mutexes and completions
 * mostly show their callers. Names differ by release; these are of 2.6.32 to 6.19.
 */
import { WAIT_FAMILY_NAMES, WAIT_GENERATIONS, type WaitFamily, type WaitName } from './wait-channel-data.ts';

export type { WaitFamily, WaitName } from './wait-channel-data.ts';

const EXACT = new Map<string, WaitFamily>();
const PREFIXES: [start: string, family: WaitFamily][] = [];
const SUFFIXES: [end: string, family: WaitFamily][] = [];
for (const { names, ...family } of WAIT_FAMILY_NAMES)
  for (const name of names.split(' ')) {
    if (name.endsWith('*')) PREFIXES.push([name.slice(0, -1), family]);
    else if (name.startsWith('*')) SUFFIXES.push([name.slice(1), family]);
    else EXACT.set(name, family);
  }
PREFIXES.sort(([a], [b]) => b.length - a.length);

/** All families, for tests and help. */
export const WAIT_FAMILIES: readonly WaitFamily[] = WAIT_FAMILY_NAMES;

/** `sigsuspend.isra.0` → `sigsuspend`: what compilers add to the names of parts and copies of functions; a module's name. */
const bareName = (wchan: string): string =>
  wchan.replace(/ \[.*$/, '').replace(/(?:\.(?:isra|constprop|part|cold|llvm|lto_priv|localalias)(?:\.\d+)?)+$/, '');

/**
 * The family of a wait channel's name: an exact name goes before `*_sync_fs`, that before the longest beginning.
 * Undefined for an unknown name, for `0`, `-` and the empty text.
 */
export function waitFamily(wchan: string): WaitFamily | undefined {
  const name = bareName(wchan.slice(0, 256));
  return (
    EXACT.get(name) ??
    SUFFIXES.find(([end]) => name.endsWith(end))?.[1] ??
    PREFIXES.find(([start]) => name.startsWith(start))?.[1]
  );
}

const GENERATIONS = new Map(WAIT_GENERATIONS.flatMap(names => names.map(({ name }) => [name, names] as const)));

/** What the same wait was or is called in other releases, oldest first; none where only this name is known. */
export const otherWaitNames = (wchan: string): readonly WaitName[] => {
  const name = bareName(wchan.slice(0, 256));
  return (GENERATIONS.get(name) ?? []).filter(other => other.name !== name);
};
