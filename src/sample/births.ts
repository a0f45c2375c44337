/**
 * Whether a task can have come since the sample before, and where to look for it. Listing /proc costs a fifth of a pass. The
 * kernel counts forks, threads included: as long as the count stands still no task can be new. When some were born, their pids
 * follow the one that was given last (kernel/pid.c, alloc_pid): where these are few, they are tried one by one.
 */
import { latin1 } from '../decode/bytes.ts';

/** A full list at least every so many samples, even when nobody forked. */
const SAMPLES_PER_LIST = 5;
/** A pid that is tried costs as much as so many that are listed. */
const TRY_COST = 12;
/** So many pids may be given between two looks of one sample. */
const MEANWHILE = 1000;

/** Where the tasks of a sample come from: a list of /proc, the sample before, or that and {@link Births.candidates}. */
export type TaskSource = 'list' | 'same' | 'tries';

export class Births {
  #forks = Number.NaN;
  #listAge = SAMPLES_PER_LIST;
  /** The pid that was given last, at this sample and at the two before. */
  #lastPids: readonly [number, number, number] = [Number.NaN, Number.NaN, Number.NaN];
  /** Are new pids those that follow? Not where /proc is that of another pid namespace than ours. */
  #pidsFollow = true;

  /**
   * A sample begins.
   * @param stat,loadavg of the system.
   * @param mayTrust is it this machine's own /proc, of which all is looked at?
   * @param known tasks of the sample before.
   * @param denied of them: what may not be looked into (hidepid) only a list tells.
   */
  begin(
    stat: Uint8Array | undefined,
    loadavg: Uint8Array | undefined,
    { mayTrust, known, denied }: { readonly mayTrust: boolean; readonly known: number; readonly denied: number },
  ): TaskSource {
    const forks = Number(/\nprocesses (\d+)/.exec(stat ? latin1(stat) : '')?.[1] ?? Number.NaN);
    const same = forks === this.#forks;
    this.#forks = forks;
    const last = Number(/ (\d+)\n$/.exec(loadavg ? latin1(loadavg) : '')?.[1] ?? Number.NaN);
    const [, former, from] = (this.#lastPids = [last, this.#lastPids[0], this.#lastPids[1]]);
    // NaN, and pids that began anew from below, are no few
    const isFew = this.#pidsFollow && from <= former && former <= last && (last - from) * TRY_COST <= known;
    const mayRest = mayTrust && this.#listAge < SAMPLES_PER_LIST;
    const source = !mayRest ? 'list' : same ? 'same' : isFew && denied === 0 ? 'tries' : 'list';
    this.#listAge = source === 'list' ? 1 : this.#listAge + 1;
    return source;
  }

  /** The pids given since the sample before the last: one that was given just before a sample may have had no folder yet. */
  *candidates(): Generator<number, void> {
    const [last, , from] = this.#lastPids;
    for (let pid = from + 1; pid <= last; pid++) yield pid;
  }

  /** A task was found that was not known. */
  found(pid: number): void {
    const [last, , from] = this.#lastPids;
    if (from <= last && (pid <= from || pid > last + MEANWHILE)) this.#pidsFollow = false;
  }

  /** The next sample is to list. */
  distrust(): void {
    this.#listAge = SAMPLES_PER_LIST;
  }
}
