#include <stddef.h>

/// Asks the processor to bring memory near, into the second cache at least; never faults.
///
/// C is needed because Swift has no such instruction.
static inline void spnd_prefetch(const void *start, size_t bytes) {
  for (size_t offset = 0; offset < bytes; offset += 64) {
    __builtin_prefetch((const char *)start + offset, 0, 2);
  }
}
