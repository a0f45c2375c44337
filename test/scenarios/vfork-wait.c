/* State D without hardware: a parent whose vfork child neither calls exec nor ends.
 * leader: the process itself; thread: its second thread, with a leader that sleeps. */
#include "scenario.h"

static void *wait_in_thread(void *unused) {
  prctl(PR_SET_NAME, "vfork-thread");
  wait_in_vfork();
  return unused;
}

static void waiter(char **arguments) {
  if (strcmp(arguments[0], "thread")) wait_in_vfork();
  else if (!start_thread(wait_in_thread, NULL)) cannot("start a thread");
  sleep_forever();
}

int main(int argc, char **argv) {
  const char *mode = begin(argc, argv, (struct role[]){{"waiter", waiter}, {0}}, "leader");
  pid_t pid = act("waiter", mode);
  const pid_t *tids = strcmp(mode, "thread") ? (pid_t[]){pid, 0} : other_threads(pid, 1);
  until_state(pid, tids[0], 'D');
  ready("stuck-in-d", (pid_t[]){pid, 0}, tids);
  hold();
}
