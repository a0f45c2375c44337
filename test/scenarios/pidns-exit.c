/* Killed and not gone, without hardware: the first task of a PID namespace cannot end before all others in it are
 * reaped, and one is owed by a parent outside that does not wait. PF_EXITING and PF_SIGNALED in S, in
 * zap_pid_ns_processes, without memory. Needs the right to make a PID namespace. */
#include "scenario.h"

/* In the namespace the parent has no number: no check whether it is still there. */
static pid_t spawn(const char *role) {
  pid_t child = fork();
  if (child < 0) cannot("fork in a PID namespace");
  if (child > 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  execl("/proc/self/exe", role, "--role", role, (char *)NULL);
  _exit(1);
}

static void sleeper(char **arguments) {
  (void)arguments;
  prctl(PR_SET_NAME, "in-namespace");
  sleep_forever();
}

static void owner(char **arguments) {
  (void)arguments;
  pid_t parent = getppid();
  if (unshare(CLONE_NEWPID) && unshare(CLONE_NEWUSER | CLONE_NEWPID)) cannot("make a PID namespace");
  die_with(parent); /* a new user namespace: the kernel forgot the mark */
  pid_t first = spawn("sleeper"), second = spawn("sleeper");
  while (!comm_is(first, "in-namespace") || !comm_is(second, "in-namespace")) sleep_for(0.002);
  kill(first, SIGKILL);
  siginfo_t info;
  waitid(P_PID, second, &info, WEXITED | WNOWAIT); /* killed by the namespace's end; owed by us */
  char name[16];
  snprintf(name, sizeof name, "owes %d", first);
  prctl(PR_SET_NAME, name);
  sleep_forever();
}

int main(int argc, char **argv) {
  begin(argc, argv, (struct role[]){{"owner", owner}, {"sleeper", sleeper}, {0}}, "");
  pid_t pid = act("owner", NULL), stuck = 0;
  char path[64], text[32];
  snprintf(path, sizeof path, "/proc/%d/comm", pid);
  for (double from = monotonic(); !stuck; look_again(from, "see the task exit"))
    if (read_text(path, text, sizeof text)) sscanf(text, "owes %d", &stuck);
  until_state(stuck, stuck, 'S');
  ready("stuck-in-exit", (pid_t[]){stuck, 0}, NULL);
  hold();
}
