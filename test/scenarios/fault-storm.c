/* Minor faults without growth: the same mebibyte is mapped, touched and unmapped again and again. */
#include "scenario.h"

static void storm(char **arguments) {
  (void)arguments;
  const size_t size = 1 << 20;
  for (unsigned round = 0;; round++) {
    if (round % 8 == 0) sleep_for(0.0005); /* a good part of a CPU, not all of it */
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) cannot("map memory");
    madvise(memory, size, MADV_NOHUGEPAGE);
    for (size_t at = 0; at < size; at += 4096) *(volatile char *)(memory + at) = 1;
    munmap(memory, size);
  }
}

int main(int argc, char **argv) {
  begin(argc, argv, (struct role[]){{"storm", storm}, {0}}, "");
  pid_t pid = act("storm", NULL);
  double from = monotonic();
  while (task_of(pid, pid).minor < 20000) look_again(from, "see the faults");
  ready("fault-storm", (pid_t[]){pid, 0}, NULL);
  hold();
}
