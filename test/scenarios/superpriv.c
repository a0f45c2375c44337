/* A process that uses a capability after MODE seconds (5): chroot to the root it has. The kernel marks it for life. */
#include "scenario.h"

/* Root may in any case, others in a user namespace where they may make one. */
static int use_capability(pid_t parent) {
  if (!chroot("/")) return 0;
  if (unshare(CLONE_NEWUSER)) return -1;
  die_with(parent); /* new capabilities: the kernel forgot the mark */
  return chroot("/");
}

static void actor(char **arguments) {
  pid_t parent = getppid();
  prctl(PR_SET_NAME, "unprivileged");
  sleep_for(strtod(arguments[0], NULL));
  if (use_capability(parent) == 0) prctl(PR_SET_NAME, "used-capability");
  sleep_forever();
}

int main(int argc, char **argv) {
  const char *delay = begin(argc, argv, (struct role[]){{"actor", actor}, {0}}, "5");
  pid_t director = getpid(), probe = fork();
  if (probe == 0) _exit(use_capability(director) ? errno : 0);
  int status = 0;
  waitpid(probe, &status, 0);
  errno = WEXITSTATUS(status);
  if (errno) cannot("use CAP_SYS_CHROOT");
  pid_t pid = act("actor", delay);
  until_comm(pid, "unprivileged");
  ready("superpriv-gained", (pid_t[]){pid, 0}, NULL);
  hold();
}
