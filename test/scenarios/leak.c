/* Resident memory grows by one mebibyte a second and is never given back. */
#include "scenario.h"

static void leaker(char **arguments) {
  (void)arguments;
  const size_t step = 256 << 10;
  for (int steps = 0; steps < 4 * 600; steps++, sleep_for(0.25)) { /* at most 600 MiB */
    char *memory = mmap(NULL, step, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) cannot("map memory");
    madvise(memory, step, MADV_NOHUGEPAGE);
    for (size_t at = 0; at < step; at += 4096) *(volatile char *)(memory + at) = 1;
  }
  sleep_forever();
}

int main(int argc, char **argv) {
  begin(argc, argv, (struct role[]){{"leaker", leaker}, {0}}, "");
  pid_t pid = act("leaker", NULL);
  until_comm(pid, "leaker");
  ready("leak", (pid_t[]){pid, 0}, NULL);
  hold();
}
