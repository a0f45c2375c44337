/* SIGTERM was sent, is blocked and stays pending: for the process, or (thread) for its second thread alone. */
#include "scenario.h"

static void *sleep_in_thread(void *unused) {
  sleep_forever();
  return unused;
}

static void deaf(char **arguments) {
  (void)arguments;
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigprocmask(SIG_BLOCK, &set, NULL);
  if (!start_thread(sleep_in_thread, NULL)) cannot("start a thread"); /* inherits the mask */
  prctl(PR_SET_NAME, "deaf-to-term");
  sleep_forever();
}

int main(int argc, char **argv) {
  const char *mode = begin(argc, argv, (struct role[]){{"deaf", deaf}, {0}}, "process");
  int one = !strcmp(mode, "thread");
  pid_t pid = act("deaf", NULL);
  until_comm(pid, "deaf-to-term");
  pid_t tid = other_threads(pid, 1)[0];
  if (one ? syscall(SYS_tgkill, pid, tid, SIGTERM) : kill(pid, SIGTERM)) cannot("send a signal");
  ready("signal-blocked", (pid_t[]){pid, 0}, (pid_t[]){one ? tid : pid, 0});
  hold();
}
