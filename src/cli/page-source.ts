/** The page that is open: its dossier, and its lines as they were built last. */
import type { AppState } from '../app/state.ts';
import type { Ring } from '../history/ring.ts';
import type { TaskCursor } from '../model/task-cursor.ts';
import type { RememberedLives } from '../pages/context.ts';
import type { Page } from '../pages/document.ts';
import { pageLines, pageText } from '../pages/render.ts';
import { buildSystemPage } from '../pages/system-pages.ts';
import { buildTaskPage } from '../pages/task-pages.ts';
import { DossierReader } from '../sample/dossier-reader.ts';
import { rememberedOf } from './lives.ts';
import { createSlowReader, type SlowReader } from '../sample/slow-reader.ts';
import { TableTree } from '../sample/table-tree.ts';
import type { Tree } from '../sample/tree.ts';
import type { Line } from '../view/cells.ts';

/** Page files may be long, and slow: smaps_rollup of a large process takes seconds. */
export const PAGE_READER = { maxBytes: 4 << 20, timeoutMs: 5_000 };

function told(text: string): readonly Line[] {
  return [{ spans: [{ x: 1, text, tone: 'warn' }] }];
}

interface Built {
  readonly key: string;
  readonly lines: readonly Line[];
}

/** An instant before the task began, or after its end. */
const NOT_THERE = told('The task was not there at this time.');
/** A thread, at an instant of processes. */
const NO_THREADS = told('It is a thread, or was not there: only processes were sampled at this time.');

const NOTHING: Built = { key: '', lines: [] };

export class PageSource {
  readonly #tree: Tree;
  readonly #onChange: () => void;
  /** Apart from that of the table, so that a slow page does not keep names waiting. Started by the first page. */
  #slow: SlowReader | undefined;
  #dossier: DossierReader | undefined;
  #of = '';
  #built: Built = NOTHING;
  #lived: { readonly key: string; readonly life: RememberedLives } | undefined;

  readonly #rings: () => readonly Ring[];

  /**
   * @param rings what is remembered.
   * @param onChange called when something came that the page had to wait for.
   */
  constructor(tree: Tree, rings: () => readonly Ring[], onChange: () => void) {
    this.#tree = tree;
    this.#rings = rings;
    this.#onChange = onChange;
  }

  /** A new sample was taken. */
  refresh(): void {
    this.#dossier?.refresh();
    // the page may have been built within the pass
    this.#lived = undefined;
  }

  close(): void {
    this.#dossier?.close();
    this.#slow?.close();
  }

  /** All lines of the open page; none when no page is open. Of a task that has ended what it last showed. */
  lines(state: AppState, cursor: TaskCursor, columns: number): readonly Line[] {
    // the help may lie over them
    const pages = state.system ?? state.task;
    if (!pages) {
      this.#forget();
      return [];
    }
    if (!state.system && state.task?.gone && !state.instant) return state.task.gone.lines;
    const dossier = this.#dossierOf(state, cursor);
    if (!dossier && !state.instant) return this.#built.lines;
    if (!dossier) return state.threads && !cursor.table.threads ? NO_THREADS : NOT_THERE;
    const raw = state.system ? '' : state.task?.rawFile;
    const key = [this.#of, pages.page, raw, columns, dossier.version, cursor.table.samples].join(' ');
    if (key !== this.#built.key) {
      const page = this.#build(state, cursor, dossier);
      // a look may have changed the version: what came at once is in this build
      this.#built = { key, lines: pageLines(page, columns) };
    }
    return this.#built.lines;
  }

  /** The open page as plain text, nothing wrapped. */
  text(state: AppState, cursor: TaskCursor): string {
    const dossier = this.#dossierOf(state, cursor);
    return dossier ? pageText(this.#build(state, cursor, dossier), Number.POSITIVE_INFINITY) : '';
  }

  #build(state: AppState, cursor: TaskCursor, dossier: DossierReader): Page {
    const { system } = cursor.table;
    if (state.system) {
      const context = { machine: cursor.machine, history: system, dossier, wallMs: system.wallMs };
      return buildSystemPage(state.system.page, context);
    }
    const { key, page, watch, rawFile } = state.task!;
    cursor.at(cursor.table.find(key.pid, key.startTicks));
    const life = page === 'history' ? { life: this.#lifeOf(state, cursor) } : {};
    return buildTaskPage(page, { task: cursor, dossier, watch, wallMs: system.wallMs, rawFile, ...life });
  }

  /** Made once for each sample: the page may be built more often. */
  #lifeOf(state: AppState, cursor: TaskCursor): RememberedLives {
    const key = `${this.#of} ${cursor.table.system.ms}`;
    if (this.#lived?.key !== key)
      this.#lived = { key, life: rememberedOf(this.#rings(), cursor, state.instant?.ms ?? Number.POSITIVE_INFINITY) };
    return this.#lived.life;
  }

  /** The dossier of what is open; undefined: its task is not there. */
  #dossierOf(state: AppState, cursor: TaskCursor): DossierReader | undefined {
    let folder = '';
    let startTicks = 0;
    if (!state.system && state.task) {
      const { key } = state.task;
      const seat = cursor.table.find(key.pid, key.startTicks);
      if (seat < 0) return undefined;
      cursor.at(seat);
      folder = cursor.isThread ? `${cursor.tgid}/task/${cursor.pid}` : String(cursor.pid);
      startTicks = key.startTicks;
    }
    const { instant } = state;
    const of = `${folder}@${startTicks} ${instant?.number ?? ''}`;
    if (this.#dossier && of === this.#of) return this.#dossier;
    this.#forget();
    this.#of = of;
    this.#slow ??= createSlowReader(PAGE_READER);
    // of the past only what was read then is known
    const tree = instant ? new TableTree(cursor.table) : this.#tree;
    this.#dossier = new DossierReader(tree, folder, startTicks, this.#slow, this.#onChange);
    return this.#dossier;
  }

  #forget(): void {
    this.#dossier?.close();
    this.#dossier = undefined;
    this.#of = '';
    this.#built = NOTHING;
  }
}
