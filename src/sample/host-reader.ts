/**
 * What the meters show of the machine that we run on beside the files of every sample: the limits and the pressure of our
 * control group, whether we are in a container, zram. What can wait for a lock is asked of the slow-read helper; files of
 * control groups are read directly: they show a counter or a setting and take no lock that anybody holds for long.
 */
import { latin1 } from '../decode/bytes.ts';
import {
  type GroupLimits,
  groupLimits,
  HOST_FILES,
  isContainer,
  limitFiles,
  type OwnGroups,
  ownGroups,
  relevantMounts,
  usageFiles,
} from '../decode/cgroup-limits.ts';
import type { WhyUnread } from '../frame/sink.ts';
import { readOutside } from './outside.ts';
import type { SlowReader } from './slow-reader.ts';
import { readWhole, type Tree } from './tree.ts';

/** Limits and zram change seldom. */
const OFTEN_MS = 5_000;
/** So does the group that we are in. */
const SELDOM_MS = 60_000;

type Read = (path: string) => Uint8Array | WhyUnread;

const ascii = (text: string): Uint8Array => Uint8Array.from(text, character => character.charCodeAt(0) & 0x7f);

export class HostReader {
  readonly #tree: Tree;
  readonly #slow: SlowReader;
  readonly #outside: Read;
  /** What is known, by the name that it has in a sample. */
  readonly #known = new Map<string, Uint8Array>();
  #groups: OwnGroups | undefined;
  /** Files that are there. */
  #limits: readonly string[] = [];
  #usage: readonly string[] = [];
  #zram: readonly string[] = [];
  #oftenMs = Number.NEGATIVE_INFINITY;
  #seldomMs = Number.NEGATIVE_INFINITY;

  /**
   * @param tree this machine's own /proc.
   * @param slow reads what can block; its answers show in a later sample.
   * @param outside reads a file that cannot block; for tests.
   */
  constructor(tree: Tree, slow: SlowReader, outside: Read = readOutside) {
    this.#tree = tree;
    this.#slow = slow;
    this.#outside = outside;
  }

  /** Adds what is known now to the files of a sample. Nothing, when it is not this machine that is looked at. */
  read(into: Map<string, Uint8Array>): void {
    if (!this.#tree.live) return;
    const now = this.#tree.nowMs();
    if (now - this.#seldomMs >= SELDOM_MS) {
      this.#seldomMs = now;
      this.#askWhereWeAre();
    }
    if (now - this.#oftenMs >= OFTEN_MS) {
      this.#oftenMs = now;
      this.#readLimits();
      this.#askZram();
    }
    for (const path of this.#usage) this.#readNow(path);
    for (const [name, bytes] of this.#known) into.set(name, bytes);
  }

  #askWhereWeAre(): void {
    this.#zram = zramFiles(readWhole(this.#tree, 'partitions'));
    this.#keep(HOST_FILES.presentCpus, this.#outside(HOST_FILES.presentCpus));
    try {
      this.#known.set(HOST_FILES.pidNamespace, ascii(this.#tree.link(HOST_FILES.pidNamespace)));
    } catch {
      // before 3.8, or without the right: then it is not known
    }
    this.#askOwn('cgroup', bytes => this.#known.set(HOST_FILES.cgroup, bytes));
    this.#askOwn('mountinfo', bytes => {
      this.#known.set(HOST_FILES.mountinfo, relevantMounts(bytes));
      this.#find();
    });
  }

  /** The answers came in the order of the questions: both are there. */
  #find(): void {
    const cgroup = this.#known.get(HOST_FILES.cgroup);
    const mountinfo = this.#known.get(HOST_FILES.mountinfo);
    if (!cgroup || !mountinfo) return;
    for (const path of [...this.#limits, ...this.#usage]) this.#known.delete(path);
    this.#groups = ownGroups(cgroup, mountinfo);
    this.#limits = limitFiles(this.#groups);
    this.#usage = [];
    this.#readLimits();
  }

  /** A controller that is not switched on has no files, and will have none as a rule. */
  #readLimits(): void {
    if (!this.#groups) return;
    this.#limits = this.#limits.filter(path => this.#readNow(path));
    const limits = groupLimits(this.#groups, path => this.#known.get(path));
    const before = this.#usage;
    this.#usage = this.#isLimited(limits) ? usageFiles(this.#groups, limits) : [];
    for (const path of before) if (!this.#usage.includes(path)) this.#known.delete(path);
  }

  /** On a machine of one's own nobody asks what its groups use. */
  #isLimited({ memory, cpus, cpuset }: GroupLimits): boolean {
    const namespace = this.#known.get(HOST_FILES.pidNamespace);
    const present = this.#known.get(HOST_FILES.presentCpus);
    const fewer = cpuset !== undefined && present !== undefined && cpuset !== latin1(present).trim();
    return isContainer(namespace) || memory !== undefined || cpus !== undefined || fewer;
  }

  /** @returns whether the file is there. */
  #readNow(path: string): boolean {
    const content = this.#outside(path);
    this.#keep(path, content);
    return typeof content !== 'string';
  }

  #keep(name: string, content: Uint8Array | WhyUnread): void {
    if (typeof content === 'string') this.#known.delete(name);
    else this.#known.set(name, content);
  }

  /** A device that is being reset keeps its readers waiting. */
  #askZram(): void {
    for (const name of this.#zram) {
      this.#slow.read(name, result => this.#keep(name, 'missing' in result ? result.missing : result.bytes));
    }
  }

  /** `pid` in place of self: for the helper that would be its own. */
  #askOwn(file: string, then: (bytes: Uint8Array) => void): void {
    const path = this.#tree.pathAside(`${process.pid}/${file}`);
    if (path === undefined) return;
    this.#slow.read(path, result => {
      if (!('missing' in result)) then(result.bytes);
    });
  }
}

/** The zram devices that were set up. `/proc/partitions` leaves out those without a size. */
function zramFiles(partitions: Uint8Array | WhyUnread): string[] {
  const text = typeof partitions === 'string' ? '' : latin1(partitions);
  return Array.from(text.matchAll(/ (zram\d+)$/gm), match => `/sys/block/${match[1]!}/mm_stat`);
}
