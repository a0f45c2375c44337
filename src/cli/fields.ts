/** `taskscope fields [ID]` and docs/fields.md: every column, out of the registry. */
import type { Field } from '../fields/field.ts';
import { STAT_FIELDS } from '../kernel/stat-fields.ts';
import { FIELDS, fieldFacts, fieldIds, findField, field, unknownField, type FieldFacts } from '../fields/registry.ts';

const SCOPES: Readonly<Record<string, string>> = {
  group: 'the process as a whole',
  leader: "the first thread alone in a row of a process; in a row of a thread (-H) that thread's",
};

/** Everything about one column, in words. */
function describe(entry: Field): string {
  const facts = fieldFacts(entry);
  const lines: [string, string][] = [
    ['column', `${facts.title}, ${facts.unit}; JSON: ${facts.type}, or null when missing`],
    ['source', facts.source + (entry.kernelVariable === undefined ? '' : `: the kernel's ${entry.kernelVariable}`)],
    ['counts for', SCOPES[facts.scope] ?? facts.scope],
    ['since', `Linux ${facts.since}${entry.until === undefined ? '' : `, up to ${entry.until}`}`],
    ['cost', facts.cost === 'free' ? 'none: stat is read anyway' : facts.cost],
    ...(entry.hiddenReads === undefined
      ? []
      : [
          ['permission', `the right to ptrace the task; without it the file shows ${entry.hiddenReads}`] as [
            string,
            string,
          ],
        ]),
    ...facts.changes.map(({ from, what }): [string, string] => [`since ${from}`, what]),
  ];
  return [facts.id, `  ${facts.help}`, ...lines.map(([name, text]) => `  ${name.padEnd(14)}${text}`)].join('\n');
}

export function fieldsText(
  id: string | undefined,
  json: boolean,
): { readonly text: string } | { readonly error: string } {
  if (id !== undefined) {
    // a number is that of a field of stat, as the manual counts
    const found = findField(STAT_FIELDS[Number(id) - 1]?.name ?? id);
    if (!found) return { error: unknownField(id) };
    return {
      text: json ? JSON.stringify([fieldFacts(found)], undefined, 2) + '\n' : describe(found) + '\n',
    };
  }
  const facts = fieldIds().map(name => fieldFacts(field(name)));
  if (json) return { text: '[\n' + facts.map(entry => '  ' + JSON.stringify(entry)).join(',\n') + '\n]\n' };
  const width = Math.max(...facts.map(entry => entry.id.length));
  return {
    text:
      facts
        .map(entry => `${entry.id.padEnd(width)}  ${entry.unit.padEnd(26)}  ${entry.source.padEnd(24)}  ${entry.help}`)
        .join('\n') + '\n',
  };
}

/** docs/fields.md; a test compares it with what is checked in. */
export function fieldsMarkdown(): string {
  const rows = (list: readonly FieldFacts[]): string[] =>
    list.map(
      ({ id, title, unit, type, source, scope, since, cost, help }) =>
        `| \`${id}\` | ${title} | ${unit} | ${type} | \`${source}\` | ${scope} | ${since} | ${cost} | ${help.replaceAll('|', '\\|')} |`,
    );
  const head = [
    '| id | title | unit | JSON | source | scope | since | cost | meaning |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  const status = fieldIds()
    .filter(id => id.startsWith('status.'))
    .map(id => fieldFacts(field(id)));
  return [
    '# Fields',
    '',
    'Every column that taskscope has: for `--columns`, `--sort`, JSON and CSV. This page is written by `npm run docs` out of the',
    'registry in `src/fields`; do not edit it.',
    '',
    '*scope*: `group` = the process as a whole; `leader` = its first thread alone. In a row of a thread (`-H`) both are the',
    "thread's own, but for what a process has once. *cost*: `free` = out of stat, which is read anyway; else one more file for each",
    'row shown; *read aside* = reading it can block, so a helper process does it.',
    '',
    '## Raw fields of stat, and columns made of them',
    '',
    ...head,
    ...rows(FIELDS.map(fieldFacts)),
    '',
    '## Keys of status',
    '',
    ...head,
    ...rows(status),
    '',
  ].join('\n');
}
