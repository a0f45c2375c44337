/* Some hundred children a second, each for a millisecond or less: it touches its pages and ends. */
#include "scenario.h"

static void forker(char **arguments) {
  (void)arguments;
  static volatile char pages[64][4096];
  for (;; sleep_for(0.001))
    for (int count = 0; count < 8; count++) { /* however coarse the timers are */
      pid_t child = fork();
      if (child < 0) cannot("fork");
      for (int at = 0; child == 0 && at < 64; at++) pages[at][0] = 1;
      if (child == 0) _exit(0);
      waitpid(child, NULL, 0);
    }
}

int main(int argc, char **argv) {
  begin(argc, argv, (struct role[]){{"forker", forker}, {0}}, "");
  pid_t pid = act("forker", NULL);
  until_comm(pid, "forker");
  sleep_for(0.1);
  end_if_refused();
  ready("fork-churn", (pid_t[]){pid, 0}, NULL);
  hold();
}
