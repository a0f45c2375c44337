/** Any file of a task as the kernel wrote it, byte by byte, and beside it what the bytes mean. */
import { exactText } from '../decode/bytes.ts';
import { decodeIo, decodeSchedstat } from '../decode/pid-files.ts';
import { decodeLimits } from '../decode/limits.ts';
import { decodeStatus } from '../decode/pid-status.ts';
import { procFile } from '../kernel/proc-files.ts';
import { STAT_FIELDS } from '../kernel/stat-fields.ts';
import { STATUS_KEYS_BY_NAME } from '../kernel/status-keys.ts';
import { bytesText, grouped } from '../units/format.ts';
import { isMissing } from '../units/missing.ts';
import { IO_KEYS } from './accounting.ts';
import { auxvEntries, auxvRow } from './auxv-view.ts';
import type { TaskContext, TaskPageBuilder } from './context.ts';
import { fact, facts, item, type Item, note, type Section, type TableColumn } from './document.ts';
import { escaped } from './escaped.ts';
import { nanosecondsText } from './numbers.ts';
import { bareWords, fileMissing, lineOf, pathOf } from './task-files.ts';

/** The files that the page Raw can show; not every kernel has each. */
export const RAW_FILES: readonly string[] = [
  'stat',
  'status',
  'statm',
  'wchan',
  'schedstat',
  'sched',
  'io',
  'limits',
  'cmdline',
  'environ',
  'comm',
  'cgroup',
  'cpuset',
  'maps',
  'smaps_rollup',
  'numa_maps',
  'mountinfo',
  'syscall',
  'stack',
  'personality',
  'autogroup',
  'oom_score',
  'oom_score_adj',
  'loginuid',
  'sessionid',
  'timerslack_ns',
  'coredump_filter',
  'attr/current',
  'auxv',
  'uid_map',
  'gid_map',
  'timers',
  'timens_offsets',
  'ksm_stat',
  'ksm_merging_pages',
  'arch_status',
  'patch_state',
  'cpu_resctrl_groups',
  'seccomp_cache',
];

/** Lines as they end: at a newline, or behind a NUL, which belongs to its line. */
function* textLines(bytes: Uint8Array): Generator<string> {
  for (let start = 0, at = 0; start < bytes.length; start = at) {
    while (at < bytes.length && bytes[at] !== 10 && bytes[at] !== 0) at++;
    yield exactText(bytes, start, bytes[at] === 0 ? at + 1 : at);
    at++;
  }
}

function textSection(bytes: Uint8Array): Section {
  return {
    kind: 'table',
    id: 'lines',
    columns: [
      { id: 'line', title: 'line', align: 'right' },
      { id: 'text', title: 'text' },
    ],
    rows: [...textLines(bytes)].map((text, index) => [
      item(String(index + 1), index + 1, 'dim'),
      item(escaped(text), text),
    ]),
  };
}

const ROW_BYTES = 16;
const hexByte = (byte: number): string => byte.toString(16).padStart(2, '0');

function hexSection(bytes: Uint8Array): Section {
  const rows: Item[][] = [];
  for (let at = 0; at < bytes.length; at += ROW_BYTES) {
    const part = [...bytes.subarray(at, at + ROW_BYTES)];
    const hex = part.map(hexByte).join(' ');
    const ascii = part.map(byte => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    rows.push([item(at.toString(16).padStart(4, '0'), at, 'dim'), item(hex), item(ascii)]);
  }
  const columns: TableColumn[] = [
    { id: 'offset', title: 'at' },
    { id: 'hex', title: 'bytes', most: 3 * ROW_BYTES },
    { id: 'ascii', title: 'ASCII' },
  ];
  return { kind: 'table', id: 'bytes', columns, rows };
}

// ---- what the bytes mean

interface Decoded {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Item[])[];
}

const NAMED: readonly TableColumn[] = [
  { id: 'name', title: 'name' },
  { id: 'value', title: 'value', align: 'right' },
  { id: 'meaning', title: 'meaning' },
];

/** Each field with the place of its first byte; the command ends at the last `)`. */
function decodedStat(bytes: Uint8Array): Decoded | undefined {
  const open = bytes.indexOf(40);
  const close = bytes.lastIndexOf(41);
  if (open < 2 || close < open) return undefined;
  const parts: (readonly [at: number, end: number])[] = [
    [0, open - 1],
    [open + 1, close],
  ];
  for (let at = close + 2, end = at; at < bytes.length; at = end + 1) {
    end = at;
    while (end < bytes.length && bytes[end]! > 32) end++;
    if (end > at) parts.push([at, end]);
  }
  const rows = parts.map(([at, end], index) => {
    const known = STAT_FIELDS[index];
    const name = known?.name ?? 'not known';
    const text = exactText(bytes, at, end);
    return [
      item(String(index + 1), index + 1, 'dim'),
      item(String(at), at, 'dim'),
      item(name, name, 'strong'),
      item(escaped(text), text),
      item(known?.meaning ?? '', known?.meaning ?? null, 'dim'),
    ];
  });
  return {
    columns: [
      { id: 'n', title: '#', align: 'right' },
      { id: 'at', title: 'at byte', align: 'right' },
      { id: 'name', title: 'field' },
      { id: 'value', title: 'value', most: 20 },
      { id: 'meaning', title: 'meaning' },
    ],
    rows,
  };
}

function decodedStatus(bytes: Uint8Array): Decoded {
  const rows = [...decodeStatus(bytes).keys()].map(key => {
    const meaning = STATUS_KEYS_BY_NAME.get(key)?.meaning ?? 'not known to this table';
    return [item(key, key, 'strong'), item(meaning)];
  });
  return {
    columns: [
      { id: 'key', title: 'key' },
      { id: 'meaning', title: 'meaning' },
    ],
    rows,
  };
}

/** Names of numbers in one line. */
const STATM = [
  ['size', 'virtual size'],
  ['resident', 'resident memory'],
  ['shared', 'resident pages of files and shared memory'],
  ['text', 'program text'],
  ['lib', 'always 0 since 2.6'],
  ['data', 'data and stack'],
  ['dt', 'always 0 since 2.6'],
] as const;

function decodedStatm(bytes: Uint8Array, { task }: TaskContext): Decoded {
  const numbers = lineOf(bytes).split(/\s+/);
  const rows = STATM.flatMap(([name, meaning], index) => {
    const pages = numbers[index];
    if (pages === undefined || !/^\d+$/.test(pages)) return [];
    const size = bytesText(Number(pages) * task.machine.pageBytes);
    return [
      [
        item(name, name, 'strong'),
        item(`${grouped(Number(pages))} pages`, pages),
        item(`${meaning}: ${size}`, meaning),
      ],
    ];
  });
  return { columns: NAMED, rows };
}

function decodedSchedstat(bytes: Uint8Array): Decoded | undefined {
  const times = decodeSchedstat(bytes);
  if (!times) return undefined;
  const rows = [
    [item('run_ns', 'run_ns', 'strong'), item(nanosecondsText(times.runNs), String(times.runNs)), item('on a CPU')],
    [
      item('run_delay_ns', 'run_delay_ns', 'strong'),
      item(nanosecondsText(times.delayNs), String(times.delayNs)),
      item('ready to run, waiting for a CPU'),
    ],
    [
      item('time_slices', 'time_slices', 'strong'),
      item(grouped(times.slices), String(times.slices)),
      item('how often it got a CPU'),
    ],
  ];
  return { columns: NAMED, rows };
}

function decodedIo(bytes: Uint8Array): Decoded {
  const values = decodeIo(bytes);
  const rows = IO_KEYS.flatMap(([key, unit, meaning]) => {
    const value = values.get(key);
    if (value === undefined) return [];
    const number = Number(value);
    const text = unit === 'bytes' && number >= 1024 ? bytesText(number) : grouped(number);
    return [[item(key, key, 'strong'), item(text, value), item(`${unit} ${meaning}`, meaning)]];
  });
  return { columns: NAMED, rows };
}

function decodedLimits(bytes: Uint8Array): Decoded {
  const rows = decodeLimits(bytes).map(({ name, soft, hard, fact: known }) => [
    item(known?.resource ?? name, known?.resource ?? name, 'strong'),
    item(soft === hard ? soft : `${soft} (hard ${hard})`, { soft, hard }),
    item(known?.meaning ?? 'not known to this table'),
  ]);
  return { columns: NAMED, rows };
}

function decodedAuxv(bytes: Uint8Array): Decoded | undefined {
  const entries = auxvEntries(bytes);
  return entries && { columns: NAMED, rows: entries.map(auxvRow) };
}

const DECODERS: Readonly<Record<string, (bytes: Uint8Array, context: TaskContext) => Decoded | undefined>> = {
  stat: decodedStat,
  status: decodedStatus,
  statm: decodedStatm,
  schedstat: decodedSchedstat,
  io: decodedIo,
  limits: decodedLimits,
  auxv: decodedAuxv,
};

function decodedSections(file: string, bytes: Uint8Array, context: TaskContext): Section[] {
  const decoded = DECODERS[file]?.(bytes, context);
  return decoded && decoded.rows.length > 0 ? [{ kind: 'table', id: 'decoded', title: 'Decoded', ...decoded }] : [];
}

// ---- the page

function contentSections(file: string, bytes: Uint8Array, context: TaskContext): Section[] {
  if (bytes.length > 0)
    return [file === 'auxv' ? hexSection(bytes) : textSection(bytes), ...decodedSections(file, bytes, context)];
  const bare = bareWords(context.task);
  return [note(`The file is empty${bare === '' ? '' : `: ${bare}`}.`)];
}

export const rawPage: TaskPageBuilder = context => {
  const { dossier, rawFile = 'stat' } = context;
  const list = RAW_FILES.map(name => (name === rawFile ? `[${name}]` : name)).join(' ');
  const files = fact('files', 'Files', item(list, RAW_FILES, 'dim'));
  if (!RAW_FILES.includes(rawFile))
    return { sections: [facts('', undefined, [files]), note(`${rawFile} is none of these files.`, 'warn')] };
  const path = pathOf(context.task, rawFile);
  const bytes = dossier.file(path);
  const about = fact(
    'file',
    'File',
    item(`${rawFile}: ${procFile(rawFile)?.meaning ?? 'not known to this table'}`, rawFile),
  );
  if (isMissing(bytes)) {
    const content = fact('size_bytes', 'Size', fileMissing(context, rawFile, bytes));
    return { sections: [facts('', undefined, [files, about, content])] };
  }
  const cut = dossier.truncated(path);
  const size = item(`${grouped(bytes.length)} bytes${cut ? ', and more that is left out' : ''}`, bytes.length);
  return {
    sections: [
      facts('', undefined, [files, about, fact('size_bytes', 'Size', cut ? { ...size, tone: 'warn' } : size)]),
      ...contentSections(rawFile, bytes, context),
    ],
  };
};
