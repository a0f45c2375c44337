/* rename NAME...              sets comm to the first NAME, to the next one at each line of stdin
 * rename NAME... --argv ARG...  the same, in a program that was exec'ed with the ARGs as its whole argument list
 *
 * \xHH in a NAME or ARG is the byte of that value (in a NAME also \x00, which ends it). Answers `ready PID`, then
 * `named` at each line. */
#include "common.h"

static void unescape(char *text) {
  char *out = text;
  for (char *in = text; *in; out++) {
    if (in[0] == '\\' && in[1] == 'x' && in[2] && in[3]) {
      char hex[3] = {in[2], in[3], 0};
      *out = (char)strtol(hex, NULL, 16);
      in += 4;
    } else {
      *out = *in++;
    }
  }
  *out = 0;
}

/* The names outlive the exec in the environment, one variable each. */
static void exec_as(int names, char **argv, char **arguments) {
  static char variables[16][80];
  char *environment[17] = {0};
  for (int at = 0; at < names && at < 16; at++) {
    snprintf(variables[at], sizeof variables[at], "NAME%d=%s", at, argv[at]);
    environment[at] = variables[at];
  }
  for (char **argument = arguments; *argument; argument++) unescape(*argument);
  execve("/proc/self/exe", arguments, environment);
  fail("exec");
}

static char *name_at(int at, int names, char **argv) {
  char variable[16];
  snprintf(variable, sizeof variable, "NAME%d", at);
  return getenv("NAME0") ? getenv(variable) : at < names ? argv[at] : NULL;
}

int main(int argc, char **argv) {
  die_with(getppid());
  int names = 0;
  if (!getenv("NAME0")) {
    while (names < argc - 1 && strcmp(argv[names + 1], "--argv")) names++;
    if (names == 0) fail("usage: rename NAME... [--argv ARG...]");
    if (names < argc - 1) exec_as(names, argv + 1, argv + names + 2);
  }
  for (int at = 0;; at++) {
    char *name = name_at(at, names, argv + 1);
    if (name) {
      char copy[80];
      snprintf(copy, sizeof copy, "%s", name); /* the argument list stays as it was given */
      unescape(copy);
      prctl(PR_SET_NAME, copy);
    }
    if (at == 0) say("ready %d\n", getpid());
    else say("named\n");
    next_line();
  }
}
