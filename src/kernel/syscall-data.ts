/**
 * System call names by number, up to Linux 6.19. A number in the list is that of the name behind it; the others count on.
 * x86_64 and i386: arch/x86/entry/syscalls/syscall_64.tbl, syscall_32.tbl; arm (EABI): arch/arm/tools/syscall.tbl with the
 * private calls of arch/arm/include/uapi/asm/unistd.h; arm64: scripts/syscall.tbl.
 */

/** The same on all architectures since 5.1; arm has no memfd_secret. */
// prettier-ignore
export const COMMON_CALLS =
  '424 pidfd_send_signal io_uring_setup io_uring_enter io_uring_register open_tree move_mount fsopen fsconfig ' +
  'fsmount fspick pidfd_open clone3 close_range openat2 pidfd_getfd faccessat2 process_madvise epoll_pwait2 ' +
  'mount_setattr quotactl_fd landlock_create_ruleset landlock_add_rule landlock_restrict_self memfd_secret ' +
  'process_mrelease futex_waitv set_mempolicy_home_node cachestat fchmodat2 map_shadow_stack futex_wake futex_wait ' +
  'futex_requeue statmount listmount lsm_get_self_attr lsm_set_self_attr lsm_list_modules mseal setxattrat ' +
  'getxattrat listxattrat removexattrat open_tree_attr file_getattr file_setattr listns';

// prettier-ignore
export const X86_64_CALLS =
  'read write open close stat fstat lstat poll lseek mmap mprotect munmap brk rt_sigaction rt_sigprocmask ' +
  'rt_sigreturn ioctl pread64 pwrite64 readv writev access pipe select sched_yield mremap msync mincore madvise ' +
  'shmget shmat shmctl dup dup2 pause nanosleep getitimer alarm setitimer getpid sendfile socket connect accept ' +
  'sendto recvfrom sendmsg recvmsg shutdown bind listen getsockname getpeername socketpair setsockopt getsockopt ' +
  'clone fork vfork execve exit wait4 kill uname semget semop semctl shmdt msgget msgsnd msgrcv msgctl fcntl flock ' +
  'fsync fdatasync truncate ftruncate getdents getcwd chdir fchdir rename mkdir rmdir creat link unlink symlink ' +
  'readlink chmod fchmod chown fchown lchown umask gettimeofday getrlimit getrusage sysinfo times ptrace getuid ' +
  'syslog getgid setuid setgid geteuid getegid setpgid getppid getpgrp setsid setreuid setregid getgroups setgroups ' +
  'setresuid getresuid setresgid getresgid getpgid setfsuid setfsgid getsid capget capset rt_sigpending ' +
  'rt_sigtimedwait rt_sigqueueinfo rt_sigsuspend sigaltstack utime mknod uselib personality ustat statfs fstatfs ' +
  'sysfs getpriority setpriority sched_setparam sched_getparam sched_setscheduler sched_getscheduler ' +
  'sched_get_priority_max sched_get_priority_min sched_rr_get_interval mlock munlock mlockall munlockall vhangup ' +
  'modify_ldt pivot_root _sysctl prctl arch_prctl adjtimex setrlimit chroot sync acct settimeofday mount umount2 ' +
  'swapon swapoff reboot sethostname setdomainname iopl ioperm create_module init_module delete_module ' +
  'get_kernel_syms query_module quotactl nfsservctl getpmsg putpmsg afs_syscall tuxcall security gettid readahead ' +
  'setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr removexattr ' +
  'lremovexattr fremovexattr tkill time futex sched_setaffinity sched_getaffinity set_thread_area io_setup ' +
  'io_destroy io_getevents io_submit io_cancel get_thread_area lookup_dcookie epoll_create epoll_ctl_old ' +
  'epoll_wait_old remap_file_pages getdents64 set_tid_address restart_syscall semtimedop fadvise64 timer_create ' +
  'timer_settime timer_gettime timer_getoverrun timer_delete clock_settime clock_gettime clock_getres ' +
  'clock_nanosleep exit_group epoll_wait epoll_ctl tgkill utimes vserver mbind set_mempolicy get_mempolicy mq_open ' +
  'mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr kexec_load waitid add_key request_key keyctl ' +
  'ioprio_set ioprio_get inotify_init inotify_add_watch inotify_rm_watch migrate_pages openat mkdirat mknodat ' +
  'fchownat futimesat newfstatat unlinkat renameat linkat symlinkat readlinkat fchmodat faccessat pselect6 ppoll ' +
  'unshare set_robust_list get_robust_list splice tee sync_file_range vmsplice move_pages utimensat epoll_pwait ' +
  'signalfd timerfd_create eventfd fallocate timerfd_settime timerfd_gettime accept4 signalfd4 eventfd2 ' +
  'epoll_create1 dup3 pipe2 inotify_init1 preadv pwritev rt_tgsigqueueinfo perf_event_open recvmmsg fanotify_init ' +
  'fanotify_mark prlimit64 name_to_handle_at open_by_handle_at clock_adjtime syncfs sendmmsg setns getcpu ' +
  'process_vm_readv process_vm_writev kcmp finit_module sched_setattr sched_getattr renameat2 seccomp getrandom ' +
  'memfd_create kexec_file_load bpf execveat userfaultfd membarrier mlock2 copy_file_range preadv2 pwritev2 ' +
  'pkey_mprotect pkey_alloc pkey_free statx io_pgetevents rseq uretprobe uprobe';

// prettier-ignore
export const I386_CALLS =
  'restart_syscall exit fork read write open close waitpid creat link unlink execve chdir time mknod chmod lchown ' +
  'break oldstat lseek getpid mount umount setuid getuid stime ptrace alarm oldfstat pause utime stty gtty access ' +
  'nice ftime sync kill rename mkdir rmdir dup pipe times prof brk setgid getgid signal geteuid getegid acct ' +
  'umount2 lock ioctl fcntl mpx setpgid ulimit oldolduname umask chroot ustat dup2 getppid getpgrp setsid sigaction ' +
  'sgetmask ssetmask setreuid setregid sigsuspend sigpending sethostname setrlimit getrlimit getrusage gettimeofday ' +
  'settimeofday getgroups setgroups select symlink oldlstat readlink uselib swapon reboot readdir mmap munmap ' +
  'truncate ftruncate fchmod fchown getpriority setpriority profil statfs fstatfs ioperm socketcall syslog ' +
  'setitimer getitimer stat lstat fstat olduname iopl vhangup idle vm86old wait4 swapoff sysinfo ipc fsync ' +
  'sigreturn clone setdomainname uname modify_ldt adjtimex mprotect sigprocmask create_module init_module ' +
  'delete_module get_kernel_syms quotactl getpgid fchdir bdflush sysfs personality afs_syscall setfsuid setfsgid ' +
  '_llseek getdents _newselect flock msync readv writev getsid fdatasync _sysctl mlock munlock mlockall munlockall ' +
  'sched_setparam sched_getparam sched_setscheduler sched_getscheduler sched_yield sched_get_priority_max ' +
  'sched_get_priority_min sched_rr_get_interval nanosleep mremap setresuid getresuid vm86 query_module poll ' +
  'nfsservctl setresgid getresgid prctl rt_sigreturn rt_sigaction rt_sigprocmask rt_sigpending rt_sigtimedwait ' +
  'rt_sigqueueinfo rt_sigsuspend pread64 pwrite64 chown getcwd capget capset sigaltstack sendfile getpmsg putpmsg ' +
  'vfork ugetrlimit mmap2 truncate64 ftruncate64 stat64 lstat64 fstat64 lchown32 getuid32 getgid32 geteuid32 ' +
  'getegid32 setreuid32 setregid32 getgroups32 setgroups32 fchown32 setresuid32 getresuid32 setresgid32 getresgid32 ' +
  'chown32 setuid32 setgid32 setfsuid32 setfsgid32 pivot_root mincore madvise getdents64 fcntl64 224 gettid ' +
  'readahead setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr removexattr ' +
  'lremovexattr fremovexattr tkill sendfile64 futex sched_setaffinity sched_getaffinity set_thread_area ' +
  'get_thread_area io_setup io_destroy io_getevents io_submit io_cancel fadvise64 252 exit_group lookup_dcookie ' +
  'epoll_create epoll_ctl epoll_wait remap_file_pages set_tid_address timer_create timer_settime timer_gettime ' +
  'timer_getoverrun timer_delete clock_settime clock_gettime clock_getres clock_nanosleep statfs64 fstatfs64 tgkill ' +
  'utimes fadvise64_64 vserver mbind get_mempolicy set_mempolicy mq_open mq_unlink mq_timedsend mq_timedreceive ' +
  'mq_notify mq_getsetattr kexec_load waitid 286 add_key request_key keyctl ioprio_set ioprio_get inotify_init ' +
  'inotify_add_watch inotify_rm_watch migrate_pages openat mkdirat mknodat fchownat futimesat fstatat64 unlinkat ' +
  'renameat linkat symlinkat readlinkat fchmodat faccessat pselect6 ppoll unshare set_robust_list get_robust_list ' +
  'splice sync_file_range tee vmsplice move_pages getcpu epoll_pwait utimensat signalfd timerfd_create eventfd ' +
  'fallocate timerfd_settime timerfd_gettime signalfd4 eventfd2 epoll_create1 dup3 pipe2 inotify_init1 preadv ' +
  'pwritev rt_tgsigqueueinfo perf_event_open recvmmsg fanotify_init fanotify_mark prlimit64 name_to_handle_at ' +
  'open_by_handle_at clock_adjtime syncfs sendmmsg setns process_vm_readv process_vm_writev kcmp finit_module ' +
  'sched_setattr sched_getattr renameat2 seccomp getrandom memfd_create bpf execveat socket socketpair bind connect ' +
  'listen accept4 getsockopt setsockopt getsockname getpeername sendto sendmsg recvfrom recvmsg shutdown ' +
  'userfaultfd membarrier mlock2 copy_file_range preadv2 pwritev2 pkey_mprotect pkey_alloc pkey_free statx ' +
  'arch_prctl io_pgetevents rseq 393 semget semctl shmget shmctl shmat shmdt msgget msgsnd msgrcv msgctl ' +
  'clock_gettime64 clock_settime64 clock_adjtime64 clock_getres_time64 clock_nanosleep_time64 timer_gettime64 ' +
  'timer_settime64 timerfd_gettime64 timerfd_settime64 utimensat_time64 pselect6_time64 ppoll_time64 416 ' +
  'io_pgetevents_time64 recvmmsg_time64 mq_timedsend_time64 mq_timedreceive_time64 semtimedop_time64 ' +
  'rt_sigtimedwait_time64 futex_time64 sched_rr_get_interval_time64';

// prettier-ignore
export const ARM_CALLS =
  'restart_syscall exit fork read write open close 8 creat link unlink execve chdir 14 mknod chmod lchown 19 lseek ' +
  'getpid mount 23 setuid getuid 26 ptrace 29 pause 33 access nice 36 sync kill rename mkdir rmdir dup pipe times ' +
  '45 brk setgid getgid 49 geteuid getegid acct umount2 54 ioctl fcntl 57 setpgid 60 umask chroot ustat dup2 ' +
  'getppid getpgrp setsid sigaction 70 setreuid setregid sigsuspend sigpending sethostname setrlimit 77 getrusage ' +
  'gettimeofday settimeofday getgroups setgroups 83 symlink 85 readlink uselib swapon reboot 91 munmap truncate ' +
  'ftruncate fchmod fchown getpriority setpriority 99 statfs fstatfs 103 syslog setitimer getitimer stat lstat ' +
  'fstat 111 vhangup 114 wait4 swapoff sysinfo 118 fsync sigreturn clone setdomainname uname 124 adjtimex mprotect ' +
  'sigprocmask 128 init_module delete_module 131 quotactl getpgid fchdir bdflush sysfs personality 138 setfsuid ' +
  'setfsgid _llseek getdents _newselect flock msync readv writev getsid fdatasync _sysctl mlock munlock mlockall ' +
  'munlockall sched_setparam sched_getparam sched_setscheduler sched_getscheduler sched_yield ' +
  'sched_get_priority_max sched_get_priority_min sched_rr_get_interval nanosleep mremap setresuid getresuid 168 ' +
  'poll nfsservctl setresgid getresgid prctl rt_sigreturn rt_sigaction rt_sigprocmask rt_sigpending rt_sigtimedwait ' +
  'rt_sigqueueinfo rt_sigsuspend pread64 pwrite64 chown getcwd capget capset sigaltstack sendfile 190 vfork ' +
  'ugetrlimit mmap2 truncate64 ftruncate64 stat64 lstat64 fstat64 lchown32 getuid32 getgid32 geteuid32 getegid32 ' +
  'setreuid32 setregid32 getgroups32 setgroups32 fchown32 setresuid32 getresuid32 setresgid32 getresgid32 chown32 ' +
  'setuid32 setgid32 setfsuid32 setfsgid32 getdents64 pivot_root mincore madvise fcntl64 224 gettid readahead ' +
  'setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr removexattr ' +
  'lremovexattr fremovexattr tkill sendfile64 futex sched_setaffinity sched_getaffinity io_setup io_destroy ' +
  'io_getevents io_submit io_cancel exit_group lookup_dcookie epoll_create epoll_ctl epoll_wait remap_file_pages ' +
  '256 set_tid_address timer_create timer_settime timer_gettime timer_getoverrun timer_delete clock_settime ' +
  'clock_gettime clock_getres clock_nanosleep statfs64 fstatfs64 tgkill utimes arm_fadvise64_64 pciconfig_iobase ' +
  'pciconfig_read pciconfig_write mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr waitid ' +
  'socket bind connect listen accept getsockname getpeername socketpair send sendto recv recvfrom shutdown ' +
  'setsockopt getsockopt sendmsg recvmsg semop semget semctl msgsnd msgrcv msgget msgctl shmat shmdt shmget shmctl ' +
  'add_key request_key keyctl semtimedop vserver ioprio_set ioprio_get inotify_init inotify_add_watch ' +
  'inotify_rm_watch mbind get_mempolicy set_mempolicy openat mkdirat mknodat fchownat futimesat fstatat64 unlinkat ' +
  'renameat linkat symlinkat readlinkat fchmodat faccessat pselect6 ppoll unshare set_robust_list get_robust_list ' +
  'splice arm_sync_file_range tee vmsplice move_pages getcpu epoll_pwait kexec_load utimensat signalfd ' +
  'timerfd_create eventfd fallocate timerfd_settime timerfd_gettime signalfd4 eventfd2 epoll_create1 dup3 pipe2 ' +
  'inotify_init1 preadv pwritev rt_tgsigqueueinfo perf_event_open recvmmsg accept4 fanotify_init fanotify_mark ' +
  'prlimit64 name_to_handle_at open_by_handle_at clock_adjtime syncfs sendmmsg setns process_vm_readv ' +
  'process_vm_writev kcmp finit_module sched_setattr sched_getattr renameat2 seccomp getrandom memfd_create bpf ' +
  'execveat userfaultfd membarrier mlock2 copy_file_range preadv2 pwritev2 pkey_mprotect pkey_alloc pkey_free statx ' +
  'rseq io_pgetevents migrate_pages kexec_file_load 403 clock_gettime64 clock_settime64 clock_adjtime64 ' +
  'clock_getres_time64 clock_nanosleep_time64 timer_gettime64 timer_settime64 timerfd_gettime64 timerfd_settime64 ' +
  'utimensat_time64 pselect6_time64 ppoll_time64 416 io_pgetevents_time64 recvmmsg_time64 mq_timedsend_time64 ' +
  'mq_timedreceive_time64 semtimedop_time64 rt_sigtimedwait_time64 futex_time64 sched_rr_get_interval_time64 983041 ' +
  'breakpoint cacheflush usr26 usr32 set_tls get_tls';

// prettier-ignore
export const ARM64_CALLS =
  'io_setup io_destroy io_submit io_cancel io_getevents setxattr lsetxattr fsetxattr getxattr lgetxattr fgetxattr ' +
  'listxattr llistxattr flistxattr removexattr lremovexattr fremovexattr getcwd lookup_dcookie eventfd2 ' +
  'epoll_create1 epoll_ctl epoll_pwait dup dup3 fcntl inotify_init1 inotify_add_watch inotify_rm_watch ioctl ' +
  'ioprio_set ioprio_get flock mknodat mkdirat unlinkat symlinkat linkat renameat umount2 mount pivot_root ' +
  'nfsservctl statfs fstatfs truncate ftruncate fallocate faccessat chdir fchdir chroot fchmod fchmodat fchownat ' +
  'fchown openat close vhangup pipe2 quotactl getdents64 lseek read write readv writev pread64 pwrite64 preadv ' +
  'pwritev sendfile pselect6 ppoll signalfd4 vmsplice splice tee readlinkat newfstatat fstat sync fsync fdatasync ' +
  'sync_file_range timerfd_create timerfd_settime timerfd_gettime utimensat acct capget capset personality exit ' +
  'exit_group waitid set_tid_address unshare futex set_robust_list get_robust_list nanosleep getitimer setitimer ' +
  'kexec_load init_module delete_module timer_create timer_gettime timer_getoverrun timer_settime timer_delete ' +
  'clock_settime clock_gettime clock_getres clock_nanosleep syslog ptrace sched_setparam sched_setscheduler ' +
  'sched_getscheduler sched_getparam sched_setaffinity sched_getaffinity sched_yield sched_get_priority_max ' +
  'sched_get_priority_min sched_rr_get_interval restart_syscall kill tkill tgkill sigaltstack rt_sigsuspend ' +
  'rt_sigaction rt_sigprocmask rt_sigpending rt_sigtimedwait rt_sigqueueinfo rt_sigreturn setpriority getpriority ' +
  'reboot setregid setgid setreuid setuid setresuid getresuid setresgid getresgid setfsuid setfsgid times setpgid ' +
  'getpgid getsid setsid getgroups setgroups uname sethostname setdomainname getrlimit setrlimit getrusage umask ' +
  'prctl getcpu gettimeofday settimeofday adjtimex getpid getppid getuid geteuid getgid getegid gettid sysinfo ' +
  'mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr msgget msgctl msgrcv msgsnd semget semctl ' +
  'semtimedop semop shmget shmctl shmat shmdt socket socketpair bind listen accept connect getsockname getpeername ' +
  'sendto recvfrom setsockopt getsockopt shutdown sendmsg recvmsg readahead brk munmap mremap add_key request_key ' +
  'keyctl clone execve mmap fadvise64 swapon swapoff mprotect msync mlock munlock mlockall munlockall mincore ' +
  'madvise remap_file_pages mbind get_mempolicy set_mempolicy migrate_pages move_pages rt_tgsigqueueinfo ' +
  'perf_event_open accept4 recvmmsg 260 wait4 prlimit64 fanotify_init fanotify_mark name_to_handle_at ' +
  'open_by_handle_at clock_adjtime syncfs setns sendmmsg process_vm_readv process_vm_writev kcmp finit_module ' +
  'sched_setattr sched_getattr renameat2 seccomp getrandom memfd_create bpf execveat userfaultfd membarrier mlock2 ' +
  'copy_file_range preadv2 pwritev2 pkey_mprotect pkey_alloc pkey_free statx io_pgetevents rseq kexec_file_load';

/**
 * `name argument …` of the calls that tasks are found waiting in, parted by `; `: the order of the registers a1 … a6.
 * The names are the kernel's and the manual's; `fd` and what ends in it is a descriptor, `pid` a pid.
 */
// prettier-ignore
export const CALL_ARGUMENTS =
  'read fd buf count; write fd buf count; pread64 fd buf count offset; pwrite64 fd buf count offset; readv fd iov ' +
  'iovcnt; writev fd iov iovcnt; preadv fd iov iovcnt offset_low offset_high; pwritev fd iov iovcnt offset_low ' +
  'offset_high; preadv2 fd iov iovcnt offset_low offset_high flags; pwritev2 fd iov iovcnt offset_low offset_high ' +
  'flags; open path flags mode; openat dirfd path flags mode; openat2 dirfd path how size; creat path mode; close ' +
  'fd; stat path statbuf; lstat path statbuf; fstat fd statbuf; stat64 path statbuf; lstat64 path statbuf; fstat64 ' +
  'fd statbuf; newfstatat dirfd path statbuf flags; fstatat64 dirfd path statbuf flags; statx dirfd path flags mask ' +
  'statxbuf; statfs path buf; fstatfs fd buf; statfs64 path size buf; fstatfs64 fd size buf; access path mode; ' +
  'faccessat dirfd path mode; faccessat2 dirfd path mode flags; poll fds nfds timeout_ms; ppoll fds nfds timeout ' +
  'sigmask sigsetsize; ppoll_time64 fds nfds timeout sigmask sigsetsize; select nfds readfds writefds exceptfds ' +
  'timeout; _newselect nfds readfds writefds exceptfds timeout; pselect6 nfds readfds writefds exceptfds timeout ' +
  'sigmask; pselect6_time64 nfds readfds writefds exceptfds timeout sigmask; epoll_wait epfd events maxevents ' +
  'timeout_ms; epoll_pwait epfd events maxevents timeout_ms sigmask sigsetsize; epoll_pwait2 epfd events maxevents ' +
  'timeout sigmask sigsetsize; epoll_ctl epfd op fd event; futex uaddr op val timeout uaddr2 val3; futex_time64 ' +
  'uaddr op val timeout uaddr2 val3; futex_waitv waiters nr_futexes flags timeout clockid; futex_wait uaddr val ' +
  'mask flags timeout clockid; nanosleep request remain; clock_nanosleep clockid flags request remain; ' +
  'clock_nanosleep_time64 clockid flags request remain; wait4 pid status options rusage; waitpid pid status ' +
  'options; waitid which pid info options rusage; socket family type protocol; bind fd addr addrlen; listen fd ' +
  'backlog; accept fd addr addrlen; accept4 fd addr addrlen flags; connect fd addr addrlen; shutdown fd how; send ' +
  'fd buf len flags; sendto fd buf len flags addr addrlen; sendmsg fd msg flags; sendmmsg fd msgvec vlen flags; ' +
  'recv fd buf len flags; recvfrom fd buf len flags addr addrlen; recvmsg fd msg flags; recvmmsg fd msgvec vlen ' +
  'flags timeout; recvmmsg_time64 fd msgvec vlen flags timeout; getsockopt fd level optname optval optlen; ' +
  'setsockopt fd level optname optval optlen; socketcall call args; ioctl fd cmd arg; fcntl fd cmd arg; fcntl64 fd ' +
  'cmd arg; flock fd operation; fsync fd; fdatasync fd; sync; syncfs fd; sync_file_range fd offset nbytes flags; ' +
  'msync addr len flags; truncate path length; ftruncate fd length; fallocate fd mode offset len; fadvise64 fd ' +
  'offset len advice; readahead fd offset count; unlink path; unlinkat dirfd path flags; rename oldpath newpath; ' +
  'renameat olddirfd oldpath newdirfd newpath; renameat2 olddirfd oldpath newdirfd newpath flags; mkdir path mode; ' +
  'mkdirat dirfd path mode; rmdir path; link oldpath newpath; linkat olddirfd oldpath newdirfd newpath flags; ' +
  'symlink target path; symlinkat target dirfd path; readlink path buf size; readlinkat dirfd path buf size; chmod ' +
  'path mode; fchmod fd mode; fchmodat dirfd path mode; chown path uid gid; fchown fd uid gid; fchownat dirfd path ' +
  'uid gid flags; utimensat dirfd path times flags; chdir path; fchdir fd; getdents fd dirents count; getdents64 fd ' +
  'dirents count; lseek fd offset whence; _llseek fd offset_high offset_low result whence; mmap addr len prot flags ' +
  'fd offset; mmap2 addr len prot flags fd pgoffset; munmap addr len; mremap addr old_len new_len flags new_addr; ' +
  'mprotect addr len prot; madvise addr len advice; process_madvise pidfd iov iovcnt advice flags; mlock addr len; ' +
  'mlockall flags; brk addr; mount source target fstype flags data; umount target; umount2 target flags; swapon ' +
  'path flags; swapoff path; io_getevents ctx min_nr nr events timeout; io_pgetevents ctx min_nr nr events timeout ' +
  'sigmask; io_submit ctx nr iocbs; io_destroy ctx; io_uring_enter fd to_submit min_complete flags argp argsz; ' +
  'io_uring_register fd opcode arg nr_args; rt_sigtimedwait set info timeout sigsetsize; rt_sigtimedwait_time64 set ' +
  'info timeout sigsetsize; rt_sigsuspend mask sigsetsize; sigsuspend unused unused mask; pause; restart_syscall; ' +
  'kill pid sig; tkill pid sig; tgkill tgid pid sig; splice fd_in off_in fd_out off_out len flags; tee fd_in fd_out ' +
  'len flags; vmsplice fd iov nr_segs flags; sendfile out_fd in_fd offset count; sendfile64 out_fd in_fd offset ' +
  'count; copy_file_range fd_in off_in fd_out off_out len flags; semop semid sops nsops; semtimedop semid sops ' +
  'nsops timeout; semtimedop_time64 semid sops nsops timeout; msgrcv msqid msgp size type flags; msgsnd msqid msgp ' +
  'size flags; mq_timedreceive mqd msg len prio timeout; mq_timedreceive_time64 mqd msg len prio timeout; ' +
  'mq_timedsend mqd msg len prio timeout; mq_timedsend_time64 mqd msg len prio timeout; ipc call first second third ' +
  'ptr fifth; ptrace request pid addr data; process_vm_readv pid lvec liovcnt rvec riovcnt flags; process_vm_writev ' +
  'pid lvec liovcnt rvec riovcnt flags; execve path argv envp; execveat dirfd path argv envp flags; fork; vfork; ' +
  'clone flags stack parent_tid tls child_tid; clone3 args size; exit status; exit_group status; init_module image ' +
  'len args; finit_module fd args flags; delete_module name flags; membarrier cmd flags cpu; getrandom buf count ' +
  'flags; setns fd nstype; unshare flags; prctl option arg2 arg3 arg4 arg5; bpf cmd attr size; keyctl operation ' +
  'arg2 arg3 arg4 arg5; reboot magic1 magic2 cmd arg; syslog type buf len; sched_yield';

/** The same where an architecture differs: 64-bit offsets take two registers on 32 bits (an even pair on arm). */
// prettier-ignore
export const CALL_ARGUMENTS_OF = {
  x86_64: 'clone flags stack parent_tid child_tid tls',
  i386:
    'mmap args; select args; pread64 fd buf count offset_low offset_high; pwrite64 fd buf count offset_low offset_high; ' +
    'fallocate fd mode offset_low offset_high len_low len_high; readahead fd offset_low offset_high count; ' +
    'sync_file_range fd offset_low offset_high nbytes_low nbytes_high flags; fadvise64 fd offset_low offset_high len advice',
  arm:
    'pread64 fd buf count unused offset_low offset_high; pwrite64 fd buf count unused offset_low offset_high; ' +
    'fallocate fd mode offset_low offset_high len_low len_high; readahead fd unused offset_low offset_high count; ' +
    'arm_sync_file_range fd flags offset_low offset_high nbytes_low nbytes_high',
  arm64: '',
};
