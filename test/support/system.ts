/** What pages about the machine are built from, out of texts or of a captured machine. */
import type { Dossier } from '../../src/fields/dossier.ts';
import type { SystemPage } from '../../src/keys/keys.ts';
import { SystemHistory } from '../../src/model/system.ts';
import { TaskTable } from '../../src/model/task-table.ts';
import type { SystemContext } from '../../src/pages/context.ts';
import type { Json, Page } from '../../src/pages/document.ts';
import { pageJson } from '../../src/pages/json.ts';
import { pageText } from '../../src/pages/render.ts';
import { buildSystemPage } from '../../src/pages/system-pages.ts';
import { DossierReader } from '../../src/sample/dossier-reader.ts';
import { probeMachine } from '../../src/sample/probe.ts';
import { Sampler } from '../../src/sample/sampler.ts';
import { type DossierParts, FakeDossier } from './dossier.ts';
import { type MachineName, openFixture } from './fixtures.ts';
import { type MachineFacts, testMachine } from './model.ts';
import { bytes } from './stat-line.ts';

export interface SystemParts extends DossierParts {
  readonly machine?: MachineFacts;
  /** The system-wide files of each sample, a second apart. */
  readonly samples?: readonly Readonly<Record<string, string>>[];
}

/** 10,000 s after the boot of {@link testMachine}: 2023-11-15T01:00:00Z. */
export const NOW_MS = 1_700_010_000_000;

export function systemContext({ machine, samples = [], ...parts }: SystemParts): SystemContext & { dossier: Dossier } {
  const history = new SystemHistory(100);
  samples.forEach((files, index) => {
    const system = new Map(Object.entries(files).map(([name, text]) => [name, bytes(text)]));
    history.push({ wallMs: NOW_MS, system, systemMs: 1000 * index });
  });
  return {
    machine: testMachine({ live: true, ...machine }),
    history,
    dossier: new FakeDossier(parts),
    wallMs: NOW_MS,
  };
}

export const textOf = (page: Page, columns = 120): string[] => pageText(page, columns).split('\n');

type Object = Readonly<Record<string, Json>>;

/** The page as programs get it. */
export const jsonOf = (page: Page): Object => pageJson(page) as Object;

/** The rows of a table by the value of their first column. */
export function rowsOf(page: Page, table: string, key: string): Map<Json, Object> {
  const rows = jsonOf(page)[table] as readonly Object[];
  return new Map(rows.map(row => [row[key]!, row]));
}

/** A page of a captured machine, after one or both of its instants. */
export function fixturePage(name: MachineName, id: SystemPage, instants = 2): Page {
  const tree = openFixture(name);
  const machine = probeMachine(tree);
  const table = new TaskTable(machine, false);
  const sampler = new Sampler(tree, table, { threads: false, descriptors: 10 });
  const dossier = new DossierReader(tree, '', 0, undefined, () => undefined);
  const build = (): Page => {
    sampler.sample();
    dossier.refresh();
    return buildSystemPage(id, { machine, history: table.system, dossier, wallMs: table.system.wallMs });
  };
  let page = build();
  if (instants > 1 && tree.advance()) page = build();
  dossier.close();
  return page;
}
