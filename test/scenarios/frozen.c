/* A task in a frozen cgroup. v1: the freezer controller, state D; v2: cgroup.freeze, which looks like sleep. */
#include "cgroup.h"

static void sleeper(char **arguments) {
  (void)arguments;
  prctl(PR_SET_NAME, "frozen");
  sleep_forever();
}

static int says_frozen(const char *folder, int v1) {
  char path[PATH_MAX + 64], text[256];
  snprintf(path, sizeof path, "%s/%s", folder, v1 ? "freezer.state" : "cgroup.events");
  return read_text(path, text, sizeof text) && strstr(text, v1 ? "FROZEN" : "frozen 1");
}

int main(int argc, char **argv) {
  static char folder[PATH_MAX];
  int v1 = !strcmp(begin(argc, argv, (struct role[]){{"sleeper", sleeper}, {0}}, "v2"), "v1");
  if (!make_cgroup(v1 ? "freezer" : "", folder)) cannot("make a cgroup to freeze");
  pid_t pid = act("sleeper", NULL);
  until_comm(pid, "frozen");
  if (!move_into(folder, pid)) cannot("move a task to a cgroup");
  if (v1 ? !write_in(folder, "freezer.state", "FROZEN") : !write_in(folder, "cgroup.freeze", "1"))
    cannot("freeze a cgroup");
  for (double from = monotonic(); !says_frozen(folder, v1);) look_again(from, "see the cgroup frozen");
  ready("frozen", (pid_t[]){pid, 0}, NULL);
  hold();
}
