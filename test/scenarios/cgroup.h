/* A cgroup of the situation's own, under the one this process is in; the guard removes it. */
#include "scenario.h"

static int has_word(const char *list, const char *word) {
  size_t length = strlen(word);
  for (const char *at = strstr(list, word); at; at = strstr(at + 1, word))
    if ((at == list || at[-1] == ',' || at[-1] == ':') && (!at[length] || strchr(",:\n", at[length]))) return 1;
  return 0;
}

/* Where the hierarchy with this controller ("": version 2) is mounted, and the root of that mount. */
static int find_mount(const char *controller, char *root, char *point) {
  char line[4096], type[64], options[1024];
  FILE *file = fopen("/proc/self/mountinfo", "re");
  int found = 0;
  while (file && !found && fgets(line, sizeof line, file)) {
    char *end = strstr(line, " - ");
    if (!end || sscanf(line, "%*d %*d %*s %1023s %1023s", root, point) != 2) continue;
    if (sscanf(end, " - %63s %*s %1023s", type, options) != 2) continue;
    found = *controller ? !strcmp(type, "cgroup") && has_word(options, controller) : !strcmp(type, "cgroup2");
  }
  if (file) fclose(file);
  return found;
}

/* The path of this process in that hierarchy: the line `N:controllers:path` of /proc/self/cgroup. */
static int find_path(const char *controller, char *path) {
  char line[2048];
  FILE *file = fopen("/proc/self/cgroup", "re");
  int found = 0;
  while (file && !found && fgets(line, sizeof line, file)) {
    char *list = strchr(line, ':'), *at = list ? strchr(list + 1, ':') : NULL;
    if (!at) continue;
    *at = 0;
    found = *controller ? has_word(list + 1, controller) : !list[1];
    if (found) snprintf(path, 1024, "%s", at + 1);
  }
  if (file) fclose(file);
  path[strcspn(path, "\n")] = 0;
  return found;
}

/* Makes the cgroup. In version 2 beside the own one, where the same controllers are; in version 1 below it.
 * @return 0 where there is no such hierarchy or it is not writable */
static int make_cgroup(const char *controller, char *folder) {
  static char root[1024], point[1024], path[1024] = "";
  char *below = path;
  if (!find_mount(controller, root, point) || !find_path(controller, path)) {
    errno = ENOENT;
    return 0;
  }
  if (strcmp(root, "/") && !strncmp(path, root, strlen(root))) below += strlen(root);
  if (!*controller && strrchr(below, '/')) *strrchr(below, '/') = 0;
  snprintf(folder, PATH_MAX, "%s%s/taskscope-test-%d", point, strcmp(below, "/") ? below : "", getpid());
  guard(folder);
  return !mkdir(folder, 0755);
}

static int write_in(const char *folder, const char *file, const char *text) {
  char path[PATH_MAX + 64];
  snprintf(path, sizeof path, "%s/%s", folder, file);
  return write_text(path, text);
}

static int move_into(const char *folder, pid_t pid) {
  char number[16];
  snprintf(number, sizeof number, "%d", pid);
  return write_in(folder, "cgroup.procs", number);
}
