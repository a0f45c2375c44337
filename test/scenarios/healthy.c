/* Nothing is wrong: three daemons that sleep (on a timer, on input, for good), a burst of short tasks that is over in
 * less than a second, and a service that is restarted in order. Burst and restart come again every eight seconds. */
#include "scenario.h"

static void on_timer(char **arguments) {
  (void)arguments;
  for (;;) sleep_for(1);
}

static void on_input(char **arguments) {
  (void)arguments;
  char byte;
  while (read(0, &byte, 1) > 0) continue;
}

static void sleeper(char **arguments) {
  (void)arguments;
  sleep_forever();
}

/* Some work like a compiler's: memory, a little CPU, and the end. */
static void compile(char **arguments) {
  (void)arguments;
  char *memory = malloc(2 << 20);
  for (size_t at = 0; memory && at < 2 << 20; at += 512) ((volatile char *)memory)[at] = 1;
  for (double end = monotonic() + 0.015; monotonic() < end;) continue;
}

static volatile sig_atomic_t told;

static void on_term(int number) {
  told = number;
}

static void service(char **arguments) {
  (void)arguments;
  sigset_t term;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  sigprocmask(SIG_BLOCK, &term, NULL);
  sigset_t open_mask;
  sigemptyset(&open_mask);
  signal(SIGTERM, on_term);
  while (!told) sigsuspend(&open_mask);
}

static void forget_last(pid_t pid) {
  waitpid(pid, NULL, 0);
  actor_count--;
}

int main(int argc, char **argv) {
  begin(argc, argv,
        (struct role[]){{"timer-daemon", on_timer},
                        {"input-daemon", on_input},
                        {"sleep-daemon", sleeper},
                        {"cc-like", compile},
                        {"service", service},
                        {0}},
        "");
  int ends[2];
  if (pipe2(ends, O_CLOEXEC)) cannot("make a pipe");
  pid_t pids[5] = {act("timer-daemon", NULL)};
  actor_stdin = ends[0];
  pids[1] = act("input-daemon", NULL);
  actor_stdin = -1;
  pids[2] = act("sleep-daemon", NULL);
  pids[3] = act("service", NULL);
  for (int at = 0; at < 4; at++) until_state(pids[at], pids[at], 'S');
  ready(NULL, pids, NULL);
  for (;;) {
    rest(2);
    for (int count = 0; count < 20; count++) forget_last(act("cc-like", NULL));
    rest(3);
    kill(pids[3], SIGTERM);
    forget_last(pids[3]); /* the service is the last actor */
    rest(0.2);
    pids[3] = act("service", NULL);
    rest(2.8);
  }
}
