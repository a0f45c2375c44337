/**
 * The threads of all processes with more than one, read in rounds: so many at each sample, in turn. A round is one pass of
 * a table of threads.
 */
import type { SampleSink, Seat } from '../frame/sink.ts';
import { Sampler } from './sampler.ts';
import type { Tree } from './tree.ts';

/** Threads that are read at each sample. */
export const THREADS_A_SAMPLE = 500;

export class ThreadRounds {
  readonly sampler: Sampler;
  readonly #tree: Tree;
  readonly #budget: number;
  /** CLOCK_MONOTONIC milliseconds at which the last full round ended; NaN: none did yet. */
  roundMs = Number.NaN;

  /**
   * @param several the processes with more than one thread.
   * @param budget how many threads to read at a sample; Infinity: all.
   */
  constructor(tree: Tree, sink: SampleSink, several: () => readonly number[], budget = THREADS_A_SAMPLE) {
    this.#tree = tree;
    this.#budget = tree.keeps ? budget : Number.POSITIVE_INFINITY;
    // they are too many to keep a descriptor for each
    this.sampler = new Sampler(tree, sink, { threads: true, only: several, descriptors: 0 });
  }

  /** Reads on. */
  sample(): void {
    const { sampler } = this;
    if (!sampler.running) sampler.begin();
    if (!sampler.stepReads(this.#budget)) return;
    this.roundMs = this.#tree.nowMs();
  }

  /** Seats of the threads in the last full round. */
  get seats(): Iterable<Seat> {
    return this.sampler.order.subarray(0, this.sampler.count);
  }
}
