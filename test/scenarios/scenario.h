/* What all situations share: PROGRAM [SECONDS [MODE…]]
 *
 * The program is the director: it starts actors (itself again, with --role: an actor is exec'ed, so that a fork
 * without exec is one only where it is meant), says one line when the situation stands
 *   {"ready":true,"pids":[…],"tids":[…],"expect":"ID"}     or     {"ready":false,"cannot":"why"}
 * holds it for SECONDS (60), and ends all it started. SIGTERM, SIGINT and SIGHUP end it sooner. Actors die with it,
 * even when it is killed; what dies with no process (a cgroup) is the guard's. */
#include "../helpers/common.h"
#include <dirent.h>
#include <limits.h>
#include <sys/stat.h>

struct role {
  const char *name; /* also the actor's comm */
  void (*play)(char **arguments);
};

static pid_t actors[64];
static int actor_count;
static int is_director, guard_fd = -1, actor_stdin = -1;
static double hold_seconds = 60, end_time;
static sigset_t ending;

static double monotonic(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

/* Not usleep: no limit of a second, and an interrupted sleep goes on. */
static void sleep_for(double seconds) {
  struct timespec rest = {.tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (time_t)seconds) * 1e9)};
  while (nanosleep(&rest, &rest) && errno == EINTR) continue;
}

static void sleep_forever(void) {
  for (;;) pause();
}

/* Ends every actor, then waits for all descendants: as the subreaper the director inherits the orphans. */
static void finish(int status) {
  for (int at = 0; at < actor_count; at++) kill(actors[at], SIGKILL);
  if (guard_fd >= 0) close(guard_fd);
  while (waitpid(-1, NULL, __WALL) > 0 || errno == EINTR) continue;
  _exit(status);
}

/* The machine refuses: a result, not an error. */
static void cannot(const char *what) {
  say("{\"ready\":false,\"cannot\":\"cannot %s: %s\"}\n", what, strerror(errno));
  if (is_director) finish(3);
  _exit(3);
}

/* fork and exec of the same program in a role; the actor dies with its parent. */
static pid_t act(const char *role, const char *argument) {
  pid_t parent = getpid(), child = fork();
  if (child < 0) cannot("fork");
  if (child == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    die_with(parent);
    if (actor_stdin >= 0) dup2(actor_stdin, 0);
    execl("/proc/self/exe", role, "--role", role, argument, (char *)NULL);
    fail("exec");
  }
  actors[actor_count++] = child;
  return child;
}

/* The first numbers of /proc/PID/task/TID/stat after comm; state 0 when there is no such thread. */
struct task {
  char state;
  unsigned flags;
  unsigned long minor, major, user, system;
};

static struct task task_of(pid_t pid, pid_t tid) {
  struct task task = {0};
  char path[64], line[1024], *fields;
  snprintf(path, sizeof path, "/proc/%d/task/%d/stat", pid, tid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return task;
  ssize_t length = read(fd, line, sizeof line - 1);
  close(fd);
  if (length <= 0) return task;
  line[length] = 0;
  fields = strrchr(line, ')');
  if (fields)
    sscanf(fields + 2, "%c %*d %*d %*d %*d %*d %u %lu %*u %lu %*u %lu %lu", &task.state, &task.flags, &task.minor,
           &task.major, &task.user, &task.system);
  return task;
}

static int comm_is(pid_t pid, const char *name) {
  char path[64], comm[32] = "";
  snprintf(path, sizeof path, "/proc/%d/comm", pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? -1 : read(fd, comm, sizeof comm - 1);
  if (fd >= 0) close(fd);
  return length == (ssize_t)strlen(name) + 1 && !strncmp(comm, name, length - 1);
}

/* An actor that said why it cannot ends the director, too. */
static void end_if_refused(void) {
  for (int at = 0; at < actor_count; at++) {
    siginfo_t info = {0};
    if (!waitid(P_PID, actors[at], &info, WEXITED | WNOHANG | WNOWAIT) && info.si_pid && info.si_code == CLD_EXITED &&
        info.si_status == 3)
      finish(3);
  }
}

/* One look of a wait; gives up after ten seconds. `from` is monotonic() at its beginning. */
static void look_again(double from, const char *what) {
  end_if_refused();
  if (monotonic() > from + 10) {
    errno = ETIMEDOUT;
    cannot(what);
  }
  sleep_for(0.005);
}

/* Until the kernel shows this state three times running: an actor that starts passes through others. */
static void until_state(pid_t pid, pid_t tid, char state) {
  double from = monotonic();
  for (int seen = 0; seen < 3; look_again(from, "reach the state"))
    seen = task_of(pid, tid).state == state ? seen + 1 : 0;
}

static void until_comm(pid_t pid, const char *name) {
  double from = monotonic();
  while (!comm_is(pid, name)) look_again(from, "see the name");
}

/* The other threads of a process than its leader, 0 at the end; waits until there are so many (up to 8). */
static const pid_t *other_threads(pid_t pid, int wanted) {
  static pid_t tids[9];
  char path[64];
  double from = monotonic();
  snprintf(path, sizeof path, "/proc/%d/task", pid);
  for (;; look_again(from, "see the threads")) {
    int count = 0;
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && count < 8 && (entry = readdir(folder));)
      if (atoi(entry->d_name) > 0 && atoi(entry->d_name) != pid) tids[count++] = atoi(entry->d_name);
    if (folder) closedir(folder);
    tids[count] = 0;
    if (count >= wanted) return tids;
  }
}

static int read_text(const char *path, char *text, size_t size) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t length = read(fd, text, size - 1);
  close(fd);
  if (length < 0) return 0;
  text[length] = 0;
  return 1;
}

static int write_text(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t length = write(fd, text, strlen(text));
  int error = errno;
  close(fd);
  errno = error;
  return length == (ssize_t)strlen(text);
}

static int print_list(char *text, const char *name, const pid_t *list) {
  int length = sprintf(text, ",\"%s\":[", name);
  for (int at = 0; list && list[at]; at++) length += sprintf(text + length, "%s%d", at ? "," : "", list[at]);
  return length + sprintf(text + length, "]");
}

/* The situation stands. Both lists end with 0; expect is NULL where nothing is wrong. */
static void ready(const char *expect, const pid_t *pids, const pid_t *tids) {
  char lists[400];
  print_list(lists + print_list(lists, "pids", pids), "tids", tids);
  end_time = monotonic() + hold_seconds;
  if (expect) say("{\"ready\":true%s,\"expect\":\"%s\"}\n", lists, expect);
  else say("{\"ready\":true%s,\"expect\":null}\n", lists);
}

/* Lets the time pass, but no longer than the situation is to be held. */
static void rest(double seconds) {
  double now = monotonic(), until = now + seconds < end_time ? now + seconds : end_time;
  for (; now < until; now = monotonic()) {
    double left = until - now;
    struct timespec time = {.tv_sec = (time_t)left, .tv_nsec = (long)((left - (time_t)left) * 1e9)};
    if (sigtimedwait(&ending, NULL, &time) > 0) finish(0);
  }
  if (until >= end_time) finish(0);
}

static void hold(void) {
  for (;;) rest(hold_seconds);
}

/* --role guard FD FOLDER: waits until the director is gone in whatever way, thaws the cgroup and removes it. */
static void play_guard(char **arguments) {
  char byte, path[PATH_MAX];
  while (read(atoi(arguments[0]), &byte, 1) < 0 && errno == EINTR) continue;
  for (int tries = 0; tries < 500; tries++) {
    snprintf(path, sizeof path, "%s/freezer.state", arguments[1]);
    write_text(path, "THAWED");
    snprintf(path, sizeof path, "%s/cgroup.freeze", arguments[1]);
    write_text(path, "0");
    if (!rmdir(arguments[1]) || errno == ENOENT) return;
    sleep_for(0.01);
  }
}

/* Starts the guard of a folder that is to be made after this. It does not die with the director: it lives for that. */
static void guard(const char *folder) {
  int ends[2];
  char fd[16];
  if (pipe2(ends, O_CLOEXEC)) cannot("make a pipe");
  pid_t child = fork();
  if (child < 0) cannot("fork");
  if (child == 0) {
    setsid();
    fcntl(ends[0], F_SETFD, 0);
    snprintf(fd, sizeof fd, "%d", ends[0]);
    int null = open("/dev/null", O_RDWR);
    for (int std = 0; std < 3; std++) dup2(null, std); /* nobody waits for the end of its output */
    execl("/proc/self/exe", "guard", "--role", "guard", fd, folder, (char *)NULL);
    _exit(1);
  }
  close(ends[0]);
  guard_fd = ends[1];
}

/* Plays the role that is asked for and does not come back, or makes the process the director.
 * @return the MODE, or the word for it */
static const char *begin(int argc, char **argv, const struct role *roles, const char *mode) {
  if (argc > 2 && !strcmp(argv[1], "--role")) {
    prctl(PR_SET_NAME, argv[2]);
    if (!strcmp(argv[2], "guard")) play_guard(argv + 3);
    for (; roles->name; roles++)
      if (!strcmp(roles->name, argv[2])) roles->play(argv + 3);
    _exit(0);
  }
  if (argc > 1) hold_seconds = strtod(argv[1], NULL);
  if (!(hold_seconds > 0)) fail("usage: PROGRAM [SECONDS [MODE...]]");
  is_director = 1;
  prctl(PR_SET_NAME, "director"); /* no actor's name */
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGHUP);
  sigprocmask(SIG_BLOCK, &ending, NULL);
  return argc > 2 ? argv[2] : mode;
}

/* A thread with a small stack; it ends with the process. */
static int start_thread(void *(*run)(void *), void *argument) {
  static pthread_attr_t small;
  static int made;
  pthread_t thread;
  if (!made) {
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
    made = 1;
  }
  errno = pthread_create(&thread, &small, run, argument);
  return errno == 0;
}

/* Makes the calling thread wait in the kernel (state D, wait_for_vfork_done) for a child that never calls exec. */
static void wait_in_vfork(void) {
  pid_t child = vfork();
  if (child < 0) cannot("vfork");
  if (child > 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL); /* the thread that waits dies by SIGKILL; the child goes with it */
  for (;;) pause();
}
