/** Options and commands as data: parsing, `--help`, completion and the manual page derive from these lists. */
interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  /** How the value is called in the help; absent: a switch. */
  readonly value?: string;
  readonly help: string;
}

export const OPTIONS: readonly OptionSpec[] = [
  { name: 'once', help: 'print one snapshot and exit: two samples, so that rates are real' },
  { name: 'count', short: 'n', value: 'N', help: 'print N snapshots, one every interval (0: until interrupted)' },
  {
    name: 'interval',
    short: 'd',
    value: 'SECONDS',
    help: '0.1 to 3600, default 2 (--once, show, check: 1); 0 with --once, show: one sample, no rates',
  },
  { name: 'format', value: 'FORMAT', help: 'table, json, ndjson or csv' },
  { name: 'json', help: 'short for --format json' },
  { name: 'columns', short: 'c', value: 'LIST', help: "column ids; '+id' and '-id' change the default set; 'all'" },
  { name: 'sort', short: 's', value: 'LIST', help: "column ids, '-id' for descending; default -cpu_percent" },
  {
    name: 'filter',
    short: 'f',
    value: 'EXPR',
    help: "only tasks that match, as in 'state = D and maj_flt_rate > 0' (docs/filter.md)",
  },
  { name: 'pid', short: 'p', value: 'LIST', help: 'only these processes' },
  { name: 'user', short: 'u', value: 'LIST', help: 'only tasks of these users, by name or number' },
  { name: 'threads', short: 'H', help: 'a row for every thread' },
  { name: 'tree', help: 'children below their parents' },
  { name: 'limit', value: 'N', help: 'print at most N tasks' },
  { name: 'kernel-threads', value: 'WHICH', help: 'show, hide or only' },
  {
    name: 'proc',
    value: 'PATH',
    help: 'a captured or mounted procfs, several instants of one, a .tar.gz of either, or a recording',
  },
  {
    name: 'page',
    value: 'LIST',
    help: "pages for 'show': flags, stat, …, 'all', 'raw:FILE', 'memory:ADDRESS'",
  },
  { name: 'kernel', value: 'RELEASE', help: "decode with that kernel's tables" },
  { name: 'color', value: 'WHEN', help: 'auto, always or never' },
  { name: 'ascii', help: 'no characters beyond ASCII' },
  { name: 'theme', value: 'NAME', help: 'colours of the monitor' },
  { name: 'keys', value: 'MAP', help: 'htop, top or vim' },
  { name: 'mouse', help: 'click selects, header sorts, wheel scrolls' },
  { name: 'read-only', help: 'no signals, no renice: nothing that changes a task' },
  { name: 'config', value: 'FILE', help: 'settings instead of ~/.config/taskscope/config.toml' },
  {
    name: 'for',
    value: 'DURATION',
    help: 'watch so long: --once 0, --once --stuck 5s, check 30s by default, record until it is ended',
  },
  { name: 'stuck', help: 'only what is stuck, by what it waits for; with --once after 5 seconds (--for)' },
  {
    name: 'severity',
    value: 'WORD',
    help: "of 'check': note (default), warning or serious; lesser findings are left out",
  },
  {
    name: 'max-cpu',
    value: 'PERCENT',
    help: 'of one CPU, for the monitor itself, default 10: the interval stretches rather',
  },
  { name: 'max-bytes-per-second', value: 'N', help: 'never more bytes per second to the terminal' },
  {
    name: 'profile',
    value: 'slow',
    help: 'for tiny boards and slow lines: every 5 s, few meters, no sparklines, ASCII',
  },
  { name: 'history-size', value: 'SIZE', help: 'what the past may take in memory, default 16MiB; ten minutes at most' },
  {
    name: 'at',
    value: 'TIME',
    help: "in a recording: the sample of 'HH:MM:SS' or an ISO 8601 time; default the last one",
  },
  {
    name: 'max-size',
    value: 'SIZE',
    help: "of 'record': the oldest half goes when FILE and FILE.1 are so large together",
  },
  {
    name: 'keep',
    value: 'EXPR',
    help: "of 'record': tasks of which every file is read at every sample, as in 'comm = nfsd'",
  },
  { name: 'help', short: 'h', help: 'this text' },
  { name: 'version', short: 'V', help: 'version' },
];

export const COMMANDS: Readonly<Record<string, string>> = {
  show: "everything about one task, or the machine: 'taskscope show 1', 'show system', with --page",
  decode: 'words for pasted text: stat lines, status, masks, kernel log lines, ARM oopses',
  check: 'what is wrong here, with evidence; exit status 0: nothing, 1: findings, 2: could not look',
  record: 'samples into FILE, until ^C, --for or SIGTERM; --max-size bounds it (docs/recordings.md)',
  replay: "the recording FILE in the monitor, or printed: 'replay FILE --once --at 12:01:33'",
  fields: "every column with its meaning: 'taskscope fields [ID]'",
  completion: "the script that completes in a shell: 'source <(taskscope completion bash)'; or zsh, fish",
};
