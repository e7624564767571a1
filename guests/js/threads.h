/* One thread: locks always succeed at once. Nobody could end a wait early, so it takes its whole time in the world. */
#ifndef LAZARET_THREADS_H
#define LAZARET_THREADS_H

typedef int js_once_t;
typedef int js_mutex_t;
typedef int js_cond_t;
#define JS_ONCE_INIT 0

static inline void js_once(js_once_t *guard, void (*callback)(void))
{
    if (!*guard) {
        *guard = 1;
        callback();
    }
}

static inline void js_mutex_init(js_mutex_t *mutex) { (void)mutex; }
static inline void js_mutex_destroy(js_mutex_t *mutex) { (void)mutex; }
static inline void js_mutex_lock(js_mutex_t *mutex) { (void)mutex; }
static inline void js_mutex_unlock(js_mutex_t *mutex) { (void)mutex; }
static inline void js_cond_init(js_cond_t *cond) { (void)cond; }
static inline void js_cond_destroy(js_cond_t *cond) { (void)cond; }
static inline void js_cond_signal(js_cond_t *cond) { (void)cond; }
static inline void js_cond_broadcast(js_cond_t *cond) { (void)cond; }

/* Lets this many microseconds of the world pass. */
static inline void lz_sleep(uint64_t microseconds)
{
    lz_host_call(LZ_OP_SLEEP, (const uint8_t *)&microseconds, sizeof(microseconds));
}

static inline void js_cond_wait(js_cond_t *cond, js_mutex_t *mutex)
{
    (void)cond;
    (void)mutex;
    for (;;)
        lz_sleep(UINT64_MAX);
}

static inline int js_cond_timedwait(js_cond_t *cond, js_mutex_t *mutex, uint64_t timeout)
{
    (void)cond;
    (void)mutex;
    lz_sleep(timeout / 1000);
    return -1;
}

#endif
