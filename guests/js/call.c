/* host.call, host.quiet and the other direct uses of the two imports. */

/* host.hooks: the functions of the harness that the engine calls; package code never sees this object. */
static JSValue lz_hooks;

/* Calls host.hooks[name]; undefined if there is none. The exception of a hook stays pending for the caller. */
static JSValue lz_hook(JSContext *ctx, const char *name, int argc, JSValueConst *argv)
{
    JSValue hook = JS_GetPropertyStr(ctx, lz_hooks, name), result;

    if (!JS_IsFunction(ctx, hook)) {
        JS_FreeValue(ctx, hook);
        return JS_UNDEFINED;
    }
    result = JS_Call(ctx, hook, JS_UNDEFINED, argc, argv);
    JS_FreeValue(ctx, hook);
    return result;
}

/* The same where nobody can take an exception: it is told to the host and forgotten. */
static void lz_call_hook(const char *name, int argc, JSValueConst *argv, JSContext *ctx)
{
    JSValue result = lz_hook(ctx, name, argc, argv);

    if (JS_IsException(result))
        lz_log_exception(ctx, name);
    JS_FreeValue(ctx, result);
}

static void lz_log_exception(JSContext *ctx, const char *where)
{
    JSValue error = JS_GetException(ctx), stack = JS_UNDEFINED;
    const char *text = JS_ToCString(ctx, error), *trace = NULL;
    char line[4096];
    int length;

    if (JS_IsError(error)) {
        stack = JS_GetPropertyStr(ctx, error, "stack");
        if (JS_IsString(stack))
            trace = JS_ToCString(ctx, stack);
    }
    length = snprintf(line, sizeof(line), "%s: %s\n%s", where, text ? text : "(no text)", trace ? trace : "");
    if (length > 0)
        lz_log(line, (size_t)length < sizeof(line) ? (size_t)length : sizeof(line) - 1);
    JS_FreeCString(ctx, text);
    JS_FreeCString(ctx, trace);
    JS_FreeValue(ctx, stack);
    JS_FreeValue(ctx, error);
}

/* Sends a request and decodes the reply; a negative errno becomes a negative number. */
static JSValue lz_exchange(JSContext *ctx, uint32_t op, const DynBuf *request)
{
    int32_t length = lz_host_call(op, request->buf, (uint32_t)request->size);
    uint8_t *reply;
    LzReader in;
    JSValue value;

    if (length < 0)
        return js_int32(length);
    reply = js_malloc(ctx, (size_t)length + 1);
    if (!reply)
        return JS_EXCEPTION;
    if (length > 0)
        lz_host_read(reply, (uint32_t)length);
    in.next = reply;
    in.end = reply + length;
    value = length == 0 ? JS_UNDEFINED : lz_get_value(ctx, &in, 0);
    js_free(ctx, reply);
    return value;
}

static JSValue lz_request(JSContext *ctx, uint32_t op, int argc, JSValueConst *argv)
{
    DynBuf request;
    JSValue reply;
    size_t length = 0;
    static const uint8_t nowhere[sizeof(uint32_t)];
    const uint8_t *at = nowhere;
    int failed = 0;

    if (op == LZ_OP_QUIET)
        length = sizeof(nowhere);
    else
        at = lz_at(ctx, &length);
    dbuf_init(&request);
    dbuf_put(&request, at, length);
    dbuf_putc(&request, LZ_TAG_LIST);
    dbuf_put_u32(&request, (uint32_t)argc);
    for (int i = 0; i < argc && !failed; i++)
        failed = lz_put_value(ctx, &request, argv[i], 1);
    if (!failed && dbuf_error(&request)) {
        JS_ThrowOutOfMemory(ctx);
        failed = 1;
    }
    reply = failed ? JS_EXCEPTION : lz_exchange(ctx, op, &request);
    dbuf_free(&request);
    return reply;
}

/* host.call(name, ...) and host.quiet(name, ...): `magic` is the op. */
static JSValue lz_js_call(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int magic)
{
    (void)self;
    return lz_request(ctx, (uint32_t)magic, argc, argv);
}

/* host.evalEvent(how, source): tells the host of source text before it is compiled. */
static JSValue lz_eval_event(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    (void)self;
    return lz_request(ctx, LZ_OP_EVAL, argc, argv);
}

/* host.log(text) */
static JSValue lz_js_log(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    size_t length;
    const char *text = JS_ToCStringLen(ctx, &length, argv[0]);

    (void)self, (void)argc;
    if (!text)
        return JS_EXCEPTION;
    lz_log(text, length);
    JS_FreeCString(ctx, text);
    return JS_UNDEFINED;
}

/* host.clock(): microseconds since 1970. */
static JSValue lz_js_clock(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    (void)ctx, (void)self, (void)argc, (void)argv;
    return js_number((double)lz_clock_us());
}

/* The text named `name`, answered only while the snapshot is made; NULL if there is none. Freed with free(). */
static char *lz_source(const char *name, size_t *length)
{
    int32_t size = lz_host_call(LZ_OP_SOURCE, (const uint8_t *)name, (uint32_t)strlen(name));
    char *text = size < 0 ? NULL : malloc((size_t)size + 1);

    if (!text)
        return NULL;
    if (size > 0)
        lz_host_read((uint8_t *)text, (uint32_t)size);
    text[size] = 0;
    *length = (size_t)size;
    return text;
}

/* host.source(name) -> string or undefined */
static JSValue lz_js_source(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    const char *name = JS_ToCString(ctx, argv[0]);
    size_t length;
    char *text;
    JSValue value;

    (void)self, (void)argc;
    if (!name)
        return JS_EXCEPTION;
    text = lz_source(name, &length);
    JS_FreeCString(ctx, name);
    if (!text)
        return JS_UNDEFINED;
    value = JS_NewStringLen(ctx, text, length);
    free(text);
    return value;
}

/* host.setTimeZone([seconds, offset, ...]): ascending changes, seconds since 1970 and seconds east of UTC. The offset
 * of the first entry also holds before it. */
static JSValue lz_set_time_zone(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    int64_t length, number;
    LzZoneChange *changes;

    (void)self, (void)argc;
    if (JS_GetLength(ctx, argv[0], &length))
        return JS_EXCEPTION;
    changes = calloc((size_t)length / 2 + 1, sizeof(*changes));
    if (!changes)
        return JS_ThrowOutOfMemory(ctx);
    for (int64_t i = 0; i + 1 < length; i += 2) {
        if (JS_ToInt64Free(ctx, &number, JS_GetPropertyInt64(ctx, argv[0], i)))
            goto fail;
        changes[i / 2].from = number;
        if (JS_ToInt64Free(ctx, &number, JS_GetPropertyInt64(ctx, argv[0], i + 1)))
            goto fail;
        changes[i / 2].offset = (int32_t)number;
    }
    free(lz_zone);
    lz_zone = changes;
    lz_zone_count = (size_t)length / 2;
    return JS_UNDEFINED;
fail:
    free(changes);
    return JS_EXCEPTION;
}

static const JSCFunctionListEntry lz_call_tools[] = {
    JS_CFUNC_MAGIC_DEF("call", 1, lz_js_call, LZ_OP_CALL),
    JS_CFUNC_MAGIC_DEF("quiet", 1, lz_js_call, LZ_OP_QUIET),
    JS_CFUNC_DEF("evalEvent", 2, lz_eval_event),
    JS_CFUNC_DEF("log", 1, lz_js_log),
    JS_CFUNC_DEF("clock", 0, lz_js_clock),
    JS_CFUNC_DEF("source", 1, lz_js_source),
    JS_CFUNC_DEF("setTimeZone", 1, lz_set_time_zone),
};
