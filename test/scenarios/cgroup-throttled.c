/* A task that wants a whole CPU in a cgroup that may use a tenth of one: 10 ms of every 100. */
#include "cgroup.h"

static volatile unsigned long counter;

static void burner(char **arguments) {
  (void)arguments;
  prctl(PR_SET_NAME, "throttled");
  for (;;) counter++;
}

static int throttled(const char *folder) {
  char path[PATH_MAX + 64], text[1024], *line;
  snprintf(path, sizeof path, "%s/cpu.stat", folder);
  line = read_text(path, text, sizeof text) ? strstr(text, "nr_throttled ") : NULL;
  return line ? atoi(line + 13) : 0;
}

int main(int argc, char **argv) {
  static char folder[PATH_MAX];
  begin(argc, argv, (struct role[]){{"burner", burner}, {0}}, "");
  int v1 = make_cgroup("cpu", folder);
  if (!v1 && (guard_fd >= 0 || !make_cgroup("", folder))) cannot("make a cgroup to throttle");
  if (v1 ? !write_in(folder, "cpu.cfs_quota_us", "10000") : !write_in(folder, "cpu.max", "10000 100000"))
    cannot("limit the CPU of a cgroup");
  pid_t pid = act("burner", NULL);
  until_comm(pid, "throttled");
  if (!move_into(folder, pid)) cannot("move a task to a cgroup");
  for (double from = monotonic(); throttled(folder) < 2;) look_again(from, "see the throttling");
  ready("cgroup-throttled", (pid_t[]){pid, 0}, NULL);
  hold();
}
