/** The first line of a recording, and of every segment of one: whose samples they are. */
import { type Machine, machineWith } from '../decode/machine.ts';

export const RECORDING_SCHEMA = 'taskscope.recording/1';

/** The machine in the words of the other outputs. */
interface RecordedMachine {
  readonly hostname: string;
  readonly kernel_release: string;
  readonly kernel_banner: string;
  readonly architecture: string;
  readonly page_bytes: number;
  readonly ticks_per_second: number;
  /** Seconds since 1970; null: not known. */
  readonly boot_time: number | null;
  readonly memory_bytes: number;
  /** Was it the machine that recorded? Then permissions are judged by these ids: */
  readonly live: boolean;
  readonly own_uid: number;
  readonly may_ptrace: boolean;
  readonly user_names: Readonly<Record<string, string>>;
}

export interface RecordingHeader {
  readonly type: 'header';
  readonly schema: typeof RECORDING_SCHEMA;
  readonly taskscope: string;
  /** The run of `record`, which may have several segments: its samples follow each other. */
  readonly started_at: string;
  readonly interval_seconds: number;
  readonly threads: boolean;
  readonly machine: RecordedMachine;
}

export function headerOf(
  machine: Machine,
  facts: Omit<RecordingHeader, 'type' | 'schema' | 'machine'>,
): RecordingHeader {
  return {
    type: 'header',
    schema: RECORDING_SCHEMA,
    ...facts,
    machine: {
      hostname: machine.hostname,
      kernel_release: machine.release.text,
      kernel_banner: machine.banner,
      architecture: machine.architecture,
      page_bytes: machine.pageBytes,
      ticks_per_second: machine.ticksPerSecond,
      boot_time: Number.isNaN(machine.bootTime) ? null : machine.bootTime,
      memory_bytes: machine.memoryBytes,
      live: machine.live,
      own_uid: machine.ownUid,
      may_ptrace: machine.mayPtrace,
      user_names: Object.fromEntries(machine.userNames),
    },
  };
}

/** @param kernel `--kernel`: decode with that release's tables. */
export function machineOf({ machine }: RecordingHeader, kernel?: string): Machine {
  return machineWith(
    {
      hostname: machine.hostname,
      releaseText: machine.kernel_release,
      banner: machine.kernel_banner,
      architecture: machine.architecture,
      pageBytes: machine.page_bytes,
      ticksPerSecond: machine.ticks_per_second,
      bootTime: machine.boot_time ?? Number.NaN,
      memoryBytes: machine.memory_bytes,
      live: false,
      wasLive: machine.live,
      ownUid: machine.own_uid,
      mayPtrace: machine.may_ptrace,
      userNames: new Map(Object.entries(machine.user_names).map(([uid, name]) => [Number(uid), name])),
    },
    kernel,
  );
}

/** What each fact of the machine has to be; a number has to be one that can be calculated with. */
const FACTS: Readonly<Record<keyof RecordedMachine, (value: unknown) => boolean>> = (() => {
  const text = (value: unknown): boolean => typeof value === 'string';
  const flag = (value: unknown): boolean => typeof value === 'boolean';
  const number = (value: unknown): boolean => typeof value === 'number' && value >= 0;
  const positive = (value: unknown): boolean => typeof value === 'number' && value > 0;
  return {
    hostname: text,
    kernel_release: text,
    kernel_banner: text,
    architecture: text,
    page_bytes: positive,
    ticks_per_second: positive,
    boot_time: value => value === null || number(value),
    memory_bytes: number,
    live: flag,
    own_uid: number,
    may_ptrace: flag,
    user_names: value => isObject(value) && Object.values(value).every(text),
  };
})();

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** A first line as a header, or what is wrong with it, as the middle of a sentence. */
export function parseHeader(line: string): RecordingHeader | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'it does not begin with a header';
  }
  if (!isObject(value) || value['type'] !== 'header') return 'it does not begin with a header';
  const { schema, machine } = value;
  if (schema !== RECORDING_SCHEMA)
    return `it is written as '${String(schema).slice(0, 60)}', this version reads '${RECORDING_SCHEMA}'`;
  const wrong = isObject(machine) ? Object.entries(FACTS).find(([name, fits]) => !fits(machine[name]))?.[0] : 'machine';
  if (wrong !== undefined) return `its header lacks '${wrong}'`;
  const fits = typeof value['threads'] === 'boolean' && typeof value['started_at'] === 'string';
  return fits ? (value as unknown as RecordingHeader) : 'its header is damaged';
}

/** The clock of the boot time may be set a little while a machine runs. */
const SAME_BOOT_SECONDS = 120;

/** Why samples of one cannot follow those of the other, as the middle of a sentence; undefined: they can. */
export function whyApart(there: RecordingHeader, here: RecordingHeader): string | undefined {
  const [a, b] = [there.machine, here.machine];
  if (a.hostname !== b.hostname) return `it is of the machine '${a.hostname}'`;
  if (a.kernel_release !== b.kernel_release) return `it is of kernel ${a.kernel_release}`;
  if (a.architecture !== b.architecture || a.page_bytes !== b.page_bytes) return 'it is of another machine';
  if (Math.abs((a.boot_time ?? 0) - (b.boot_time ?? 0)) > SAME_BOOT_SECONDS) return 'it is of another boot';
  if (there.threads !== here.threads) return there.threads ? 'it holds threads (-H)' : 'it holds processes, no threads';
  return undefined;
}
