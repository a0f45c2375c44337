/* signal: stopped by SIGSTOP (state T); trace: held by a tracer that does not let it go on (state t). */
#include "scenario.h"
#include <sys/ptrace.h>

static void sleeper(char **arguments) {
  (void)arguments;
  setsid(); /* no shell's job, from wherever this is started */
  prctl(PR_SET_NAME, "held");
  sleep_forever();
}

int main(int argc, char **argv) {
  const char *mode = begin(argc, argv, (struct role[]){{"sleeper", sleeper}, {0}}, "signal");
  int trace = !strcmp(mode, "trace");
  pid_t pid = act("sleeper", NULL);
  until_comm(pid, "held");
  if (trace) {
    if (ptrace(PTRACE_SEIZE, pid, NULL, (void *)PTRACE_O_EXITKILL)) cannot("trace a child");
    ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
    waitpid(pid, NULL, __WALL);
  } else {
    kill(pid, SIGSTOP);
  }
  until_state(pid, pid, trace ? 't' : 'T');
  ready("stopped", (pid_t[]){pid, 0}, NULL);
  hold();
}
