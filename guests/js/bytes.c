/* What Buffer needs to be fast: comparison, search, copies and shared memory on raw bytes. Ranges are clamped, never
 * trusted; JavaScript in front of these functions throws the errors Node documents. */

/* A range of bytes of an argument. */
typedef struct {
    uint8_t *bytes;
    size_t length;
} LzBytes;

static int lz_bytes_arg(JSContext *ctx, JSValueConst value, LzBytes *out)
{
    if (lz_bytes_of(value, &out->bytes, &out->length))
        return 0;
    JS_ThrowTypeError(ctx, "argument must be a buffer");
    return -1;
}

/* An index argument clamped to 0..=limit; `missing` stands for undefined. */
static size_t lz_index(JSContext *ctx, JSValueConst value, size_t missing, size_t limit)
{
    double number;

    if (JS_IsUndefined(value))
        return missing < limit ? missing : limit;
    if (JS_ToFloat64(ctx, &number, value)) {
        JS_FreeValue(ctx, JS_GetException(ctx));
        return 0;
    }
    if (!(number > 0))
        return 0;
    return number < (double)limit ? (size_t)number : limit;
}

/* Narrows to [start, end) given as two arguments. */
static int lz_range_arg(JSContext *ctx, JSValueConst *argv, LzBytes *out)
{
    size_t start, end;

    if (lz_bytes_arg(ctx, argv[0], out))
        return -1;
    start = lz_index(ctx, argv[1], 0, out->length);
    end = lz_index(ctx, argv[2], out->length, out->length);
    out->bytes += start;
    out->length = end > start ? end - start : 0;
    return 0;
}

/* host.bytesCompare(a, b) -> -1, 0 or 1 */
static JSValue lz_bytes_compare(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    LzBytes a, b;
    int order;

    (void)self, (void)argc;
    if (lz_bytes_arg(ctx, argv[0], &a) || lz_bytes_arg(ctx, argv[1], &b))
        return JS_EXCEPTION;
    order = memcmp(a.bytes ? a.bytes : (uint8_t *)"", b.bytes ? b.bytes : (uint8_t *)"",
                   a.length < b.length ? a.length : b.length);
    if (order == 0)
        order = a.length < b.length ? -1 : a.length > b.length;
    return js_int32(order < 0 ? -1 : order > 0);
}

static const uint8_t *lz_find(const LzBytes *hay, const LzBytes *needle, size_t from, size_t step)
{
    if (needle->length > hay->length)
        return NULL;
    for (size_t i = from; i <= hay->length - needle->length; i++) {
        const uint8_t *next = step == 1 ? memchr(hay->bytes + i, needle->bytes[0], hay->length - needle->length - i + 1)
                                        : hay->bytes + i;
        if (!next)
            return NULL;
        i = (size_t)(next - hay->bytes);
        if (i % step == 0 && memcmp(next, needle->bytes, needle->length) == 0)
            return next;
    }
    return NULL;
}

static const uint8_t *lz_find_back(const LzBytes *hay, const LzBytes *needle, size_t from, size_t step)
{
    if (needle->length > hay->length)
        return NULL;
    if (from > hay->length - needle->length)
        from = hay->length - needle->length;
    for (size_t i = from + 1; i-- > 0;)
        if (i % step == 0 && memcmp(hay->bytes + i, needle->bytes, needle->length) == 0)
            return hay->bytes + i;
    return NULL;
}

/* host.bytesIndexOf(hay, needle, from, forward, step) -> index or -1. A negative `from` counts from the end; `step` 2
 * finds only whole UTF-16 units. An empty needle is found at `from`, as in Node. */
static JSValue lz_bytes_index_of(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    LzBytes hay, needle;
    double from = 0;
    bool forward = JS_ToBool(ctx, argv[3]) > 0;
    int32_t step = 1;
    const uint8_t *found;

    (void)self, (void)argc;
    if (lz_bytes_arg(ctx, argv[0], &hay) || lz_bytes_arg(ctx, argv[1], &needle) || JS_ToFloat64(ctx, &from, argv[2]))
        return JS_EXCEPTION;
    if (JS_IsNumber(argv[4]) && JS_ToInt32(ctx, &step, argv[4]))
        return JS_EXCEPTION;
    if (isnan(from))
        from = forward ? 0 : (double)hay.length;
    if (from < 0)
        from += (double)hay.length;
    if (from < 0) {
        if (!forward)
            return js_int32(-1);
        from = 0;
    }
    if (from > (double)hay.length)
        from = (double)hay.length;
    if (needle.length == 0)
        return js_number(from);
    found = forward ? lz_find(&hay, &needle, (size_t)from, step == 2 ? 2 : 1)
                    : lz_find_back(&hay, &needle, (size_t)from, step == 2 ? 2 : 1);
    return found ? js_number((double)(found - hay.bytes)) : js_int32(-1);
}

/* host.bytesCopy(target, targetStart, source, sourceStart, count) -> bytes copied; the ranges may overlap */
static JSValue lz_bytes_copy(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    LzBytes to, from;
    size_t to_start, from_start, count;

    (void)self, (void)argc;
    if (lz_bytes_arg(ctx, argv[0], &to) || lz_bytes_arg(ctx, argv[2], &from))
        return JS_EXCEPTION;
    to_start = lz_index(ctx, argv[1], 0, to.length);
    from_start = lz_index(ctx, argv[3], 0, from.length);
    count = lz_index(ctx, argv[4], from.length, from.length - from_start);
    if (count > to.length - to_start)
        count = to.length - to_start;
    if (count > 0)
        memmove(to.bytes + to_start, from.bytes + from_start, count);
    return js_number((double)count);
}

/* host.bytesFill(target, start, end, pattern): repeats the bytes of `pattern`, or one byte given as a number */
static JSValue lz_bytes_fill(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    LzBytes to, pattern;
    uint32_t byte;

    (void)self, (void)argc;
    if (lz_range_arg(ctx, argv, &to))
        return JS_EXCEPTION;
    if (JS_IsNumber(argv[3])) {
        if (JS_ToUint32(ctx, &byte, argv[3]))
            return JS_EXCEPTION;
        if (to.length > 0)
            memset(to.bytes, (int)(byte & 0xFF), to.length);
        return JS_UNDEFINED;
    }
    if (lz_bytes_arg(ctx, argv[3], &pattern))
        return JS_EXCEPTION;
    for (size_t done = 0; pattern.length > 0 && done < to.length;) {
        size_t part = to.length - done < pattern.length ? to.length - done : pattern.length;
        memmove(to.bytes + done, pattern.bytes, part);
        done += part;
    }
    return JS_UNDEFINED;
}

/* host.bytesSwap(buffer, width): reverses every group of 2, 4 or 8 bytes */
static JSValue lz_bytes_swap(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    LzBytes data;
    uint32_t width;

    (void)self, (void)argc;
    if (lz_bytes_arg(ctx, argv[0], &data) || JS_ToUint32(ctx, &width, argv[1]))
        return JS_EXCEPTION;
    if (width != 2 && width != 4 && width != 8)
        return JS_ThrowRangeError(ctx, "width must be 2, 4 or 8");
    for (size_t i = 0; i + width <= data.length; i += width) {
        for (uint32_t k = 0; k < width / 2; k++) {
            uint8_t byte = data.bytes[i + k];
            data.bytes[i + k] = data.bytes[i + width - 1 - k];
            data.bytes[i + width - 1 - k] = byte;
        }
    }
    return JS_UNDEFINED;
}

/* Shared memory, counted, because a SharedArrayBuffer may be cloned within the one thread. */
typedef struct {
    size_t users;
    uint8_t bytes[];
} LzShared;

static void *lz_shared_alloc(void *opaque, size_t size)
{
    LzShared *shared = calloc(1, sizeof(*shared) + size);

    (void)opaque;
    if (!shared)
        return NULL;
    shared->users = 1;
    return shared->bytes;
}

static void lz_shared_free(void *opaque, void *bytes)
{
    LzShared *shared = container_of(bytes, LzShared, bytes);

    (void)opaque;
    if (--shared->users == 0)
        free(shared);
}

static void lz_shared_dup(void *opaque, void *bytes)
{
    LzShared *shared = container_of(bytes, LzShared, bytes);

    (void)opaque;
    shared->users++;
}

static const JSSharedArrayBufferFunctions lz_shared_buffers = {
    .sab_alloc = lz_shared_alloc, .sab_free = lz_shared_free, .sab_dup = lz_shared_dup,
};

#include "encodings.c"

static const JSCFunctionListEntry lz_byte_tools[] = {
    JS_CFUNC_DEF("bytesCompare", 2, lz_bytes_compare),
    JS_CFUNC_DEF("bytesIndexOf", 5, lz_bytes_index_of),
    JS_CFUNC_DEF("bytesCopy", 5, lz_bytes_copy),
    JS_CFUNC_DEF("bytesFill", 4, lz_bytes_fill),
    JS_CFUNC_DEF("bytesSwap", 2, lz_bytes_swap),
    JS_CFUNC_DEF("utf8Length", 1, lz_utf8_length),
    JS_CFUNC_DEF("utf8Encode", 1, lz_utf8_encode),
    JS_CFUNC_DEF("utf8Decode", 3, lz_utf8_decode),
    JS_CFUNC_DEF("isUtf8", 1, lz_is_utf8),
    JS_CFUNC_DEF("isAscii", 1, lz_is_ascii),
    JS_CFUNC_DEF("bytesSlice", 4, lz_bytes_slice),
    JS_CFUNC_DEF("bytesWrite", 5, lz_bytes_write),
    JS_CFUNC_DEF("bytesFrom", 2, lz_bytes_from),
};
