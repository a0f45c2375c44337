/** Ids of clocks. include/uapi/linux/time.h; what is negative stands for a process's or a thread's CPU time, or a device. */
const CLOCKS: readonly string[] = [
  'CLOCK_REALTIME',
  'CLOCK_MONOTONIC',
  'CLOCK_PROCESS_CPUTIME_ID',
  'CLOCK_THREAD_CPUTIME_ID',
  'CLOCK_MONOTONIC_RAW',
  'CLOCK_REALTIME_COARSE',
  'CLOCK_MONOTONIC_COARSE',
  'CLOCK_BOOTTIME',
  'CLOCK_REALTIME_ALARM',
  'CLOCK_BOOTTIME_ALARM',
  'CLOCK_SGI_CYCLE',
  'CLOCK_TAI',
];

/** `CLOCK_MONOTONIC`; `CPU clock of process 12` (include/linux/posix-timers.h); `clock 42` for what has no name. */
export function clockName(id: number): string {
  if (id >= 0) return CLOCKS[id] ?? `clock ${id}`;
  if ((id & 7) === 3) return `clock device behind fd ${~(id >> 3)}`;
  return `CPU clock of ${(id & 4) === 0 ? 'process' : 'thread'} ${~(id >> 3) === 0 ? 'itself' : ~(id >> 3)}`;
}
