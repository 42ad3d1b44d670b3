#define _GNU_SOURCE
#include "CBench.h"

#include <ftw.h>
#include <stdio.h>

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place) {
  (void)status;
  (void)type;
  (void)place;
  return remove(path);
}

void bench_remove_directory(const char *path) { nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS); }
