/* Pages of a file that are dropped from the page cache and read again, over and over: what too little memory looks
 * like from the task. The file is in TMPDIR (/var/tmp), 8 MiB, and has no name; tmpfs keeps its pages and cannot. */
#include "scenario.h"

static void reader(char **arguments) {
  (void)arguments;
  static char block[65536];
  const size_t size = 8 << 20;
  const char *folder = getenv("TMPDIR");
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/major-faults-XXXXXX", folder && *folder ? folder : "/var/tmp");
  int fd = mkstemp(path);
  if (fd < 0) cannot("make a file");
  unlink(path);
  for (size_t at = 0; at < size; at += sizeof block)
    if (write(fd, block, sizeof block) != sizeof block) cannot("write a file");
  fsync(fd);
  prctl(PR_SET_NAME, "refaults");
  for (unsigned round = 0;; round++, sleep_for(0.005)) {
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    char *memory = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) cannot("map a file");
    madvise(memory, size, MADV_RANDOM); /* no read-ahead: one fault a page */
    for (size_t at = round % 16 * 4096; at < size; at += 65536) (void)*(volatile char *)(memory + at);
    munmap(memory, size);
  }
}

int main(int argc, char **argv) {
  begin(argc, argv, (struct role[]){{"reader", reader}, {0}}, "");
  pid_t pid = act("reader", NULL);
  until_comm(pid, "refaults");
  for (double from = monotonic(); task_of(pid, pid).major < 200;) look_again(from, "see major faults (is it tmpfs?)");
  ready("thrash", (pid_t[]){pid, 0}, NULL);
  hold();
}
