/** docs/guides: a guide for every rule, and nothing in them that is not there. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { describe, test } from 'node:test';
import { COMMANDS } from '../../src/cli/option-table.ts';
import { parseOptions } from '../../src/cli/options.ts';
import { chooseColumns, chooseSort, findField } from '../../src/fields/registry.ts';
import { parse } from '../../src/filter/parse.ts';
import { RULES } from '../../src/findings/rules.ts';
import { parseRelease } from '../../src/kernel/release.ts';
import { actionsOf, keyLabel, type Mode, TASK_PAGES } from '../../src/keys/keys.ts';
import { TEXT_PAGES } from '../../src/pages/system-pages.ts';
import { textWidth } from '../../src/units/text.ts';
import { scenarios } from '../scenarios/scenarios.ts';
import { root } from '../support/paths.ts';

const FOLDER = `${root}docs/guides/`;
const WIDTH = 100;
const RELEASE = parseRelease('6.12')!;
const NAMES = fs
  .readdirSync(FOLDER)
  .filter(name => name.endsWith('.md') && name !== 'README.md')
  .map(name => name.slice(0, -3));
const textOf = (name: string): string => fs.readFileSync(`${FOLDER}${name}.md`, 'utf8');
const INDEX = textOf('README');

const blocksOf = (text: string): string[] =>
  Array.from(text.matchAll(/^```text\n([^]*?)^```$/gm), ([, block]) => block!);
const withoutBlocks = (text: string): string => text.replaceAll(/^```.*?^```$/gms, '');

/** Command lines of taskscope: those of the screens, and those in the text. */
function commandsOf(text: string): string[] {
  const shown = blocksOf(text).flatMap(block => {
    const found = /^\$ (taskscope (?:.*\\\n)*.*)/.exec(block);
    return found ? [found[1]!.replaceAll('\\\n', '')] : [];
  });
  const named = Array.from(withoutBlocks(text).matchAll(/`(taskscope [^`]+)`/g), ([, code]) => code!);
  return [...shown, ...named.map(code => code.replaceAll('\\|', '|'))];
}

/** Words as a shell makes them. */
const wordsOf = (command: string): string[] =>
  Array.from(command.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, plain]) => quoted ?? plain!);

/** Known options, commands, pages, columns and filters, or a sentence about what is wrong. @throws UsageError */
function checkCommand(command: string): void {
  const words = wordsOf(command.replaceAll(/\bP?PID\b/g, '1')).slice(1);
  const options = parseOptions(words);
  const { columns, sort, filter, pages = [], words: rest } = options;
  const chosen = columns ? chooseColumns(columns, RELEASE) : undefined;
  assert.ok(!chosen || !('error' in chosen), command);
  const sorted = sort ? chooseSort(sort) : undefined;
  assert.ok(!sorted || !('error' in sorted), command);
  if (filter !== undefined) assert.ok('tree' in parse(filter).result, command);
  const known: readonly string[] = (rest[0] === 'system' ? TEXT_PAGES : TASK_PAGES).map(({ id }) => id);
  for (const page of pages) assert.ok(known.includes(page), `${command}: page ${page}`);
  if (rest.length > 0 && options.command === 'show') assert.match(rest[0]!, /^(?:\d+|system)$/);
}

test('every rule names a guide that is there', () => {
  const missing = RULES.filter(({ guide }) => guide === undefined || !NAMES.includes(guide));
  assert.deepEqual(
    missing.map(({ id }) => id),
    [],
  );
});

test('the list has a row for each guide, with its title, and a command that is understood', () => {
  const rows = [...INDEX.matchAll(/^\| \[([^\]]+)\]\(([\w-]+)\.md\)\s*\|(.*)\|\s*`(.+)`\s*\|$/gm)];
  assert.deepEqual(rows.map(([, , name]) => name).sort(), [...NAMES].sort());
  for (const [, title, name, , command] of rows) {
    assert.equal(textOf(name!).split('\n')[0], `# ${title!}`);
    assert.match(command!, /^taskscope /);
    checkCommand(command!);
  }
});

/** What stands in `code` and is no command line: columns, ids of findings, calls and files of others. */
const MODES: readonly Mode[] = ['table', 'board', 'task', 'system', 'menu'];
const LABELS = new Set(MODES.flatMap(mode => [...actionsOf(mode, 'htop').keys()]).map(keyLabel));

for (const name of [...NAMES, 'README']) {
  describe(name, () => {
    const text = textOf(name);
    test('its command lines are understood', () => {
      const commands = commandsOf(text);
      assert.ok(commands.length > 0);
      for (const command of commands) checkCommand(command);
    });
    test('its keys exist', () => {
      for (const [, key] of text.matchAll(/<kbd>(.*?)<\/kbd>/g)) assert.ok(LABELS.has(key!), key);
    });
    test('its links lead somewhere', () => {
      for (const [, target] of text.matchAll(/\]\(([^)#:]+)\)/g)) assert.ok(fs.existsSync(FOLDER + target!), target);
    });
    test('columns and findings that it names are there', () => {
      const ids = RULES.map(({ id }) => id);
      for (const [, kind, id] of text.matchAll(/\b([Ff]inding|sort by|sorted by) `([\w-]+)`/g))
        assert.ok(kind!.startsWith('sort') ? findField(id!) !== undefined : ids.includes(id!), id);
    });
    if (name === 'README') return;
    test('it says how to make the situation: a program that is there, in a mode that it has', () => {
      const runs = [...text.matchAll(/(?<=^|&& )\/tmp\/([\w-]+)(?: 60 ([\w-]+))?$/gm)];
      assert.ok(runs.length > 0);
      for (const [, program, mode] of runs) {
        assert.ok(text.includes(`gcc -pthread -o /tmp/${program!} test/scenarios/${program!}.c && /tmp/${program!}`));
        const modes = scenarios.filter(entry => entry.program === program).map(entry => entry.mode.join(' '));
        assert.ok(modes.includes(mode ?? '') || (mode === undefined && modes.length === 1), `${program!} ${mode!}`);
      }
    });
    test('it has a screen, of the real program, and no line of it is too long', () => {
      const blocks = blocksOf(text);
      assert.ok(blocks.length > 0);
      assert.equal([...text.matchAll(/<!-- screen -->/g)].length, [...text.matchAll(/<!-- end -->/g)].length);
      for (const block of blocks) {
        const lines = block.trimEnd().split('\n');
        assert.ok(lines.length > 3, block);
        for (const line of lines) assert.ok(textWidth(line) <= WIDTH, line);
      }
    });
  });
}

test('the checks know what is not there', () => {
  for (const wrong of [
    'taskscope --nothing',
    'taskscope --once -c nothing',
    'taskscope --once -s -nothing',
    "taskscope --once -f 'nothing > 3'",
    'taskscope show PID --page nothing',
    'taskscope nothing',
  ])
    assert.throws(() => checkCommand(wrong), `accepted: ${wrong}`);
  assert.ok(!LABELS.has('^G'));
  assert.ok(Object.keys(COMMANDS).length > 0);
});
