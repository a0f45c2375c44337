/* spin user|sys: burns one CPU in user mode, or in system calls. Each line on stdin is answered with the usage. */
#include "common.h"

static volatile unsigned long counter;

static void burn_user(void) {
  for (;;) counter++;
}

static void burn_system(void) {
  static char zeros[65536];
  int fd = open("/dev/zero", O_RDONLY);
  if (fd < 0) fail("/dev/zero");
  for (;;) syscall(SYS_read, fd, zeros, sizeof zeros); /* long enough to be nearly all kernel */
}

static void *answer(void *unused) {
  (void)unused;
  for (;;) {
    next_line();
    say_usage();
  }
  return NULL;
}

int main(int argc, char **argv) {
  die_with(getppid());
  int user = argc == 2 && !strcmp(argv[1], "user");
  if (!user && !(argc == 2 && !strcmp(argv[1], "sys"))) fail("usage: spin user|sys");
  pthread_t thread;
  if (pthread_create(&thread, NULL, answer, NULL)) fail("thread");
  say("ready %d\n", getpid());
  if (user) burn_user();
  burn_system();
}
