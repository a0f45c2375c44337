/* A user task that sleeps with allocation-context flags set for good: PR_SET_IO_FLUSHER (since Linux 5.6). */
#include "scenario.h"
#ifndef PR_SET_IO_FLUSHER
#define PR_SET_IO_FLUSHER 57
#endif

static void flusher(char **arguments) {
  (void)arguments;
  if (prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0)) cannot("become an I/O flusher (CAP_SYS_RESOURCE, Linux 5.6)");
  prctl(PR_SET_NAME, "io-flusher");
  sleep_forever();
}

int main(int argc, char **argv) {
  begin(argc, argv, (struct role[]){{"flusher", flusher}, {0}}, "");
  pid_t pid = act("flusher", NULL);
  until_comm(pid, "io-flusher");
  ready("memalloc-held", (pid_t[]){pid, 0}, NULL);
  hold();
}
