/* A kworker that uses a CPU without hardware: what is written to pseudo terminals is processed by kworkers. */
#include "scenario.h"
#include <termios.h>

enum { TERMINALS = 4 };

static int open_terminal(int *slave) {
  int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (master < 0 || unlockpt(master)) cannot("open a pseudo terminal");
  *slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (*slave < 0) cannot("open a pseudo terminal");
  return master;
}

static void typist(char **arguments) {
  (void)arguments;
  static char text[4096], drain[65536];
  int masters[TERMINALS], slaves[TERMINALS];
  for (int at = 0; at < TERMINALS; at++) masters[at] = open_terminal(&slaves[at]);
  memset(text, 'x', sizeof text);
  for (size_t at = 15; at < sizeof text; at += 16) text[at] = '\n';
  prctl(PR_SET_NAME, "typist");
  for (;;) /* it waits often enough: reading waits for the kworker */
    for (int at = 0; at < TERMINALS; at++) {
      for (int times = 0; times < 4; times++)
        if (write(masters[at], text, sizeof text) < 0) break; /* the echo of each byte is the kworker's, too */
      while (read(slaves[at], drain, sizeof drain) > 0) continue;
      while (read(masters[at], drain, sizeof drain) > 0) continue;
    }
}

int main(int argc, char **argv) {
  begin(argc, argv, (struct role[]){{"typist", typist}, {0}}, "");
  pid_t pid = act("typist", NULL);
  until_comm(pid, "typist");
  sleep_for(0.2);
  end_if_refused();
  ready("kworker-burn", (pid_t[]){pid, 0}, NULL);
  hold();
}
