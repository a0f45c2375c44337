/** What /proc says of a program and all that it started. Numbers of those that are gone meanwhile count as 0. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

function read(file) {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

if (read('/proc/self/stat') && !list('/proc/thread-self').includes('children'))
  throw new Error('this kernel has no /proc/PID/task/TID/children (CONFIG_PROC_CHILDREN)');

/** @returns process ids, the one asked for first. */
export function treeOf(pid) {
  const pids = [pid];
  for (const parent of pids)
    for (const tid of list(`/proc/${parent}/task`))
      pids.push(...read(`/proc/${parent}/task/${tid}/children`).split(' ').filter(Boolean).map(Number));
  return pids;
}

const fieldsOf = stat => stat.slice(stat.lastIndexOf(')') + 2).split(' ');

/**
 * Milliseconds of CPU of the tree, with children that are dead. schedstat counts nanoseconds, of threads that live; utime and
 * stime count ticks, of threads that died, too: the larger one is the better one.
 */
export function cpuMs(pids) {
  let sum = 0;
  for (const pid of pids) {
    const words = fieldsOf(read(`/proc/${pid}/stat`));
    if (words.length < 15) continue;
    const [own, reaped] = [11, 13].map(at => ((Number(words[at]) + Number(words[at + 1])) * 1000) / TICKS_PER_SECOND);
    let nanoseconds = 0;
    for (const tid of list(`/proc/${pid}/task`))
      nanoseconds += Number(read(`/proc/${pid}/task/${tid}/schedstat`).split(' ')[0] || 0);
    sum += Math.max(own, nanoseconds / 1e6) + reaped;
  }
  return sum;
}

/** Peak resident memory in KiB, of all of the tree. */
export const peakKb = pids =>
  pids.reduce((sum, pid) => sum + Number(/^VmHWM:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0), 0);

/** Calls of read and the like, those of dead children included. */
export const readCalls = pids =>
  pids.reduce((sum, pid) => sum + Number(/^syscr: (\d+)/m.exec(read(`/proc/${pid}/io`))?.[1] ?? 0), 0);

/** Files of /proc that are held open. */
export function keptFiles(pids) {
  let count = 0;
  for (const pid of pids)
    for (const fd of list(`/proc/${pid}/fd`)) {
      try {
        if (readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith('/proc/')) count++;
      } catch {
        // closed meanwhile
      }
    }
  return count;
}

/** When it was started, by which it is told from a later one of the same pid; undefined: it is gone, all its threads are. */
export const startOf = pid => fieldsOf(read(`/proc/${pid}/stat`))[19];

export const processCount = () => list('/proc').filter(name => /^\d+$/.test(name)).length;

/** Threads of all processes. */
export const threadCount = () => Number(read('/proc/loadavg').split(' ')[3]?.split('/')[1]);

export const loadAverage = () => read('/proc/loadavg').split(' ').slice(0, 3).join(' ');

export const cpuModel = () => /^model name\s*: (.*)$/m.exec(read('/proc/cpuinfo'))?.[1] ?? process.arch;

export const memoryGiB = () => Number(/^MemTotal:\s+(\d+)/m.exec(read('/proc/meminfo'))?.[1]) / 2 ** 20;
