/** `taskscope completion bash|zsh|fish`: a shell's completion script, out of the table of options. */
import { fieldIds } from '../fields/registry.ts';
import { SEVERITIES } from '../findings/rule.ts';
import { KEY_MAPS, TASK_PAGES } from '../keys/keys.ts';
import type { KernelThreads } from '../model/select.ts';
import { TEXT_PAGES } from '../pages/system-pages.ts';
import { THEME_NAMES } from '../term/theme.ts';
import { COMMANDS, OPTIONS } from './option-table.ts';
import { type Options, type OutputFormat, UsageError } from './options.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** The words of a union type; the compiler knows when one is missing. */
const wordsOf = <T extends string>(words: Readonly<Record<T, true>>): readonly string[] => Object.keys(words);

/**
 * What a value can be: words, of which a list has several with commas between; what the shell itself knows; else
 * nothing that could be offered.
 */
type Values =
  | { readonly words: readonly string[]; readonly list?: boolean; readonly signs?: string }
  | { readonly shell: 'files' | 'pids' | 'users' };

const PAGES = ['all', ...new Set([...TASK_PAGES, ...TEXT_PAGES].map(({ id }) => id))];

/** Of options, by name. `signs` may stand before each word of a list. */
export const OPTION_VALUES: Readonly<Record<string, Values>> = {
  format: { words: wordsOf<OutputFormat>({ table: true, json: true, ndjson: true, csv: true }) },
  columns: { words: ['all', ...fieldIds()], list: true, signs: '+-' },
  sort: { words: fieldIds(), list: true, signs: '-' },
  pid: { shell: 'pids' },
  user: { shell: 'users' },
  'kernel-threads': { words: wordsOf<KernelThreads>({ show: true, hide: true, only: true }) },
  proc: { shell: 'files' },
  page: { words: PAGES, list: true },
  color: { words: wordsOf<Options['color']>({ auto: true, always: true, never: true }) },
  theme: { words: THEME_NAMES },
  keys: { words: KEY_MAPS },
  profile: { words: ['slow'] },
  severity: { words: SEVERITIES },
  config: { shell: 'files' },
};

/** Of the word behind a command. */
export const COMMAND_VALUES: Readonly<Record<string, readonly Values[]>> = {
  show: [{ words: ['system'] }, { shell: 'pids' }],
  record: [{ shell: 'files' }],
  replay: [{ shell: 'files' }],
  fields: [{ words: fieldIds() }],
  completion: [{ words: SHELLS }],
};

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
/** A variable's name for an option or a command: `kernel_threads`. */
const variable = (name: string): string => name.replaceAll('-', '_');

// ---- bash

const BASH_REPLIES = `
_taskscope_reply() { # CANDIDATES
  mapfile -t COMPREPLY < <(compgen -P "$joined$prefix" -W "$1" -- "\${value#"$prefix"}")
}

# the words of a list: what stands before the last comma, and a sign, stay as they are
_taskscope_list() { # SIGNS CANDIDATES
  case $value in *,*) prefix=\${value%,*}, ;; esac
  if [[ -n $1 && \${value#"$prefix"} == ["$1"]* ]]; then prefix=\${value:0:\${#prefix}+1}; fi
  compopt -o nospace
  _taskscope_reply "$2"
}`;

function bashValues(values: Values): string {
  if ('words' in values) {
    const words = quoted(values.words.join(' '));
    return values.list ? `_taskscope_list ${quoted(values.signs ?? '')} ${words}` : `_taskscope_reply ${words}`;
  }
  if (values.shell === 'files') return 'compopt -o default';
  return values.shell === 'users'
    ? `_taskscope_list '' "$(compgen -u)"`
    : `_taskscope_list '' "$(cd /proc && echo [0-9]*)"`;
}

const names = (option: (typeof OPTIONS)[number]): string[] => [
  `--${option.name}`,
  ...(option.short === undefined ? [] : [`-${option.short}`]),
];

/** The words behind a command. */
function bashOperands(all: readonly Values[]): string {
  const words = all.flatMap(values => ('words' in values ? values.words : []));
  const shells = all.map(values => ('shell' in values ? values.shell : ''));
  if (shells.includes('files')) return 'compopt -o default';
  return `_taskscope_reply "${words.join(' ')}${shells.includes('pids') ? ' $(cd /proc && echo [0-9]*)' : ''}"`;
}

function bash(): string {
  const valued = OPTIONS.filter(({ value }) => value !== undefined);
  const known = valued.flatMap(option => {
    const values = OPTION_VALUES[option.name];
    return values ? [`    ${names(option).join(' | ')}) ${bashValues(values)} ;;`] : [];
  });
  const commands = Object.entries(COMMAND_VALUES).map(([name, all]) => `  ${name}) ${bashOperands(all)} ;;`);
  return `# bash completion of taskscope; made by 'taskscope completion bash'
${BASH_REPLIES}

_taskscope() {
  local before=\${COMP_LINE:0:COMP_POINT} word value joined= prefix= option= command= i
  word=\${before##*[[:space:]]}
  value=$word
  COMPREPLY=()

  # the command, and the option whose value is being typed; readline cuts words at '=' and ':'
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
    = | :) ((i++)) ;;
    ${valued.flatMap(names).join(' | ')})
      if ((i + 1 == COMP_CWORD)); then
        option=\${COMP_WORDS[i]}
      elif [[ \${COMP_WORDS[i + 1]} != = ]]; then
        ((i++))
      fi
      ;;
    -*) ;;
    *) [[ -n $command ]] || command=\${COMP_WORDS[i]} ;;
    esac
  done
  if [[ $word == --*=* ]]; then
    option=\${word%%=*} value=\${word#*=}
    [[ $COMP_WORDBREAKS == *=* ]] || joined=$option=
  fi

  if [[ -n $option ]]; then
    case $option in
${known.join('\n')}
    esac
    return
  fi
  if [[ $word == -* ]]; then
    _taskscope_reply ${quoted(OPTIONS.flatMap(names).join(' '))}
    return
  fi
  case $command in
  '') _taskscope_reply ${quoted(Object.keys(COMMANDS).join(' '))} ;;
${commands.join('\n')}
  esac
}

complete -F _taskscope taskscope
`;
}

// ---- zsh

/** Text inside the brackets of a specification. */
const zshHelp = (text: string): string => text.replace(/[[\]\\:]/g, '\\$&');

function zshAction(name: string, values: Values | undefined): string {
  if (!values) return ' ';
  if ('words' in values) return `_taskscope_${variable(name)}`;
  return values.shell === 'files' ? '_files' : `_taskscope_${values.shell}`;
}

function zshFunction(name: string, values: Values): string[] {
  if (!('words' in values)) return [];
  const cuts = values.list ? `compset -P '*,'; ${values.signs ? `compset -P '[${values.signs}]'; ` : ''}` : '';
  return [
    `_taskscope_${variable(name)}() { ${cuts}compadd "$@" ${values.list ? "-S '' " : ''}-- ${values.words.join(' ')} }`,
  ];
}

function zsh(): string {
  const specs = OPTIONS.map(option => {
    const { name, short, value, help } = option;
    const text = `[${zshHelp(help)}]`;
    const action = value === undefined ? '' : `:${value}:${zshAction(name, OPTION_VALUES[name])}`;
    const [long, brief] = value === undefined ? ['', ''] : ['=', '+'];
    return short === undefined
      ? `    ${quoted(`--${name}${long}${text}${action}`)}`
      : `    ${quoted(`(-${short} --${name})`)}{-${short}${brief},--${name}${long}}${quoted(text + action)}`;
  });
  const commands = Object.entries(COMMANDS).map(([name, help]) => `    ${quoted(`${name}:${help}`)}`);
  const operands = Object.entries(COMMAND_VALUES).map(([name, all]) => {
    const actions = all.map(values =>
      'words' in values
        ? `compadd -- ${values.words.join(' ')}`
        : values.shell === 'files'
          ? '_files'
          : `_taskscope_${values.shell}`,
    );
    return `    ${name}) ${actions.join('; ')} ;;`;
  });
  return `#compdef taskscope
# zsh completion of taskscope; made by 'taskscope completion zsh'

${Object.entries(OPTION_VALUES)
  .flatMap(([name, values]) => zshFunction(name, values))
  .join('\n')}
_taskscope_pids() { compset -P '*,'; local -a pids=(/proc/<->(N:t)); compadd "$@" -S '' -a pids }
_taskscope_users() { compset -P '*,'; _users "$@" -S '' }

_taskscope_commands() {
  local -a commands=(
${commands.join('\n')}
  )
  _describe command commands
}

_taskscope_operands() {
  case $line[1] in
${operands.join('\n')}
    *) _message 'no more words' ;;
  esac
}

_taskscope() {
  local context state state_descr line
  typeset -A opt_args
  local -a options=(
${specs.join('\n')}
  )
  _arguments -s $options '1:command:_taskscope_commands' '*:operand:_taskscope_operands'
}

# loaded by compinit as a function of this name, or read by source
if [[ $funcstack[1] == _taskscope ]]; then _taskscope "$@"; else compdef _taskscope taskscope; fi
`;
}

// ---- fish

const fishQuoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

function fishWords(values: Values): string {
  if (!('words' in values))
    return values.shell === 'users'
      ? '(__taskscope_list "" (__fish_complete_users | string replace -r "\\t.*" ""))'
      : '(__taskscope_list "" (__taskscope_pids))';
  const words = values.words.join(' ');
  return values.list ? `(__taskscope_list "${values.signs ?? ''}" ${words})` : words;
}

function fishOption({ name, short, value, help }: (typeof OPTIONS)[number]): string {
  const values = OPTION_VALUES[name];
  const names = `complete -c taskscope -l ${name}${short === undefined ? '' : ` -s ${short}`}`;
  const taken =
    value === undefined
      ? ''
      : values && 'shell' in values && values.shell === 'files'
        ? ' -r -F'
        : ` -x${values ? ` -a ${fishQuoted(fishWords(values))}` : ''}`;
  return `${names}${taken} -d ${fishQuoted(help)}`;
}

function fish(): string {
  const commands = Object.entries(COMMANDS).map(
    ([name, help]) => `complete -c taskscope -n 'not __taskscope_command' -a ${name} -d ${fishQuoted(help)}`,
  );
  const operands = Object.entries(COMMAND_VALUES).flatMap(([name, all]) =>
    all.map(values => {
      const what =
        'words' in values
          ? `-a ${fishQuoted(values.words.join(' '))}`
          : values.shell === 'files'
            ? '-F'
            : "-a '(__taskscope_pids)'";
      return `complete -c taskscope -n 'contains ${name} (__taskscope_command)' ${what}`;
    }),
  );
  return `# fish completion of taskscope; made by 'taskscope completion fish'

function __taskscope_pids
    string match -r -- '(?<=^/proc/)\\d+$' /proc/*
end

function __taskscope_command
    set -l is_value 0
    for word in (commandline -opc)[2..]
        switch $is_value$word
            case ${OPTIONS.filter(({ value }) => value !== undefined)
              .flatMap(names)
              .map(name => `0${name}`)
              .join(' ')}
                set is_value 1
            case '0-*' '1*'
                set is_value 0
            case '*'
                echo $word
                return 0
        end
    end
    return 1
end

# The words of a list: what stands before the last comma, and a sign, stay as they are.
function __taskscope_list -a signs
    set -l value (commandline -ct | string replace -r -- '^--[a-z-]+=' '')
    set -l prefix (string match -r -- '^.*,' $value)
    set -l rest (string replace -r -- '^.*,' '' $value)
    set -l sign
    test -n "$signs"; and set sign (string match -r -- "^[$signs]" $rest)
    printf '%s\\n' "$prefix$sign"$argv[2..]
end

complete -c taskscope -f
${[...commands, ...operands, ...OPTIONS.map(fishOption)].join('\n')}
`;
}

const SCRIPTS: Readonly<Record<Shell, () => string>> = { bash, zsh, fish };

/** The script of a shell. @throws UsageError */
export function completionScript([shell, ...more]: readonly string[]): string {
  const found = SHELLS.find(name => name === shell);
  if (!found || more.length > 0) {
    const given = shell === undefined ? '' : `, not '${[shell, ...more].join(' ')}'`;
    throw new UsageError(`completion takes the name of a shell${given}: it is one of ${SHELLS.join(', ')}`);
  }
  return SCRIPTS[found]();
}
