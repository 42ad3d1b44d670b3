#define _GNU_SOURCE
#include "CBench.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// The C library's own names, whose addresses are not replaced below.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static int allocate_aligned(void **p, size_t alignment, size_t size) {
  *p = __libc_memalign(alignment, size);
  return *p ? 0 : ENOMEM;
}

// Each function twice: one for our own code, one for the libraries that we do not write.

static atomic_uint_fast64_t own_count, others_count;

#define COUNT(who) atomic_fetch_add_explicit(&who##_count, 1, memory_order_relaxed)
#define REPLACEMENTS(who)                                                    \
  static void *who##_malloc(size_t size) {                                   \
    COUNT(who);                                                              \
    return __libc_malloc(size);                                              \
  }                                                                          \
  static void *who##_calloc(size_t count, size_t size) {                     \
    COUNT(who);                                                              \
    return __libc_calloc(count, size);                                       \
  }                                                                          \
  static void *who##_realloc(void *p, size_t size) {                         \
    COUNT(who);                                                              \
    return __libc_realloc(p, size);                                          \
  }                                                                          \
  static int who##_posix_memalign(void **p, size_t alignment, size_t size) { \
    COUNT(who);                                                              \
    return allocate_aligned(p, alignment, size);                             \
  }                                                                          \
  static void *who##_aligned_alloc(size_t alignment, size_t size) {          \
    COUNT(who);                                                              \
    return __libc_memalign(alignment, size);                                 \
  }

REPLACEMENTS(own)
REPLACEMENTS(others)

static const struct {
  const char *name;
  void *own, *others;
} replacements[] = {
  {"malloc", own_malloc, others_malloc},
  {"calloc", own_calloc, others_calloc},
  {"realloc", own_realloc, others_realloc},
  {"posix_memalign", own_posix_memalign, others_posix_memalign},
  {"aligned_alloc", own_aligned_alloc, others_aligned_alloc},
};

#if defined(__x86_64__)
#define IS_IMPORT(type) ((type) == R_X86_64_JUMP_SLOT || (type) == R_X86_64_GLOB_DAT)
#elif defined(__aarch64__)
#define IS_IMPORT(type) ((type) == R_AARCH64_JUMP_SLOT || (type) == R_AARCH64_GLOB_DAT)
#endif

/// Where an object's dynamic section says that things are.
typedef struct {
  const ElfW(Sym) *symbols;
  const char *names;
  const ElfW(Rela) *relocations[2];
  size_t counts[2];
} tables;

static tables find_tables(const struct dl_phdr_info *info) {
  tables found = {0};
  for (int i = 0; i < info->dlpi_phnum; i++) {
    if (info->dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
    const ElfW(Dyn) *entry = (const void *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    for (; entry->d_tag != DT_NULL; entry++) {
      switch (entry->d_tag) {
        case DT_SYMTAB: found.symbols = (const void *)entry->d_un.d_ptr; break;
        case DT_STRTAB: found.names = (const void *)entry->d_un.d_ptr; break;
        case DT_JMPREL: found.relocations[0] = (const void *)entry->d_un.d_ptr; break;
        case DT_PLTRELSZ: found.counts[0] = entry->d_un.d_val / sizeof(ElfW(Rela)); break;
        case DT_RELA: found.relocations[1] = (const void *)entry->d_un.d_ptr; break;
        case DT_RELASZ: found.counts[1] = entry->d_un.d_val / sizeof(ElfW(Rela)); break;
      }
    }
  }
  return found;
}

/// Whether an object is ours: the program, which has no name, or what our code is made of.
static bool is_own(const char *path) {
  const char *ours[] = {"libswift", "libstdc++", "libsimdjson", "libFoundation"};
  if (path[0] == 0) return true;
  for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
    if (strstr(path, ours[i])) return true;
  }
  return false;
}

static bool replace(void **place, void *function) {
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  void *start = (void *)((uintptr_t)place & ~(page - 1));
  // Where the table has been made read-only it stays writable; only a benchmark does this.
  if (mprotect(start, page, PROT_READ | PROT_WRITE) != 0) return false;
  *place = function;
  return true;
}

static int patch(struct dl_phdr_info *info, size_t size, void *failed) {
  (void)size;
  // The C library's own calls are part of the calls that are counted, and the loader's are not ours.
  if (strstr(info->dlpi_name, "/libc.so") || strstr(info->dlpi_name, "/ld-linux")) return 0;
  const tables found = find_tables(info);
  if (!found.symbols || !found.names || !strcmp(info->dlpi_name, "linux-vdso.so.1")) return 0;
  const bool own = is_own(info->dlpi_name);
  for (int table = 0; table < 2; table++) {
    for (size_t i = 0; i < found.counts[table]; i++) {
      const ElfW(Rela) *entry = &found.relocations[table][i];
      if (!IS_IMPORT(ELF64_R_TYPE(entry->r_info))) continue;
      const char *name = found.names + found.symbols[ELF64_R_SYM(entry->r_info)].st_name;
      for (size_t k = 0; k < sizeof replacements / sizeof *replacements; k++) {
        if (strcmp(name, replacements[k].name) != 0) continue;
        void *function = own ? replacements[k].own : replacements[k].others;
        if (!replace((void **)(info->dlpi_addr + entry->r_offset), function)) *(bool *)failed = true;
      }
    }
  }
  return 0;
}

bool bench_count_allocations(void) {
  bool failed = false;
  dl_iterate_phdr(patch, &failed);
  return !failed;
}

bench_allocations bench_allocations_now(void) {
  return (bench_allocations){atomic_load(&own_count), atomic_load(&others_count)};
}
