/* sleepers N: N children that all sleep. Prints `ready PID-OF-THE-PARENT`. */
#include "common.h"

int main(int argc, char **argv) {
  die_with(getppid());
  long count = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
  if (count < 1) fail("usage: sleepers N");
  for (long number = 0; number < count; number++) fork_waiting();
  say("ready %d\n", getpid());
  until_end_of_input();
}
