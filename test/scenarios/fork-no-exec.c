/* A child that was forked, never called exec and waits. pipe: for a byte that nobody writes; futex: for a lock that
 * another thread of the parent held at the fork, which is never released in the copy; the parent waits for the pipe that
 * the exec would close, as libraries do that start programs. */
#include "scenario.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int locked;

static void *hold_lock(void *unused) {
  pthread_mutex_lock(&lock);
  __atomic_store_n(&locked, 1, __ATOMIC_SEQ_CST);
  sleep_forever();
  return unused;
}

static void server(char **arguments) {
  int futex = !strcmp(arguments[0], "futex"), ends[2];
  char byte;
  if (pipe(ends)) cannot("make a pipe");
  if (futex && !start_thread(hold_lock, NULL)) cannot("start a thread");
  while (futex && !__atomic_load_n(&locked, __ATOMIC_SEQ_CST)) sleep_for(0.001);
  pid_t parent = getpid(), child = fork();
  if (child < 0) cannot("fork");
  if (child > 0) close(ends[1]);
  if (child == 0) {
    die_with(parent);
    if (futex) pthread_mutex_lock(&lock);
    else while (read(ends[0], &byte, 1) < 0) continue;
  }
  if (futex) while (read(ends[0], &byte, 1) < 0) continue;
  waitpid(child, NULL, 0);
}

int main(int argc, char **argv) {
  const char *mode = begin(argc, argv, (struct role[]){{"server", server}, {0}}, "pipe");
  pid_t pid = act("server", mode), child = 0;
  char path[64], text[64];
  snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
  for (double from = monotonic(); !child; look_again(from, "see the child"))
    if (read_text(path, text, sizeof text)) child = atoi(text);
  until_state(child, child, 'S');
  ready("fork-no-exec", (pid_t[]){child, 0}, NULL);
  hold();
}
