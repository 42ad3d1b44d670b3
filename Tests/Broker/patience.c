// Loaded into the broker, which does two things that Kafka does not, and that would be measured and
// waited for in the place of what is tested.
//
// It answers a fetch that finds nothing at once, without waiting for records, so that each idle
// consumer asks it tens of thousands of times a second. Here an answer to a fetch that holds little
// or nothing is held back for a millisecond; each connection is served on a thread of its own.
//
// And once a second it writes all that it holds into one file as text, which takes seconds when it
// holds gigabytes, and lets nobody in meanwhile. Here it does so only when it ends.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const size_t little = 4096;
static __thread int is_fetch;

ssize_t recv(int socket, void *buffer, size_t size, int flags) {
  static ssize_t (*next)(int, void *, size_t, int);
  if (!next) next = dlsym(RTLD_NEXT, "recv");
  const ssize_t count = next(socket, buffer, size, flags);
  const unsigned char *bytes = buffer;
  // A request begins with its length, the number of its kind (1 is Fetch) and its version.
  if (count >= 8) is_fetch = bytes[4] == 0 && bytes[5] == 1 && bytes[6] == 0 && bytes[7] < 32;
  return count;
}

ssize_t send(int socket, const void *buffer, size_t size, int flags) {
  static ssize_t (*next)(int, const void *, size_t, int);
  if (!next) next = dlsym(RTLD_NEXT, "send");
  if (is_fetch && size < little) usleep(1000);
  is_fetch = 0;
  return next(socket, buffer, size, flags);
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *request,
                    struct timespec *rest) {
  static int (*next)(clockid_t, int, const struct timespec *, struct timespec *);
  if (!next) next = dlsym(RTLD_NEXT, "clock_nanosleep");
  char thread[16] = "";
  prctl(PR_GET_NAME, thread);
  while (strcmp(thread, "autosave") == 0) pause();
  return next(clock, flags, request, rest);
}
