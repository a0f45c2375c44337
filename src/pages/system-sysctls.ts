/** Settings of the kernel that decide what a task monitor sees, and what tasks get: their values in words. */
import { releaseNumber } from '../kernel/release.ts';
import { durationText, grouped } from '../units/format.ts';
import { isMissing } from '../units/missing.ts';
import type { SystemContext } from './context.ts';
import { fact, type Fact, facts, item, type Section } from './document.ts';
import { decimals } from './numbers.ts';
import { fileItem, fileOf } from './system-source.ts';
import { numberOf } from './task-files.ts';

interface Sysctl {
  /** Below /proc/sys/. */
  readonly path: string;
  readonly unit?: string;
  readonly words: (value: number, context: SystemContext) => string;
  /** Values that change what people take for granted. */
  readonly odd?: (value: number) => boolean;
  /** Of the kernel, when the file is not there. */
  readonly needs?: string;
}

/** The words of a value that is a choice. */
const choice =
  (words: Readonly<Record<number, string>>, other = 'a value without a name here') =>
  (value: number): string =>
    words[value] ?? other;

const threadsNow = ({ history }: SystemContext): string => {
  const { load } = history;
  return isMissing(load) ? '' : `; now ${grouped(load.threads)}`;
};

/** From 6.12 on the fair server keeps ordinary tasks from starving; without groups this only admits deadline tasks. */
function rtRuntime(runtime: number, context: SystemContext): string {
  const fair = releaseNumber(context.machine.release) >= releaseNumber('6.12');
  if (runtime < 0)
    return fair
      ? 'deadline tasks are admitted without a limit'
      : 'no limit: a real-time task that does not sleep owns its CPU';
  const bytes = fileOf(context, '/proc/sys/kernel/sched_rt_period_us');
  const period = isMissing(bytes) ? undefined : numberOf(bytes);
  const share =
    period !== undefined && period > 0
      ? `${decimals((runtime * 100) / period)} % of each ${grouped(period)} us`
      : 'so much of each period';
  return fair
    ? `deadline tasks together may reserve ${share}; since 6.12 real-time tasks are throttled by it only with CONFIG_RT_GROUP_SCHED`
    : `real-time tasks together run at most ${share} on a CPU, then they are throttled`;
}

function paranoid(level: number): string {
  if (level < 0) return 'everybody may use all events';
  const barred = [
    'raw tracepoints',
    ...(level >= 1 ? ['events of whole CPUs'] : []),
    ...(level >= 2 ? ['profiling of the kernel'] : []),
  ];
  if (level >= 3) return 'without CAP_PERFMON no perf events at all, where the distribution added this level';
  return `without CAP_PERFMON no ${barred.join(', no ')}`;
}

const SYSCTLS: readonly Sysctl[] = [
  { path: 'kernel/pid_max', words: value => `the largest pid is ${grouped(value - 1)}` },
  {
    path: 'kernel/threads-max',
    words: (_, context) => `most threads of the whole machine${threadsNow(context)}`,
  },
  { path: 'kernel/sched_rt_runtime_us', unit: ' us', words: rtRuntime, odd: value => value < 0 },
  { path: 'kernel/perf_event_paranoid', words: paranoid, needs: 'CONFIG_PERF_EVENTS' },
  {
    path: 'kernel/yama/ptrace_scope',
    words: choice({
      0: 'a debugger may attach to all tasks of its user',
      1: 'a debugger may attach only to its descendants, or with CAP_SYS_PTRACE',
      2: 'only with CAP_SYS_PTRACE may a debugger attach',
      3: 'nobody may attach, until the next boot',
    }),
    needs: 'CONFIG_SECURITY_YAMA; so a debugger may attach to all tasks of its user',
  },
  {
    path: 'kernel/kptr_restrict',
    words: choice({
      0: 'kernel addresses (%pK) are shown as hashes',
      1: 'kernel addresses (%pK) read 0 without CAP_SYSLOG',
      2: 'kernel addresses (%pK) read 0 for everybody',
    }),
  },
  {
    path: 'kernel/dmesg_restrict',
    words: choice({ 0: 'everybody may read the kernel log', 1: 'only with CAP_SYSLOG may one read the kernel log' }),
    needs: 'CONFIG_PRINTK',
  },
  {
    path: 'kernel/task_delayacct',
    words: choice({
      0: 'delays of tasks are not counted: blkio_delay stays 0',
      1: 'delays of tasks are counted (blkio_delay)',
    }),
    needs: 'Linux 5.14 and CONFIG_TASK_DELAY_ACCT',
  },
  {
    path: 'vm/overcommit_memory',
    words: choice({
      0: 'more memory may be promised than there is, but not obviously too much',
      1: 'any amount of memory is promised',
      2: 'no more memory is promised than CommitLimit',
    }),
    odd: value => value === 1,
  },
  {
    path: 'vm/swappiness',
    words: value =>
      value === 0
        ? 'anonymous memory is swapped out only when free memory and file pages run low'
        : 'how readily anonymous memory is swapped out rather than file pages dropped; at 100 alike',
    needs: 'CONFIG_SWAP',
  },
  {
    path: 'kernel/hung_task_timeout_secs',
    unit: ' s',
    words: value =>
      value === 0
        ? 'off: nothing is said of tasks stuck in D'
        : `a task in D for ${durationText(value)} is reported in the kernel log`,
    needs: 'CONFIG_DETECT_HUNG_TASK',
  },
  {
    path: 'kernel/randomize_va_space',
    words: choice({
      0: 'off: programs lie at the same addresses each time',
      1: 'mappings, stack and vDSO lie at random addresses, the heap does not',
      2: 'mappings, stack, vDSO and heap lie at random addresses',
    }),
    odd: value => value === 0,
    needs: 'CONFIG_MMU',
  },
];

function sysctlFact(context: SystemContext, { path, unit, words, odd, needs }: Sysctl): Fact {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const of = fileItem(
    context,
    `/proc/sys/${path}`,
    bytes => {
      const value = numberOf(bytes);
      if (value === undefined) return undefined;
      return item(`${grouped(value)}${unit ?? ''}: ${words(value, context)}`, value, odd?.(value) ? 'warn' : 'normal');
    },
    needs,
  );
  return fact(name.replaceAll('-', '_'), name, of);
}

export const sysctlSection = (context: SystemContext): Section =>
  facts(
    'settings',
    'Settings (sysctl kernel.*, vm.*)',
    SYSCTLS.map(sysctl => sysctlFact(context, sysctl)),
  );
