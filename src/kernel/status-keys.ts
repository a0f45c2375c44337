/**
 * The keys of /proc/PID/status (fs/proc/array.c, fs/proc/task_mmu.c). Keys come and go with release and configuration:
 * a file is parsed by key, and a key that is not here is shown raw.
 */
export type StatusUnit =
  | 'kB' // 1024 bytes
  | 'count'
  | 'slots'
  | 'pid'
  | 'group id'
  | '0/1'
  | '0/1/2'
  | 'octal'
  | 'hex'
  | 'hex mask' // 64 bits
  | 'hex groups' // 32 bits each, highest first, commas between
  | 'CPU list'
  | 'node list'
  | 'numbers'
  | '4 numbers'
  | 'n/max'
  | 'letter + text'
  | 'words'
  | 'text';

export interface StatusKeyFact {
  readonly key: string;
  /** First and last mainline minor; first null = older than 2.6.32, last null = still there in 6.18. */
  readonly first: string | null;
  readonly last: string | null;
  readonly unit: StatusUnit;
  readonly meaning: string;
  /** When the file has the key at all. */
  readonly condition?: string;
  readonly note?: string;
}

const MM = 'only tasks with an address space (no kernel threads, no zombies)';

// prettier-ignore
export const STATUS_KEYS: readonly StatusKeyFact[] = [
  { key: 'Name',                       first: null,     last: null,   unit: 'text',          meaning: 'command name; newline and backslash are escaped here as \\n and \\\\', note: 'longer than 15 characters for kworkers since 4.18, all kernel threads since 5.17' },
  { key: 'Umask',                      first: '4.7',    last: null,   unit: 'octal',         meaning: 'file creation mask', condition: 'absent when the task has no fs data (zombie)' },
  { key: 'State',                      first: null,     last: null,   unit: 'letter + text', meaning: 'state letter and its name' },
  { key: 'Tgid',                       first: null,     last: null,   unit: 'pid',           meaning: 'thread group id = process id' },
  { key: 'Ngid',                       first: '3.13',   last: null,   unit: 'group id',      meaning: 'NUMA group (automatic NUMA balancing); 0 = none' },
  { key: 'Pid',                        first: null,     last: null,   unit: 'pid',           meaning: 'thread id' },
  { key: 'PPid',                       first: null,     last: null,   unit: 'pid',           meaning: 'parent process id' },
  { key: 'TracerPid',                  first: null,     last: null,   unit: 'pid',           meaning: 'debugger, 0 = none' },
  { key: 'Uid',                        first: null,     last: null,   unit: '4 numbers',     meaning: 'real, effective, saved, file-system user id (in the user namespace of the reader)' },
  { key: 'Gid',                        first: null,     last: null,   unit: '4 numbers',     meaning: 'same for the group' },
  { key: 'FDSize',                     first: null,     last: null,   unit: 'slots',         meaning: 'allocated file-descriptor table slots (a power of two, not the number of open files)' },
  { key: 'Groups',                     first: null,     last: null,   unit: 'numbers',       meaning: 'supplementary groups; a trailing space follows' },
  { key: 'NStgid',                     first: '4.1',    last: null,   unit: 'numbers',       meaning: 'process id in every nested pid namespace, outermost (of the reader) first', condition: 'CONFIG_PID_NS' },
  { key: 'NSpid',                      first: '4.1',    last: null,   unit: 'numbers',       meaning: 'thread id in every nested pid namespace, outermost (of the reader) first', condition: 'CONFIG_PID_NS' },
  { key: 'NSpgid',                     first: '4.1',    last: null,   unit: 'numbers',       meaning: 'process group id in every nested pid namespace, outermost (of the reader) first', condition: 'CONFIG_PID_NS' },
  { key: 'NSsid',                      first: '4.1',    last: null,   unit: 'numbers',       meaning: 'session id in every nested pid namespace, outermost (of the reader) first', condition: 'CONFIG_PID_NS' },
  { key: 'Kthread',                    first: '6.4',    last: null,   unit: '0/1',           meaning: '1 = kernel thread' },
  { key: 'VmPeak',                     first: null,     last: null,   unit: 'kB',            meaning: 'largest VmSize so far', condition: MM },
  { key: 'VmSize',                     first: null,     last: null,   unit: 'kB',            meaning: 'virtual size', condition: MM },
  { key: 'VmLck',                      first: null,     last: null,   unit: 'kB',            meaning: 'locked with mlock', condition: MM },
  { key: 'VmPin',                      first: '3.2',    last: null,   unit: 'kB',            meaning: 'pinned pages (drivers, RDMA, io_uring)', condition: MM },
  { key: 'VmHWM',                      first: null,     last: null,   unit: 'kB',            meaning: 'largest VmRSS so far', condition: MM },
  { key: 'VmRSS',                      first: null,     last: null,   unit: 'kB',            meaning: 'resident set = RssAnon+RssFile+RssShmem', condition: MM, note: 'exact since 6.17; from 6.2 to 6.16 off by up to a batch per CPU' },
  { key: 'RssAnon',                    first: '4.5',    last: null,   unit: 'kB',            meaning: 'resident anonymous memory', condition: MM, note: 'exact since 6.17; from 6.2 to 6.16 off by up to a batch per CPU' },
  { key: 'RssFile',                    first: '4.5',    last: null,   unit: 'kB',            meaning: 'resident file mappings', condition: MM, note: 'exact since 6.17; from 6.2 to 6.16 off by up to a batch per CPU' },
  { key: 'RssShmem',                   first: '4.5',    last: null,   unit: 'kB',            meaning: 'resident shared memory (tmpfs, SysV shm, shared anonymous)', condition: MM, note: 'exact since 6.17; from 6.2 to 6.16 off by up to a batch per CPU' },
  { key: 'VmData',                     first: null,     last: null,   unit: 'kB',            meaning: 'private writable data (before 4.5: total - shared - stack)', condition: MM },
  { key: 'VmStk',                      first: null,     last: null,   unit: 'kB',            meaning: 'stack mappings', condition: MM },
  { key: 'VmExe',                      first: null,     last: null,   unit: 'kB',            meaning: 'program text', condition: MM },
  { key: 'VmLib',                      first: null,     last: null,   unit: 'kB',            meaning: 'text of shared libraries', condition: MM },
  { key: 'VmPTE',                      first: null,     last: null,   unit: 'kB',            meaning: 'page tables; since 4.15 all levels, before PTE level only', condition: MM },
  { key: 'VmPMD',                      first: '4.0',    last: '4.14', unit: 'kB',            meaning: 'second-level page tables; folded into VmPTE afterwards', condition: MM },
  { key: 'VmSwap',                     first: '2.6.34', last: null,   unit: 'kB',            meaning: 'swapped-out anonymous memory (without shmem)', condition: MM, note: 'exact since 6.17; from 6.2 to 6.16 off by up to a batch per CPU' },
  { key: 'HugetlbPages',               first: '4.4',    last: null,   unit: 'kB',            meaning: 'hugetlb memory (not part of VmRSS)', condition: `${MM}, CONFIG_HUGETLB_PAGE` },
  { key: 'CoreDumping',                first: '4.15',   last: null,   unit: '0/1',           meaning: 'core dump in progress', condition: MM },
  { key: 'THP_enabled',                first: '5.0',    last: null,   unit: '0/1',           meaning: 'transparent huge pages not disabled by prctl', condition: MM },
  { key: 'untag_mask',                 first: '6.4',    last: null,   unit: 'hex',           meaning: 'mask that removes pointer tag bits (all ones = no tagging; arm64 and x86 LAM)', condition: MM },
  { key: 'Threads',                    first: null,     last: null,   unit: 'count',         meaning: 'threads of the process' },
  { key: 'SigQ',                       first: null,     last: null,   unit: 'n/max',         meaning: 'queued signals of the user / limit RLIMIT_SIGPENDING' },
  { key: 'SigPnd',                     first: null,     last: null,   unit: 'hex mask',      meaning: 'pending for this thread; bit n-1 = signal n' },
  { key: 'ShdPnd',                     first: null,     last: null,   unit: 'hex mask',      meaning: 'pending for the whole process; bit n-1 = signal n' },
  { key: 'SigBlk',                     first: null,     last: null,   unit: 'hex mask',      meaning: 'blocked; bit n-1 = signal n' },
  { key: 'SigIgn',                     first: null,     last: null,   unit: 'hex mask',      meaning: 'ignored; bit n-1 = signal n' },
  { key: 'SigCgt',                     first: null,     last: null,   unit: 'hex mask',      meaning: 'caught; bit n-1 = signal n' },
  { key: 'CapInh',                     first: null,     last: null,   unit: 'hex mask',      meaning: 'inheritable capabilities' },
  { key: 'CapPrm',                     first: null,     last: null,   unit: 'hex mask',      meaning: 'permitted capabilities' },
  { key: 'CapEff',                     first: null,     last: null,   unit: 'hex mask',      meaning: 'effective capabilities' },
  { key: 'CapBnd',                     first: null,     last: null,   unit: 'hex mask',      meaning: 'bounding set capabilities' },
  { key: 'CapAmb',                     first: '4.3',    last: null,   unit: 'hex mask',      meaning: 'ambient capabilities' },
  { key: 'NoNewPrivs',                 first: '4.10',   last: null,   unit: '0/1',           meaning: 'no_new_privs set' },
  { key: 'Seccomp',                    first: '3.8',    last: null,   unit: '0/1/2',         meaning: '0 off, 1 strict, 2 filter', condition: 'CONFIG_SECCOMP' },
  { key: 'Seccomp_filters',            first: '5.9',    last: null,   unit: 'count',         meaning: 'number of seccomp filters attached', condition: 'CONFIG_SECCOMP_FILTER' },
  { key: 'Speculation_Store_Bypass',   first: '4.17',   last: null,   unit: 'text',          meaning: 'Spectre v4 mitigation: unknown, not vulnerable, thread force mitigated, thread mitigated, thread vulnerable, globally mitigated, vulnerable', note: '4.17 is the first mainline kernel; most long-term kernels of mid 2018 and later have it too, so accept it on any version' },
  { key: 'SpeculationIndirectBranch',  first: '5.11',   last: null,   unit: 'text',          meaning: 'Spectre v2 user mitigation: unsupported, not affected, conditional force disabled, conditional disabled, conditional enabled, always enabled, always disabled, unknown', note: 'key has no underscores' },
  { key: 'Cpus_allowed',               first: '2.6.24', last: null,   unit: 'hex groups',    meaning: 'CPUs it may run on' },
  { key: 'Cpus_allowed_list',          first: '2.6.26', last: null,   unit: 'CPU list',      meaning: 'same as a list' },
  { key: 'Mems_allowed',               first: '2.6.24', last: null,   unit: 'hex groups',    meaning: 'memory nodes it may use', condition: 'CONFIG_CPUSETS' },
  { key: 'Mems_allowed_list',          first: '2.6.26', last: null,   unit: 'node list',     meaning: 'same as a list', condition: 'CONFIG_CPUSETS' },
  { key: 'voluntary_ctxt_switches',    first: '2.6.23', last: null,   unit: 'count',         meaning: 'gave up the CPU by itself (of that thread only)' },
  { key: 'nonvoluntary_ctxt_switches', first: '2.6.23', last: null,   unit: 'count',         meaning: 'was preempted (of that thread only)' },
  { key: 'x86_Thread_features',        first: '6.6',    last: null,   unit: 'words',         meaning: 'x86 only: shstk, wrss (user shadow stack) switched on', condition: 'x86_64 with CONFIG_X86_USER_SHADOW_STACK' },
  { key: 'x86_Thread_features_locked', first: '6.6',    last: null,   unit: 'words',         meaning: 'x86 only: same, locked', condition: 'x86_64 with CONFIG_X86_USER_SHADOW_STACK' },
];

/** The same by key. */
export const STATUS_KEYS_BY_NAME: ReadonlyMap<string, StatusKeyFact> = new Map(
  STATUS_KEYS.map(fact => [fact.key, fact]),
);
