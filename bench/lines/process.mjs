/** A process and what it started. */
import fs from 'node:fs';

function read(file) {
  try {
    return fs.readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

export function isAlive(pid) {
  const stat = read(`/proc/${pid}/stat`);
  return stat !== '' && !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
}

/** A process and its descendants. */
export const treeOf = pid => [
  pid,
  ...(read(`/proc/${pid}/task/${pid}/children`).match(/\d+/g) ?? []).flatMap(child => treeOf(Number(child))),
];

/** CPU milliseconds of these, as long as they live. */
export const cpuMs = pids =>
  pids.reduce((sum, pid) => sum + fs.readdirSync(`/proc/${pid}/task`).reduce((s, tid) => s + ran(pid, tid), 0), 0);

const ran = (pid, tid) => Number(read(`/proc/${pid}/task/${tid}/schedstat`).split(' ')[0]) / 1e6;
