/** A page of one task built from texts: what a test is about, all else as in an ordinary process with one thread. */
import type { TaskPageBuilder } from '../../src/pages/context.ts';
import type { Json } from '../../src/pages/document.ts';
import { pageJson } from '../../src/pages/json.ts';
import { pageText } from '../../src/pages/render.ts';
import { type DossierParts, FakeDossier } from '../support/dossier.ts';
import { type MachineFacts, Pushed, testMachine } from '../support/model.ts';
import { statBytes, statText, type Values } from '../support/stat-line.ts';

export interface Parts extends DossierParts {
  readonly stat?: Values;
  /** The task a second earlier, where that differs. */
  readonly statBefore?: Values;
  readonly machine?: MachineFacts;
  /** Fields that the stat line has. */
  readonly fields?: number;
  /** The task is thread 43 of process 42; else it is process 42. */
  readonly thread?: boolean;
  readonly rawFile?: string;
  readonly columns?: number;
}

export type Record_ = Readonly<Record<string, Json>>;

export interface Built {
  readonly text: string;
  readonly lines: readonly string[];
  readonly json: Record_;
  /** The rows of a table in JSON. */
  readonly rows: (id: string) => readonly Record_[];
  /** The first line that begins so, blanks aside. */
  readonly line: (start: string) => string;
}

/** A status file, with other values for some of its keys. */
export function statusText(keys: Readonly<Record<string, string>> = {}): string {
  const usual = {
    Name: 'task',
    Umask: '0022',
    State: 'S (sleeping)',
    Tgid: '42',
    Pid: '42',
    PPid: '1',
    TracerPid: '0',
    Uid: '0\t0\t0\t0',
    Gid: '0\t0\t0\t0',
    Groups: ' ',
    NSpid: '42',
    VmSize: '    5316 kB',
    VmLck: '       0 kB',
    VmData: '    1260 kB',
    VmStk: '     132 kB',
    Threads: '1',
    SigQ: '0/96365',
    SigPnd: '0000000000000000',
    ShdPnd: '0000000000000000',
    SigBlk: '0000000000000000',
    SigIgn: '0000000000000000',
    SigCgt: '0000000000000000',
    CapInh: '0000000000000000',
    CapPrm: '0000000000000000',
    CapEff: '0000000000000000',
    CapBnd: '000001ffffffffff',
    CapAmb: '0000000000000000',
    NoNewPrivs: '0',
    Seccomp: '0',
    Seccomp_filters: '0',
    Cpus_allowed_list: '0-3',
    Mems_allowed_list: '0',
    voluntary_ctxt_switches: '0',
    nonvoluntary_ctxt_switches: '0',
  };
  return Object.entries({ ...usual, ...keys })
    .map(([key, value]) => `${key}:\t${value}\n`)
    .join('');
}

/** A stat line of the task or of one of its threads. */
export const lineText = (values: Values): string => statText({ pid: 42, ...values });

export function built(build: TaskPageBuilder, parts: Parts): Built {
  const {
    stat = {},
    statBefore,
    machine = {},
    fields = 52,
    thread = false,
    rawFile,
    columns = Number.POSITIVE_INFINITY,
  } = parts;
  const pid = thread ? 43 : 42;
  const { table, cursor } = new Pushed(testMachine({ live: true, mayPtrace: true, ...machine }), thread);
  const samples = statBefore ? [{ ...stat, ...statBefore }, stat] : [stat];
  samples.forEach((values, index) => {
    const ms = 1000 * (index + 1);
    table.begin({ wallMs: 1_700_000_000_000 + ms, system: new Map(), systemMs: ms });
    const line = statBytes({ pid, ...values }, fields);
    table.stat(0, pid, 42, line, line.length, ms);
    table.end(0);
  });
  const page = build({
    task: cursor.at(0),
    dossier: new FakeDossier(parts),
    watch: { openedMs: 1.7e12, changes: [] },
    wallMs: 1.7e12,
    ...(rawFile === undefined ? {} : { rawFile }),
  });
  const text = pageText(page, columns);
  const lines = text.split('\n');
  const json = pageJson(page) as Record_;
  return {
    text,
    lines,
    json,
    rows: id => json[id] as unknown as readonly Record_[],
    line: start => lines.find(line => line.trimStart().startsWith(start))?.trim() ?? '',
  };
}
