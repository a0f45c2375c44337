/* threads N: N threads beside the first; one spins (`spinner`), the others sleep (`sleeper-2` …).
 * Prints `ready TID-OF-THE-SPINNER`. */
#include "common.h"

static volatile unsigned long counter;
static volatile int spinner, running;

static void *run(void *number) {
  char name[16];
  long self = (long)number;
  snprintf(name, sizeof name, self == 1 ? "spinner" : "sleeper-%ld", self);
  prctl(PR_SET_NAME, name);
  if (self == 1) spinner = (int)syscall(SYS_gettid);
  __atomic_add_fetch(&running, 1, __ATOMIC_SEQ_CST);
  for (;;) {
    if (self == 1) counter++;
    else pause();
  }
  return NULL;
}

int main(int argc, char **argv) {
  die_with(getppid());
  long count = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
  if (count < 1) fail("usage: threads N");
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 65536);
  for (long number = 1; number <= count; number++) {
    pthread_t thread;
    if (pthread_create(&thread, &small, run, (void *)number)) fail("thread");
  }
  while (running < count) usleep(1000);
  say("ready %d\n", spinner);
  until_end_of_input();
}
