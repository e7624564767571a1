/* Resolving `.` and `..` in a path: what Node's `path` does for every module that it looks for, several times. Its own loop goes
 * through a path character by character, which in an interpreter took half the time of loading a package. */

typedef struct {
    int from, to;
} LzSegment;

/* Takes the segments of a path apart and drops those that others cancel. A segment `..` that nothing is left to cancel
 * stays when `above` says so. */
static void lz_path_segments(JSString *path, bool both, bool above, DynBuf *kept)
{
    int from = 0;

    for (int i = 0; i <= (int)path->len; i++) {
        int c = i < (int)path->len ? string_get(path, i) : '/';
        if (c != '/' && !(both && c == '\\'))
            continue;
        LzSegment segment = { from, i };
        int length = i - from;
        from = i + 1;
        if (length == 0 || (length == 1 && string_get(path, segment.from) == '.'))
            continue;
        if (length == 2 && string_get(path, segment.from) == '.' && string_get(path, segment.from + 1) == '.') {
            LzSegment *last = kept->size ? (LzSegment *)(kept->buf + kept->size) - 1 : NULL;
            bool climbs = last && last->to - last->from == 2 && string_get(path, last->from) == '.'
                && string_get(path, last->from + 1) == '.';
            if (last && !climbs) {
                kept->size -= sizeof(segment);
                continue;
            }
            if (!above)
                continue;
        }
        dbuf_put(kept, (const uint8_t *)&segment, sizeof(segment));
    }
}

/* host.normalizePath(path, allowAboveRoot, separator): Node's normalizeString. A path that is separated by `\` may be
 * separated by `/` as well. */
static JSValue lz_normalize_path(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSValue hold[2] = { JS_UNDEFINED, JS_UNDEFINED }, result = JS_EXCEPTION;
    JSString *path = lz_units(ctx, argv[0], &hold[0]), *separator = path ? lz_units(ctx, argv[2], &hold[1]) : NULL;
    StringBuffer out;
    DynBuf kept;

    (void)self, (void)argc;
    js_dbuf_init(ctx, &kept);
    if (!separator)
        goto done;
    lz_path_segments(path, separator->len > 0 && string_get(separator, 0) == '\\', JS_ToBool(ctx, argv[1]) > 0, &kept);
    if (dbuf_error(&kept)) {
        JS_ThrowOutOfMemory(ctx);
        goto done;
    }
    if (string_buffer_init(ctx, &out, (int)path->len))
        goto done;
    for (size_t at = 0; at < kept.size; at += sizeof(LzSegment)) {
        const LzSegment *segment = (const LzSegment *)(kept.buf + at);
        if (at > 0)
            string_buffer_concat(&out, separator, 0, separator->len);
        string_buffer_concat(&out, path, (uint32_t)segment->from, (uint32_t)segment->to);
    }
    result = string_buffer_end(&out);
done:
    dbuf_free(&kept);
    JS_FreeValue(ctx, hold[0]);
    JS_FreeValue(ctx, hold[1]);
    return result;
}

static const JSCFunctionListEntry lz_path_tools[] = {
    JS_CFUNC_DEF("normalizePath", 3, lz_normalize_path),
};
