/** The families of wait functions, and what functions were called from release to release: data of {@link waitFamily}. */

/** What tasks wait for that sleep in functions of these names. */
export interface WaitFamily {
  readonly id: string;
  /** What is waited for, in a few words: `NFS server reply`. */
  readonly title: string;
  /** Follows the name of a task: `waits for a reply of an NFS server`. */
  readonly words: string;
  /** Said where waiting so is a task's usual life, and no sign of trouble. */
  readonly normal?: string;
  /** What such a wait usually means when it lasts, a sentence. */
  readonly means: string;
  /** What to look at or to do then, in sentences. */
  readonly next: string;
}

export interface FamilyNames extends WaitFamily {
  /** Function names, parted by blanks; `*` at the end or the beginning stands for anything. */
  readonly names: string;
}

const NO_WORK = 'a kernel thread without work';

// prettier-ignore
export const WAIT_FAMILY_NAMES: readonly FamilyNames[] = [
  { id: 'idle-worker', title: 'work to be queued', words: 'waits for work to be queued', normal: NO_WORK,
    means: 'A worker without work. It shows D only on Linux 4.2 to 4.13, where such a sleep had no letter of its own.',
    next: 'Nothing: look for tasks that wait for its work instead.',
    names: 'worker_thread rescuer_thread kthread_worker_fn async_manager_thread io_wq_worker io_wqe_worker taskq_thread loop_thread vhost_worker vhost_task_fn' },
  { id: 'idle-thread', title: 'being needed', words: 'waits until it is needed', normal: NO_WORK,
    means: 'A kernel thread at rest in its own main loop.',
    next: 'Nothing, unless work that it should do is not done.',
    names: 'kthreadd kthread smpboot_thread_fn ksoftirqd run_ksoftirqd migration_thread cpu_stopper_thread watchdog oom_reaper kswapd kcompactd ksm_scan_thread ' +
      'khugepaged kauditd_thread devtmpfsd devtmpfs_work_loop hwrng_fillfn add_hwgenerator_randomness kdamond_fn kapmd psi_poll_worker psi_rtpoll_worker ' +
      'scsi_error_handler md_thread kjournald kjournald2 xfsaild cleaner_kthread transaction_kthread ext4_lazyinit_thread bdi_writeback_thread bdi_forker_task ' +
      'bdi_forker_thread pdflush mmc_queue_thread sdio_irq_thread hub_thread usb_stor_control_thread serio_thread pccardd ubi_thread jffs2_garbage_collect_thread ' +
      'mtd_blktrans_thread dmcrypt_write issue_flush_thread issue_discard_thread gc_thread_func svc_recv svc_get_next_xprt nfs41_callback_svc ' +
      'cifs_demultiplex_thread io_sq_thread w1_process txg_sync_thread txg_quiesce_thread' },
  { id: 'idle-irq', title: 'an interrupt', words: 'waits for its interrupt', normal: 'an interrupt thread between two interrupts',
    means: 'An interrupt thread between two interrupts.',
    next: 'If its device hangs, see whether its line in /proc/interrupts still counts.',
    names: 'irq_thread irq_wait_for_interrupt' },
  { id: 'idle-rcu', title: 'an RCU grace period', words: 'waits for the next RCU grace period', normal: NO_WORK,
    means: 'A thread of RCU at rest. It shows D only on Linux 4.2 to 4.13.',
    next: 'Nothing, unless the kernel log tells of RCU stalls.',
    names: 'rcu_gp_kthread rcu_gp_fqs_loop rcu_tasks_kthread rcu_tasks_one_gp rcu_cpu_kthread rcu_boost_kthread rcu_nocb_kthread rcu_nocb_gp_kthread ' +
      'rcu_nocb_cb_kthread nocb_gp_wait nocb_cb_wait nocb_follower_wait' },
  { id: 'parked', title: 'its CPU', words: 'is parked, as its CPU is off-line', normal: 'a kernel thread of a CPU that is off',
    means: 'The CPU of this kernel thread is off-line.',
    next: 'Nothing: it goes on when the CPU is brought up.',
    names: 'kthread_parkme __kthread_parkme' },

  { id: 'nfs', title: 'NFS server reply', words: 'waits for a reply of an NFS server',
    means: 'The server or the network to it does not answer; a hard mount asks for ever.',
    next: 'See /proc/self/mountstats and the kernel log for "not responding", and whether the server can be reached. Waits with killable in their name end by SIGKILL.',
    names: 'nfs_* nfs2_* nfs3_* nfs4_* nfs41_* nfs42_* nfsd_* pnfs_* nlm* rpc_* __rpc_* rpcauth_* xprt_* lockd*' },
  { id: 'network-filesystem', title: 'file server reply', words: 'waits for a reply of a file server',
    means: 'The server (SMB, Ceph, 9p, AFS …) or the network to it does not answer.',
    next: 'See the kernel log for time-outs and reconnections, and /proc/fs/cifs/DebugData or debugfs of the file system.',
    names: 'cifs_* smb2_* smb_* wait_for_response SendReceive* compound_send_recv ceph_* p9_* v9fs_* afs_* rxrpc_* netfs_* gfs2_* glock_* dlm_* ocfs2_* o2net_* ptlrpc_* ll_* ncp_* orangefs_*' },
  { id: 'fuse', title: 'FUSE daemon', words: 'waits for the answer of a FUSE file system, which is a program',
    means: 'The program that serves this FUSE mount does not answer: it hangs, is stopped, frozen or itself waits for this mount.',
    next: 'Find the daemon by the mount; writing 1 to /sys/fs/fuse/connections/NR/abort frees those who wait.',
    names: 'request_wait_answer fuse_* __fuse_*' },
  { id: 'fuse-daemon', title: 'FUSE requests', words: 'waits for requests to the file system that it serves', normal: 'the program behind a FUSE file system without requests',
    means: 'The FUSE file system has nothing to do.',
    next: 'Nothing.',
    names: 'fuse_dev_do_read fuse_dev_read fuse_dev_readv fuse_dev_splice_read' },

  { id: 'writeback', title: 'pages written back', words: 'waits until pages are written back',
    means: 'Storage takes written data slowly, or not at all.',
    next: 'See the busy share and errors of the device in the kernel log, and Dirty and Writeback of /proc/meminfo.',
    names: 'wait_on_page_writeback* folio_wait_writeback* __filemap_fdatawait_range filemap_fdatawait* file_write_and_wait_range filemap_write_and_wait* ' +
      'inode_wait_for_writeback inode_sleep_on_writeback wait_for_stable_page folio_wait_stable write_cache_pages' },
  { id: 'dirty-throttle', title: 'fewer dirty pages', words: 'must slow down, as too much memory is dirty',
    means: 'It writes faster than storage takes it, so the kernel slows it down: not stuck while Writeback moves.',
    next: 'See Dirty and Writeback of /proc/meminfo, vm.dirty_* and the speed of the device.',
    names: 'balance_dirty_pages*' },
  { id: 'page', title: 'page being read', words: 'waits for a page of a file or of swap (being read, or locked)',
    means: 'Data is on its way from storage, or another task holds the lock of the same page.',
    next: 'See whether the device is busy or in error, and who else waits here; with major faults all over the machine memory is short.',
    names: 'folio_wait_bit* __folio_lock* folio_lock* wait_on_page_* lock_page* __lock_page* sync_page* sleep_on_page* put_and_wait_on_page_locked ' +
      'folio_put_wait_locked wait_on_page_bit* __wait_on_page_locked* migration_entry_wait* softleaf_entry_wait* pmd_migration_entry_wait filemap_fault ' +
      'filemap_read filemap_read_page filemap_update_page generic_file_aio_read generic_file_read_iter generic_file_buffered_read' },
  { id: 'sync', title: 'sync of a file system', words: 'waits until a file system has written everything',
    means: 'Everything that is dirty has to reach storage first: long after large copies to slow media.',
    next: 'Watch Dirty and Writeback of /proc/meminfo shrink; if they stand still look at the device.',
    names: '*_sync_fs sync_filesystem __sync_filesystem sync_inodes_sb wait_sb_inodes writeback_inodes_sb* wb_wait_for_completion wb_wait_completion ' +
      'bdi_sched_wait sync_inodes_one_sb iterate_supers ksys_sync sys_sync' },
  { id: 'journal', title: 'file system journal', words: 'waits for the journal or a lock of its file system',
    means: 'Another task holds the lock or the transaction that it needs; the one that commits mostly waits for storage.',
    next: 'Look for the journal thread (jbd2/…, xfsaild, btrfs-transaction, txg_sync) and what it waits for; then the device below.',
    names: 'jbd2_* jbd_* journal_* log_wait_commit wait_transaction_locked wait_transaction_switching start_this_handle do_get_write_access add_transaction_credits ' +
      'ext2_* ext3_* ext4_* __ext4_* xfs_* xlog_* __xfs_* btrfs_* __btrfs_* wait_current_trans wait_for_commit lock_extent* wait_extent_bit f2fs_* __f2fs_* ' +
      'reiserfs_* ubifs_* jffs2_* nilfs_* bch2_* zfs_* zio_wait zil_* txg_* dmu_* arc_* cv_wait_common __cv_* ntfs_* ntfs3_* fat_* exfat_* udf_* isofs_* ' +
      'squashfs_* z_erofs_* erofs_* ovl_* hfs_* hfsplus_*' },
  { id: 'inode', title: 'an inode or a name', words: 'waits for a file or a name in a folder that another task works on',
    means: 'Another task reads, deletes or looks up the same file, or direct I/O on it is not done.',
    next: 'Find the task that works on that file: it waits elsewhere in this list, mostly for storage or a server.',
    names: 'inode_wait wait_on_inode __wait_on_inode __wait_on_freeing_inode find_inode* d_alloc_parallel d_wait_lookup lookup_slow* inode_dio_wait __inode_dio_wait' },
  { id: 'frozen-filesystem', title: 'thaw of a file system', words: 'waits until a frozen file system is thawed',
    means: 'Somebody froze the file system (fsfreeze, a snapshot, suspend) and has not thawed it.',
    next: 'fsfreeze -u MOUNTPOINT, or see to the backup or the device-mapper suspend (dmsetup info) that froze it.',
    names: 'sb_wait_write __sb_start_write sb_start_write* freeze_super vfs_check_frozen' },
  { id: 'mmc', title: 'SD card or eMMC', words: 'waits for an SD card or eMMC',
    means: 'The card or its host controller does not answer: a worn or badly seated card, power, tuning, a lost interrupt.',
    next: 'See mmc lines of the kernel log (time-outs, CRC errors), /sys/kernel/debug/mmc*/ios, and whether its line in /proc/interrupts counts.',
    names: 'mmc_* __mmc_* mmcqd sdhci_* sdio_* sd_mmc_* dw_mci_* bcm2835_sdhost_*' },
  { id: 'usb', title: 'USB device', words: 'waits for a USB device',
    means: 'A device or a hub does not complete a request; cables, power, a hub in reset or its driver hold it.',
    next: 'See usb lines of the kernel log and usbmon; removing the device or unbinding its driver ends most such waits.',
    names: 'usb_* usbdev_* usbfs_* hub_* xhci_* ehci_* ohci_* uhci_* dwc2_* dwc3_* dwc_otg_* musb_* reap_as proc_reapurb usblp_* usbhid_* wdm_* uas_* storage_probe usb_stor_*' },
  { id: 'block', title: 'block device', words: 'waits for a disk or another block device',
    means: 'Requests of a disk are not completed, or its queue is full or being frozen.',
    next: 'See /sys/block/*/inflight and the kernel log for resets and time-outs; the driver of the device has the requests.',
    names: 'io_schedule* blk_* blkdev_* __blkdev_* __blk_* submit_bio* __bio_* bio_* wbt_* __wbt_wait rq_qos_* get_request* __get_request dio_* __blockdev_direct_IO ' +
      'do_blockdev_direct_IO direct_io_worker iomap_dio_* __iomap_dio_rw sync_buffer sleep_on_buffer __wait_on_buffer wait_on_buffer __lock_buffer __bread* ' +
      'bh_submit_read do_get_page md_* raid1_* raid5_* raid10_* raid_* wait_barrier _wait_barrier freeze_array dm_* drbd_* bch_* nbd_* rbd_* nvme_* scsi_* sd_* sr_* ata_* ' +
      'virtblk_* xen_blkif_* loop_* zram_* bfq_* cfq_* ioc_rqos_* iolatency_* mtip_* nand_* mtd_* spi_nor_* ubi_*' },
  { id: 'swap', title: 'page from swap', words: 'waits for a page to come back from swap',
    means: 'Swap is slow or much used: memory is short.',
    next: 'See the swap and pressure meters, pswpin of /proc/vmstat, and who grows.',
    names: 'swap_readpage swap_read_folio swapin_readahead* read_swap_cache* do_swap_page zswap_*' },
  { id: 'reclaim', title: 'free memory', words: 'waits for memory to be freed',
    means: 'Memory (of the machine or its control group) is short, and pages cannot be freed quickly as they are dirty or pinned.',
    next: 'See /proc/pressure/memory, memory.high and memory.events of its group, and the device that takes the writes.',
    names: 'try_to_free_pages do_try_to_free_pages throttle_direct_reclaim reclaim_throttle congestion_wait wait_iff_congested shrink_* __alloc_pages_* ' +
      '__alloc_pages __alloc_frozen_pages* too_many_isolated balance_pgdat mem_cgroup_handle_over_high __mem_cgroup_handle_over_high try_charge* try_to_free_mem_cgroup_pages ' +
      'compact_* try_to_compact_pages' },
  { id: 'memcg-oom', title: 'OOM in its cgroup', words: 'waits for the OOM killer in its control group',
    means: 'Its control group is full, and the OOM killer is off or its victim cannot die.',
    next: 'See memory.oom_control (v1) or memory.events (v2), and whether the victim is stuck in exit.',
    names: 'mem_cgroup_oom_synchronize mem_cgroup_handle_oom mem_cgroup_out_of_memory out_of_memory' },

  { id: 'futex', title: 'a lock of the program', words: 'waits for another thread (a lock, a condition, a join)', normal: 'the usual wait of idle threads; a lock held for long looks the same',
    means: 'A thread of the same program holds what it needs; in D it is inside of the kernel part of it.',
    next: 'Look at the other threads of the process: the holder waits or runs there.',
    names: 'futex_* __futex_* do_futex' },
  { id: 'pipe', title: 'other end of a pipe', words: 'waits for the other end of a pipe', normal: 'the usual wait of programs that read from others',
    means: 'The reader or writer at the other end does nothing; in D it waits for the lock of the pipe.',
    next: 'Find the task at the other end: its fd links show the same pipe:[number].',
    names: 'pipe_* anon_pipe_* fifo_* wait_for_partner opipe_prep ipipe_prep splice_from_pipe* splice_* do_splice* do_tee' },
  { id: 'poll', title: 'any of several files', words: 'waits for any of several files (poll, select, epoll)', normal: 'the usual wait of servers and of what has a window',
    means: 'The usual sleep of servers; it is interruptible.',
    next: 'Nothing, unless what it waits for should have come.',
    names: 'poll_schedule_timeout do_poll do_sys_poll do_select core_sys_select ep_poll do_epoll_wait do_epoll_pwait do_compat_* sys_epoll_wait SyS_epoll_wait ' +
      'sys_poll SyS_poll sys_select SyS_select sys_ppoll __ia32_compat_sys_*' },
  { id: 'accept', title: 'a connection', words: 'waits for a connection', normal: 'the usual wait of servers',
    means: 'A server without a new client.',
    next: 'Nothing.',
    names: 'inet_csk_accept inet_csk_wait_for_connect inet_accept vsock_accept sctp_accept svc_accept' },
  { id: 'connect', title: 'being connected', words: 'waits until its connection is made',
    means: 'The other side does not answer, or its queue of connections is full.',
    next: 'See ss -tan or ss -xl for the peer and its queue.',
    names: 'inet_wait_for_connect inet_stream_connect __inet_stream_connect sk_stream_wait_connect unix_stream_connect unix_wait_for_peer vsock_connect sctp_wait_for_connect' },
  { id: 'socket-send', title: 'room in a socket', words: 'waits until the other side of a socket takes more data',
    means: 'The other side does not read, or the network does not carry it away.',
    next: 'See Send-Q of ss for the peer.',
    names: 'sk_stream_wait_memory sock_alloc_send_* sock_wait_for_wmem tcp_sendmsg* sk_stream_wait_close tcp_close inet_release sctp_wait_for_sndbuf' },
  { id: 'socket-receive', title: 'data from a socket', words: 'waits for data from a socket', normal: 'the usual wait of clients and servers',
    means: 'The other side sends nothing.',
    next: 'Look at the peer (ss -p).',
    names: '__skb_wait_for_more_packets wait_for_packet wait_for_more_packets __skb_recv_* skb_recv_* sk_wait_data tcp_recvmsg* tcp_data_wait udp_recvmsg unix_stream_* ' +
      'unix_dgram_* netlink_* packet_* vsock_* sctp_* raw_recvmsg tun_do_read tun_ring_recv tap_do_read macvtap_do_read' },
  { id: 'socket-lock', title: 'lock of a socket', words: 'waits until another task has done with the socket',
    means: 'Another task or the network code works on the same socket for long.',
    next: 'Find the thread that shares the socket: in a run of soft interrupts or itself waiting.',
    names: '__lock_sock lock_sock_nested lock_sock release_sock' },
  { id: 'ready', title: 'input', words: 'waits for input from a terminal or a socket', normal: 'the usual wait of shells and of network programs',
    means: 'Nothing is typed or sent.',
    next: 'Nothing.',
    names: 'wait_woken' },
  { id: 'tty', title: 'terminal input', words: 'waits for input from a terminal', normal: 'the usual wait of shells',
    means: 'Nothing is typed; or a background job wants the terminal.',
    next: 'Nothing.',
    names: 'n_tty_read read_chan tty_read job_control __tty_check_change' },
  { id: 'tty-output', title: 'terminal output', words: 'waits until a terminal or a serial line takes output',
    means: 'Flow control (^S, RTS/CTS without a partner), a slow serial line, or a console that is busy.',
    next: 'See stty -a and the cable; a hung console keeps everybody who prints.',
    names: 'n_tty_write do_output_char tty_wait_until_sent tty_port_block_til_ready tty_port_close* tty_write tty_write_lock tty_ldisc_* tty_* uart_* serial8250_* pl011_* ' +
      'console_* vt_waitactive vt_wait_event pty_*' },
  { id: 'child', title: 'a child to end', words: 'waits for a child to end', normal: 'the usual wait of shells and supervisors',
    means: 'A parent at rest.',
    next: 'Look at its children.',
    names: 'do_wait kernel_wait4 kernel_waitid do_wait_*' },
  { id: 'vfork', title: 'its vfork child', words: 'waits until its child has started a program (vfork)',
    means: 'The parent of vfork() or posix_spawn() sleeps killably until the child has called exec or ended.',
    next: 'Look at the child: it waits before its exec, often for a file, a lock or a stop signal.',
    names: 'wait_for_vfork_done kernel_clone _do_fork do_fork mm_release' },
  { id: 'sleep', title: 'time to pass', words: 'sleeps for a time that it asked for', normal: 'nothing else is waited for',
    means: 'It asked for this sleep.',
    next: 'Nothing.',
    names: 'hrtimer_nanosleep do_nanosleep common_nsleep* sys_nanosleep alarm_timer_nsleep alarmtimer_do_nsleep do_cpu_nanosleep posix_cpu_nsleep* process_cpu_nsleep ' +
      'schedule_hrtimeout* schedule_timeout*' },
  { id: 'driver-sleep', title: 'time to pass in a driver', words: 'is put to sleep for a short time by a driver',
    means: 'A driver polls its hardware and sleeps between two looks; for long, the hardware never says that it is ready.',
    next: 'The kernel stack names the driver; see its lines in the kernel log.',
    names: 'msleep msleep_interruptible usleep_range* fsleep ssleep' },
  { id: 'signal', title: 'a signal', words: 'waits for a signal', normal: 'asked for by the program',
    means: 'It asked for this sleep.',
    next: 'Nothing.',
    names: 'do_sigtimedwait sys_rt_sigtimedwait sigsuspend sys_sigsuspend sys_rt_sigsuspend sys_pause do_sys_pause __do_sys_pause signalfd_*' },
  { id: 'event-file', title: 'an event', words: 'waits for an event from a file descriptor of the kernel', normal: 'asked for by the program',
    means: 'It asked for this sleep.',
    next: 'Nothing.',
    names: 'eventfd_* timerfd_* inotify_read fanotify_read evdev_read hidraw_read rtc_dev_read cgroup_event_* perf_read* uio_read watch_queue_*' },
  { id: 'kernel-log', title: 'kernel log lines', words: 'waits for the next line of the kernel log', normal: 'a log daemon',
    means: 'A log daemon at rest.',
    next: 'Nothing.',
    names: 'do_syslog devkmsg_read kmsg_read syslog_print' },
  { id: 'io_uring', title: 'io_uring results', words: 'waits for results of io_uring', normal: 'the usual wait of programs that use it',
    means: 'Requests of the ring are not done; when exiting, it waits for all of them to end.',
    next: 'See what its io-wq threads wait for, and the device or file behind the requests.',
    names: 'io_cqring_wait* __io_cqring_wait* io_uring_* __io_uring_* io_run_task_work* io_ring_exit_work' },
  { id: 'aio', title: 'asynchronous I/O', words: 'waits for results of asynchronous I/O',
    means: 'Submitted requests are not completed; when exiting, it waits for all of them.',
    next: 'See the device behind the file: /sys/block/*/inflight.',
    names: 'read_events do_io_getevents wait_on_sync_kiocb exit_aio io_destroy' },
  { id: 'ipc', title: 'a message or semaphore', words: 'waits for a message or a semaphore of other processes', normal: 'asked for by the program',
    means: 'Another process does not send or release.',
    next: 'See ipcs -s -i ID or -q -i ID for the last user.',
    names: 'do_msgrcv do_msgsnd do_semtimedop __do_semtimedop sys_semtimedop SyS_semtimedop wq_sleep do_mq_timedreceive do_mq_timedsend' },
  { id: 'file-lock', title: 'lock on a file', words: 'waits for a lock on a file',
    means: 'Another process holds the lock; over NFS the server decides.',
    next: 'See /proc/locks (-> marks who waits) for the holder.',
    names: 'posix_lock_* flock_lock_* locks_lock_* locks_* fcntl_setlk* do_lock_file_wait __break_lease sys_flock SyS_flock __do_sys_flock' },
  { id: 'binder', title: 'Binder call', words: 'waits for a call of another process (Binder)', normal: 'the usual wait of Android services',
    means: 'The called process does not answer.',
    next: 'See /sys/kernel/debug/binder/ for the transaction and its target.',
    names: 'binder_*' },
  { id: 'guest-cpu', title: 'work for a guest CPU', words: 'is the CPU of a virtual machine that has nothing to do', normal: 'an idle guest',
    means: 'The guest is idle.',
    next: 'Nothing.',
    names: 'kvm_vcpu_block kvm_vcpu_halt kvm_vcpu_check_block' },

  { id: 'stopped', title: 'SIGCONT', words: 'is stopped by a signal until it is continued',
    means: 'Somebody stopped it: ^Z, kill -STOP, or a background job that wanted the terminal.',
    next: 'kill -CONT PID, or fg in its shell.',
    names: 'do_signal_stop get_signal get_signal_to_deliver do_jobctl_trap' },
  { id: 'traced', title: 'its debugger', words: 'is stopped by its debugger',
    means: 'A tracer (gdb, strace) has stopped it and does not let it go on.',
    next: 'Look at the tracer: TracerPid of its status.',
    names: 'ptrace_stop ptrace_notify ptrace_do_notify ptrace_event' },
  { id: 'frozen', title: 'being thawed', words: 'is frozen: by suspend, or in its control group',
    means: 'Suspend or a frozen control group holds it: not a hang of the task itself.',
    next: 'See cgroup.freeze or freezer.state up its cgroup path; after a failed suspend, the kernel log.',
    names: 'refrigerator __refrigerator do_freezer_trap try_to_freeze cgroup_enter_frozen' },
  { id: 'exit', title: 'the end of its exit', words: 'is exiting',
    means: 'It takes itself down: memory, files and devices are released here.',
    next: 'The kernel stack tells which release function holds it.',
    names: 'do_exit do_task_dead make_task_dead exit_mm exit_notify release_task do_group_exit' },
  { id: 'exit-wait', title: 'others to end', words: 'is exiting and waits for others of its process or namespace',
    means: 'Other threads of the process, or processes of its pid namespace, must be gone first.',
    next: 'Look for those that do not end: in D, or zombies whose parent outside of the namespace does not wait for them.',
    names: 'zap_pid_ns_processes exit_robust_list' },
  { id: 'exec-wait', title: 'its threads to end', words: 'waits for the other threads of its process to end, before its new program',
    means: 'The call execve() ends all other threads first: one of them does not go.',
    next: 'Look for the thread that does not end: it is mostly in D.',
    names: 'de_thread' },
  { id: 'core-dump', title: 'a core dump', words: 'writes a core dump',
    means: 'A core is being written; large processes, slow storage or a stuck core_pattern program take long.',
    next: 'See /proc/sys/kernel/core_pattern and what that program waits for.',
    names: 'do_coredump vfs_coredump coredump_wait elf_core_dump dump_* coredump_task_exit wait_for_dump_helpers' },
  { id: 'fault-handler', title: 'userfaultfd handler', words: 'waits for the program that serves its page faults (userfaultfd)',
    means: 'The program that serves its page faults does not answer (migration of virtual machines, checkpoints).',
    next: 'Look at the process that holds the userfaultfd.',
    names: 'handle_userfault userfaultfd_*' },
  { id: 'supervisor', title: 'a supervisor', words: 'waits for the decision of a supervisor (seccomp, fanotify)',
    means: 'A seccomp supervisor or a fanotify listener (virus scanner) has not decided yet.',
    next: 'Look at that daemon: it hangs, or waits for the same file.',
    names: 'seccomp_do_user_notification __seccomp_filter fanotify_get_response fanotify_handle_event' },
  { id: 'helper', title: 'a helper program', words: 'waits for a program that the kernel started (a module, firmware, a helper)',
    means: 'Module loading, firmware or a program started by the kernel does not finish.',
    next: 'See modprobe, udev and firmware lines of the kernel log, and what the child of kthreadd waits for.',
    names: 'call_usermodehelper* __request_module request_firmware* _request_firmware* fw_* load_module do_init_module finished_loading wait_for_device_probe driver_probe_done audit_log_start' },

  { id: 'driver-remove', title: 'a driver to let go', words: 'waits until a device, a driver or a module is let go',
    means: 'A device or a module is being removed, and somebody still uses it.',
    next: 'See lsmod and the kernel log ("waiting for … to become free"); the user of the device is mostly stuck as well.',
    names: 'device_release_driver* __device_release_driver device_driver_detach device_links_unbind_consumers driver_detach driver_unregister bus_remove_driver device_del ' +
      'device_unregister kernfs_drain kernfs_remove* __kernfs_remove sysfs_deactivate sysfs_addrm_finish netdev_wait_allrefs* netdev_run_todo unregister_netdev* del_gendisk ' +
      'wait_for_zero_refcount sys_delete_module SyS_delete_module __do_sys_delete_module cdev_del proc_entry_rundown remove_proc_*' },
  { id: 'rcu-sync', title: 'RCU grace period', words: 'waits until all CPUs have passed a quiet point (RCU)',
    means: 'Some CPU or task does not leave its RCU section: a long stretch without preemption, a stalled CPU.',
    next: 'See RCU stall reports of the kernel log, and tasks that use a whole CPU in the kernel.',
    names: 'wait_rcu_gp __wait_rcu_gp synchronize_rcu* synchronize_sched* synchronize_net synchronize_srcu* __synchronize_srcu _synchronize_rcu_* exp_funnel_lock rcu_barrier* srcu_barrier cond_synchronize_*' },
  { id: 'work', title: 'work of the kernel', words: 'waits until work in a queue of the kernel is done',
    means: 'A work item, a kernel thread or another CPU that it waits for is not done.',
    next: 'Look for the kworker that runs it (sysrq-t prints the workqueues) and what that waits for.',
    names: 'flush_work* __flush_work* __flush_workqueue flush_workqueue cancel_work_sync __cancel_work_* cancel_delayed_work_sync drain_workqueue async_synchronize_* kthread_stop ' +
      'kthread_park kthread_flush_work* stop_one_cpu stop_two_cpus __stop_cpus stop_cpus stop_machine* multi_cpu_stop tasklet_* smp_call_*' },
  { id: 'lock', title: 'a kernel lock', words: 'waits for a lock of the kernel',
    means: 'Somebody holds a mutex, semaphore or rwsem; many here at once mean that one holder waits elsewhere.',
    next: 'Find the holder: mostly the task in D for longest that waits for something else; lockdep or sysrq-d tell (CONFIG_LOCKDEP).',
    names: 'mutex_* __mutex_* ww_mutex_* down down_* __down* rwsem_* call_rwsem_* rt_mutex_* __rt_mutex_* rtlock_* rt_spin_* __rt_spin_* rt_read_* rt_write_* rwbase_* percpu_rwsem_wait ' +
      '__percpu_down_read percpu_down_write semaphore_* lock_mount rtnl_lock* cgroup_lock* cgroup_kn_lock_live' },
  { id: 'graphics', title: 'graphics device', words: 'waits for the graphics device',
    means: 'The GPU does not finish a job: a fence is not signalled, or it is being reset.',
    next: 'See drm and GPU lines of the kernel log for time-outs and resets.',
    names: 'dma_fence_* fence_wait* fence_default_wait drm_* i915_* amdgpu_* radeon_* nouveau_* msm_* etnaviv_* panfrost_* lima_* v3d_* vc4_* sync_fence_* reservation_object_* dma_resv_*' },
  { id: 'sound', title: 'sound device', words: 'waits for a sound device', normal: 'the usual wait while sound plays',
    means: 'The device takes or gives no samples.',
    next: 'See /proc/asound/card*/pcm*/sub*/status and its interrupt.',
    names: 'snd_* __snd_* wait_for_avail' },
  { id: 'video', title: 'video device', words: 'waits for a video device',
    means: 'No frame comes from the camera or the codec.',
    next: 'See the kernel log, and whether its interrupt counts.',
    names: 'vb2_* __vb2_* videobuf_* v4l2_* uvc_*' },
  { id: 'bus', title: 'slow bus (I2C, SPI)', words: 'waits for a device on a slow bus (I2C, SPI, 1-Wire)',
    means: 'A transfer does not end: a device holds the bus, or the controller lost an interrupt.',
    next: 'See i2c and spi lines of the kernel log for time-outs; the kernel stack names the driver that asked.',
    names: 'i2c_* __i2c_* spi_* __spi_* regmap_* w1_* bcm2835_i2c_* dw_i2c_* smbus_*' },
  { id: 'power', title: 'a power state', words: 'waits for the power state of a device',
    means: 'A device does not suspend or resume, or others must do so first.',
    next: 'See power/runtime_status of the devices in /sys, and pm_print_times in the kernel log.',
    names: 'dpm_* pm_* rpm_* __pm_* suspend_* hibernat* device_suspend* async_suspend* genpd_*' },
  { id: 'random', title: 'random numbers', words: 'waits for random numbers',
    means: 'The pool is not initialised yet (early boot), or the hardware generator or TPM is slow.',
    next: 'See "crng init done" in the kernel log.',
    names: 'wait_for_random_bytes random_read* _random_read urandom_read* tpm_* rng_dev_read' },
  { id: 'event', title: 'an event in the kernel', words: 'waits for an event in the kernel that its stack may tell',
    means: 'Its name tells only how it waits, not for what.',
    next: 'The kernel stack tells what for (as root).',
    names: 'wait_for_completion* wait_for_common* __wait_for_common do_wait_for_common __wait_on_bit* out_of_line_wait_on_bit* wait_on_bit* bit_wait* var_wake* wait_event* do_wait_intr* prepare_to_wait* schedule __schedule' },
];

/** One function in a wait's history, and the mainline minors that sleep in it; null: still so. */
export interface WaitName {
  readonly name: string;
  readonly first: string;
  readonly last: string | null;
}

/**
 * Waits whose function got another name, oldest first, each line one wait; `2.6.32` means that or older. What the reports
 * of other releases call it: backports to point releases may be off by some.
 */
// prettier-ignore
export const WAIT_GENERATIONS: readonly (readonly WaitName[])[] = [
  // mm/filemap.c
  [{ name: 'sync_page', first: '2.6.32', last: '2.6.38' }, { name: 'sleep_on_page', first: '2.6.39', last: '3.16' },
    { name: 'wait_on_page_bit', first: '3.17', last: '4.9' }, { name: 'wait_on_page_bit_common', first: '4.10', last: '5.15' },
    { name: 'folio_wait_bit_common', first: '5.16', last: null }],
  [{ name: 'wait_on_page_writeback', first: '2.6.32', last: '5.15' }, { name: 'folio_wait_writeback', first: '5.16', last: null }],
  // mm/vmscan.c
  [{ name: 'congestion_wait', first: '2.6.32', last: '5.15' }, { name: 'reclaim_throttle', first: '5.16', last: null }],
  // mm/memcontrol.c
  [{ name: 'mem_cgroup_handle_oom', first: '2.6.36', last: '3.11' }, { name: 'mem_cgroup_oom_synchronize', first: '3.12', last: null }],
  // kernel/futex
  [{ name: 'futex_wait_queue_me', first: '2.6.32', last: '5.15' }, { name: 'futex_wait_queue', first: '5.16', last: '6.15' },
    { name: 'futex_do_wait', first: '6.16', last: null }],
  // kernel/fork.c: the parent of a vfork
  [{ name: 'do_fork', first: '2.6.32', last: '4.1' }, { name: '_do_fork', first: '4.2', last: '5.9' }, { name: 'kernel_clone', first: '5.10', last: null }],
  // kernel/freezer.c: suspend and the freezer of cgroup v1; cgroup v2 has do_freezer_trap since 5.2
  [{ name: 'refrigerator', first: '2.6.32', last: '3.2' }, { name: '__refrigerator', first: '3.3', last: null }],
  // fs/pipe.c
  [{ name: 'pipe_wait', first: '2.6.32', last: '5.5' }, { name: 'pipe_read', first: '5.6', last: '6.14' }, { name: 'anon_pipe_read', first: '6.15', last: null }],
  // drivers/usb/core/hub.c: a thread became a work item
  [{ name: 'hub_thread', first: '2.6.32', last: '3.17' }, { name: 'hub_event', first: '3.18', last: null }],
  // io_uring/io-wq.c
  [{ name: 'io_wqe_worker', first: '5.5', last: '6.3' }, { name: 'io_wq_worker', first: '6.4', last: null }],
];
