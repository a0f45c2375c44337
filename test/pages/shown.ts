/** Builds a page of one task out of texts, and shows it. */
import type { TaskFile } from '../../src/fields/files.ts';
import type { TaskPageBuilder } from '../../src/pages/context.ts';
import type { Json } from '../../src/pages/document.ts';
import { pageJson } from '../../src/pages/json.ts';
import { pageText } from '../../src/pages/render.ts';
import type { WhyUnread } from '../../src/frame/sink.ts';
import { type DossierParts, FakeDossier } from '../support/dossier.ts';
import { type MachineFacts, Pushed, testMachine } from '../support/model.ts';
import type { Values } from '../support/stat-line.ts';

export interface Subject extends DossierParts {
  readonly stat?: Values;
  readonly machine?: MachineFacts;
  /** Files that columns read, beside those of the dossier. */
  readonly columns?: Partial<Record<TaskFile, string | { readonly why: WhyUnread }>>;
  readonly address?: string;
  /** Is the task one thread of a process? Then it is task/42. */
  readonly thread?: boolean;
  readonly screen?: number;
}

export interface Shown {
  readonly text: string;
  readonly lines: readonly string[];
  readonly json: Readonly<Record<string, Json>>;
  /** Paths that the page looked at. */
  readonly asked: ReadonlySet<string>;
}

const PID = 42;

export function shown(build: TaskPageBuilder, subject: Subject, dossier = new FakeDossier(subject)): Shown {
  const { stat = {}, machine = {}, columns = {}, address, thread = false, screen = 120 } = subject;
  const pushed = new Pushed(testMachine(machine), thread);
  pushed.sample([{ pid: PID, comm: 'subject', ...stat }], { ms: 1000 });
  for (const [file, content] of Object.entries(columns)) pushed.file(PID, file as TaskFile, content, 1000);
  const page = build({
    task: pushed.cursor.at(pushed.seat(PID)),
    dossier,
    watch: { openedMs: 1.7e12, changes: [] },
    wallMs: 1.7e12,
    ...(address !== undefined && { address }),
  });
  const text = pageText(page, screen);
  return { text, lines: text.split('\n'), json: pageJson(page) as Shown['json'], asked: dossier.asked };
}

/** The first line that begins so, blanks aside; empty: there is none. */
export const lineOf = ({ lines }: Shown, start: string): string =>
  lines.find(line => line.trimStart().startsWith(start))?.trim() ?? '';
