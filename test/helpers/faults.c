/* faults minor | faults major FILE
 *
 *   r     answers with the usage
 *   go N  takes N faults (one byte in each of N pages) and answers with the usage
 *
 * minor: fresh anonymous memory each time. major: pages of FILE that were dropped from the page cache before; the
 * answer is `kept K` where K of them stay there (tmpfs, a file system without a disk): such a machine has no major
 * faults to show. A second `go` of the same number is the same path through the program: warm it first. */
#include "common.h"

static long page;

static void touch(char *memory, long pages, int write_it) {
  for (long at = 0; at < pages; at++) {
    volatile char *byte = memory + at * page;
    if (write_it) *byte = 1;
    else (void)*byte;
  }
}

static void go_minor(long pages) {
  char *memory = mmap(NULL, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail("mmap");
  madvise(memory, pages * page, MADV_NOHUGEPAGE);
  touch(memory, pages, 1);
  munmap(memory, pages * page);
  say_usage();
}

static long resident(char *memory, long pages) {
  static unsigned char map[65536];
  long count = 0;
  if (pages > (long)sizeof map || mincore(memory, pages * page, map)) fail("mincore");
  for (long at = 0; at < pages; at++) count += map[at] & 1;
  return count;
}

static void go_major(const char *file, long pages) {
  int fd = open(file, O_RDWR);
  if (fd < 0) fail(file);
  if (lseek(fd, 0, SEEK_END) < pages * page) fail("the file is too small");
  fsync(fd);
  posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
  posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
  char *memory = mmap(NULL, pages * page, PROT_READ, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) fail("mmap");
  madvise(memory, pages * page, MADV_RANDOM); /* no read-ahead: one fault a page */
  long kept = resident(memory, pages);
  if (kept == 0) touch(memory, pages, 0);
  munmap(memory, pages * page);
  close(fd);
  if (kept == 0) say_usage();
  else say("kept %ld\n", kept);
}

int main(int argc, char **argv) {
  die_with(getppid());
  page = sysconf(_SC_PAGESIZE);
  int minor = argc == 2 && !strcmp(argv[1], "minor");
  if (!minor && !(argc == 3 && !strcmp(argv[1], "major"))) fail("usage: faults minor | faults major FILE");
  say("ready %d\n", getpid());
  for (;;) {
    char *line = next_line();
    long pages = strncmp(line, "go ", 3) ? 0 : strtol(line + 3, NULL, 10);
    if (pages <= 0) say_usage();
    else if (minor) go_minor(pages);
    else go_major(argv[2], pages);
  }
}
