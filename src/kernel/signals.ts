/**
 * Signals by number: the same on x86_64, i386, arm and arm64 (not on mips, alpha, parisc, sparc).
 * include/uapi/asm-generic/signal.h. A mask (status: SigPnd, SigBlk …) has bit n-1 for signal n.
 */
export interface SignalFact {
  readonly n: number;
  readonly name: string;
  /** What happens when the task neither ignores nor catches it. */
  readonly action: 'terminate' | 'core' | 'ignore' | 'stop' | 'continue';
  readonly meaning: string;
  readonly aliases?: readonly string[];
  /** Can be neither caught, blocked nor ignored. */
  readonly uncatchable?: true;
}

// prettier-ignore
const STANDARD: readonly SignalFact[] = [
  { n: 1,  name: 'SIGHUP',    action: 'terminate', meaning: 'terminal closed' },
  { n: 2,  name: 'SIGINT',    action: 'terminate', meaning: 'interrupt key' },
  { n: 3,  name: 'SIGQUIT',   action: 'core',      meaning: 'quit key' },
  { n: 4,  name: 'SIGILL',    action: 'core',      meaning: 'illegal instruction' },
  { n: 5,  name: 'SIGTRAP',   action: 'core',      meaning: 'breakpoint' },
  { n: 6,  name: 'SIGABRT',   action: 'core',      meaning: 'abort()', aliases: ['SIGIOT'] },
  { n: 7,  name: 'SIGBUS',    action: 'core',      meaning: 'bad memory access (alignment, missing backing)' },
  { n: 8,  name: 'SIGFPE',    action: 'core',      meaning: 'arithmetic error' },
  { n: 9,  name: 'SIGKILL',   action: 'terminate', meaning: 'kill, cannot be caught', uncatchable: true },
  { n: 10, name: 'SIGUSR1',   action: 'terminate', meaning: 'user defined' },
  { n: 11, name: 'SIGSEGV',   action: 'core',      meaning: 'invalid address' },
  { n: 12, name: 'SIGUSR2',   action: 'terminate', meaning: 'user defined' },
  { n: 13, name: 'SIGPIPE',   action: 'terminate', meaning: 'write to a pipe without reader' },
  { n: 14, name: 'SIGALRM',   action: 'terminate', meaning: 'alarm timer' },
  { n: 15, name: 'SIGTERM',   action: 'terminate', meaning: 'polite termination' },
  { n: 16, name: 'SIGSTKFLT', action: 'terminate', meaning: 'unused on Linux' },
  { n: 17, name: 'SIGCHLD',   action: 'ignore',    meaning: 'child stopped or ended', aliases: ['SIGCLD'] },
  { n: 18, name: 'SIGCONT',   action: 'continue',  meaning: 'continue if stopped' },
  { n: 19, name: 'SIGSTOP',   action: 'stop',      meaning: 'stop, cannot be caught', uncatchable: true },
  { n: 20, name: 'SIGTSTP',   action: 'stop',      meaning: 'stop key' },
  { n: 21, name: 'SIGTTIN',   action: 'stop',      meaning: 'background read from tty' },
  { n: 22, name: 'SIGTTOU',   action: 'stop',      meaning: 'background write to tty' },
  { n: 23, name: 'SIGURG',    action: 'ignore',    meaning: 'urgent socket data' },
  { n: 24, name: 'SIGXCPU',   action: 'core',      meaning: 'CPU time limit' },
  { n: 25, name: 'SIGXFSZ',   action: 'core',      meaning: 'file size limit' },
  { n: 26, name: 'SIGVTALRM', action: 'terminate', meaning: 'virtual timer' },
  { n: 27, name: 'SIGPROF',   action: 'terminate', meaning: 'profiling timer' },
  { n: 28, name: 'SIGWINCH',  action: 'ignore',    meaning: 'window size change' },
  { n: 29, name: 'SIGIO',     action: 'terminate', meaning: 'IO possible (also POLL)', aliases: ['SIGPOLL'] },
  { n: 30, name: 'SIGPWR',    action: 'terminate', meaning: 'power failure' },
  { n: 31, name: 'SIGSYS',    action: 'core',      meaning: 'bad or filtered system call', aliases: ['SIGUNUSED'] },
];

// The kernel's real-time range begins at 32, but glibc keeps two for itself (musl three: its SIGRTMIN is 35).
const SIGRTMIN = 34;
const SIGRTMAX = 64;

function realTime(n: number): SignalFact {
  const action = 'terminate';
  if (n < SIGRTMIN) return { n, name: `SIG${n}`, action, meaning: 'real time; kept by the C library for its threads' };
  return { n, name: n === SIGRTMIN ? 'SIGRTMIN' : `SIGRTMIN+${n - SIGRTMIN}`, action, meaning: 'real time, queued' };
}

/** Signals 1 … 64, in order. */
export const SIGNALS: readonly SignalFact[] = [
  ...STANDARD,
  ...Array.from({ length: SIGRTMAX - STANDARD.length }, (_, i) => realTime(STANDARD.length + 1 + i)),
];

export function signalFact(n: number): SignalFact | undefined {
  return SIGNALS[n - 1];
}

/** `SIGTERM`, `SIG32`, `SIGRTMIN+3` (as glibc counts); `signal 99` for what is none. */
export function signalName(n: number): string {
  return signalFact(n)?.name ?? `signal ${n}`;
}

/** The names of a mask's bits, lowest first. */
export function signalNames(mask: bigint): string[] {
  const names: string[] = [];
  let rest = mask < 0n ? BigInt.asUintN(64, mask) : mask;
  for (let n = 1; rest > 0n; n++, rest >>= 1n) if ((rest & 1n) === 1n) names.push(signalName(n));
  return names;
}

const NUMBERS = new Map(SIGNALS.flatMap(({ n, name, aliases = [] }) => [name, ...aliases].map(text => [text, n])));

/** Reads `SIGTERM`, `term`, `15`, an alias (`SIGIOT`), `RTMIN+3`, `SIGRTMAX-1`; any case. */
export function signalNumber(name: string): number | undefined {
  const bare = name.trim().toUpperCase().replace(/^SIG/, '');
  const fromEnd = /^RTMAX(?:-(\d+))?$/.exec(bare);
  const n = fromEnd !== null ? SIGRTMAX - Number(fromEnd[1] ?? 0) : /^\d+$/.test(bare) ? Number(bare) : undefined;
  if (n === undefined) return NUMBERS.get(`SIG${bare}`);
  return signalFact(n) !== undefined && (fromEnd === null || n >= SIGRTMIN) ? n : undefined;
}
