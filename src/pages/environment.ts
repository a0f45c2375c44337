/** What one task was started with: program, folders, arguments one by one, environment. */
import { exactText } from '../decode/bytes.ts';
import { NOT_APPLICABLE } from '../fields/task.ts';
import { grouped } from '../units/format.ts';
import { isMissing } from '../units/missing.ts';
import type { TaskContext, TaskPageBuilder } from './context.ts';
import {
  fact,
  type Fact,
  facts,
  item,
  type Item,
  missingItem,
  note,
  type Section,
  type TableColumn,
} from './document.ts';
import { bareWords, fileMissing, missingSection } from './task-files.ts';

/** Texts that each end with NUL, exactly; what follows the last NUL counts when it is not empty. */
function strings(bytes: Uint8Array): string[] {
  const out: string[] = [];
  for (let start = 0; start < bytes.length;) {
    const nul = bytes.indexOf(0, start);
    const end = nul < 0 ? bytes.length : nul;
    out.push(exactText(bytes, start, end));
    start = end + 1;
  }
  return out;
}

const DELETED = / \(deleted\)$/;

function linkFact(context: TaskContext, name: string, label: string): Fact {
  const target = context.dossier.link(name);
  if (isMissing(target)) return fact(name, label, fileMissing(context, name, target));
  const deleted = DELETED.test(target);
  const text = deleted ? `${target}: removed or replaced since it was opened` : target;
  return fact(name, label, item(text, target, deleted ? 'warn' : 'normal'));
}

interface Listing {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly TableColumn[];
  readonly row: (text: string, index: number) => Item[];
}

/** The texts of a file as a table, or why there is none. */
function textSections(context: TaskContext, name: string, listing: Listing): Section[] {
  const { id, title, columns, row } = listing;
  const bytes = context.dossier.file(name);
  if (isMissing(bytes)) return [missingSection(context, name, listing, bytes)];
  if (bytes.length === 0) {
    const none = missingItem(NOT_APPLICABLE, bareWords(context.task) || 'the program cleared it');
    return [facts('', undefined, [fact(id, title, none)])];
  }
  const texts = strings(bytes);
  const cut = context.dossier.truncated(name) ? [note(`Cut after ${grouped(bytes.length)} bytes.`, 'warn')] : [];
  return [{ kind: 'table', id, title: `${title} (${texts.length})`, columns, rows: texts.map(row) }, ...cut];
}

const AS_AT_EXEC =
  'Both as at exec, unless the program wrote over them; what it set by setenv() since then is not seen.';

const ARGUMENTS: Listing = {
  id: 'arguments',
  title: 'Arguments',
  columns: [
    { id: 'n', title: '#', align: 'right' },
    { id: 'argument', title: 'argument' },
  ],
  row: (text, n) => [item(String(n), n, 'dim'), item(text)],
};

const VARIABLES: Listing = {
  id: 'environment',
  title: 'Environment',
  columns: [
    { id: 'name', title: 'name' },
    { id: 'value', title: 'value' },
  ],
  row: variableRow,
};

function variableRow(text: string): Item[] {
  const at = text.indexOf('=');
  if (at < 0) return [item(text, text, 'strong'), item('(no =)', null, 'dim')];
  const name = text.slice(0, at);
  return [item(name, name, 'strong'), item(text.slice(at + 1))];
}

export const environmentPage: TaskPageBuilder = context => ({
  sections: [
    facts('', undefined, [
      linkFact(context, 'exe', 'Program'),
      linkFact(context, 'cwd', 'Current folder'),
      linkFact(context, 'root', 'Root folder'),
    ]),
    ...textSections(context, 'cmdline', ARGUMENTS),
    ...textSections(context, 'environ', VARIABLES),
    ...(bareWords(context.task) === '' ? [note(AS_AT_EXEC)] : []),
  ],
});
