// What `spnd bench` needs of C: a count of heap allocations, and the loop that it compares with.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Heap allocations of this process since `bench_count_allocations`.
typedef struct {
  /// Those of the program, Swift's libraries, C++'s and simdjson.
  uint64_t own;
  /// Those of all other libraries, librdkafka among them.
  uint64_t others;
} bench_allocations;

/// Counts calls of malloc, calloc, realloc and aligned allocation from here on, by replacing their addresses in the
/// tables of every loaded library; false where the system does not let us. Call before starting threads.
bool bench_count_allocations(void);
bench_allocations bench_allocations_now(void);

/// What the floor does: consumes, copies and produces each record, and commits the offsets.
typedef struct {
  /// librdkafka's properties of the two clients, a line `name=value` each.
  const char *consumer;
  const char *producer;
  /// Whether the commits are transactions; the producer then has a transactional.id.
  bool is_transactional;
  const char *input;
  const char *output;
  int64_t commit_interval_ms;
  /// The most records between two commits.
  int64_t batch;
  /// Records that all threads have committed together, shared by them.
  int64_t *done;
  /// Ends when this is no longer 0.
  const int64_t *stop;
} bench_floor;

/// Runs the floor on the calling thread; null, or what went wrong, to be freed.
char *bench_run_floor(const bench_floor *floor);

/// Reads and writes a number that threads share.
int64_t bench_load(const int64_t *number);
void bench_store(int64_t *number, int64_t value);

/// Removes a directory and all that is in it; Swift cannot call nftw.
void bench_remove_directory(const char *path);
