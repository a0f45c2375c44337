/* A SCHED_FIFO task that takes 93 % of one CPU, and a common task pinned to the same CPU that gets nearly nothing.
 * The hog sleeps 14 ms of every 200, which keeps it below the kernel's own limit (sched_rt_runtime_us: 95 %); should it
 * not sleep, the kernel kills it (RLIMIT_RTTIME). */
#include "scenario.h"

static volatile unsigned long counter;

static void pin(const char *cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(atoi(cpu), &set);
  if (sched_setaffinity(0, sizeof set, &set)) cannot("pin a task to a CPU");
}

static void hog(char **arguments) {
  struct rlimit limit = {.rlim_cur = 1000000, .rlim_max = 1000000};
  setrlimit(RLIMIT_RTTIME, &limit);
  pin(arguments[0]);
  struct sched_param parameters = {.sched_priority = 10};
  if (sched_setscheduler(0, SCHED_FIFO, &parameters)) cannot("set SCHED_FIFO (CAP_SYS_NICE, RLIMIT_RTPRIO)");
  prctl(PR_SET_NAME, "fifo-hog");
  for (;; sleep_for(0.014))
    for (double end = monotonic() + 0.186; monotonic() < end;) counter++;
}

static void victim(char **arguments) {
  pin(arguments[0]);
  prctl(PR_SET_NAME, "starved");
  for (;;) counter++;
}

int main(int argc, char **argv) {
  begin(argc, argv, (struct role[]){{"hog", hog}, {"victim", victim}, {0}}, "");
  cpu_set_t mine, others;
  int last = 0;
  char cpu[16];
  sched_getaffinity(0, sizeof mine, &mine);
  others = mine;
  for (int at = 0; at < CPU_SETSIZE; at++)
    if (CPU_ISSET(at, &mine)) last = at;
  CPU_CLR(last, &others);
  if (CPU_COUNT(&others)) sched_setaffinity(0, sizeof others, &others); /* the director must not starve */
  snprintf(cpu, sizeof cpu, "%d", last);
  pid_t starved = act("victim", cpu);
  until_comm(starved, "starved");
  pid_t pid = act("hog", cpu);
  until_comm(pid, "fifo-hog");
  ready("rt-hog", (pid_t[]){pid, starved, 0}, NULL);
  hold();
}
