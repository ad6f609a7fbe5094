/* Stands between a program and the system's calls (LD_PRELOAD): a clock that is off, calls that fail.
 *
 * It takes no memory and looks up no symbols, because an allocator may call it: everything goes to the kernel by `syscall`. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* As `FaultySystem` writes it. A call fails with the number given; 0 lets it through. */
struct orders {
    int64_t clock_offset_s;
    int64_t writing; /* pwrite, pwritev, fsync, fdatasync. Calls named `write` also serve sockets and wake threads. */
    int64_t opening;
    int64_t opening_to_write;
};

static const struct orders none;
static const volatile struct orders *orders = &none;

__attribute__((constructor)) static void follow_orders(void) {
    const char *path = getenv("FAULTY_SYSTEM");
    if (path == NULL)
        return;
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return;
    void *map = mmap(NULL, sizeof none, PROT_READ, MAP_SHARED, file, 0);
    syscall(SYS_close, file);
    if (map != MAP_FAILED)
        orders = map;
}

static long fail(int64_t number) {
    errno = (int)number;
    return -1;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    long answer = syscall(SYS_clock_gettime, clock, time);
    if (answer == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        time->tv_sec += orders->clock_offset_s;
    return (int)answer;
}

/* The headers promise compilers that `day` is never NULL. */
int gettimeofday(struct timeval *restrict day, void *restrict zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    day->tv_sec = now.tv_sec;
    day->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *answer) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (answer != NULL)
        *answer = now.tv_sec;
    return now.tv_sec;
}

static int open_at(int folder, const char *path, int flags, mode_t mode) {
    if (orders->opening != 0)
        return (int)fail(orders->opening);
    if (orders->opening_to_write != 0 && ((flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT)))
        return (int)fail(orders->opening_to_write);
    return (int)syscall(SYS_openat, folder, path, flags, mode);
}

static mode_t mode_of(int flags, va_list rest) {
    return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(rest, mode_t) : 0;
}

#define OPEN(name)                                                                                                         \
    int name(const char *path, int flags, ...) {                                                                           \
        va_list rest;                                                                                                      \
        va_start(rest, flags);                                                                                             \
        mode_t mode = mode_of(flags, rest);                                                                                \
        va_end(rest);                                                                                                      \
        return open_at(AT_FDCWD, path, flags, mode);                                                                       \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                                                       \
    int name(int folder, const char *path, int flags, ...) {                                                               \
        va_list rest;                                                                                                      \
        va_start(rest, flags);                                                                                             \
        mode_t mode = mode_of(flags, rest);                                                                                \
        va_end(rest);                                                                                                      \
        return open_at(folder, path, flags, mode);                                                                         \
    }
OPENAT(openat)
OPENAT(openat64)

#define PWRITE(name)                                                                                                       \
    ssize_t name(int file, const void *bytes, size_t length, off_t at) {                                                   \
        return orders->writing != 0 ? fail(orders->writing) : syscall(SYS_pwrite64, file, bytes, length, at);              \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

#define PWRITEV(name)                                                                                                      \
    ssize_t name(int file, const struct iovec *parts, int count, off_t at) {                                               \
        return orders->writing != 0 ? fail(orders->writing) : syscall(SYS_pwritev, file, parts, count, at, 0);             \
    }
PWRITEV(pwritev)
PWRITEV(pwritev64)

int fsync(int file) {
    return (int)(orders->writing != 0 ? fail(orders->writing) : syscall(SYS_fsync, file));
}

int fdatasync(int file) {
    return (int)(orders->writing != 0 ? fail(orders->writing) : syscall(SYS_fdatasync, file));
}
