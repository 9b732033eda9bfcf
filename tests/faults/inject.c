// Loaded before the system's own library, it lets operations on files below SAE_LAB_FAULT_UNDER fail from the one with the
// number SAE_LAB_FAULT_AT on, as SAE_LAB_FAULT_KIND says: "full", there is no room; "readonly", nothing can be changed;
// "once", that one alone, by an error of the disk. Once one has failed, SAE_LAB_FAULT_SEEN is there. Where
// SAE_LAB_FAULT_CLOCK is 1, the system's time jumps by a year at every look, to and fro.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static atomic_long operations;

static int under(const char *path) {
  const char *folder = getenv("SAE_LAB_FAULT_UNDER");
  return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_of(int file) {
  char name[64], path[4096];
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  ssize_t length = readlink(name, path, sizeof path - 1);
  if (length <= 0)
    return 0;
  path[length] = 0;
  return under(path);
}

enum { TAKES_ROOM, FREES_ROOM };

// Counts an operation. 0: it goes well; 1: it fails; 2: it is the first to fail.
static int fails(int what) {
  const char *kind = getenv("SAE_LAB_FAULT_KIND"), *at = getenv("SAE_LAB_FAULT_AT");
  const char *seen = getenv("SAE_LAB_FAULT_SEEN");
  if (!kind || !at || !seen)
    return 0;
  int full = strcmp(kind, "full") == 0, once = strcmp(kind, "once") == 0;
  if (full && what == FREES_ROOM)
    return 0;
  long now = atomic_fetch_add(&operations, 1) + 1, first = atol(at);
  if (now < first || (once && now > first))
    return 0;
  int mark = syscall(SYS_openat, AT_FDCWD, seen, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
  if (mark >= 0)
    syscall(SYS_close, mark);
  errno = once ? EIO : full ? ENOSPC : EROFS;
  return now == first ? 2 : 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int changes(int flags) { return (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT); }

#define OPEN(name)                                                                                                     \
  int name(const char *path, int flags, ...) {                                                                         \
    mode_t mode = 0;                                                                                                   \
    if (flags & (O_CREAT | O_TMPFILE)) {                                                                               \
      va_list rest;                                                                                                    \
      va_start(rest, flags);                                                                                           \
      mode = va_arg(rest, mode_t);                                                                                     \
      va_end(rest);                                                                                                    \
    }                                                                                                                  \
    if (changes(flags) && under(path) && fails(TAKES_ROOM))                                                            \
      return -1;                                                                                                       \
    return REAL(name)(path, flags, mode);                                                                              \
  }
OPEN(open)
OPEN(open64)

ssize_t write(int file, const void *bytes, size_t length) {
  if (is_of(file)) {
    int failing = fails(TAKES_ROOM);
    // what there is room for is still written
    if (failing == 2 && errno == ENOSPC && length > 1)
      return REAL(write)(file, bytes, length / 2);
    if (failing)
      return -1;
  }
  return REAL(write)(file, bytes, length);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  return is_of(file) && fails(TAKES_ROOM) ? -1 : REAL(writev)(file, parts, count);
}

int fsync(int file) { return is_of(file) && fails(TAKES_ROOM) ? -1 : REAL(fsync)(file); }

int fchmod(int file, mode_t mode) { return is_of(file) && fails(FREES_ROOM) ? -1 : REAL(fchmod)(file, mode); }

int mkdir(const char *path, mode_t mode) { return under(path) && fails(TAKES_ROOM) ? -1 : REAL(mkdir)(path, mode); }

int rename(const char *from, const char *to) {
  return (under(from) || under(to)) && fails(TAKES_ROOM) ? -1 : REAL(rename)(from, to);
}

int unlink(const char *path) { return under(path) && fails(FREES_ROOM) ? -1 : REAL(unlink)(path); }

int rmdir(const char *path) { return under(path) && fails(FREES_ROOM) ? -1 : REAL(rmdir)(path); }

int clock_gettime(clockid_t clock, struct timespec *time) {
  static atomic_long looks;
  int result = syscall(SYS_clock_gettime, clock, time);
  const char *jumps = getenv("SAE_LAB_FAULT_CLOCK");
  if (result == 0 && clock == CLOCK_REALTIME && jumps && strcmp(jumps, "1") == 0) {
    long year = 365 * 86400;
    time->tv_sec += atomic_fetch_add(&looks, 1) % 2 ? year : -year;
  }
  return result;
}
