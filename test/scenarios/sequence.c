/* sequence SECONDS STEP… : one task through the steps, each held for an equal part of SECONDS. After each change
 * stands one line is printed: {"step":"burn","pid":1234,"asked":12.345678,"at":12.346000}, in seconds of
 * CLOCK_MONOTONIC; the change was between the two.
 *
 *   sleep burn      states S and R                 stop cont   SIGSTOP and SIGCONT by the parent
 *   nice=N          setpriority                    policy=P    other, batch, idle, fifo (never while it burns)
 *   cpu=N|all       sched_setaffinity              name=X      comm by prctl
 *   exec=X          the same PID in a new program, with comm X */
#include "scenario.h"

static volatile unsigned long counter;

/* Orders come on stdin, one line each; a burning player looks for the next one without waiting. */
static void player(char **arguments) {
  if (arguments[0]) prctl(PR_SET_NAME, arguments[0]);
  fcntl(0, F_SETFL, O_NONBLOCK);
  for (int burning = arguments[0] && arguments[1];;) {
    char line[64];
    ssize_t length = read(0, line, sizeof line); /* the director sends one and waits until it is done */
    if (length == 0) _exit(0);
    if (length < 0) {
      if (burning) counter++;
      else {
        fd_set set;
        FD_ZERO(&set);
        FD_SET(0, &set);
        select(1, &set, NULL, NULL, NULL);
      }
      continue;
    }
    line[length - 1] = 0;
    if (!strncmp(line, "name=", 5)) prctl(PR_SET_NAME, line + 5);
    else if (!strncmp(line, "exec=", 5)) {
      const char *again = burning ? "burn" : NULL;
      execl("/proc/self/exe", line + 5, "--role", "player", line + 5, again, (char *)NULL);
      fail("exec");
    } else burning = !strcmp(line, "burn");
  }
}

static int set_policy(pid_t pid, const char *name) {
  struct sched_param parameters = {.sched_priority = strcmp(name, "fifo") ? 0 : 10};
  int policy = !strcmp(name, "batch") ? SCHED_BATCH : !strcmp(name, "idle") ? SCHED_IDLE : SCHED_OTHER;
  return sched_setscheduler(pid, strcmp(name, "fifo") ? policy : SCHED_FIFO, &parameters);
}

static int set_cpu(pid_t pid, const char *name) {
  cpu_set_t set;
  sched_getaffinity(0, sizeof set, &set); /* "all" is all the director may use */
  if (strcmp(name, "all")) {
    CPU_ZERO(&set);
    CPU_SET(atoi(name), &set);
  }
  return sched_setaffinity(pid, sizeof set, &set);
}

/* Does the step and waits until it stands; `state` is where the player rests in it. */
static void take(pid_t pid, int orders, const char *step, char *state) {
  const char *value = strchr(step, '=') ? strchr(step, '=') + 1 : "";
  static int fifo;
  int failed = 0, named = !strncmp(step, "name=", 5) || !strncmp(step, "exec=", 5);
  if (!strcmp(step, "stop") || !strcmp(step, "cont")) {
    failed = kill(pid, step[0] == 's' ? SIGSTOP : SIGCONT);
    if (step[0] == 's') until_state(pid, pid, 'T');
    else until_state(pid, pid, *state);
  } else if (!strncmp(step, "nice=", 5)) failed = setpriority(PRIO_PROCESS, pid, atoi(value));
  else if (!strncmp(step, "policy=", 7)) {
    fifo = !strcmp(value, "fifo");
    if (fifo && *state == 'R') fail("a burning task is not made FIFO");
    failed = set_policy(pid, value);
  } else if (!strncmp(step, "cpu=", 4)) failed = set_cpu(pid, value);
  else if (named || !strcmp(step, "sleep") || !strcmp(step, "burn")) {
    if (fifo && step[0] == 'b') fail("a FIFO task is not made to burn");
    dprintf(orders, "%s\n", step);
    if (!named) *state = step[0] == 's' ? 'S' : 'R';
    if (named) until_comm(pid, value);
    else until_state(pid, pid, *state);
  } else fail("no such step");
  if (failed) cannot(step);
}

int main(int argc, char **argv) {
  begin(argc, argv, (struct role[]){{"player", player}, {0}}, "sleep");
  int ends[2], count = argc - 2;
  char state = 'S';
  if (count < 1) fail("usage: sequence SECONDS STEP...");
  if (pipe2(ends, O_CLOEXEC)) cannot("make a pipe");
  actor_stdin = ends[0];
  pid_t pid = act("player", NULL);
  until_comm(pid, "player");
  until_state(pid, pid, 'S');
  ready(NULL, (pid_t[]){pid, 0}, NULL);
  for (int at = 0; at < count; at++) {
    double asked = monotonic();
    take(pid, ends[1], argv[at + 2], &state);
    say("{\"step\":\"%s\",\"pid\":%d,\"asked\":%.6f,\"at\":%.6f}\n", argv[at + 2], pid, asked, monotonic());
    rest(hold_seconds / count);
  }
  hold();
}
