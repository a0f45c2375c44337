/* convoy: threads that all wait for one lock; 200 at first, then forty more a second, up to 2000.
 * churn: 250 threads a second that end at once; the count stays, the TIDs climb. */
#include "scenario.h"

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;

static void *wait_for_lock(void *unused) {
  prctl(PR_SET_NAME, "in-convoy");
  pthread_mutex_lock(&held);
  return unused;
}

static void *end_at_once(void *unused) {
  return unused;
}

static void convoy(char **arguments) {
  (void)arguments;
  pthread_mutex_lock(&held);
  for (int count = 0; count < 2000; count++, sleep_for(count < 200 ? 0.005 : 0.025))
    if (!start_thread(wait_for_lock, NULL)) cannot("start a thread");
  sleep_forever();
}

static void churn(char **arguments) {
  (void)arguments;
  for (;; sleep_for(0.004))
    if (!start_thread(end_at_once, NULL)) cannot("start a thread");
}

static int threads_of(pid_t pid) {
  char path[64], text[4096], *line;
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  line = read_text(path, text, sizeof text) ? strstr(text, "\nThreads:") : NULL;
  return line ? atoi(line + 9) : 0;
}

int main(int argc, char **argv) {
  const char *mode = begin(argc, argv, (struct role[]){{"convoy", convoy}, {"churn", churn}, {0}}, "convoy");
  pid_t pid = act(mode, NULL);
  until_comm(pid, mode);
  if (!strcmp(mode, "convoy"))
    for (double from = monotonic(); threads_of(pid) < 200;) look_again(from, "see the threads");
  ready("thread-storm", (pid_t[]){pid, 0}, NULL);
  hold();
}
