/* A leader that ended (state Z) while two threads live: one sleeps, one is in D. The process is not dead. */
#include "scenario.h"

static void *wait_in_thread(void *unused) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NAME, "in-d");
  wait_in_vfork();
  return unused;
}

static void *sleep_in_thread(void *unused) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NAME, "sleeps");
  sleep_forever();
  return unused;
}

static void leader(char **arguments) {
  (void)arguments;
  if (!start_thread(wait_in_thread, NULL) || !start_thread(sleep_in_thread, NULL)) cannot("start a thread");
  syscall(SYS_exit, 0); /* of this thread alone */
}

int main(int argc, char **argv) {
  begin(argc, argv, (struct role[]){{"leader", leader}, {0}}, "");
  pid_t pid = act("leader", NULL), in_d = 0, sleeps = 0;
  until_state(pid, pid, 'Z');
  const pid_t *tids = other_threads(pid, 2);
  for (double from = monotonic(); !in_d || !sleeps; look_again(from, "see the threads wait"))
    for (int at = 0; at < 2; at++) {
      char state = task_of(pid, tids[at]).state;
      if (state == 'D') in_d = tids[at];
      if (state == 'S') sleeps = tids[at];
    }
  ready("false-zombie", (pid_t[]){pid, 0}, (pid_t[]){in_d, sleeps, 0});
  hold();
}
