/* zombie: a child that ended and is not waited for. Prints `ready PID-OF-THE-ZOMBIE`. */
#include "common.h"

int main(void) {
  die_with(getppid());
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) _exit(3);
  siginfo_t info;
  waitid(P_PID, child, &info, WEXITED | WNOWAIT); /* it is a zombie now, and stays one */
  say("ready %d\n", child);
  until_end_of_input();
}
