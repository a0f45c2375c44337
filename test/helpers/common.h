/* What all helpers share. They end when stdin closes or the parent dies, and write with write(2) into static memory:
 * no reply may cost a page fault once it was sent before. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void say(const char *format, ...) {
  static char line[512];
  va_list list;
  va_start(list, format);
  int length = vsnprintf(line, sizeof line, format, list);
  va_end(list);
  if (write(1, line, length) != length) _exit(1);
}

static void fail(const char *what) {
  say("error %s: %s\n", what, strerror(errno));
  _exit(1);
}

/* Also for each forked child: the mark is not inherited. */
static void die_with(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
}

/* A child that lives until its parent dies. */
static pid_t fork_waiting(void) {
  pid_t parent = getpid(), child = fork();
  if (child < 0) {
    say("denied fork: %s\n", strerror(errno));
    _exit(1);
  }
  if (child > 0) return child;
  die_with(parent);
  for (;;) pause();
}

/* The next line of stdin, without its end; ends the program at the end of input. */
static char *next_line(void) {
  static char line[256];
  size_t length = 0;
  while (length < sizeof line - 1) {
    if (read(0, line + length, 1) != 1) _exit(0);
    if (line[length] == '\n') break;
    length++;
  }
  line[length] = 0;
  return line;
}

static void until_end_of_input(void) {
  for (;;) next_line();
}

/* usage UTIME_US STIME_US MINFLT MAJFLT MONOTONIC_NS, of the whole process */
static void say_usage(void) {
  struct rusage usage;
  struct timespec now;
  getrusage(RUSAGE_SELF, &usage);
  clock_gettime(CLOCK_MONOTONIC, &now);
  say("usage %lld %lld %ld %ld %lld\n", usage.ru_utime.tv_sec * 1000000LL + usage.ru_utime.tv_usec,
      usage.ru_stime.tv_sec * 1000000LL + usage.ru_stime.tv_usec, usage.ru_minflt, usage.ru_majflt,
      now.tv_sec * 1000000000LL + now.tv_nsec);
}
