/* A file server that does not answer, played by this program over /dev/fuse: like NFS without a network, and gone
 * without a trace when the server ends, because the kernel then fails what waits. Needs the right to mount.
 *
 *   page     a page fault on a mapped file: D in folio_wait_bit_common (killable)
 *   request  fsync: D in request_wait_answer (killable)
 *   exit     killed while it has the file open: the flush at the close is never answered. D in request_wait_answer,
 *            PF_EXITING and PF_SIGNALED, no memory left, and no signal helps */
#include "scenario.h"
#include <linux/fuse.h>
#include <sys/mount.h>
#include <sys/time.h>

#define MOUNTED "/dev/full" /* in a mount namespace of our own a file of ours lies over it */

static void reply(int fd, unsigned long long unique, int error, const void *body, size_t size) {
  static char out[512];
  struct fuse_out_header header = {.len = (unsigned)(sizeof header + size), .error = error, .unique = unique};
  memcpy(out, &header, sizeof header);
  if (size) memcpy(out + sizeof header, body, size);
  if (write(fd, out, header.len) < 0 && errno != ENOENT) fail("reply to the kernel");
}

/* An open is answered when its interrupt came, and that with ENOSYS: from then on waits are not interruptible (S)
 * but killable (D), as with most servers. */
static void server(char **arguments) {
  static char request[1 << 18];
  int fd = atoi(arguments[0]);
  unsigned long long held = 0;
  struct fuse_open_out opened = {.fh = 1};
  struct fuse_attr_out attributes = {.attr_valid = 3600};
  attributes.attr.ino = FUSE_ROOT_ID;
  attributes.attr.mode = S_IFREG | 0666;
  attributes.attr.size = 1 << 20;
  attributes.attr.nlink = 1;
  prctl(PR_SET_NAME, "silent-server");
  for (;;) {
    if (read(fd, request, sizeof request) < 0) {
      if (errno == EINTR || errno == ENOENT) continue;
      return;
    }
    struct fuse_in_header *in = (struct fuse_in_header *)request;
    struct fuse_init_out init = {.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION, .max_write = 4096};
    init.flags = FUSE_ASYNC_READ; /* a page fault then waits for the page, not for the answer */
    init.max_readahead = 65536;
    switch (in->opcode) {
    case FUSE_INIT: reply(fd, in->unique, 0, &init, sizeof init); break;
    case FUSE_GETATTR: reply(fd, in->unique, 0, &attributes, sizeof attributes); break;
    case FUSE_OPEN: held = in->unique; break;
    case FUSE_INTERRUPT:
      reply(fd, in->unique, -ENOSYS, NULL, 0);
      if (held) reply(fd, held, 0, &opened, sizeof opened);
      held = 0;
      break;
    case FUSE_READ:
    case FUSE_FSYNC:
    case FUSE_FLUSH:
    case FUSE_RELEASE: break; /* silence */
    default: reply(fd, in->unique, -ENOSYS, NULL, 0);
    }
  }
}

static void on_alarm(int number) {
  (void)number;
}

static void client(char **arguments) {
  struct itimerval often = {{0, 10000}, {0, 10000}}, never = {{0, 0}, {0, 0}};
  struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
  sigaction(SIGALRM, &action, NULL);
  setitimer(ITIMER_REAL, &often, NULL);
  int fd = open(MOUNTED, O_RDWR | O_CLOEXEC);
  if (fd < 0) cannot("open a file of the server");
  setitimer(ITIMER_REAL, &never, NULL);
  prctl(PR_SET_NAME, "waits");
  if (!strcmp(arguments[0], "exit")) kill(getpid(), SIGKILL);
  if (!strcmp(arguments[0], "request")) fsync(fd);
  struct stat size; /* before it is asked for, the kernel takes the file for empty */
  if (fstat(fd, &size)) cannot("look at a file of the server");
  char *memory = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) cannot("map a file of the server");
  (void)*(volatile char *)memory;
}

/* As an ordinary user in a user namespace, where one may be made. */
static void own_mounts(void) {
  char map[64];
  if (unshare(CLONE_NEWNS)) {
    snprintf(map, sizeof map, "0 %d 1", getuid());
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) || !write_text("/proc/self/uid_map", map))
      cannot("make a mount namespace");
    snprintf(map, sizeof map, "0 %d 1", getgid());
    write_text("/proc/self/setgroups", "deny");
    write_text("/proc/self/gid_map", map);
  }
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)) cannot("make the mounts private");
}

int main(int argc, char **argv) {
  const char *mode = begin(argc, argv, (struct role[]){{"server", server}, {"client", client}, {0}}, "page");
  char text[128];
  if (getuid()) prctl(PR_SET_DUMPABLE, 1); /* for uid_map */
  own_mounts();
  int fd = open("/dev/fuse", O_RDWR);
  if (fd < 0) cannot("open /dev/fuse");
  snprintf(text, sizeof text, "fd=%d,rootmode=100000,user_id=0,group_id=0", fd);
  if (mount("silent", MOUNTED, "fuse", MS_NOSUID | MS_NODEV, text)) cannot("mount");
  snprintf(text, sizeof text, "%d", fd);
  act("server", text);
  close(fd); /* only the server has it: with the server the connection ends */
  pid_t pid = act("client", mode);
  until_comm(pid, "waits");
  until_state(pid, pid, 'D');
  ready(strcmp(mode, "exit") ? "stuck-in-d" : "stuck-in-exit", (pid_t[]){pid, 0}, NULL);
  hold();
}
