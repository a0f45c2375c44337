/**
 * Reads what the pages look at: what cannot block at once (a bounded time of it, the rest in turns), all else by the
 * slow-read helper. Nothing is read that no page looked at since the last {@link DossierReader.refresh}.
 */
import type { Dossier } from '../fields/dossier.ts';
import { startTimeOf } from '../decode/pid-stat.ts';
import { missing, type Reading } from '../units/missing.ts';
import type { SlowReader, SlowResult } from './slow-reader.ts';
import { readOutside, unpacked } from './outside.ts';
import { errnoOf, readWhole, type Tree, whyUnread } from './tree.ts';

/** Reads that can wait for nobody's lock. */
const DIRECT =
  /(^|\/)(stat|status|statm|wchan|schedstat|oom_score|oom_score_adj|comm|limits|loginuid|sessionid)$|^\/proc\/(version|cmdline|interrupts|softirqs|meminfo|vmstat|loadavg|uptime|cpuinfo|config\.gz|pressure\/|sys\/)|^\/sys\/devices\/system\/cpu\/|^\/sys\/kernel\/kexec_|^\/dev\/kmsg$/;
/** What does not change as long as the machine runs. */
const CONSTANT = /^\/proc\/(version|cmdline|cpuinfo|config\.gz)$/;
/** A look may read for so long before it answers `not-read`; the rest is read in turns of the same length. */
const TURN_MS = 8;
const PROC = '/proc/';

interface Slot {
  now: Reading<Uint8Array>;
  before: Reading<Uint8Array>;
  nowMs: number;
  beforeMs: number;
  /** The round in which it was asked for last, and read last. */
  asked: number;
  truncated: boolean;
}

export class DossierReader implements Dossier {
  readonly #tree: Tree;
  readonly #folder: string;
  readonly #startTicks: number;
  readonly #slow: SlowReader | undefined;
  readonly #onChange: () => void;
  readonly #slots = new Map<string, Slot>();
  #round = 1;
  /** Direct reads that did not fit into the turn. */
  #queue: { readonly path: string; readonly slot: Slot }[] = [];
  #turn: NodeJS.Immediate | undefined;
  #turnEndMs = 0;
  #waiting = 0;
  #closed = false;
  /** Changes with what is known: a page built at the same version is the same. */
  version = 0;

  /**
   * @param folder of the task, `12` or `12/task/13`; empty: the machine's.
   * @param startTicks of the task: a reused pid is read no more.
   * @param slow who reads what can block; undefined: it is `could-block`.
   * @param onChange called when something came after the look that asked for it.
   */
  constructor(tree: Tree, folder: string, startTicks: number, slow: SlowReader | undefined, onChange: () => void) {
    this.#tree = tree;
    this.#folder = folder;
    this.#startTicks = startTicks;
    this.#slow = slow;
    this.#onChange = onChange;
  }

  /** A new sample: what is looked at from now on is read anew; until then it is what it was. */
  refresh(): void {
    this.#round++;
    this.version++;
    this.#direct.clear();
    // what no page looks at any more is forgotten
    for (const [path, { asked }] of this.#slots) if (asked < this.#round - 2) this.#slots.delete(path);
    this.#turnEndMs = performance.now() + TURN_MS;
  }

  /** Reads that have been asked for and not answered. */
  get pending(): number {
    return this.#queue.length + this.#waiting;
  }

  close(): void {
    this.#closed = true;
    clearImmediate(this.#turn);
  }

  file(path: string): Reading<Uint8Array> {
    return this.#look(path, undefined).now;
  }

  before(path: string): Reading<Uint8Array> {
    return this.#slots.get(path)?.before ?? missing('first-sample');
  }

  elapsed(path: string): number {
    const slot = this.#slots.get(path);
    return slot ? (slot.nowMs - slot.beforeMs) / 1000 : Number.NaN;
  }

  truncated(path: string): boolean {
    return this.#slots.get(path)?.truncated === true;
  }

  names(folder: string): Reading<readonly string[]> {
    return this.#directly(folder, path => this.#tree.names(path));
  }

  link(path: string): Reading<string> {
    return this.#directly(path, link => this.#tree.link(link));
  }

  word(path: string, index: bigint): Reading<bigint> {
    const { now } = this.#look(`${index} ${path}`, index);
    if ('missing' in now) return now;
    return now.length === 8 ? new DataView(now.buffer, now.byteOffset).getBigUint64(0, true) : missing('not-read');
  }

  /** Links and names have their own cache: they cannot block, but a page may have thousands. */
  readonly #direct = new Map<string, Reading<unknown>>();

  #directly<T>(path: string, read: (path: string) => T): Reading<T> {
    const known = this.#direct.get(path);
    if (known !== undefined) return known as Reading<T>;
    const inTree = this.#pathInTree(path);
    let value: Reading<T>;
    try {
      value = inTree === undefined ? missing('not-read') : read(inTree);
    } catch (error) {
      const code = errnoOf(error);
      value = missing(code === 'ENOENT' && !this.#tree.keeps ? 'not-read' : whyUnread(code));
    }
    this.#direct.set(path, value);
    return value;
  }

  /** The path below the tree's root; undefined: it lies outside of procfs. */
  #pathInTree(path: string): string | undefined {
    if (!path.startsWith('/')) return `${this.#folder}/${path}`;
    return path.startsWith(PROC) ? path.slice(PROC.length) : undefined;
  }

  #look(key: string, index: bigint | undefined): Slot {
    let slot = this.#slots.get(key);
    if (!slot) {
      const never = missing('not-read');
      slot = { now: never, before: missing('first-sample'), nowMs: 0, beforeMs: 0, asked: 0, truncated: false };
      this.#slots.set(key, slot);
    }
    const known = CONSTANT.test(key) && !('missing' in slot.now);
    if (slot.asked < this.#round && !known && !this.#closed) {
      slot.asked = this.#round;
      this.#ask(key, index, slot);
    }
    return slot;
  }

  #ask(key: string, index: bigint | undefined, slot: Slot): void {
    const path = index === undefined ? key : key.slice(key.indexOf(' ') + 1);
    const inTree = this.#pathInTree(path);
    if (inTree === undefined && !this.#tree.live) return; // /sys and /dev of a captured machine are not there
    const aside = inTree === undefined ? path : this.#tree.pathAside(inTree);
    if (index === undefined && (aside === undefined || !this.#tree.keeps || DIRECT.test(path))) {
      if (performance.now() < this.#turnEndMs) this.#readDirectly(path, slot);
      else this.#readInTurn(path, slot);
    } else if (aside !== undefined && this.#slow) {
      this.#waiting++;
      const done = (result: SlowResult): void => this.#cameLate(slot, result);
      if (index === undefined) this.#slow.read(aside, done);
      else this.#slow.readWord(aside, index, done);
    } else slot.now = missing(index === undefined ? 'could-block' : 'not-read');
  }

  #readDirectly(path: string, slot: Slot): void {
    const inTree = this.#pathInTree(path);
    const raw = inTree === undefined ? readOutside(path) : readWhole(this.#tree, inTree);
    const content = path.endsWith('.gz') && typeof raw !== 'string' ? unpacked(raw) : raw;
    this.#keep(slot, typeof content === 'string' ? missing(content) : content, false);
  }

  #readInTurn(path: string, slot: Slot): void {
    this.#queue.push({ path, slot });
    this.#turn ??= setImmediate(() => this.#takeTurn());
  }

  #takeTurn(): void {
    const end = performance.now() + TURN_MS;
    let next = 0;
    while (next < this.#queue.length && performance.now() < end) {
      const { path, slot } = this.#queue[next++]!;
      this.#readDirectly(path, slot);
    }
    this.#queue = this.#queue.slice(next);
    this.#turn = this.#queue.length > 0 ? setImmediate(() => this.#takeTurn()) : undefined;
    if (!this.#turn) this.#changed();
  }

  #cameLate(slot: Slot, result: SlowResult): void {
    this.#waiting--;
    if (this.#closed) return;
    if ('missing' in result) this.#keep(slot, missing(result.missing), false);
    // between two samples the pid may have become another task's
    else if (this.#sameTask()) this.#keep(slot, result.bytes, result.truncated === true);
    else this.#keep(slot, missing('gone'), false);
    this.#changed();
  }

  #sameTask(): boolean {
    if (this.#folder === '' || !this.#tree.keeps) return true;
    const line = readWhole(this.#tree, `${this.#folder}/stat`);
    return typeof line !== 'string' && startTimeOf(line) === this.#startTicks;
  }

  #keep(slot: Slot, now: Reading<Uint8Array>, truncated: boolean): void {
    if (!('missing' in slot.now)) {
      slot.before = slot.now;
      slot.beforeMs = slot.nowMs;
    }
    slot.now = now;
    slot.nowMs = this.#tree.nowMs();
    slot.truncated = truncated;
  }

  #changed(): void {
    this.version++;
    this.#onChange();
  }
}
