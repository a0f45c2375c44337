/** `taskscope record FILE`: samples into a file, until a signal or `--for` ends it. No terminal is needed. */
import path from 'node:path';
import { TASK_FILES, type TaskFile } from '../fields/files.ts';
import type { Filter } from '../filter/filter.ts';
import { NOTICED, type Seat } from '../frame/sink.ts';
import { keyFrameOf } from '../history/key-frame.ts';
import { FindingsWatch } from '../findings/watch.ts';
import type { Rule } from '../findings/rule.ts';
import { stuckWants } from '../stuck/report.ts';
import { readRules } from './settings.ts';
import { Recorder } from '../history/recorder.ts';
import { headerOf } from '../recording/header.ts';
import { RecordingError, RecordingWriter } from '../recording/writer.ts';
import { ExtraFiles } from '../sample/extra-files.ts';
import { HostReader } from '../sample/host-reader.ts';
import type { Sampler } from '../sample/sampler.ts';
import { createSlowReader } from '../sample/slow-reader.ts';
import type { TaskTable } from '../model/task-table.ts';
import { TaskCursor } from '../model/task-cursor.ts';
import { isMissing } from '../units/missing.ts';
import { bytesText, durationText } from '../units/format.ts';
import { filterOf } from './filters.ts';
import { type Options, UsageError } from './options.ts';
import { complain } from './output.ts';
import { Failure, type FileWish, fileWishes, openModel, openSource } from './session.ts';

declare const __TASKSCOPE_VERSION__: string;

const STATE = 3;
const FLAGS = 9;
const SLEEPING = ['S', 'I'].map(letter => letter.charCodeAt(0));
/** Beside stat: files whose last content means something only while the task does not sleep. */
const AWAKE: readonly TaskFile[] = ['wchan', 'schedstat'];
const ALL_FILES = (Object.keys(TASK_FILES) as TaskFile[]).filter(file => file !== 'stat');

/** Decides what is read of a task beside its stat (data rule "pay for what is shown" of recordings). */
class Reading {
  readonly #table: TaskTable;
  readonly #cursor: TaskCursor;
  readonly #sampler: Sampler;
  readonly #recorder: Recorder;
  readonly #extra: ExtraFiles;
  readonly #keep: Filter | undefined;
  readonly #keepNeeds: readonly FileWish[];
  /** Says what rules would want to read: `check` on the recording is to find what it would have found then. */
  readonly #watch: FindingsWatch;
  readonly #states = new Map<Seat, number>();
  readonly #flags = new Map<Seat, number>();

  constructor(
    recorder: Recorder,
    extra: ExtraFiles,
    sampler: Sampler,
    table: TaskTable,
    keep: Filter | undefined,
    rules: readonly Rule[],
  ) {
    this.#watch = new FindingsWatch(rules, table.machine);
    this.#recorder = recorder;
    this.#extra = extra;
    this.#sampler = sampler;
    this.#table = table;
    this.#cursor = new TaskCursor(table);
    this.#keep = keep;
    this.#keepNeeds = fileWishes(keep?.fields ?? []);
  }

  /** After each pass. */
  readFiles(): void {
    const { order, count } = this.#table;
    for (const seat of order.slice(0, count)) this.#read(seat);
    this.#watch.sampled(this.#cursor);
  }

  #read(seat: Seat): void {
    const extra = this.#extra;
    const noticed = this.#sampler.noticed(seat);
    // a task whose times, faults and resident pages stand still has the same memory as before
    if ((noticed & NOTICED.changed) !== 0) extra.want(seat, 'statm', false);
    for (const { file, steady } of this.#keepNeeds) extra.want(seat, file, steady);
    if (this.#keep?.matches(this.#cursor.at(seat)) === true) {
      for (const file of ALL_FILES) extra.want(seat, file, false);
      return;
    }
    const [state, flags] = [this.#table.value(seat, STATE), this.#table.value(seat, FLAGS)];
    const wanted = new Set([...this.#watch.wanted(this.#cursor, seat), ...stuckWants(this.#cursor, seat)]);
    for (const file of wanted) extra.want(seat, file, false);
    for (const file of AWAKE) {
      if (!SLEEPING.includes(state)) extra.want(seat, file, false);
      else if (wanted.has(file)) continue;
      else if (this.#has(seat, file)) this.#recorder.file(seat, file, 'not-read', this.#table.readMs(seat));
    }
    const renamed = (noticed & (NOTICED.arrived | NOTICED.renamed)) !== 0;
    if (renamed || this.#states.get(seat) !== state || this.#flags.get(seat) !== flags) {
      extra.want(seat, 'status', false);
      extra.want(seat, 'cgroup', false);
    }
    this.#states.set(seat, state);
    this.#flags.set(seat, flags);
    if (renamed || !this.#has(seat, 'cmdline')) extra.want(seat, 'cmdline', true);
  }

  /** Has it been read, for good or ill? What could block is asked again. */
  #has(seat: Seat, file: TaskFile): boolean {
    const now = this.#table.fileSlot(seat, file)?.now;
    return now !== undefined && !(isMissing(now) && ['could-block', 'no-helper', 'not-read'].includes(now.missing));
  }
}

/** Waits until it is time or somebody wants the end. */
class Pause {
  #wake: () => void = () => undefined;
  over = false;

  end = (): void => {
    this.over = true;
    this.#wake();
  };

  wait(ms: number): Promise<void> {
    if (this.over) return Promise.resolve();
    return new Promise(resolve => {
      const timer = setTimeout(resolve, Math.max(0, ms));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Answers are waited for so long at the end. */
const LAST_ANSWERS_MS = 1000;

/** @throws UsageError, Failure */
export async function record(options: Options): Promise<void> {
  const [file, ...more] = options.words;
  if (file === undefined) throw new UsageError("record needs a file: 'taskscope record FILE'");
  if (more.length > 0) throw new UsageError(`record takes one file, not '${options.words.join(' ')}'`);
  const keep = options.keep === undefined ? undefined : await filterOf(options.keep);
  const { rules, error } = await readRules(options);
  if (error !== undefined) complain(`${error}: only what the shipped findings need is recorded`);
  const source = await openSource(options);
  const { tree, machine } = source;
  if (source.recorded) throw new UsageError(`${options.proc} is a recording already: copy the file`);
  const interval = options.interval ?? 2;

  // a hangup ends whoever started it, not what it records; the others end it properly
  const pause = new Pause();
  process.on('SIGHUP', () => undefined);
  process.on('SIGTERM', pause.end);
  process.on('SIGINT', pause.end);

  // a copy cannot block
  const slow = tree.keeps ? createSlowReader() : undefined;
  const host = slow && tree.live ? new HostReader(tree, slow) : undefined;
  let failure: unknown;
  const made: { recorder?: Recorder } = {};
  const { table, sampler } = openModel(source, options.threads, options.pids, undefined, host, sink => {
    const write = (text: string): void => writer.sample(text, () => JSON.stringify(keyFrameOf(sink)));
    return (made.recorder = new Recorder(
      sink,
      sample => {
        try {
          if (failure === undefined) write(JSON.stringify(sample));
        } catch (error) {
          failure = error;
        }
      },
      true,
    ));
  });
  const recorder = made.recorder!;
  const facts = {
    taskscope: __TASKSCOPE_VERSION__,
    started_at: new Date().toISOString(),
    interval_seconds: interval,
    threads: options.threads,
  };
  const writer = openWriter(() =>
    RecordingWriter.open(file, headerOf(machine, facts), {
      maxBytes: options.maxSize,
      now: () => performance.now(),
    }),
  );
  const extra = new ExtraFiles(tree, sampler, recorder, slow, () => undefined);
  const reading = new Reading(recorder, extra, sampler, table, keep, rules);
  complain(
    `recording ${machine.hostname || 'the tasks'} to ${path.resolve(file)}: ${ENDS[tree.keeps ? 'live' : 'copy']}`,
  );

  const started = performance.now();
  const endMs = started + (options.for ?? Number.POSITIVE_INFINITY) * 1000;
  let firstMs = Number.NaN;
  for (let due = started; failure === undefined && !pause.over;) {
    sampler.sample();
    reading.readFiles();
    if (Number.isNaN(firstMs)) firstMs = table.system.ms;
    if (!tree.advance()) break;
    if (!tree.keeps) continue;
    due += interval * 1000;
    if (due > endMs) break;
    await pause.wait(due - performance.now());
    // what was missed (a suspend, a stop) is not made up for
    if (performance.now() - due > interval * 500) due = performance.now();
  }
  for (const until = performance.now() + LAST_ANSWERS_MS; (slow?.pending ?? 0) > 0 && performance.now() < until;)
    await new Promise(resolve => setTimeout(resolve, 5));
  recorder.flush();
  slow?.close();
  sampler.close();
  try {
    writer.close();
  } catch (error) {
    failure ??= error;
  }
  const seconds = (table.system.ms - firstMs) / 1000;
  const told = `${writer.samples} sample${writer.samples === 1 ? '' : 's'}, ${bytesText(writer.bytes)}B, ${durationText(seconds)}`;
  if (failure !== undefined) throw failed(failure, told);
  complain(`recorded ${told}`);
}

const ENDS = { live: '^C or SIGTERM ends it', copy: 'all instants of the copy' } as const;

function openWriter(open: () => RecordingWriter): RecordingWriter {
  try {
    return open();
  } catch (error) {
    throw error instanceof RecordingError ? new Failure(error.message) : error;
  }
}

const failed = (error: unknown, told: string): Error =>
  error instanceof RecordingError
    ? new Failure(`${error.message} (what was recorded is kept: ${told})`)
    : (error as Error);
