/* rt: a sleeping task of policy FIFO, priority 20. Prints `ready PID`, or `denied ERROR` where that is not allowed. */
#include "common.h"

int main(void) {
  die_with(getppid());
  struct sched_param parameters = {.sched_priority = 20};
  if (sched_setscheduler(0, SCHED_FIFO, &parameters)) say("denied %s\n", strerror(errno));
  else say("ready %d\n", getpid());
  until_end_of_input();
}
