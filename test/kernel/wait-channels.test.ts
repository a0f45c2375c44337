import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { WAIT_GENERATIONS } from '../../src/kernel/wait-channel-data.ts';
import { isBetween, releaseNumber } from '../../src/kernel/release.ts';
import { otherWaitNames, WAIT_FAMILIES, waitFamily } from '../../src/kernel/wait-channels.ts';

/** Names seen on real machines: 5.10 to 6.18, x86_64, arm, arm64, idle but for a few programs. */
const SEEN: Readonly<Record<string, string>> = {
  rescuer_thread: 'idle-worker',
  worker_thread: 'idle-worker',
  kthread_worker_fn: 'idle-worker',
  smpboot_thread_fn: 'idle-thread',
  kthreadd: 'idle-thread',
  watchdog: 'idle-thread',
  oom_reaper: 'idle-thread',
  kswapd: 'idle-thread',
  ksm_scan_thread: 'idle-thread',
  khugepaged: 'idle-thread',
  kcompactd: 'idle-thread',
  kauditd_thread: 'idle-thread',
  kdamond_fn: 'idle-thread',
  kapmd: 'idle-thread',
  devtmpfsd: 'idle-thread',
  devtmpfs_work_loop: 'idle-thread',
  hwrng_fillfn: 'idle-thread',
  add_hwgenerator_randomness: 'idle-thread',
  irq_thread: 'idle-irq',
  rcu_gp_kthread: 'idle-rcu',
  rcu_gp_fqs_loop: 'idle-rcu',
  rcu_tasks_kthread: 'idle-rcu',
  rcu_tasks_one_gp: 'idle-rcu',
  hrtimer_nanosleep: 'sleep',
  do_wait: 'child',
  sigsuspend: 'signal',
  'sigsuspend.isra.0': 'signal',
  do_signal_stop: 'stopped',
  do_epoll_wait: 'poll',
  'poll_schedule_timeout.constprop.0': 'poll',
  anon_pipe_read: 'pipe',
  futex_do_wait: 'futex',
};

/** One wait through the releases: what a function was called, or into what it was inlined. */
const BY_RELEASE: Readonly<Record<string, string>> = {
  page: 'sync_page sync_page_killable sleep_on_page sleep_on_page_killable wait_on_page_bit wait_on_page_bit_killable __lock_page __lock_page_or_retry wait_on_page_bit_common folio_wait_bit_common __folio_lock migration_entry_wait_on_locked softleaf_entry_wait_on_locked',
  block:
    'get_request_wait get_request blk_mq_get_tag rq_qos_wait wbt_wait io_schedule sync_buffer sleep_on_buffer __wait_on_buffer blk_queue_enter __bio_queue_enter dio_await_completion __iomap_dio_rw submit_bio_wait md_super_wait raid5_get_active_stripe nvme_submit_user_cmd',
  writeback: 'folio_wait_writeback wait_on_page_writeback __filemap_fdatawait_range wait_for_stable_page',
  journal:
    'log_wait_commit jbd2_log_wait_commit start_this_handle wait_transaction_locked do_get_write_access add_transaction_credits ext4_file_write_iter xlog_wait_on_iclog xfs_log_force_lsn btrfs_tree_read_lock wait_current_trans cv_wait_common',
  sync: 'bdi_sched_wait sync_inodes_sb wb_wait_for_completion ext4_sync_fs xfs_fs_sync_fs btrfs_sync_fs nfs_sync_fs',
  nfs: 'nfs_wait_bit_uninterruptible nfs_wait_bit_killable rpc_wait_bit_killable nfs_wait_on_request nfs_wait_atomic_killable nfs4_proc_lock nlmclnt_block __rpc_execute',
  'network-filesystem': 'wait_for_response p9_client_rpc ceph_mdsc_do_request smb2_open_file',
  fuse: 'request_wait_answer fuse_wait_on_page_writeback fuse_lookup',
  'fuse-daemon': 'fuse_dev_read fuse_dev_do_read fuse_dev_do_read.constprop.0',
  mmc: 'mmc_wait_for_req mmc_wait_for_req_done __mmc_claim_host mmc_blk_rw_wait mmc_rescan',
  usb: 'usb_kill_urb usb_start_wait_urb usb_sg_wait hub_event hub_port_init usb_stor_bulk_transfer_buf usbdev_ioctl',
  futex: 'futex_wait_queue_me futex_wait_queue futex_do_wait futex_wait futex_lock_pi',
  pipe: 'pipe_wait pipe_read pipe_wait_readable pipe_write pipe_wait_writable anon_pipe_write fifo_open wait_for_partner',
  poll: 'poll_schedule_timeout do_sys_poll do_select core_sys_select sys_epoll_wait SyS_epoll_wait ep_poll',
  accept: 'inet_csk_accept',
  connect: 'inet_wait_for_connect __inet_stream_connect unix_wait_for_peer',
  'socket-receive':
    '__skb_wait_for_more_packets wait_for_packet sk_wait_data unix_stream_data_wait unix_stream_read_generic unix_stream_recvmsg __skb_recv_datagram tcp_recvmsg',
  'socket-send': 'sk_stream_wait_memory sock_alloc_send_pskb sock_alloc_send_skb',
  ready: 'wait_woken',
  tty: 'n_tty_read',
  'tty-output': 'n_tty_write tty_wait_until_sent uart_wait_until_sent',
  child: 'do_wait',
  vfork: 'do_fork _do_fork kernel_clone wait_for_vfork_done',
  sleep: 'do_nanosleep hrtimer_nanosleep common_nsleep schedule_timeout schedule_hrtimeout_range_clock',
  'driver-sleep': 'msleep msleep_interruptible usleep_range usleep_range_state',
  signal: 'sys_pause __do_sys_pause do_sigtimedwait sys_rt_sigtimedwait',
  stopped: 'do_signal_stop get_signal_to_deliver get_signal do_jobctl_trap',
  traced: 'ptrace_stop ptrace_stop.part.0',
  frozen: 'refrigerator __refrigerator do_freezer_trap',
  exit: 'do_exit do_task_dead exit_mm',
  'exit-wait': 'zap_pid_ns_processes',
  'exec-wait': 'de_thread',
  reclaim:
    'congestion_wait wait_iff_congested reclaim_throttle throttle_direct_reclaim shrink_inactive_list mem_cgroup_handle_over_high',
  'memcg-oom': 'mem_cgroup_oom_synchronize',
  'file-lock':
    'flock_lock_file_wait posix_lock_file_wait posix_lock_inode_wait locks_lock_inode_wait __break_lease fcntl_setlk',
  lock: 'rwsem_down_read_failed rwsem_down_read_slowpath call_rwsem_down_write_failed __mutex_lock_slowpath __mutex_lock.constprop.0 rt_mutex_slowlock rtlock_slowlock_locked percpu_rwsem_wait __down_killable',
  io_uring: 'io_cqring_wait io_uring_cancel_generic',
  'idle-worker': 'io_wqe_worker io_wq_worker',
  aio: 'read_events',
  ipc: 'do_msgrcv do_semtimedop __do_semtimedop wq_sleep',
  'rcu-sync': 'wait_rcu_gp __wait_rcu_gp __synchronize_srcu synchronize_sched synchronize_rcu_expedited rcu_barrier',
  work: 'flush_work __flush_work flush_workqueue __flush_workqueue __cancel_work_timer stop_one_cpu kthread_stop',
  'driver-remove':
    'device_release_driver_internal __device_release_driver kernfs_drain netdev_wait_allrefs netdev_wait_allrefs_any __do_sys_delete_module remove_proc_entry del_gendisk',
  'idle-rcu': 'rcu_nocb_kthread nocb_gp_wait nocb_cb_wait',
  'idle-thread':
    'kjournald2 xfsaild bdi_forker_task bdi_writeback_thread scsi_error_handler md_thread hub_thread svc_recv psi_poll_worker psi_rtpoll_worker mmc_queue_thread cifs_demultiplex_thread cpu_stopper_thread',
  'kernel-log': 'do_syslog devkmsg_read',
  supervisor: 'seccomp_do_user_notification fanotify_handle_event fanotify_get_response',
  event: 'wait_for_completion wait_for_common __wait_on_bit bit_wait_io',
};

test('names seen on real machines', () => {
  for (const [name, id] of Object.entries(SEEN)) assert.equal(waitFamily(name)?.id, id, name);
});

test('names of other releases', () => {
  for (const [id, names] of Object.entries(BY_RELEASE))
    for (const name of names.split(' ')) assert.equal(waitFamily(name)?.id, id, name);
});

test('an idle kernel thread is told from one that works', () => {
  assert.match(waitFamily('kjournald2')!.normal!, /without work/);
  assert.equal(waitFamily('jbd2_journal_commit_transaction')!.normal, undefined);
  assert.equal(waitFamily('mmc_queue_thread')!.id, 'idle-thread');
  assert.equal(waitFamily('mmc_queue_suspend')!.id, 'mmc');
  assert.equal(waitFamily('svc_recv')!.id, 'idle-thread');
});

test('words follow the name of a task', () => {
  assert.equal(waitFamily('rpc_wait_bit_killable')!.words, 'waits for a reply of an NFS server');
  for (const { id, words, normal } of WAIT_FAMILIES) {
    assert.match(words, /^(waits|sleeps|is|must|writes) /, id);
    assert.doesNotMatch(words + (normal ?? ''), /\.$/, id);
  }
  const ids = WAIT_FAMILIES.map(family => family.id);
  assert.equal(new Set(ids).size, ids.length);
});

test('no name, no family', () => {
  for (const name of ['', '0', '-', 'ffffffff8110a2f0', 'no_such_function', '*', 'sync_fs', '.isra.0', 'nfs'])
    assert.equal(waitFamily(name), undefined, name);
  assert.equal(waitFamily('nfs_wait_bit_killable [nfs]')!.id, 'nfs', '5.12 to 5.14 told the module');
  assert.equal(waitFamily('x'.repeat(100_000)), undefined);
  fc.assert(fc.property(fc.string(), name => waitFamily(name) === waitFamily(name)));
});

test('every family has a short name, a meaning and a next step, in sentences', () => {
  for (const { id, title, means, next } of WAIT_FAMILIES) {
    assert.ok(title.length > 0 && title.length <= 24, `${id}: ${title}`);
    for (const sentence of [means, next]) assert.match(sentence, /^(\p{Lu}|kill |fsfreeze ).*\.$/u, id);
  }
});

test('the names of a wait follow one another, and are of one family', () => {
  for (const names of WAIT_GENERATIONS) {
    names.forEach(({ name, first, last }, at) => {
      assert.ok(waitFamily(name), name);
      assert.ok(isBetween(first, '2.6.32', last), `${name}: ${first} to ${last}`);
      const before = names[at - 1];
      if (before) assert.ok(releaseNumber(before.last!) < releaseNumber(first), name);
      assert.equal(last === null, at === names.length - 1, name);
    });
  }
  const families = (name: string): (string | undefined)[] =>
    [name, ...otherWaitNames(name).map(other => other.name)].map(each => waitFamily(each)?.id);
  assert.deepEqual(families('folio_wait_bit_common'), ['page', 'page', 'page', 'page', 'page']);
  assert.deepEqual(families('_do_fork'), ['vfork', 'vfork', 'vfork']);
  assert.deepEqual(
    otherWaitNames('pipe_read.part.0').map(({ name }) => name),
    ['pipe_wait', 'anon_pipe_read'],
  );
  assert.deepEqual(otherWaitNames('msleep'), []);
});
