/** man/taskscope.1: the manual page, out of the tables of options and keys; a test compares it with what is checked in. */
import { type KeyMap, keyHelp, type Mode, SYSTEM_PAGES, TASK_PAGES } from '../keys/keys.ts';
import { COMMANDS, OPTIONS } from './option-table.ts';

/** Characters beyond ASCII by their names in roff; arrows are keys. */
const NAMED: Readonly<Record<string, string>> = {
  '↑': 'Up',
  '↓': 'Down',
  '←': 'Left',
  '→': 'Right',
  '…': '...',
  '–': '\\(en',
  '·': '\\(bu',
};

/** Text as roff takes it: nothing in it is a request or an escape. @throws for a character without a name */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/[\^~`']/g, mark => ({ '^': '\\(ha', '~': '\\(ti', '`': '\\(ga', "'": '\\(aq' })[mark]!)
    .replace(/[^\n -~]/g, character => {
      const name = NAMED[character];
      if (name === undefined) throw new Error(`no name for '${character}' in roff`);
      return name;
    })
    .replace(/^\./gm, '\\&.');
}

const bold = (text: string): string => `\\fB${roff(text)}\\fR`;
const italic = (text: string): string => `\\fI${roff(text)}\\fR`;
/** A paragraph with a hanging tag. */
const tagged = (tag: string, text: string): string[] => ['.TP', tag, roff(text)];
/** Without empty lines between the paragraphs. */
const dense = (lines: readonly string[]): string[] => ['.PD 0', ...lines, '.PD'];
const section = (title: string, ...lines: readonly string[]): string[] => [`.SH ${title}`, ...lines];
const subsection = (title: string, ...lines: readonly string[]): string[] => [`.SS ${title}`, ...lines];
const paragraphs = (...texts: readonly string[]): string[] => texts.flatMap(text => ['.PP', roff(text)]);
/** Lines as they are typed. */
const example = (...lines: readonly string[]): string[] => ['.PP', '.RS 4', '.nf', ...lines.map(roff), '.fi', '.RE'];

/** What one wants to know, and the commands for it. */
const sample = (what: string, ...commands: readonly string[]): string[] => [
  '.TP',
  roff(what),
  commands.map(bold).join('\n.br\n'),
];

function optionLines(): string[] {
  return OPTIONS.flatMap(({ name, short, value, help }) => {
    const long = bold(`--${name}`) + (value === undefined ? '' : ` ${italic(value)}`);
    return tagged(short === undefined ? long : `${bold(`-${short}`)}, ${long}`, help);
  });
}

const KEY_SECTIONS: readonly (readonly [mode: Mode, title: string])[] = [
  ['table', 'In the table'],
  ['task', 'On the pages of a task'],
  ['system', 'On the pages about the machine'],
  ['board', 'In the views of stuck tasks, events and findings'],
  ['searching', 'While searching in the table'],
  ['frozen', 'While the past is shown'],
  ['replay', 'In a recording'],
  ['columns', 'In the list of columns'],
];

const keyLines = (mode: Mode, map: KeyMap): string[] =>
  keyHelp(mode, map).flatMap(({ keys, help }) => tagged(bold(keys), help));

/** What a map has otherwise than the default one. */
function otherKeys(map: KeyMap): string[] {
  return KEY_SECTIONS.flatMap(([mode]) => {
    const usual = new Set(keyHelp(mode, 'htop').map(({ keys, help }) => `${keys}\n${help}`));
    return keyHelp(mode, map).filter(({ keys, help }) => !usual.has(`${keys}\n${help}`));
  })
    .filter(({ keys, help }, at, all) => all.findIndex(other => other.keys === keys && other.help === help) === at)
    .flatMap(({ keys, help }) => tagged(bold(keys), help));
}

/** The whole page. @param version of the program */
export function manPage(version: string): string {
  return [
    `.\\" Written by 'npm run docs' out of src/cli/man.ts and the tables of options and keys; do not edit it.`,
    `.TH TASKSCOPE 1 "" "taskscope ${version}" "User Commands"`,
    ...section('NAME', roff('taskscope - what the Linux kernel says about its tasks, decoded')),
    ...section(
      'SYNOPSIS',
      `.B taskscope\n.RI [ OPTIONS ]`,
      '.br',
      `.B taskscope \\-\\-once\n.RI [ OPTIONS ]`,
      '.br',
      `.B taskscope\n.I COMMAND\n.RI [ WORDS ]\n.RI [ OPTIONS ]`,
    ),
    ...section(
      'DESCRIPTION',
      ...paragraphs(
        'taskscope polls /proc for all tasks, shows what changed (CPU time in user mode and in the kernel, minor and major page faults a second) and decodes state, flags, priority, policy, terminal and wait channel for the kernel that is running: the same bit of a flag mask has had different names in different releases.',
        'Without a command and without --once it is a monitor in the terminal; ? shows its keys, q quits. With --once, -n, --json or --format it prints snapshots.',
        'It needs no root. What the kernel hides from other users is missing, with the right or capability that would show it; a missing value is -, or null in JSON, and never 0.',
      ),
    ),
    ...section('COMMANDS', ...Object.entries(COMMANDS).flatMap(([name, help]) => tagged(bold(name), help))),
    ...section(
      'OPTIONS',
      ...optionLines(),
      ...paragraphs(
        'Durations are seconds, or have a unit: 500ms, 10s, 2m. Sizes are bytes, or have a unit by 1,024: 500k, 16M or 16MiB. Lists have commas between their words. All columns are listed by taskscope fields.',
      ),
    ),
    ...section(
      'PAGES',
      ...paragraphs('Of a task (Enter opens it, taskscope show PID prints them), with the key of each:'),
      ...TASK_PAGES.flatMap(({ id, keys, help }) => tagged(`${bold(id)} (${roff(keys.join(' '))})`, help)),
      ...paragraphs('About the machine (the key s, taskscope show system):'),
      ...SYSTEM_PAGES.flatMap(({ id, keys, help }) => tagged(`${bold(id)} (${roff(keys.join(' '))})`, help)),
    ),
    ...section(
      'KEYS',
      ...paragraphs('Those of the default map. ^X is Control and X, M-x is Alt and x, S-Tab is Shift and Tab.'),
      ...KEY_SECTIONS.flatMap(([mode, title]) => subsection(title, ...dense(keyLines(mode, 'htop')))),
      ...subsection('What differs with \\-\\-keys top', ...dense(otherKeys('top'))),
      ...subsection('What differs with \\-\\-keys vim', ...dense(otherKeys('vim'))),
    ),
    ...section(
      'FILTERS',
      ...paragraphs(
        'Plain words are looked for in the command line, the name and the pid. Columns are compared by their ids: = != < <= > >=, in (...), ~ and !~ with a regular expression, has for masks and lists, is missing; joined by and, or, not and parentheses. Numbers may have units (100MiB, 30s, 5%). In a shell, put a filter in single quotes.',
      ),
      ...example(
        'state = D or maj_flt_rate > 10',
        'rss_bytes > 100MiB and not user = root',
        'flags has KTHREAD and wchan_name ~ nfs',
      ),
    ),
    ...section(
      'COMPLETION',
      ...paragraphs('In bash, zsh and fish, of options, columns, pages, pids, users and files:'),
      ...example(
        'source <(taskscope completion bash)   # in ~/.bashrc',
        'source <(taskscope completion zsh)    # in ~/.zshrc, after compinit',
        'taskscope completion fish | source    # in ~/.config/fish/config.fish',
      ),
    ),
    ...section(
      'EXIT STATUS',
      ...tagged(bold('0'), 'Success; of check: nothing was found.'),
      ...tagged(
        bold('1'),
        'Something failed; of check: there are findings, notes too unless --severity leaves them out.',
      ),
      ...tagged(bold('2'), 'Wrong usage; of check: it could not look.'),
    ),
    ...section(
      'ENVIRONMENT',
      ...tagged(bold('XDG_CONFIG_HOME'), 'Where taskscope/config.toml is looked for, instead of ~/.config.'),
      ...tagged(bold('NO_COLOR'), 'When it is not empty: no colours.'),
      ...tagged(bold('TERM') + ', ' + bold('COLORTERM'), 'How many colours the terminal has.'),
      ...tagged(bold('LC_ALL') + ', ' + bold('LC_CTYPE') + ', ' + bold('LANG'), 'Whether it can show more than ASCII.'),
      ...tagged(bold('TZ'), 'The time zone of the times that are shown.'),
      ...tagged(bold('TASKSCOPE_DEBUG'), 'When it is 1: errors come with the place in the program where they arose.'),
    ),
    ...section(
      'FILES',
      ...tagged(
        italic('~/.config/taskscope/config.toml'),
        'Columns, sets of columns, named filters, highlights, themes, keys. It is followed while the monitor runs and written only when asked, by W or :save.',
      ),
    ),
    ...section(
      'EXAMPLES',
      ...sample('Who waits for the disk:', 'taskscope --once -s -maj_flt_rate --limit 20'),
      ...sample('For scripts:', 'taskscope --once --json -c +ppid,+policy_name'),
      ...sample('What hangs, and what it waits for:', 'taskscope --once --stuck'),
      ...sample('One task, for a bug report:', 'taskscope show 812 --page overview,kernel,signals'),
      ...sample('A flag mask of another kernel:', 'taskscope decode --kernel 4.2 0x00404040'),
      ...sample(
        'The last hours, and one moment of them:',
        'taskscope record /var/tmp/board.tsr --max-size 64MiB',
        'taskscope replay /var/tmp/board.tsr --once --at 12:01:33',
      ),
    ),
    ...section(
      'NOTES',
      ...paragraphs(
        'Node has no pidfd. Right before a signal or another action the start time of the task is compared with that in the dialog, and again after it; between that comparison and the call a pid could be given to another task. --read-only takes all actions away.',
      ),
    ),
    ...section(
      'SEE ALSO',
      '.BR ps (1),\n.BR top (1),\n.BR chrt (1),\n.BR proc (5),\n.BR signal (7),\n.BR sched (7),\n.BR capabilities (7)',
    ),
    '',
  ].join('\n');
}
