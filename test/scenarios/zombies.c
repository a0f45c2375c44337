/* Five children that ended, owed by one parent that sleeps and does not wait for them. */
#include "scenario.h"

static void reaper(char **arguments) {
  (void)arguments;
  for (int count = 0; count < 5; count++) {
    pid_t child = fork();
    if (child < 0) cannot("fork");
    if (child == 0) _exit(count);
    siginfo_t info;
    waitid(P_PID, child, &info, WEXITED | WNOWAIT);
  }
  prctl(PR_SET_NAME, "bad-parent");
  sleep_forever();
}

int main(int argc, char **argv) {
  begin(argc, argv, (struct role[]){{"reaper", reaper}, {0}}, "");
  pid_t pid = act("reaper", NULL);
  until_comm(pid, "bad-parent");
  ready("zombies", (pid_t[]){pid, 0}, NULL);
  hold();
}
