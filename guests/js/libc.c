/* The edges of the C library: clock, time zone, and for the guest the WASI functions that must not become imports. */

static const uint8_t *lz_at(JSContext *ctx, size_t *length);
static JSContext *lz_ctx;

static void lz_log(const char *text, size_t length)
{
    lz_host_call(LZ_OP_LOG, (const uint8_t *)text, (uint32_t)length);
}

/* Microseconds since 1970 on the virtual clock. */
static uint64_t lz_clock_us(void)
{
    uint64_t now = 0;
    size_t length = 0;
    const uint8_t *at = lz_at(lz_ctx, &length);

    if (lz_host_call(LZ_OP_CLOCK, at, (uint32_t)length) == (int32_t)sizeof(now))
        lz_host_read((uint8_t *)&now, sizeof(now));
    return now;
}

static int lz_gettimeofday(struct timeval *tv, void *zone)
{
    uint64_t now = lz_clock_us();

    (void)zone;
    tv->tv_sec = (time_t)(now / 1000000);
    tv->tv_usec = (suseconds_t)(now % 1000000);
    return 0;
}

static int lz_clock_gettime(clockid_t clock, struct timespec *ts)
{
    uint64_t now = lz_clock_us();

    (void)clock;
    ts->tv_sec = (time_t)(now / 1000000);
    ts->tv_nsec = (long)(now % 1000000) * 1000;
    return 0;
}

/* The time zone: changes of the offset in ascending order, given by the harness (host.setTimeZone). */
typedef struct {
    int64_t from; /* seconds since 1970 */
    int32_t offset; /* seconds east of UTC */
} LzZoneChange;

static LzZoneChange *lz_zone;
static size_t lz_zone_count;

static long lz_zone_offset(int64_t when)
{
    size_t low = 0, high = lz_zone_count;

    if (lz_zone_count == 0)
        return 0;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (lz_zone[middle].from <= when)
            low = middle;
        else
            high = middle;
    }
    return lz_zone[low].offset;
}

static struct tm *lz_localtime_r(const time_t *when, struct tm *tm)
{
    /* The engine uses nothing but the offset. */
    memset(tm, 0, sizeof(*tm));
    tm->tm_gmtoff = lz_zone_offset((int64_t)*when);
    return tm;
}

#ifdef __wasm__
/* wasi-libc reaches its imports through these names; defining them here leaves the module with the two imports of ours. */

struct lz_iovec {
    const char *base;
    size_t length;
};

int32_t __imported_wasi_snapshot_preview1_fd_write(int32_t fd, int32_t vectors, int32_t count, int32_t written)
{
    const struct lz_iovec *vector = (const struct lz_iovec *)vectors;
    size_t total = 0;

    (void)fd;
    for (int32_t i = 0; i < count; i++) {
        lz_log(vector[i].base, vector[i].length);
        total += vector[i].length;
    }
    *(size_t *)written = total;
    return 0;
}

/* The C library's own version imports fd_close under a name that cannot be replaced. */
int close(int fd)
{
    (void)fd;
    errno = EBADF;
    return -1;
}

int32_t __imported_wasi_snapshot_preview1_fd_seek(int32_t fd, int64_t offset, int32_t whence, int32_t result)
{
    (void)fd, (void)offset, (void)whence, (void)result;
    return EBADF;
}

int32_t __imported_wasi_snapshot_preview1_fd_read(int32_t fd, int32_t vectors, int32_t count, int32_t result)
{
    (void)fd, (void)vectors, (void)count, (void)result;
    return EBADF;
}

int32_t __imported_wasi_snapshot_preview1_fd_fdstat_get(int32_t fd, int32_t stat)
{
    (void)fd;
    memset((void *)stat, 0, 24);
    *(uint8_t *)stat = 2; /* a character device: line buffered */
    return 0;
}

_Noreturn void __imported_wasi_snapshot_preview1_proc_exit(int32_t code)
{
    (void)code;
    __builtin_trap();
}

int32_t __imported_wasi_snapshot_preview1_environ_get(int32_t pointers, int32_t bytes)
{
    (void)pointers, (void)bytes;
    return 0;
}

int32_t __imported_wasi_snapshot_preview1_environ_sizes_get(int32_t count, int32_t bytes)
{
    *(size_t *)count = 0;
    *(size_t *)bytes = 0;
    return 0;
}

int32_t __imported_wasi_snapshot_preview1_clock_time_get(int32_t clock, int64_t precision, int32_t result)
{
    (void)clock, (void)precision;
    *(uint64_t *)result = lz_clock_us() * 1000;
    return 0;
}

int32_t __imported_wasi_snapshot_preview1_clock_res_get(int32_t clock, int32_t result)
{
    (void)clock;
    *(uint64_t *)result = 1000;
    return 0;
}
#endif
