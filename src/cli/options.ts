/** The command line: what its words mean; the table of options is `option-table.ts`. */
import { parseArgs } from 'node:util';
import { SEVERITIES, type Severity } from '../findings/rule.ts';
import type { KernelThreads } from '../model/select.ts';
import { nearest } from '../units/nearest.ts';
import { COMMANDS, OPTIONS } from './option-table.ts';
import { parseDuration, parseSize, parseTime } from '../units/parse.ts';

export type OutputFormat = 'table' | 'json' | 'ndjson' | 'csv';

export interface Options {
  readonly command:
    'monitor' | 'print' | 'show' | 'decode' | 'check' | 'record' | 'fields' | 'completion' | 'help' | 'version';
  /** What stands after the command. */
  readonly words: readonly string[];
  /** Snapshots to print; 0: until interrupted. */
  readonly count: number;
  /** Undefined: the default of the command. */
  readonly interval: number | undefined;
  readonly format: OutputFormat;
  readonly columns: readonly string[] | undefined;
  readonly sort: readonly string[] | undefined;
  readonly filter: string | undefined;
  readonly tree: boolean;
  readonly pids: readonly number[] | undefined;
  readonly users: readonly string[] | undefined;
  readonly threads: boolean;
  readonly limit: number;
  readonly kernelThreads: KernelThreads | undefined;
  readonly proc: string;
  readonly pages: readonly string[] | undefined;
  readonly kernel: string | undefined;
  readonly color: 'auto' | 'always' | 'never';
  readonly ascii: boolean;
  readonly theme: string | undefined;
  readonly keys: string | undefined;
  readonly config: string | undefined;
  readonly mouse: boolean;
  readonly readOnly: boolean;
  /** How long to watch (`--for`), seconds; undefined: the default of the command. */
  readonly for: number | undefined;
  /** Percent of one CPU that the monitor may use. */
  readonly maxCpu: number;
  /** Undefined: no bound. */
  readonly maxBytesPerSecond: number | undefined;
  readonly slow: boolean;
  /** The stuck view instead of the table. */
  readonly stuck: boolean;
  /** The time in a recording; undefined: its end. */
  readonly at: string | undefined;
  /** Bytes of a recording, both segments; undefined: no bound. */
  readonly maxSize: number | undefined;
  /** The tasks that are recorded in full. */
  readonly keep: string | undefined;
  /** The least severity of findings that `check` tells of. */
  readonly severity: Severity;
  /** Bytes for the past; undefined: the default. */
  readonly historySize: number | undefined;
}

/** Wrong usage: a sentence that says what is wrong and what to do. */
export class UsageError extends Error {}

/** `-s -cpu_percent` and `-c -flags`: values that begin with a dash are joined to their option. */
function joinDashedValues(argv: readonly string[]): string[] {
  const out: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    const next = argv[at + 1];
    const takesDash = ['-s', '-c', '--sort', '--columns'].includes(word);
    if (takesDash && next !== undefined && /^-[a-z]/i.test(next)) {
      out.push(word.startsWith('--') ? `${word}=${next}` : word + next);
      at++;
    } else out.push(word);
  }
  return out;
}

/** Before a number that looks like an option; no argument of a program can hold it. */
const NUMBER = '\0';

type Values = Readonly<Record<string, string | boolean | undefined>>;

function parse(argv: readonly string[]): { values: Values; positionals: string[] } {
  const options = Object.fromEntries(
    OPTIONS.map(({ name, short, value }) => [
      name,
      { type: value ? ('string' as const) : ('boolean' as const), ...(short ? { short } : {}) },
    ]),
  );
  // 'decode priority -2': a number is no option there
  const words = argv[0] === 'decode' ? argv.map(word => word.replace(/^(?=-\d+$)/, NUMBER)) : argv;
  const { tokens } = parseArgs({
    args: joinDashedValues(words),
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, string | boolean> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value.replace(NUMBER, ''));
    if (token.kind !== 'option') continue;
    const spec = OPTIONS.find(({ name }) => name === token.name);
    if (!spec) throw unknownOption(token.rawName);
    if (spec.value !== undefined && token.value === undefined) {
      throw new UsageError(
        `option '${token.rawName}' needs a value, as in '${token.rawName} ${spec.value}': ${spec.help}`,
      );
    }
    if (spec.value === undefined && token.value !== undefined)
      throw new UsageError(`option '${token.rawName}' takes no value: leave out '=${token.value}'`);
    values[spec.name] = token.value ?? true;
  }
  return { values, positionals };
}

function unknownOption(rawName: string): UsageError {
  const near = nearest(
    rawName.replace(/^-+/, ''),
    OPTIONS.map(({ name }) => name),
  );
  return new UsageError(
    `unknown option '${rawName}': ${near ? `did you mean '--${near}'? ` : ''}'taskscope --help' lists them`,
  );
}

/** The word, if it is one of the allowed ones. @throws UsageError that names the nearest */
export function oneOf<T extends string>(option: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find(word => word === text);
  if (found) return found;
  const near = nearest(text, allowed);
  throw new UsageError(
    `unknown ${option} '${text}': ${near ? `did you mean '${near}'? ` : ''}it is one of ${allowed.join(', ')}`,
  );
}

function wholeNumber(option: string, text: string, minimum: number): number {
  if (!/^\d+$/.test(text) || Number(text) < minimum)
    throw new UsageError(`${option} '${text}' is no number: give a whole number from ${minimum} on`);
  return Number(text);
}

const list = (text: string): string[] =>
  text
    .split(',')
    .map(word => word.trim())
    .filter(Boolean);

function intervalOf(text: string, oneSample: boolean): number {
  const seconds = parseDuration(text);
  if (seconds === 0 && oneSample) return 0;
  if (seconds === undefined || seconds < 0.1 || seconds > 3600) {
    throw new UsageError(
      `interval '${text}' is out of range: give 0.1 to 3600 seconds${seconds === 0 ? ' (0 only with --once and show)' : ''}`,
    );
  }
  return seconds;
}

/** @throws UsageError */
export function parseOptions(argv: readonly string[]): Options {
  const { values, positionals } = parse(argv);
  const text = (name: string): string | undefined => (typeof values[name] === 'string' ? values[name] : undefined);
  const on = (name: string): boolean => values[name] === true;
  const [command, ...words] = positionals;
  if (command !== undefined && !Object.hasOwn(COMMANDS, command)) throw unknownCommand(command);
  const count = text('count');
  const printing = on('once') || count !== undefined || values['format'] !== undefined || on('json');
  const interval = text('interval');
  return {
    command: on('help')
      ? 'help'
      : on('version')
        ? 'version'
        : command
          ? runOf(command, printing)
          : printing
            ? 'print'
            : 'monitor',
    words,
    count: count === undefined ? 1 : wholeNumber('count', count, 0),
    interval:
      interval === undefined
        ? undefined
        : intervalOf(interval, command === 'show' || (printing && (count === undefined || count === '1'))),
    format: on('json') ? 'json' : oneOf('format', text('format') ?? 'table', ['table', 'json', 'ndjson', 'csv']),
    columns: listOf(text('columns')),
    sort: listOf(text('sort')),
    filter: text('filter'),
    tree: on('tree'),
    pids: pidsOf(text('pid')),
    users: listOf(text('user')),
    threads: on('threads'),
    limit: text('limit') === undefined ? Number.POSITIVE_INFINITY : wholeNumber('limit', text('limit')!, 0),
    kernelThreads:
      text('kernel-threads') === undefined
        ? undefined
        : oneOf('kernel-threads', text('kernel-threads')!, ['show', 'hide', 'only'] as const),
    proc: command === 'replay' ? replayed(words) : (text('proc') ?? '/proc'),
    pages: listOf(text('page')),
    kernel: text('kernel'),
    color: oneOf('color', text('color') ?? 'auto', ['auto', 'always', 'never']),
    ascii: on('ascii'),
    theme: text('theme'),
    keys: text('keys'),
    config: text('config'),
    mouse: on('mouse'),
    readOnly: on('read-only'),
    historySize: sizeOf('history-size', text('history-size')),
    at: timeOf(text('at')),
    maxSize: boundOf(sizeOf('max-size', text('max-size'))),
    keep: text('keep'),
    severity: oneOf('severity', text('severity') ?? 'note', SEVERITIES),
    maxCpu: text('max-cpu') === undefined ? 10 : wholeNumber('max-cpu', text('max-cpu')!, 1),
    maxBytesPerSecond:
      text('max-bytes-per-second') === undefined
        ? undefined
        : wholeNumber('max-bytes-per-second', text('max-bytes-per-second')!, LEAST_BYTES),
    slow: text('profile') !== undefined && Boolean(oneOf('profile', text('profile')!, ['slow'])),
    stuck: on('stuck'),
    for: durationOf('for', text('for')),
  };
}

/** @throws UsageError */
function durationOf(option: string, text: string | undefined): number | undefined {
  const seconds = text === undefined ? undefined : parseDuration(text);
  if (text !== undefined && seconds === undefined)
    throw new UsageError(`${option} '${text}' is no duration: give seconds, or 500ms, 10s, 2m`);
  return seconds;
}

/** @throws UsageError */
function sizeOf(option: string, text: string | undefined): number | undefined {
  const bytes = text === undefined ? undefined : parseSize(text);
  if (text !== undefined && bytes === undefined)
    throw new UsageError(
      `${option} '${text}' is no size: give bytes, or a number with K, M, G or T (by 1,024), as in 16MiB`,
    );
  return bytes;
}

/** `replay` is the monitor, or what prints, over the file. */
function runOf(command: string, printing: boolean): Options['command'] {
  return command === 'replay' ? (printing ? 'print' : 'monitor') : (command as Options['command']);
}

/** @throws UsageError */
function replayed([file, ...more]: readonly string[]): string {
  if (file === undefined) throw new UsageError("replay needs a file: 'taskscope replay FILE'");
  if (more.length > 0) throw new UsageError(`replay takes one file, not '${[file, ...more].join(' ')}'`);
  return file;
}

/** @throws UsageError */
function timeOf(text: string | undefined): string | undefined {
  if (text !== undefined && !parseTime(text, 0))
    throw new UsageError(`at '${text}' is no time: write 12:01:33, or 2026-11-22T12:01:33Z (without Z: local time)`);
  return text;
}

/** Two segments, each with a key frame and some samples. */
const LEAST_RECORDING = 256 << 10;

/** @throws UsageError */
function boundOf(bytes: number | undefined): number | undefined {
  if (bytes !== undefined && bytes < LEAST_RECORDING)
    throw new UsageError(`max-size ${bytes} is too small for a recording: give 256KiB or more`);
  return bytes;
}

/** With fewer bytes a second no row is ever repainted. */
const LEAST_BYTES = 100;

/** Pids are below 2^22 on every kernel. */
const MOST_PIDS = 1 << 22;

function pidsOf(text: string | undefined): number[] | undefined {
  const pids = listOf(text)?.map(pid => wholeNumber('pid', pid, 1));
  if (pids?.length === 0) throw new UsageError("option '--pid' names no task: give pids, as in '-p 1,42'");
  const large = pids?.find(pid => pid > MOST_PIDS);
  if (large !== undefined) throw new UsageError(`pid '${large}' is out of range: pids go up to ${MOST_PIDS}`);
  return pids && [...new Set(pids)];
}

const listOf = (text: string | undefined): string[] | undefined => (text === undefined ? undefined : list(text));

function unknownCommand(word: string): UsageError {
  const near = nearest(word, Object.keys(COMMANDS));
  return new UsageError(
    `unknown command '${word}': ${near ? `did you mean '${near}'? ` : ''}'taskscope --help' lists the commands`,
  );
}

/** `--help` */
export function helpText(): string {
  const commands = Object.entries(COMMANDS).map(([name, help]) => `  ${name.padEnd(26)}${help}`);
  const options = OPTIONS.map(({ name, short, value, help }) => {
    const names = `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`;
    return `  ${names.padEnd(26)}${names.length > 25 ? '\n' + ' '.repeat(28) : ''}${help}`;
  });
  return [
    'taskscope: what the Linux kernel says about its tasks, decoded',
    '',
    'usage: taskscope [OPTIONS]                the monitor (? shows its keys)',
    '       taskscope --once [OPTIONS]         one snapshot to stdout',
    '       taskscope COMMAND …',
    '',
    'commands:',
    ...commands,
    '',
    'options:',
    ...options,
    '',
    'A DURATION is seconds, or 500ms, 10s, 2m; a SIZE is bytes, or 500k, 16M or 16MiB, by 1,024.',
    '',
    'examples:',
    '  taskscope --once -s -maj_flt_rate --limit 20      who waits for the disk',
    '  taskscope --once --json -c +ppid,+policy_name     for scripts',
    '  taskscope --proc capture.tar.gz                   tasks of another machine',
    '',
    'Up to 2 % of the memory (and the limit of open files less 256) goes into descriptors kept open; beyond that tasks are',
    'opened anew at each sample, which costs about twice as much.',
    '',
  ].join('\n');
}
