/** `taskscope show PID|system`: the pages of one task, or of the machine, as text or JSON. */
import { decodeWchan } from '../decode/pid-files.ts';
import { statusValue } from '../decode/pid-status.ts';
import { TASK_PAGES } from '../keys/keys.ts';
import { machineJson } from '../out/json.ts';
import { intervalOf, takenAt } from '../out/snapshot.ts';
import { asleepSeconds } from '../pages/asleep.ts';
import { COLUMN_FILES, type FlagWatch, type RememberedLives, watched } from '../pages/context.ts';
import type { Page } from '../pages/document.ts';
import { taskTitle } from '../pages/identity.ts';
import { pageJson } from '../pages/json.ts';
import { typedAddress } from '../pages/memory.ts';
import { RAW_FILES } from '../pages/raw.ts';
import { lineText, pageText } from '../pages/render.ts';
import { buildSystemPage, TEXT_PAGES } from '../pages/system-pages.ts';
import { buildTaskPage } from '../pages/task-pages.ts';
import { DossierReader } from '../sample/dossier-reader.ts';
import { ExtraFiles } from '../sample/extra-files.ts';
import { createSlowReader, type SlowReader } from '../sample/slow-reader.ts';
import { readWhole } from '../sample/tree.ts';
import { isUtf8Locale } from '../term/environment.ts';
import { dateTimeText } from '../units/format.ts';
import { nearest } from '../units/nearest.ts';
import { asciiText, harmless } from '../units/text.ts';
import { type Options, UsageError } from './options.ts';
import { complain, writeAll } from './output.ts';
import { rememberedOf } from './lives.ts';
import { PAGE_READER } from './page-source.ts';
import { loadAt } from './replay.ts';
import { sleep } from './sleep.ts';
import { Failure, openModel, openSource, type Recorded, type Source } from './session.ts';
import type { TaskFile } from '../fields/files.ts';
import { TaskCursor } from '../model/task-cursor.ts';
import { jsonText } from '../units/json-text.ts';

interface WantedPage<Id> {
  readonly id: Id;
  /** Its heading: the title in capitals, the detail as typed. */
  readonly heading: string;
  /** Behind a colon: of the page Raw the file, of the page Memory an address. */
  readonly detail?: string;
}

/** What programs keep secret stands in it: 'all' does not ask for it, only its own name does. */
const SECRET = 'environment';
const ON_REQUEST: readonly string[] = [SECRET, 'history', 'raw'];

/** Wrong where a detail stands behind a page that has none, or one that is none of its kind. @throws UsageError */
function checkDetail(word: string, id: string, detail: string): void {
  if (id === 'raw' && !RAW_FILES.includes(detail)) {
    const near = nearest(detail, RAW_FILES);
    throw new UsageError(
      `page '${word}': no such file: ${near ? `did you mean 'raw:${near}'? ` : ''}files are ${RAW_FILES.join(', ')}`,
    );
  }
  if (id === 'memory' && typedAddress(detail) === undefined)
    throw new UsageError(
      `page '${word}': '${detail}' is no address: up to 16 hexadecimal digits, as in 'memory:0x7ffd1c0de000'`,
    );
  if (id !== 'raw' && id !== 'memory')
    throw new UsageError(`page '${word}': only 'raw:FILE' and 'memory:ADDRESS' take something behind a colon`);
}

/** The pages that are named, by id, title or key. @throws UsageError */
function wantedPages<Id extends string>(
  words: readonly string[] | undefined,
  known: readonly { readonly id: Id; readonly title: string; readonly keys: readonly string[] }[],
): WantedPage<Id>[] {
  const plain = ({ id, title }: { readonly id: Id; readonly title: string }): WantedPage<Id> => ({
    id,
    heading: title.toUpperCase(),
  });
  if (!words) return known.filter(({ id }) => !ON_REQUEST.includes(id)).map(plain);
  return words.flatMap((word): WantedPage<Id>[] => {
    if (word === 'all') return known.filter(({ id }) => id !== SECRET).map(plain);
    const [name = '', detail] = word.split(/:(.*)/s);
    const page = known.find(
      ({ id, title, keys }) => id === name || title.toLowerCase() === name.toLowerCase() || keys.includes(name),
    );
    if (page && detail === undefined) return [plain(page)];
    if (page && detail !== undefined) {
      checkDetail(word, page.id, detail);
      const { heading } = plain(page);
      return [{ id: page.id, heading: `${heading} ${detail}`, detail }];
    }
    const ids = known.map(({ id }) => id as string);
    const near = nearest(name, ids);
    throw new UsageError(
      `unknown page '${word}': ${near ? `did you mean '${near}'? ` : ''}pages are ${ids.join(', ')}`,
    );
  });
}

/** Pages are built until they have all that they look at; each read has its own time-out. */
async function settled(build: () => Page[], dossier: DossierReader, slow: SlowReader): Promise<Page[]> {
  for (;;) {
    const { version } = dossier;
    const pages = build();
    if (dossier.pending === 0 && slow.pending === 0 && dossier.version === version) return pages;
    while (dossier.pending > 0 || slow.pending > 0) await sleep(0.002);
  }
}

interface Subject {
  /** Folder below the procfs root; empty: the machine. */
  readonly folder: string;
  readonly startTicks: number;
  /** The pages now; undefined: what they are about is gone. */
  build(dossier: DossierReader): Page[] | undefined;
  /** Asks for the files that columns on the pages need. */
  readonly look: () => void;
}

/** What a subject is looked at with: the machine, which goes on, or a sample of a recording, which does not. */
interface Looked {
  readonly cursor: TaskCursor;
  sample(): void;
  want(seat: number, file: TaskFile): void;
  close(): void;
}

const recordedLook = ({ player }: Recorded): Looked => ({
  cursor: new TaskCursor(player.table),
  sample: () => undefined,
  want: () => undefined,
  close: () => undefined,
});

function liveLook(source: Source, pid: number, slow: SlowReader): Looked {
  const status = readWhole(source.tree, `${pid}/status`);
  const tgid = typeof status === 'string' ? pid : Number(statusValue(status, 'Tgid') ?? pid);
  const { cursor, table, sampler } = openModel(source, tgid !== pid, [tgid]);
  const extra = new ExtraFiles(source.tree, sampler, table, slow, () => undefined);
  return {
    cursor,
    sample: () => {
      sampler.sample();
      // one task alone does not tell whether this kernel names wait channels at all
      if (table.count > 0) table.wchanNamesSeen ||= namesWaitChannels(source);
    },
    want: (seat, file) => extra.want(seat, file, false),
    close: () => sampler.close(),
  };
}

function systemLook(source: Source): Looked {
  const { cursor, sampler } = openModel(source, false, []);
  return { cursor, sample: () => sampler.sample(), want: () => undefined, close: () => sampler.close() };
}

/** Samples twice, so that rates are real, and builds the pages. */
async function collect(
  { source, looked, slow }: { source: Source; looked: Looked; slow: SlowReader },
  subject: Subject,
  intervalSeconds: number,
): Promise<{ pages: Page[]; ended: boolean }> {
  const { folder, startTicks } = subject;
  const dossier = new DossierReader(source.tree, folder, startTicks, slow, () => undefined);
  const started = performance.now();
  const round = (): Promise<Page[]> | undefined => {
    dossier.refresh();
    subject.look();
    return subject.build(dossier) && settled(() => subject.build(dossier) ?? [], dossier, slow);
  };
  let pages = (await round()) ?? [];
  if (intervalSeconds > 0) {
    if (source.tree.keeps) await sleep(intervalSeconds - (performance.now() - started) / 1000);
    if (source.tree.advance()) {
      looked.sample();
      const again = await round();
      if (!again) return { pages, ended: true };
      pages = again;
    }
  }
  return { pages, ended: false };
}

interface Told<Id> {
  readonly title: string;
  readonly wanted: readonly WantedPage<Id>[];
  readonly pages: readonly Page[];
  readonly json: Readonly<Record<string, unknown>>;
  readonly left: string;
}

function tell<Id>(options: Options, cursor: TaskCursor, { title, wanted, pages, json, left }: Told<Id>): void {
  const { machine, table } = cursor;
  if (options.format !== 'table') {
    const named = wanted.map(({ id, detail }, index) => [
      detail === undefined ? String(id) : `${String(id)}:${detail}`,
      pageJson(pages[index]!),
    ]);
    const head = { ...json, taken_at: takenAt(table.system.wallMs), interval_seconds: intervalOf(cursor) };
    const all = { ...head, machine: machineJson(machine), pages: Object.fromEntries(named) as unknown };
    writeAll(1, jsonText(all, options.format === 'ndjson' ? undefined : 2) + '\n');
    return;
  }
  const columns = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
  const where = `${machine.hostname}  Linux ${machine.release.text} ${machine.architecture}`;
  const head = `${title}\n${harmless(`${where}  ${dateTimeText(table.system.wallMs)}`)}\n`;
  const body = wanted.map((page, index) => `\n${page.heading}\n${pageText(pages[index]!, columns)}`);
  const text = head + body.join('') + left;
  writeAll(1, options.ascii || !isUtf8Locale(process.env) ? asciiText(text) : text);
}

const SOME_TASKS = 50;

function namesWaitChannels({ tree }: Source): boolean {
  return tree
    .pids()
    .slice(0, SOME_TASKS)
    .some(pid => {
      const wchan = readWhole(tree, `${pid}/wchan`);
      return typeof wchan !== 'string' && !['', '0'].includes(decodeWchan(wchan));
    });
}

/** Tells of the pages that were not asked for. */
function leftOut(words: readonly string[] | undefined, wanted: readonly { readonly id: string }[]): string {
  const isAll = words === undefined || words.includes('all');
  const ids = isAll ? ON_REQUEST.filter(left => !wanted.some(({ id }) => id === left)) : [];
  return ids.length === 0 ? '' : `\nNot shown unless asked for by name: --page ${ids.join(',')}\n`;
}

/** The minutes before the sample. */
function lifeIn({ recording, index }: Recorded, cursor: TaskCursor): RememberedLives {
  return rememberedOf([loadAt(recording, index).ring], cursor, Number.POSITIVE_INFINITY);
}

async function showTask(options: Options, pid: number): Promise<void> {
  const wanted = wantedPages(options.pages, TASK_PAGES as readonly (typeof TASK_PAGES)[number][]);
  const source = await openSource(options);
  const slow = createSlowReader(PAGE_READER);
  const looked = source.recorded ? recordedLook(source.recorded) : liveLook(source, pid, slow);
  const { cursor } = looked;
  const { table } = cursor;
  looked.sample();
  const seat = Array.from(table.order.subarray(0, table.count)).find(at => table.pid(at) === pid);
  if (seat === undefined) {
    looked.close();
    throw new Failure(
      source.recorded
        ? `no task with pid ${pid} in the recording at ${dateTimeText(table.system.wallMs)}: try another --at`
        : `no task with pid ${pid}: it has ended, or never was ('ps -e' lists what is there)`,
    );
  }
  const tgid = table.tgid(seat);
  const startTicks = cursor.at(seat).startTicks;
  const title = (asleep?: number): string => lineText(taskTitle(cursor, asleep)).trimStart();
  let watch: FlagWatch = { openedMs: table.system.wallMs, changes: [] };
  let flags = cursor.stat(9);
  let lastTitle = title();
  const find = (): number => table.find(pid, startTicks);
  const { pages, ended } = await collect(
    { source, looked, slow },
    {
      folder: table.threads ? `${tgid}/task/${pid}` : String(pid),
      startTicks,
      look: () => {
        const at = find();
        if (at < 0) return;
        for (const file of COLUMN_FILES) looked.want(at, file);
        watch = watched(watch, flags, (flags = cursor.at(at).stat(9)), table.system.wallMs);
      },
      build: dossier => {
        const at = find();
        if (at < 0) return undefined;
        cursor.at(at);
        const context = { task: cursor, dossier, watch, wallMs: table.system.wallMs };
        lastTitle = title(asleepSeconds(context));
        return wanted.map(({ id, detail }) =>
          buildTaskPage(id, {
            ...context,
            ...(id === 'history' && source.recorded ? { life: lifeIn(source.recorded, cursor) } : {}),
            ...(id === 'memory' && detail !== undefined ? { address: detail } : {}),
            rawFile: id === 'raw' && detail !== undefined ? detail : RAW_FILES[0]!,
          }),
        );
      },
    },
    options.interval ?? 1,
  );
  const left = leftOut(options.pages, wanted);
  const json = { schema: 'taskscope.task/1', pid, start_time_ticks: startTicks, ...(tgid === pid ? {} : { tgid }) };
  tell(options, cursor, { title: lastTitle, wanted, pages, json: { ...json, ended }, left });
  slow.close();
  looked.close();
  if (ended) {
    complain(`task ${pid} ended while it was looked at: this is what it showed last`);
    process.exitCode = 1;
  }
}

async function showSystem(options: Options): Promise<void> {
  const wanted = wantedPages(options.pages, TEXT_PAGES);
  const source = await openSource(options);
  const looked = source.recorded ? recordedLook(source.recorded) : systemLook(source);
  const { cursor } = looked;
  const { table } = cursor;
  looked.sample();
  const slow = createSlowReader(PAGE_READER);
  const { pages } = await collect(
    { source, looked, slow },
    {
      folder: '',
      startTicks: 0,
      look: () => undefined,
      build: dossier => {
        const { system } = table;
        const context = { machine: cursor.machine, history: system, dossier, wallMs: system.wallMs };
        return wanted.map(({ id }) => buildSystemPage(id, context));
      },
    },
    options.interval ?? 1,
  );
  tell(options, cursor, { title: 'system', wanted, pages, json: { schema: 'taskscope.system/1' }, left: '' });
  slow.close();
  looked.close();
}

const WHAT = "'taskscope show PID' or 'taskscope show system'";

/** @throws UsageError, Failure */
export async function showPages(options: Options): Promise<void> {
  const [word, ...more] = options.words;
  if (word === undefined) throw new UsageError(`show needs to know of what: ${WHAT}`);
  if (more.length > 0) throw new UsageError(`show takes one task, not '${options.words.join(' ')}': ${WHAT}`);
  if (options.format === 'csv') throw new UsageError('pages are no table: use --format json or table');
  if (word === 'system') return showSystem(options);
  const pid = /^\d+$/.test(word) ? Number(word) : 0;
  if (!(pid >= 1 && pid <= 1 << 22)) throw new UsageError(`'${word}' is no pid: ${WHAT}`);
  return showTask(options, pid);
}
