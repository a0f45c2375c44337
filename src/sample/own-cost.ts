/** What the monitor itself costs, measured from outside our own sampler by pidusage: one meter that is not ours. */

export interface OwnUsage {
  /** Percent of one CPU since the measurement before. */
  readonly cpuPercent: number;
  readonly rssBytes: number;
}

/**
 * What pidusage measured, in true pages: it takes them for 4 KiB where there is no `getconf`. About twice as much or more
 * by Node's own count is no other instant, but larger pages: 8, 16, 32 or 64 KiB.
 * @param nodeRss `process.memoryUsage.rss()` just now; it knows the size of a page.
 */
export function inTruePages(measured: number, nodeRss: number): number {
  return measured > 0 ? measured * Math.max(1, 2 ** Math.round(Math.log2(nodeRss / measured))) : measured;
}

/**
 * Starts measuring this process. Its first call asks `getconf` in two shells (some 15 ms of CPU), so it is loaded late, and
 * its first value is always 0, so it is left out.
 *
 * @returns asks for a measurement; `done` is called when there is one.
 */
export function ownCostMeter(): (done: (usage: OwnUsage) => void) => void {
  let measured = 0;
  // it would write to the screen where /proc/uptime cannot be read
  process.env['PIDUSAGE_SILENT'] = '1';
  return done => {
    import('pidusage')
      .then(({ default: pidusage }) => {
        pidusage(process.pid, (error, usage) => {
          if (!error && measured++ > 0)
            done({ cpuPercent: usage.cpu, rssBytes: inTruePages(usage.memory, process.memoryUsage.rss()) });
        });
      })
      // no shell for getconf: Node throws what exec() says, but for a few errors
      .catch(() => undefined);
  };
}
