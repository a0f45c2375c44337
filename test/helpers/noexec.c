/* noexec: a child that was forked and never called exec. Prints `ready PID-OF-THE-CHILD`. */
#include "common.h"

int main(void) {
  die_with(getppid());
  say("ready %d\n", fork_waiting());
  until_end_of_input();
}
