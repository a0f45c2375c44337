/** The real program, as a user starts it, for tests in a terminal. */
import { readdirSync, readFileSync } from 'node:fs';
import { place } from '../support/fixtures.ts';
import { root } from '../support/paths.ts';
import type { Open, OpenOptions, Screen } from './harness.ts';

export const NODE = process.execPath;
export const PROGRAM = `${root}bin/taskscope.js`;
/** No configuration of whoever runs the tests, and one time zone. */
export const ENV = { XDG_CONFIG_HOME: '/nonexistent', TZ: 'UTC' };
/** A captured machine with two instants. */
export const CAPTURE = place('host-x86_64-6.18');

/** Opens the monitor and waits until the first rates are there. */
export async function openMonitor(
  open: Open,
  args: readonly string[] = [],
  options: OpenOptions = {},
): Promise<Screen> {
  const screen = open(NODE, [PROGRAM, ...args], { ...options, env: { ...ENV, ...options.env } });
  await screen.expectText(/PID.* S .*COMMAND/);
  return screen;
}

/** Processes of the system whose parent is `pid`. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(name => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid;
      } catch {
        return false;
      }
    })
    .map(Number);
}
