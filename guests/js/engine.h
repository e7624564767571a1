/* What has to be in place before quickjs.c is included: the engine and this shim are one translation unit, so that
 * the shim reads stack frames, modules and promises directly and the patch to the engine stays small.
 *
 * Every name of ours starts with lz_. */
#ifndef LAZARET_ENGINE_H
#define LAZARET_ENGINE_H

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "host.h"

/* The engine reads the clock and the time zone of the C library; both are the world's. */
static int lz_gettimeofday(struct timeval *tv, void *zone);
static int lz_clock_gettime(clockid_t clock, struct timespec *ts);
static struct tm *lz_localtime_r(const time_t *when, struct tm *tm);
#define gettimeofday(tv, zone) lz_gettimeofday(tv, zone)
#define clock_gettime(clock, ts) lz_clock_gettime(clock, ts)
#define localtime_r(when, tm) lz_localtime_r(when, tm)

#include "cutils.h"
#ifdef __wasi__
/* The engine gives up its stack checks, Atomics and SharedArrayBuffer under WASI; none of the reasons holds here: the
 * stack is ours, and there is one thread. cutils.h has been included, so nothing else depends on the macro. */
#undef __wasi__
#include "threads.h"
#endif
#include "quickjs.h"

/* Arguments that Function.prototype.apply and Reflect.apply accept; V8's limit is of the same order. */
#define LZ_MAX_ARGUMENTS 120000

/* Depth of what JSON.stringify writes. V8's stack gives out at a depth of the same order; here the search for circles would take
 * time that grows with the square of it first. */
#define LZ_MAX_JSON_DEPTH 8000

/* What a promise reaction remembers of the moment it was registered (async.c). */
typedef struct {
    JSValue data; /* the continuation data: the frame of AsyncLocalStorage */
    JSValue code; /* bytecode of the innermost package function, or undefined */
    int32_t pc;   /* position in that bytecode */
} LzOrigin;

/* Called from the patched engine. */
static void lz_origin_capture(JSContext *ctx, LzOrigin *origin);
static void lz_origin_free(JSRuntime *rt, LzOrigin *origin);
static void lz_origin_mark(JSRuntime *rt, LzOrigin *origin, JS_MarkFunc *mark);
static void lz_enqueue_reaction(JSContext *ctx, const LzOrigin *origin, JSValueConst *args);
static void lz_dynamic_import(JSContext *ctx, JSValueConst *args);
static int lz_define_global(JSContext *ctx, JSAtom name, int flags);
static void lz_syntax_position(JSContext *ctx, JSValueConst error, const char *name, int line, int column);
static void lz_store_stack(JSContext *ctx, JSValueConst error, JSValue stack, bool finished);
struct JSParseState;
/* The parser that complains, while it does. */
static struct JSParseState *lz_parser;
static void lz_message(JSContext *ctx, char *out, size_t size, const char *format, va_list arguments);
struct JSStackFrame;
static bool lz_is_hidden(JSContext *ctx, struct JSStackFrame *frame);
static void lz_stack_line(JSContext *ctx, DynBuf *out, struct JSStackFrame *frame);

#endif
