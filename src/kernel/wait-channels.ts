/**
 * Wait channels in words: what a task waits for that sleeps in a kernel function of this name. The kernel gives the first
 * function of the stack that is not the scheduler's own (get_wchan(), in_sched_functions()), so mutexes and completions
 * mostly show their callers. Names differ by release; these are of 2.6.32 to 6.19.
 */
export interface WaitFamily {
  readonly id: string;
  /** Follows the name of a task: `waits for a reply of an NFS server`. */
  readonly words: string;
  /** Said where waiting so is a task's usual life, and no sign of trouble. */
  readonly normal?: string;
}

interface FamilyNames extends WaitFamily {
  /** Function names, parted by blanks; `*` at the end or the beginning stands for anything. */
  readonly names: string;
}

const NO_WORK = 'a kernel thread without work';

// prettier-ignore
const FAMILIES: readonly FamilyNames[] = [
  { id: 'idle-worker', words: 'waits for work to be queued', normal: NO_WORK,
    names: 'worker_thread rescuer_thread kthread_worker_fn async_manager_thread io_wq_worker io_wqe_worker taskq_thread loop_thread vhost_worker vhost_task_fn' },
  { id: 'idle-thread', words: 'waits until it is needed', normal: NO_WORK,
    names: 'kthreadd kthread smpboot_thread_fn ksoftirqd run_ksoftirqd migration_thread cpu_stopper_thread watchdog oom_reaper kswapd kcompactd ksm_scan_thread ' +
      'khugepaged kauditd_thread devtmpfsd devtmpfs_work_loop hwrng_fillfn add_hwgenerator_randomness kdamond_fn kapmd psi_poll_worker psi_rtpoll_worker ' +
      'scsi_error_handler md_thread kjournald kjournald2 xfsaild cleaner_kthread transaction_kthread ext4_lazyinit_thread bdi_writeback_thread bdi_forker_task ' +
      'bdi_forker_thread pdflush mmc_queue_thread sdio_irq_thread hub_thread usb_stor_control_thread serio_thread pccardd ubi_thread jffs2_garbage_collect_thread ' +
      'mtd_blktrans_thread dmcrypt_write issue_flush_thread issue_discard_thread gc_thread_func svc_recv svc_get_next_xprt nfs41_callback_svc ' +
      'cifs_demultiplex_thread io_sq_thread w1_process txg_sync_thread txg_quiesce_thread' },
  { id: 'idle-irq', words: 'waits for its interrupt', normal: 'an interrupt thread between two interrupts', names: 'irq_thread irq_wait_for_interrupt' },
  { id: 'idle-rcu', words: 'waits for the next RCU grace period', normal: NO_WORK,
    names: 'rcu_gp_kthread rcu_gp_fqs_loop rcu_tasks_kthread rcu_tasks_one_gp rcu_cpu_kthread rcu_boost_kthread rcu_nocb_kthread rcu_nocb_gp_kthread ' +
      'rcu_nocb_cb_kthread nocb_gp_wait nocb_cb_wait nocb_follower_wait' },
  { id: 'parked', words: 'is parked, as its CPU is off-line', normal: 'a kernel thread of a CPU that is off', names: 'kthread_parkme __kthread_parkme' },

  { id: 'nfs', words: 'waits for a reply of an NFS server', names: 'nfs_* nfs2_* nfs3_* nfs4_* nfs41_* nfs42_* nfsd_* pnfs_* nlm* rpc_* __rpc_* rpcauth_* xprt_* lockd*' },
  { id: 'network-filesystem', words: 'waits for a reply of a file server',
    names: 'cifs_* smb2_* smb_* wait_for_response SendReceive* compound_send_recv ceph_* p9_* v9fs_* afs_* rxrpc_* netfs_* gfs2_* glock_* dlm_* ocfs2_* o2net_* ptlrpc_* ll_* ncp_* orangefs_*' },
  { id: 'fuse', words: 'waits for the answer of a FUSE file system, which is a program', names: 'request_wait_answer fuse_* __fuse_*' },
  { id: 'fuse-daemon', words: 'waits for requests to the file system that it serves', normal: 'the program behind a FUSE file system without requests',
    names: 'fuse_dev_do_read fuse_dev_read fuse_dev_readv fuse_dev_splice_read' },

  { id: 'writeback', words: 'waits until pages are written back',
    names: 'wait_on_page_writeback* folio_wait_writeback* __filemap_fdatawait_range filemap_fdatawait* file_write_and_wait_range filemap_write_and_wait* ' +
      'inode_wait_for_writeback inode_sleep_on_writeback wait_for_stable_page folio_wait_stable write_cache_pages' },
  { id: 'dirty-throttle', words: 'must slow down, as too much memory is dirty', names: 'balance_dirty_pages*' },
  { id: 'page', words: 'waits for a page of a file or of swap (being read, or locked)',
    names: 'folio_wait_bit* __folio_lock* folio_lock* wait_on_page_* lock_page* __lock_page* sync_page* sleep_on_page* put_and_wait_on_page_locked ' +
      'folio_put_wait_locked wait_on_page_bit* __wait_on_page_locked* migration_entry_wait* softleaf_entry_wait* pmd_migration_entry_wait filemap_fault ' +
      'filemap_read filemap_read_page filemap_update_page generic_file_aio_read generic_file_read_iter generic_file_buffered_read' },
  { id: 'sync', words: 'waits until a file system has written everything',
    names: '*_sync_fs sync_filesystem __sync_filesystem sync_inodes_sb wait_sb_inodes writeback_inodes_sb* wb_wait_for_completion wb_wait_completion ' +
      'bdi_sched_wait sync_inodes_one_sb iterate_supers ksys_sync sys_sync' },
  { id: 'journal', words: 'waits for the journal or a lock of its file system',
    names: 'jbd2_* jbd_* journal_* log_wait_commit wait_transaction_locked wait_transaction_switching start_this_handle do_get_write_access add_transaction_credits ' +
      'ext2_* ext3_* ext4_* __ext4_* xfs_* xlog_* __xfs_* btrfs_* __btrfs_* wait_current_trans wait_for_commit lock_extent* wait_extent_bit f2fs_* __f2fs_* ' +
      'reiserfs_* ubifs_* jffs2_* nilfs_* bch2_* zfs_* zio_wait zil_* txg_* dmu_* arc_* cv_wait_common __cv_* ntfs_* ntfs3_* fat_* exfat_* udf_* isofs_* ' +
      'squashfs_* z_erofs_* erofs_* ovl_* hfs_* hfsplus_*' },
  { id: 'inode', words: 'waits for a file or a name in a folder that another task works on',
    names: 'inode_wait wait_on_inode __wait_on_inode __wait_on_freeing_inode find_inode* d_alloc_parallel d_wait_lookup lookup_slow* inode_dio_wait __inode_dio_wait' },
  { id: 'frozen-filesystem', words: 'waits until a frozen file system is thawed', names: 'sb_wait_write __sb_start_write sb_start_write* freeze_super vfs_check_frozen' },
  { id: 'mmc', words: 'waits for an SD card or eMMC', names: 'mmc_* __mmc_* mmcqd sdhci_* sdio_* sd_mmc_* dw_mci_* bcm2835_sdhost_*' },
  { id: 'usb', words: 'waits for a USB device', names: 'usb_* usbdev_* usbfs_* hub_* xhci_* ehci_* ohci_* uhci_* dwc2_* dwc3_* dwc_otg_* musb_* reap_as proc_reapurb usblp_* usbhid_* wdm_* uas_* storage_probe usb_stor_*' },
  { id: 'block', words: 'waits for a disk or another block device',
    names: 'io_schedule* blk_* blkdev_* __blkdev_* __blk_* submit_bio* __bio_* bio_* wbt_* __wbt_wait rq_qos_* get_request* __get_request dio_* __blockdev_direct_IO ' +
      'do_blockdev_direct_IO direct_io_worker iomap_dio_* __iomap_dio_rw sync_buffer sleep_on_buffer __wait_on_buffer wait_on_buffer __lock_buffer __bread* ' +
      'bh_submit_read do_get_page md_* raid1_* raid5_* raid10_* raid_* wait_barrier _wait_barrier freeze_array dm_* drbd_* bch_* nbd_* rbd_* nvme_* scsi_* sd_* sr_* ata_* ' +
      'virtblk_* xen_blkif_* loop_* zram_* bfq_* cfq_* ioc_rqos_* iolatency_* mtip_* nand_* mtd_* spi_nor_* ubi_*' },
  { id: 'swap', words: 'waits for a page to come back from swap', names: 'swap_readpage swap_read_folio swapin_readahead* read_swap_cache* do_swap_page zswap_*' },
  { id: 'reclaim', words: 'waits for memory to be freed',
    names: 'try_to_free_pages do_try_to_free_pages throttle_direct_reclaim reclaim_throttle congestion_wait wait_iff_congested shrink_* __alloc_pages_* ' +
      '__alloc_pages __alloc_frozen_pages* too_many_isolated balance_pgdat mem_cgroup_handle_over_high __mem_cgroup_handle_over_high try_charge* try_to_free_mem_cgroup_pages ' +
      'compact_* try_to_compact_pages' },
  { id: 'memcg-oom', words: 'waits for the OOM killer in its control group', names: 'mem_cgroup_oom_synchronize mem_cgroup_handle_oom mem_cgroup_out_of_memory out_of_memory' },

  { id: 'futex', words: 'waits for another thread (a lock, a condition, a join)', normal: 'the usual wait of idle threads; a lock held for long looks the same',
    names: 'futex_* __futex_* do_futex' },
  { id: 'pipe', words: 'waits for the other end of a pipe', normal: 'the usual wait of programs that read from others',
    names: 'pipe_* anon_pipe_* fifo_* wait_for_partner opipe_prep ipipe_prep splice_from_pipe* splice_* do_splice* do_tee' },
  { id: 'poll', words: 'waits for any of several files (poll, select, epoll)', normal: 'the usual wait of servers and of what has a window',
    names: 'poll_schedule_timeout do_poll do_sys_poll do_select core_sys_select ep_poll do_epoll_wait do_epoll_pwait do_compat_* sys_epoll_wait SyS_epoll_wait ' +
      'sys_poll SyS_poll sys_select SyS_select sys_ppoll __ia32_compat_sys_*' },
  { id: 'accept', words: 'waits for a connection', normal: 'the usual wait of servers', names: 'inet_csk_accept inet_csk_wait_for_connect inet_accept vsock_accept sctp_accept svc_accept' },
  { id: 'connect', words: 'waits until its connection is made', names: 'inet_wait_for_connect inet_stream_connect __inet_stream_connect sk_stream_wait_connect unix_stream_connect unix_wait_for_peer vsock_connect sctp_wait_for_connect' },
  { id: 'socket-send', words: 'waits until the other side of a socket takes more data', names: 'sk_stream_wait_memory sock_alloc_send_* sock_wait_for_wmem tcp_sendmsg* sk_stream_wait_close tcp_close inet_release sctp_wait_for_sndbuf' },
  { id: 'socket-receive', words: 'waits for data from a socket', normal: 'the usual wait of clients and servers',
    names: '__skb_wait_for_more_packets wait_for_packet wait_for_more_packets __skb_recv_* skb_recv_* sk_wait_data tcp_recvmsg* tcp_data_wait udp_recvmsg unix_stream_* ' +
      'unix_dgram_* netlink_* packet_* vsock_* sctp_* raw_recvmsg tun_do_read tun_ring_recv tap_do_read macvtap_do_read' },
  { id: 'socket-lock', words: 'waits until another task has done with the socket', names: '__lock_sock lock_sock_nested lock_sock release_sock' },
  { id: 'ready', words: 'waits for input from a terminal or a socket', normal: 'the usual wait of shells and of network programs', names: 'wait_woken' },
  { id: 'tty', words: 'waits for input from a terminal', normal: 'the usual wait of shells', names: 'n_tty_read read_chan tty_read job_control __tty_check_change' },
  { id: 'tty-output', words: 'waits until a terminal or a serial line takes output',
    names: 'n_tty_write do_output_char tty_wait_until_sent tty_port_block_til_ready tty_port_close* tty_write tty_write_lock tty_ldisc_* tty_* uart_* serial8250_* pl011_* ' +
      'console_* vt_waitactive vt_wait_event pty_*' },
  { id: 'child', words: 'waits for a child to end', normal: 'the usual wait of shells and supervisors', names: 'do_wait kernel_wait4 kernel_waitid do_wait_*' },
  { id: 'vfork', words: 'waits until its child has started a program (vfork)', names: 'wait_for_vfork_done kernel_clone _do_fork do_fork mm_release' },
  { id: 'sleep', words: 'sleeps for a time that it asked for', normal: 'nothing else is waited for',
    names: 'hrtimer_nanosleep do_nanosleep common_nsleep* sys_nanosleep alarm_timer_nsleep alarmtimer_do_nsleep do_cpu_nanosleep posix_cpu_nsleep* process_cpu_nsleep ' +
      'schedule_hrtimeout* schedule_timeout*' },
  { id: 'driver-sleep', words: 'is put to sleep for a short time by a driver', names: 'msleep msleep_interruptible usleep_range* fsleep ssleep' },
  { id: 'signal', words: 'waits for a signal', normal: 'asked for by the program', names: 'do_sigtimedwait sys_rt_sigtimedwait sigsuspend sys_sigsuspend sys_rt_sigsuspend sys_pause do_sys_pause __do_sys_pause signalfd_*' },
  { id: 'event-file', words: 'waits for an event from a file descriptor of the kernel', normal: 'asked for by the program',
    names: 'eventfd_* timerfd_* inotify_read fanotify_read evdev_read hidraw_read rtc_dev_read cgroup_event_* perf_read* uio_read watch_queue_*' },
  { id: 'kernel-log', words: 'waits for the next line of the kernel log', normal: 'a log daemon', names: 'do_syslog devkmsg_read kmsg_read syslog_print' },
  { id: 'io_uring', words: 'waits for results of io_uring', normal: 'the usual wait of programs that use it', names: 'io_cqring_wait* __io_cqring_wait* io_uring_* __io_uring_* io_run_task_work* io_ring_exit_work' },
  { id: 'aio', words: 'waits for results of asynchronous I/O', names: 'read_events do_io_getevents wait_on_sync_kiocb exit_aio io_destroy' },
  { id: 'ipc', words: 'waits for a message or a semaphore of other processes', normal: 'asked for by the program',
    names: 'do_msgrcv do_msgsnd do_semtimedop __do_semtimedop sys_semtimedop SyS_semtimedop wq_sleep do_mq_timedreceive do_mq_timedsend' },
  { id: 'file-lock', words: 'waits for a lock on a file',
    names: 'posix_lock_* flock_lock_* locks_lock_* locks_* fcntl_setlk* do_lock_file_wait __break_lease sys_flock SyS_flock __do_sys_flock' },
  { id: 'binder', words: 'waits for a call of another process (Binder)', normal: 'the usual wait of Android services', names: 'binder_*' },
  { id: 'guest-cpu', words: 'is the CPU of a virtual machine that has nothing to do', normal: 'an idle guest', names: 'kvm_vcpu_block kvm_vcpu_halt kvm_vcpu_check_block' },

  { id: 'stopped', words: 'is stopped by a signal until it is continued', names: 'do_signal_stop get_signal get_signal_to_deliver do_jobctl_trap' },
  { id: 'traced', words: 'is stopped by its debugger', names: 'ptrace_stop ptrace_notify ptrace_do_notify ptrace_event' },
  { id: 'frozen', words: 'is frozen: by suspend, or in its control group', names: 'refrigerator __refrigerator do_freezer_trap try_to_freeze cgroup_enter_frozen' },
  { id: 'exit', words: 'is exiting', names: 'do_exit do_task_dead make_task_dead exit_mm exit_notify release_task do_group_exit' },
  { id: 'exit-wait', words: 'is exiting and waits for others of its process or namespace',
    names: 'zap_pid_ns_processes de_thread coredump_task_exit wait_for_dump_helpers exit_robust_list ep_eventpoll_release' },
  { id: 'core-dump', words: 'writes a core dump', names: 'do_coredump vfs_coredump coredump_wait elf_core_dump dump_*' },
  { id: 'fault-handler', words: 'waits for the program that serves its page faults (userfaultfd)', names: 'handle_userfault userfaultfd_*' },
  { id: 'supervisor', words: 'waits for the decision of a supervisor (seccomp, fanotify)', names: 'seccomp_do_user_notification __seccomp_filter fanotify_get_response fanotify_handle_event' },
  { id: 'helper', words: 'waits for a program that the kernel started (a module, firmware, a helper)',
    names: 'call_usermodehelper* __request_module request_firmware* _request_firmware* fw_* load_module do_init_module finished_loading wait_for_device_probe driver_probe_done audit_log_start' },

  { id: 'rcu-sync', words: 'waits until all CPUs have passed a quiet point (RCU)',
    names: 'wait_rcu_gp __wait_rcu_gp synchronize_rcu* synchronize_sched* synchronize_net synchronize_srcu* __synchronize_srcu _synchronize_rcu_* exp_funnel_lock rcu_barrier* srcu_barrier cond_synchronize_*' },
  { id: 'work', words: 'waits until work in a queue of the kernel is done',
    names: 'flush_work* __flush_work* __flush_workqueue flush_workqueue cancel_work_sync __cancel_work_* cancel_delayed_work_sync drain_workqueue async_synchronize_* kthread_stop ' +
      'kthread_park kthread_flush_work* stop_one_cpu stop_two_cpus __stop_cpus stop_cpus stop_machine* multi_cpu_stop tasklet_* smp_call_*' },
  { id: 'lock', words: 'waits for a lock of the kernel',
    names: 'mutex_* __mutex_* ww_mutex_* down down_* __down* rwsem_* call_rwsem_* rt_mutex_* __rt_mutex_* rtlock_* rt_spin_* __rt_spin_* rt_read_* rt_write_* rwbase_* percpu_rwsem_wait ' +
      '__percpu_down_read percpu_down_write semaphore_* lock_mount rtnl_lock* cgroup_lock* cgroup_kn_lock_live' },
  { id: 'graphics', words: 'waits for the graphics device', names: 'dma_fence_* fence_wait* fence_default_wait drm_* i915_* amdgpu_* radeon_* nouveau_* msm_* etnaviv_* panfrost_* lima_* v3d_* vc4_* sync_fence_* reservation_object_* dma_resv_*' },
  { id: 'sound', words: 'waits for a sound device', normal: 'the usual wait while sound plays', names: 'snd_* __snd_* wait_for_avail' },
  { id: 'video', words: 'waits for a video device', names: 'vb2_* __vb2_* videobuf_* v4l2_* uvc_*' },
  { id: 'bus', words: 'waits for a device on a slow bus (I2C, SPI, 1-Wire)', names: 'i2c_* __i2c_* spi_* __spi_* regmap_* w1_* bcm2835_i2c_* dw_i2c_* smbus_*' },
  { id: 'power', words: 'waits for the power state of a device', names: 'dpm_* pm_* rpm_* __pm_* suspend_* hibernat* device_suspend* async_suspend* genpd_*' },
  { id: 'random', words: 'waits for random numbers', names: 'wait_for_random_bytes random_read* _random_read urandom_read* tpm_* rng_dev_read' },
  { id: 'event', words: 'waits for an event in the kernel that its stack may tell',
    names: 'wait_for_completion* wait_for_common* __wait_for_common do_wait_for_common __wait_on_bit* out_of_line_wait_on_bit* wait_on_bit* bit_wait* var_wake* wait_event* do_wait_intr* prepare_to_wait* schedule __schedule' },
];

const EXACT = new Map<string, WaitFamily>();
const PREFIXES: [start: string, family: WaitFamily][] = [];
const SUFFIXES: [end: string, family: WaitFamily][] = [];
for (const { names, ...family } of FAMILIES)
  for (const name of names.split(' ')) {
    if (name.endsWith('*')) PREFIXES.push([name.slice(0, -1), family]);
    else if (name.startsWith('*')) SUFFIXES.push([name.slice(1), family]);
    else EXACT.set(name, family);
  }
PREFIXES.sort(([a], [b]) => b.length - a.length);

/** All families, for tests and help. */
export const WAIT_FAMILIES: readonly WaitFamily[] = FAMILIES;

/** `sigsuspend.isra.0` → `sigsuspend`: what compilers add to the names of parts and copies of functions; a module's name. */
const bareName = (wchan: string): string =>
  wchan.replace(/ \[.*$/, '').replace(/(?:\.(?:isra|constprop|part|cold|llvm|lto_priv|localalias)(?:\.\d+)?)+$/, '');

/**
 * The family of a wait channel's name: an exact name goes before `*_sync_fs`, that before the longest beginning.
 * Undefined for an unknown name, for `0`, `-` and the empty text.
 */
export function waitFamily(wchan: string): WaitFamily | undefined {
  const name = bareName(wchan.slice(0, 256));
  return (
    EXACT.get(name) ??
    SUFFIXES.find(([end]) => name.endsWith(end))?.[1] ??
    PREFIXES.find(([start]) => name.startsWith(start))?.[1]
  );
}
