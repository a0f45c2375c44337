/** What is sampled: the model over the source, what is remembered of it, and the files beside stat. */
import type { SampleSink } from '../frame/sink.ts';
import type { TaskTable } from '../model/task-table.ts';
import { ExtraFiles } from '../sample/extra-files.ts';
import { HostReader } from '../sample/host-reader.ts';
import type { SlowReader } from '../sample/slow-reader.ts';
import type { Options } from './options.ts';
import { Past } from './past.ts';
import { type Model, openModel, type Source } from './session.ts';

/** A pass gives way to keys after so long. */
const SLICE_MS = 8;

export class Sampling {
  readonly #source: Source;
  readonly #options: Pick<Options, 'historySize' | 'pids'>;
  readonly #slow: SlowReader;
  readonly #onLate: () => void;
  readonly #host: HostReader | undefined;
  #model: Model;
  #past: Past;
  #extra: ExtraFiles;

  /** @param onLate called when a file came after the call that asked for it. */
  constructor(
    source: Source,
    options: Pick<Options, 'historySize' | 'pids'>,
    threads: boolean,
    slow: SlowReader,
    onLate: () => void,
  ) {
    this.#source = source;
    this.#options = options;
    this.#slow = slow;
    this.#onLate = onLate;
    this.#host = source.tree.live ? new HostReader(source.tree, slow) : undefined;
    [this.#model, this.#past, this.#extra] = this.#open(threads);
  }

  get model(): Model {
    return this.#model;
  }

  get past(): Past {
    return this.#past;
  }

  get extra(): ExtraFiles {
    return this.#extra;
  }

  /** Threads instead of processes, or processes instead of threads. */
  reopen(threads: boolean): void {
    this.#model.sampler.close();
    this.#source.tree.rewind();
    // a capture begins anew, this machine goes on
    [this.#model, this.#past, this.#extra] = this.#open(
      threads,
      this.#source.tree.keeps ? { table: this.#model.table, past: this.#past } : undefined,
    );
  }

  /** @param former what is known goes on, whatever rows are shown. */
  #open(threads: boolean, former?: { readonly table: TaskTable; readonly past: Past }): [Model, Past, ExtraFiles] {
    const made: { past?: Past } = {};
    const through = (table: TaskTable): SampleSink =>
      (made.past = new Past(table, this.#options.historySize, former?.past)).recorder;
    const model = openModel(this.#source, threads, this.#options.pids, former?.table, this.#host, through);
    const past = made.past!;
    const { recorder } = past;
    const extra = new ExtraFiles(this.#source.tree, model.sampler, recorder, this.#slow, this.#onLate);
    return [model, past, extra];
  }

  /** Takes a sample, in slices. @param passed called when it is finished; never when threads are switched meanwhile. */
  pass(passed: () => void): void {
    const { sampler } = this.#model;
    sampler.begin();
    const slice = (): void => {
      // the model may have been exchanged while this pass waited for its turn
      if (sampler !== this.#model.sampler) return;
      if (sampler.step(this.#source.tree.nowMs() + SLICE_MS)) passed();
      else setImmediate(slice);
    };
    slice();
  }
}
