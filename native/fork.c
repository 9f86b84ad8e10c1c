/*
 * Forks a running Node process so that the child can write a heap snapshot of its frozen copy of the heap while the
 * parent goes on serving. glibc Linux on x86-64 and aarch64; one binary serves every Node version (Node-API).
 *
 * What stands in the way of a plain fork(), and what is done about it here:
 * - V8 maps its heap with MADV_DONTFORK: the regions are found in /proc/self/smaps, and released for the one fork.
 * - The child has no other threads, and glibc's pthread_cond_signal waits for waiters that are gone: in the child the
 *   call is redirected to a function that does nothing (nobody can be waiting there).
 * - The child must be the first to go: it dies with the parent, is the OOM killer's first choice, has the lowest
 *   priority writes nowhere but to its output, and leaves no core file (it is full of the server's secrets).
 *
 * Sources: madvise(2), proc_pid_smaps(5), prctl(2), dl_iterate_phdr(3), elf(5), and the ELF supplements of both processors.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <node_api.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if !defined(__linux__) || !defined(__GLIBC__)
#error "glibc Linux only"
#endif

#if defined(__x86_64__)
#define RELOCATION_JUMP_SLOT R_X86_64_JUMP_SLOT
#define RELOCATION_GLOB_DAT R_X86_64_GLOB_DAT
#elif defined(__aarch64__)
#define RELOCATION_JUMP_SLOT R_AARCH64_JUMP_SLOT
#define RELOCATION_GLOB_DAT R_AARCH64_GLOB_DAT
#else
#error "x86-64 and aarch64 only"
#endif

/* How the child ends when it cannot begin; src/snapshot/writers/child-end.ts reads them. */
enum { EXIT_PRCTL_REFUSED = 71, EXIT_PARENT_GONE = 72, EXIT_GOT_READ_ONLY = 73, EXIT_DESCRIPTORS_KEPT = 74 };

/* Where a fork failed; src/snapshot/writers/native.ts names them. */
enum { STAGE_BUSY = 1, STAGE_GOT, STAGE_SMAPS, STAGE_MADVISE, STAGE_FORK };

/* 16 GiB of heap are about 65,000 pages of 256 KiB, and neighbours make one region. */
enum { MAX_REGIONS = 65536, MAX_SLOTS = 512, READ_BYTES = 65536, LINE_BYTES = 512 };

struct region {
  uintptr_t start;
  uintptr_t end;
};

/* All static: while the map is read nothing may be allocated, neither by V8 (a page it maps then is missing in the
 * child) nor by malloc. */
static struct region regions[MAX_REGIONS];
static size_t region_count;
static void **slots[MAX_SLOTS];
static size_t slot_count;
static bool slots_overflowed;
static _Alignas(8) char read_buffer[READ_BYTES];
static char line_buffer[LINE_BYTES];
static atomic_flag in_use = ATOMIC_FLAG_INIT;

/* ---- The map of memory ---- */

static const char *read_hex(const char *text, uintptr_t *value) {
  uintptr_t sum = 0;
  for (;; text += 1) {
    const char c = *text;
    if (c >= '0' && c <= '9') sum = sum * 16 + (uintptr_t)(c - '0');
    else if (c >= 'a' && c <= 'f') sum = sum * 16 + (uintptr_t)(c - 'a' + 10);
    else break;
  }
  *value = sum;
  return text;
}

/* A region that asks not to be forked; what belongs to a device asks so too, and cannot be copied at all. */
static bool wants_no_fork(const char *flags) {
  return strstr(flags, " dc") != NULL && strstr(flags, " io") == NULL && strstr(flags, " pf") == NULL &&
         strstr(flags, " mm") == NULL;
}

static int take_line(const char *line, struct region *current) {
  if ((line[0] >= '0' && line[0] <= '9') || (line[0] >= 'a' && line[0] <= 'f')) {
    const char *rest = read_hex(line, &current->start);
    if (*rest == '-') read_hex(rest + 1, &current->end);
    return 0;
  }
  if (strncmp(line, "VmFlags:", 8) != 0 || !wants_no_fork(line + 8)) return 0;
  if (region_count == MAX_REGIONS) return ENOSPC;
  regions[region_count++] = *current;
  return 0;
}

static int find_regions(void) {
  struct region current = {0, 0};
  size_t length = 0;
  int error = 0;
  region_count = 0;
  const int fd = open("/proc/self/smaps", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  while (error == 0) {
    const ssize_t got = read(fd, read_buffer, sizeof read_buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) error = errno;
    if (got <= 0) break;
    for (ssize_t i = 0; i < got && error == 0; i += 1) {
      if (read_buffer[i] != '\n') {
        /* What does not fit is the end of a file name, which nobody asks for. */
        if (length < LINE_BYTES - 1) line_buffer[length++] = read_buffer[i];
        continue;
      }
      line_buffer[length] = '\0';
      length = 0;
      error = take_line(line_buffer, &current);
    }
  }
  close(fd);
  return error;
}

static int advise_regions(size_t count, int advice) {
  for (size_t i = 0; i < count; i += 1) {
    void *start = (void *)regions[i].start;
    if (madvise(start, regions[i].end - regions[i].start, advice) != 0) {
      /* ENOMEM: another thread has unmapped a part of it since; the rest was advised. */
      if (errno != ENOMEM) return errno;
    }
  }
  return 0;
}

/* ---- The calls that must do nothing in the child ---- */

static int do_nothing(void *condition) {
  (void)condition;
  return 0;
}

static bool is_signalling(const char *name) {
  return strcmp(name, "pthread_cond_signal") == 0 || strcmp(name, "pthread_cond_broadcast") == 0;
}

static void collect_slots(ElfW(Addr) base, const ElfW(Rela) * table, size_t bytes, const ElfW(Sym) * symbols,
                          const char *names) {
  for (size_t i = 0; i < bytes / sizeof *table; i += 1) {
    const unsigned long type = ELF64_R_TYPE(table[i].r_info);
    if (type != RELOCATION_JUMP_SLOT && type != RELOCATION_GLOB_DAT) continue;
    if (!is_signalling(names + symbols[ELF64_R_SYM(table[i].r_info)].st_name)) continue;
    if (slot_count == MAX_SLOTS) {
      slots_overflowed = true;
      return;
    }
    slots[slot_count++] = (void **)(base + table[i].r_offset);
  }
}

static bool is_own_to_libc(const char *path) {
  const char *slash = strrchr(path, '/');
  const char *name = slash == NULL ? path : slash + 1;
  return strncmp(name, "libc.so", 7) == 0 || strncmp(name, "libpthread", 10) == 0 || strncmp(name, "ld-linux", 8) == 0 ||
         strncmp(name, "linux-vdso", 10) == 0;
}

static int visit_library(struct dl_phdr_info *info, size_t size, void *data) {
  (void)size;
  (void)data;
  if (info->dlpi_name != NULL && is_own_to_libc(info->dlpi_name)) return 0;
  const ElfW(Dyn) *dynamic = NULL;
  for (int i = 0; i < info->dlpi_phnum; i += 1) {
    if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
      dynamic = (const ElfW(Dyn) *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
  }
  if (dynamic == NULL) return 0;
  const ElfW(Sym) *symbols = NULL;
  const char *names = NULL;
  const ElfW(Rela) *jump = NULL, *data_table = NULL;
  size_t jump_bytes = 0, data_bytes = 0, relative = 0;
  /* glibc has added the base address to these pointers, except in the vDSO, which was passed over. */
  for (; dynamic->d_tag != DT_NULL; dynamic += 1) {
    switch (dynamic->d_tag) {
      case DT_SYMTAB: symbols = (const void *)dynamic->d_un.d_ptr; break;
      case DT_STRTAB: names = (const void *)dynamic->d_un.d_ptr; break;
      case DT_JMPREL: jump = (const void *)dynamic->d_un.d_ptr; break;
      case DT_PLTRELSZ: jump_bytes = dynamic->d_un.d_val; break;
      case DT_RELA: data_table = (const void *)dynamic->d_un.d_ptr; break;
      case DT_RELASZ: data_bytes = dynamic->d_un.d_val; break;
      case DT_RELACOUNT: relative = dynamic->d_un.d_val * sizeof(ElfW(Rela)); break;
      default: break;
    }
  }
  if (symbols == NULL || names == NULL) return 0;
  if (jump != NULL) collect_slots(info->dlpi_addr, jump, jump_bytes, symbols, names);
  /* A position-independent executable begins with up to a million relative relocations. */
  if (data_table != NULL && data_bytes > relative)
    collect_slots(info->dlpi_addr, (const void *)((const char *)data_table + relative), data_bytes - relative, symbols,
                  names);
  return 0;
}

/* In the parent, where the loader's lock is certainly free: the child only writes. */
static int find_slots(void) {
  slot_count = 0;
  slots_overflowed = false;
  dl_iterate_phdr(visit_library, NULL);
  if (slots_overflowed) return ENOSPC;
  return slot_count == 0 ? ENOTSUP : 0;
}

static int redirect_slots(void) {
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (size_t i = 0; i < slot_count; i += 1) {
    void *start = (void *)((uintptr_t)slots[i] & ~(page - 1));
    if (mprotect(start, page, PROT_READ | PROT_WRITE) != 0) return errno;
    *slots[i] = (void *)do_nothing;
  }
  return 0;
}

/* ---- The child ---- */

/* Best effort: what a sandbox forbids here makes the child a little less polite, not wrong. */
static bool write_text(const char *path, const char *text) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool written = write(fd, text, strlen(text)) > 0;
  close(fd);
  return written;
}

struct directory_entry {
  uint64_t inode;
  int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

/*
 * Puts /dev/null in the place of every descriptor but the output. They cannot just be closed: V8 posts tasks, for which
 * libuv writes to its wake-up descriptor, and it aborts where it cannot. Nor may they stay, not that one either: the
 * server would be woken, and a child that outlives it would hold its port. What V8 prints while it dies belongs in no
 * log of the server.
 */
static bool silence_all_but(int kept) {
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  const int folder = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (null < 0 || folder < 0) return false;
  for (;;) {
    const long got = syscall(SYS_getdents64, folder, read_buffer, sizeof read_buffer);
    if (got < 0) return false;
    if (got == 0) break;
    for (long at = 0; at < got;) {
      const struct directory_entry *entry = (const void *)(read_buffer + at);
      at += entry->length;
      if (entry->name[0] < '0' || entry->name[0] > '9') continue;
      int fd = 0;
      for (const char *digit = entry->name; *digit != '\0'; digit += 1) fd = fd * 10 + (*digit - '0');
      if (fd != kept && fd != folder && fd != null && dup2(null, fd) < 0) return false;
    }
  }
  close(folder);
  return true;
}

static void reset_signals(void) {
  for (int number = 1; number < NSIG; number += 1) signal(number, SIG_DFL);
  /* The CPU profiler's last tick may still be on its way. */
  signal(SIGPROF, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static void forbid_core_file(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_CORE, &limit) == 0) {
    /* 1 is the one limit that a core pattern with a pipe obeys as well, see fs/coredump.c. */
    limit.rlim_cur = limit.rlim_max < 1 ? limit.rlim_max : 1;
    setrlimit(RLIMIT_CORE, &limit);
  }
  write_text("/proc/self/coredump_filter", "0");
}

static void become_child(int output, pid_t parent) {
  reset_signals();
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) _exit(EXIT_PRCTL_REFUSED);
  /* It may have died before the kernel knew that we care. */
  if (getppid() != parent) _exit(EXIT_PARENT_GONE);
  prctl(PR_SET_NAME, "tidemark-snap");
  write_text("/proc/self/oom_score_adj", "1000");
  forbid_core_file();
  setpriority(PRIO_PROCESS, 0, 19);
  if (!silence_all_but(output)) _exit(EXIT_DESCRIPTORS_KEPT);
  if (redirect_slots() != 0) _exit(EXIT_GOT_READ_ONLY);
}

/* ---- Node-API ---- */

static bool int_argument(napi_env env, napi_value value, int32_t *into) {
  return napi_get_value_int32(env, value, into) == napi_ok;
}

static int32_t *int_array(napi_env env, napi_value value, size_t least) {
  napi_typedarray_type type;
  size_t length;
  void *data;
  if (napi_get_typedarray_info(env, value, &type, &length, &data, NULL, NULL) != napi_ok) return NULL;
  return type == napi_int32_array && length >= least ? data : NULL;
}

static napi_value refuse(napi_env env, const char *message) {
  napi_throw_type_error(env, NULL, message);
  return NULL;
}

static napi_value number(napi_env env, int32_t value) {
  napi_value result = NULL;
  napi_create_int32(env, value, &result);
  return result;
}

/* pipe(ends: Int32Array): 0 or an errno. ends[0] is for reading, ends[1] for writing; no spawned process inherits them. */
static napi_value make_pipe(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value arguments[1];
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  int32_t *ends = count < 1 ? NULL : int_array(env, arguments[0], 2);
  if (ends == NULL) return refuse(env, "pipe needs an Int32Array of 2");
  int made[2];
  if (pipe2(made, O_CLOEXEC) != 0) return number(env, errno);
  ends[0] = made[0];
  ends[1] = made[1];
  return number(env, 0);
}

static int64_t micros(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int fork_with_heap(int output, int32_t *facts) {
  const pid_t parent = getpid();
  const int64_t start = micros();
  int error = find_slots();
  facts[0] = STAGE_GOT;
  if (error != 0) return -error;
  facts[0] = STAGE_SMAPS;
  error = find_regions();
  facts[1] = (int32_t)region_count;
  facts[2] = (int32_t)(micros() - start);
  if (error != 0) return -error;
  facts[0] = STAGE_MADVISE;
  error = advise_regions(region_count, MADV_DOFORK);
  if (error != 0) {
    advise_regions(region_count, MADV_DONTFORK);
    return -error;
  }
  facts[0] = STAGE_FORK;
  /* No handler of the server may run in the child before the signals are reset there. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  const pid_t child = fork();
  if (child == 0) {
    become_child(output, parent);
    return 0;
  }
  error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  advise_regions(region_count, MADV_DONTFORK);
  facts[3] = (int32_t)(micros() - start);
  return child > 0 ? child : -error;
}

/*
 * fork(output, facts: Int32Array): in the parent the child's pid, or a negative errno; in the child 0.
 * facts: the stage that failed, regions, µs until they were known, µs in all.
 */
static napi_value fork_process(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  int32_t output;
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  int32_t *facts = count < 2 ? NULL : int_array(env, arguments[1], 4);
  if (facts == NULL || !int_argument(env, arguments[0], &output) || output < 0)
    return refuse(env, "fork needs a descriptor and an Int32Array of 4");
  if (atomic_flag_test_and_set(&in_use)) {
    facts[0] = STAGE_BUSY;
    return number(env, -EBUSY);
  }
  const int result = fork_with_heap(output, facts);
  atomic_flag_clear(&in_use);
  return number(env, result);
}

/*
 * poll(pid, reap): -1 while the child runs, its wait status when it has ended, -2 when there is no such child.
 * Without reap it stays a zombie, whose counters in /proc can be read.
 */
static napi_value poll_child(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  int32_t pid;
  bool reap;
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  if (count < 2 || !int_argument(env, arguments[0], &pid) || pid <= 0 ||
      napi_get_value_bool(env, arguments[1], &reap) != napi_ok)
    return refuse(env, "poll needs a pid and a boolean");
  siginfo_t state;
  memset(&state, 0, sizeof state);
  int result;
  do {
    result = waitid(P_PID, (id_t)pid, &state, WEXITED | WNOHANG | (reap ? 0 : WNOWAIT));
  } while (result != 0 && errno == EINTR);
  if (result != 0) return number(env, -2);
  if (state.si_pid == 0) return number(env, -1);
  /* As in a shell: the exit code, or 256 and the signal that killed it. */
  return number(env, state.si_code == CLD_EXITED ? state.si_status : 256 + state.si_status);
}

/* exit(code): ends the process at once, without any handler of the server. */
static napi_value exit_now(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value arguments[1];
  int32_t code = 1;
  napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
  if (count >= 1) int_argument(env, arguments[0], &code);
  _exit(code);
}

static void put_function(napi_env env, napi_value exports, const char *name, napi_callback callback) {
  napi_value function;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &function) == napi_ok)
    napi_set_named_property(env, exports, name, function);
}

NAPI_MODULE_INIT() {
  put_function(env, exports, "pipe", make_pipe);
  put_function(env, exports, "fork", fork_process);
  put_function(env, exports, "poll", poll_child);
  put_function(env, exports, "exit", exit_now);
  return exports;
}
