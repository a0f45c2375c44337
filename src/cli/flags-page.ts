/** docs/flags.md: flags, states and keys of status by kernel release, out of src/kernel; a test compares it with what is checked in. */
import { NEWEST_KNOWN, OLDEST_KNOWN, releaseNumber } from '../kernel/release.ts';
import { FROZEN_CAVEAT, STATES, stateMeaning } from '../kernel/states.ts';
import { STATUS_KEYS } from '../kernel/status-keys.ts';
import { BACKPORTED_FLAGS } from '../kernel/task-flag-data.ts';
import { TASK_FLAGS, VENDOR_FLAGS } from '../kernel/task-flags.ts';
import { exactHex } from '../fields/hex.ts';
import { prose, table } from './markdown.ts';

interface Span {
  readonly first: string | null;
  readonly last: string | null;
}

/** `all`, `up to 5.9`, `since 6.14`, `5.5 – 5.9`. */
function releases({ first, last }: Span): string {
  const from = first === null || releaseNumber(first) <= releaseNumber(OLDEST_KNOWN) ? undefined : first;
  if (last === null) return from === undefined ? 'all' : `since ${from}`;
  if (from === undefined) return `up to ${last}`;
  return from === last ? from : `${from} – ${last}`;
}

const withNote = (meaning: string, note?: string): string =>
  note === undefined ? prose(meaning) : `${prose(meaning)}<br>_${prose(note)}_`;

const hex = (mask: number): string => exactHex(String(mask), 8);
const bitOf = (mask: number): string => String(Math.log2(mask));

const flagRows = (): string[][] =>
  TASK_FLAGS.map(flag => [
    bitOf(flag.mask),
    `\`${hex(flag.mask)}\``,
    `\`${flag.name}\``,
    `\`${flag.letter}\``,
    releases(flag),
    withNote(flag.meaning, flag.note),
  ]);

/** What came and went with each release, newest first. */
function changeRows(): string[][] {
  const minors = new Set(TASK_FLAGS.flatMap(({ first, last }) => (last === null ? [first] : [first, last])));
  const named = (key: 'first' | 'last', release: string): string =>
    TASK_FLAGS.filter(flag => flag[key] === release)
      .map(({ name, mask }) => `\`${name}\` ${hex(mask)}`)
      .join('<br>');
  return [...minors]
    .filter(release => release !== OLDEST_KNOWN)
    .sort((a, b) => releaseNumber(b) - releaseNumber(a))
    .map(release => [release, named('first', release), named('last', release)]);
}

const stateRows = (): string[][] =>
  STATES.map(state => [
    `\`${state.letter}\``,
    state.name,
    releases(state),
    prose(stateMeaning(state.letter, undefined) ?? ''),
  ]);

const statusRows = (): string[][] =>
  STATUS_KEYS.map(fact => [
    `\`${fact.key}\``,
    releases(fact),
    fact.unit,
    withNote(fact.meaning, fact.note),
    prose(fact.condition ?? ''),
  ]);

const backports = (): string[] =>
  BACKPORTED_FLAGS.map(
    ({ name, mask, first, last, comm }) =>
      `- \`${name}\` (${hex(mask)}) on ${releases({ first, last })}: for tasks whose name begins with \`${comm}\`.`,
  );

/** The whole page. */
export function flagsMarkdown(): string {
  return [
    '# Flags, states and keys of status by kernel',
    '',
    `What taskscope decodes with, from Linux ${OLDEST_KNOWN} to ${NEWEST_KNOWN}. This page is written by \`npm run docs\` out of the tables in \`src/kernel\`; do not edit it.`,
    '',
    'Releases are those of mainline: `all` is every one of that range, `up to` begins at its first, `since` goes to its last. A kernel outside of it is decoded with the nearest table, and that is said. `--kernel RELEASE` chooses another table, `taskscope decode` explains a mask:',
    '',
    '```sh',
    'taskscope decode --kernel 4.2 0x00404040',
    'taskscope decode 4194624                  # no release: every name that its bits have had',
    '```',
    '',
    '## Flags of a task',
    '',
    'The PF bits of `include/linux/sched.h`: field 9 of `/proc/PID/stat`, `task_flags:` of the kernel log. In filters, `flags has KTHREAD` means the bit that has this name in the kernel that runs. The letter is that of the column FLAGS; its last one is `?` when a bit has no name.',
    '',
    ...table(['bit', 'value', 'name', 'letter', 'Linux', 'means'], flagRows()),
    '',
    'Linux 5.1, 5.13, 6.15 and 6.16 were not read: the first release of `PF_MEMALLOC_NOCMA`, the first of `PF_MEMALLOC_PIN` and the last of `PF_MUTEX_TESTER` may be off by one.',
    '',
    'A point release may have a flag that its first release had not. /proc does not tell which of the two runs, so taskscope goes by the name of the task:',
    '',
    ...backports(),
    '',
    'Seen in trees of vendors only: `taskscope decode` tells of them, no column has these names.',
    '',
    ...table(
      ['value', 'name', 'where'],
      VENDOR_FLAGS.map(({ mask, name, note }) => [`\`${hex(mask)}\``, `\`${name}\``, prose(note)]),
    ),
    '',
    '## What changed, by release',
    '',
    ...table(['Linux', 'new', 'has it for the last time'], changeRows()),
    '',
    '## States',
    '',
    'Field 3 of `/proc/PID/stat`, `State:` of status.',
    '',
    ...table(['letter', "the kernel's word", 'Linux', 'means'], stateRows()),
    '',
    `${prose(FROZEN_CAVEAT[0]!.toUpperCase() + FROZEN_CAVEAT.slice(1))}.`,
    '',
    '## Keys of status',
    '',
    '`/proc/PID/status`, in its order. Each is a column, too: `status.Seccomp`.',
    '',
    ...table(['key', 'Linux', 'unit', 'means', 'there when'], statusRows()),
    '',
  ].join('\n');
}
