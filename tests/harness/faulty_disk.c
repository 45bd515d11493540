/* A disk that fails when it is told to, between a process and its database.
 *
 * Preloaded, it stands before the calls by which SQLite writes. The file named by FAULTY_DISK is
 * the switch: six 32-bit numbers that both sides see.
 * Only files whose name contains ".sqlite" are concerned. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum { WRITES = 1, SYNCS = 2 };

struct control {
    _Atomic int32_t calls;  /* which calls fail: WRITES, SYNCS or both; 0 = none */
    _Atomic int32_t error;  /* with which errno; 0 = they do not fail, but wait */
    _Atomic int32_t skip;   /* after how many more of them */
    _Atomic int32_t count;  /* how many of them then */
    _Atomic int32_t pause;  /* how many milliseconds each of them takes longer */
    _Atomic int32_t seen;   /* how many of them there were */
};

static struct control *control;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULTY_DISK");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) return;
    void *at = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    control = at == MAP_FAILED ? NULL : at;
    close(fd);
}

static int is_database(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return strstr(path, ".sqlite") != NULL;
}

/* Says whether this call fails; errno says how. */
static int fails(int kind, int fd) {
    if (!control || !(atomic_load(&control->calls) & kind)) return 0;
    int before = errno;
    int concerned = is_database(fd);
    errno = before;
    if (!concerned) return 0;
    atomic_fetch_add(&control->seen, 1);
    int pause = atomic_load(&control->pause);
    if (pause > 0) {
        struct timespec rest = { pause / 1000, (pause % 1000) * 1000000L };
        nanosleep(&rest, NULL);
        errno = before;
    }
    int error = atomic_load(&control->error);
    if (!error || atomic_fetch_sub(&control->skip, 1) > 0) return 0;
    if (atomic_fetch_sub(&control->count, 1) <= 0) return 0;
    errno = error;
    return 1;
}

#define NEXT(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))

ssize_t write(int fd, const void *bytes, size_t count) {
    if (fails(WRITES, fd)) return -1;
    return NEXT(ssize_t, "write", int, const void *, size_t)(fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
    if (fails(WRITES, fd)) return -1;
    return NEXT(ssize_t, "pwrite", int, const void *, size_t, off_t)(fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
    if (fails(WRITES, fd)) return -1;
    return NEXT(ssize_t, "pwrite64", int, const void *, size_t, off64_t)(fd, bytes, count, at);
}

int ftruncate(int fd, off_t length) {
    if (fails(WRITES, fd)) return -1;
    return NEXT(int, "ftruncate", int, off_t)(fd, length);
}

int ftruncate64(int fd, off64_t length) {
    if (fails(WRITES, fd)) return -1;
    return NEXT(int, "ftruncate64", int, off64_t)(fd, length);
}

int fsync(int fd) {
    if (fails(SYNCS, fd)) return -1;
    return NEXT(int, "fsync", int)(fd);
}

int fdatasync(int fd) {
    if (fails(SYNCS, fd)) return -1;
    return NEXT(int, "fdatasync", int)(fd);
}
