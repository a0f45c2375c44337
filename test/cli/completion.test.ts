/** The completion scripts, used in the shells that they are for. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { COMMAND_VALUES, completionScript, OPTION_VALUES } from '../../src/cli/completion.ts';
import { COMMANDS, OPTIONS } from '../../src/cli/option-table.ts';
import { parseOptions, UsageError } from '../../src/cli/options.ts';
import { type Open, ptyTest, type Screen } from '../e2e/harness.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'taskscope-completion-'));
after(() => {
  rmSync(folder, { recursive: true });
});
const scriptOf = (shell: string): string => {
  const file = path.join(folder, `script.${shell}`);
  writeFileSync(file, completionScript([shell]));
  return file;
};
writeFileSync(path.join(folder, 'capture.tar.gz'), '');

/** An interactive shell whose prompt is `% `, with nobody's settings, in which the script is read. */
const SHELLS: Readonly<Record<string, (open: Open) => Screen>> = {
  bash: open => open('bash', ['--norc', '--noprofile', '-i'], { ...PLACE, env: { PS1: '% ' } }),
  zsh: open => open('zsh', ['-f', '-i'], { ...PLACE, env: { PS1: '%% ' } }),
  fish: open =>
    open('fish', ['--no-config', '-i'], { ...PLACE, env: { XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder } }),
};
const PLACE = { columns: 150, rows: 12, cwd: folder };
const PREPARE: Readonly<Record<string, (file: string) => string>> = {
  bash: file => `source ${file}`,
  zsh: file => `autoload -U compinit; compinit -u -D; zstyle ':completion:*' list-prompt ''; source ${file}`,
  fish: file => `function fish_prompt; echo -n '% '; end; function fish_greeting; end; source ${file}`,
};

/** What is typed before Tab, and the line after it. A blank at the end: the word is whole. */
const LINES: readonly (readonly [typed: string, completed: string])[] = [
  ['taskscope rep', 'taskscope replay '],
  ['taskscope --onc', 'taskscope --once '],
  ['taskscope --once --format nd', 'taskscope --once --format ndjson '],
  ['taskscope --format=ta', 'taskscope --format=table '],
  ['taskscope --theme hi', 'taskscope --theme high-contrast '],
  ['taskscope --keys vi', 'taskscope --keys vim '],
  ['taskscope --color nev', 'taskscope --color never '],
  ['taskscope --kernel-threads on', 'taskscope --kernel-threads only '],
  ['taskscope -c maj_flt_r', 'taskscope -c maj_flt_rate'],
  ['taskscope -c pid,state,wchan_n', 'taskscope -c pid,state,wchan_name'],
  ['taskscope -c +flag_n', 'taskscope -c +flag_names'],
  ['taskscope --columns=+ppid,-cpu_per', 'taskscope --columns=+ppid,-cpu_percent'],
  ['taskscope --sort=-maj_flt_r', 'taskscope --sort=-maj_flt_rate'],
  ['taskscope show --page sched', 'taskscope show --page scheduling'],
  ['taskscope show 1 --page flags,interr', 'taskscope show 1 --page flags,interrupts'],
  ['taskscope show sys', 'taskscope show system '],
  ['taskscope fields maj_flt_r', 'taskscope fields maj_flt_rate '],
  ['taskscope -d 5 fields maj_flt_r', 'taskscope -d 5 fields maj_flt_rate '],
  ["taskscope -f 'state = D' fields maj_flt_r", "taskscope -f 'state = D' fields maj_flt_rate "],
  ['taskscope --at 12:01:33 repl', 'taskscope --at 12:01:33 replay '],
  ['taskscope completion zs', 'taskscope completion zsh '],
  ['taskscope --proc captu', 'taskscope --proc capture.tar.gz '],
  ['taskscope --config=captu', 'taskscope --config=capture.tar.gz '],
  ['taskscope replay captu', 'taskscope replay capture.tar.gz '],
  ['taskscope -u daemo', 'taskscope -u daemon'],
  ['taskscope -d captu', 'taskscope -d captu'],
];

/** fish takes every word that begins with a dash for an option. */
const DASHED: readonly (readonly [string, string])[] = [['taskscope -s -maj_flt_r', 'taskscope -s -maj_flt_rate']];

for (const [shell, start] of Object.entries(SHELLS)) {
  const missing = spawnSync(shell, ['--version']).error !== undefined;
  if (missing) test(`${shell} completes`, { skip: `cannot: no ${shell} here` }, () => undefined);
  else
    ptyTest(`${shell} completes`, async open => {
      const screen = start(open);
      await screen.expectText(/[#>%]/);
      screen.type(`${PREPARE[shell]!(scriptOf(shell))}; clear\r`);
      await screen.expectLine(0, /^%\s*$/);
      const last = (): string => screen.text().trimEnd().split('\n').at(-1)!.trimEnd();
      for (const [typed, completed] of [...LINES, ...(shell === 'fish' ? [] : DASHED), pidLine()]) {
        await screen.until(() => last() === '%', 'an empty line');
        // what is typed next shows where the completed word ends
        screen.type(`${typed}\tX`);
        await screen.until(() => last().startsWith('% taskscope') && last().endsWith('X'), `'${completed}'`);
        // fish puts a blank behind every word
        if (shell === 'fish') assert.equal(last().replace(/ X$/, 'X'), `% ${completed.trimEnd()}X`);
        else assert.equal(last(), `% ${completed}X`);
        await screen.press('C-c');
      }
    });
}

/** A pid that no other begins with. */
function pidLine(): readonly [string, string] {
  return [`taskscope -p 1,${process.pid}`, `taskscope -p 1,${process.pid}`];
}

describe('the values that are offered', () => {
  const accepts = (argv: readonly string[]): boolean => {
    try {
      parseOptions(argv);
      return true;
    } catch (error) {
      assert.ok(error instanceof UsageError);
      return false;
    }
  };

  test('are of options and commands that exist', () => {
    for (const name of Object.keys(OPTION_VALUES))
      assert.ok(OPTIONS.find(option => option.name === name)?.value !== undefined, name);
    for (const name of Object.keys(COMMAND_VALUES)) assert.ok(Object.hasOwn(COMMANDS, name), name);
  });

  test('are accepted', () => {
    for (const [name, values] of Object.entries(OPTION_VALUES))
      for (const word of 'words' in values ? values.words : []) assert.ok(accepts([`--${name}=${word}`]), word);
  });

  test('are all there are, where the program names them', () => {
    for (const name of ['format', 'color', 'kernel-threads', 'severity']) {
      const values = OPTION_VALUES[name]!;
      assert.ok('words' in values);
      assert.throws(
        () => parseOptions([`--${name}=?`]),
        (error: Error) => error.message.endsWith(`it is one of ${values.words.join(', ')}`),
      );
    }
  });
});

test('a shell has to be named', () => {
  for (const words of [[], ['ksh'], ['bash', 'zsh']])
    assert.throws(() => completionScript(words), /^UsageError|completion takes the name of a shell/);
});
