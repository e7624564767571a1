/* What survives an await: the continuation data (AsyncLocalStorage) and the place that registered the reaction. */

/* The arguments of the engine's promise_reaction_job, and ours behind them. */
#define LZ_REACTION_ARGS 5
#define LZ_ORIGIN_ARGS 3

static void lz_origin_capture(JSContext *ctx, LzOrigin *origin)
{
    JSStackFrame *frame = lz_package_frame(ctx->rt, ctx->rt->current_stack_frame);

    origin->data = js_dup(lz_origin.data);
    if (frame) {
        JSFunctionBytecode *code = lz_frame_code(frame);
        origin->code = js_dup(JS_MKPTR(JS_TAG_FUNCTION_BYTECODE, code));
        origin->pc = lz_frame_pc(frame, code);
    } else {
        origin->code = js_dup(lz_origin.code);
        origin->pc = lz_origin.pc;
    }
}

static void lz_origin_free(JSRuntime *rt, LzOrigin *origin)
{
    JS_FreeValueRT(rt, origin->data);
    JS_FreeValueRT(rt, origin->code);
}

static void lz_origin_mark(JSRuntime *rt, LzOrigin *origin, JS_MarkFunc *mark)
{
    JS_MarkValue(rt, origin->data, mark);
    JS_MarkValue(rt, origin->code, mark);
}

/* Runs a reaction under the origin it was registered with. */
static JSValue lz_reaction_job(JSContext *ctx, int argc, JSValueConst *argv)
{
    LzOrigin outer = lz_origin;
    JSValue result;

    (void)argc;
    lz_origin.data = js_dup(argv[LZ_REACTION_ARGS]);
    lz_origin.code = js_dup(argv[LZ_REACTION_ARGS + 1]);
    lz_origin.pc = JS_VALUE_GET_INT(argv[LZ_REACTION_ARGS + 2]);
    result = promise_reaction_job(ctx, LZ_REACTION_ARGS, argv);
    lz_origin_free(ctx->rt, &lz_origin);
    lz_origin = outer;
    return result;
}

static void lz_enqueue_reaction(JSContext *ctx, const LzOrigin *origin, JSValueConst *args)
{
    JSValueConst all[LZ_REACTION_ARGS + LZ_ORIGIN_ARGS];

    memcpy(all, args, LZ_REACTION_ARGS * sizeof(*args));
    all[LZ_REACTION_ARGS] = origin->data;
    all[LZ_REACTION_ARGS + 1] = origin->code;
    all[LZ_REACTION_ARGS + 2] = js_int32(origin->pc);
    JS_EnqueueJob(ctx, lz_reaction_job, LZ_REACTION_ARGS + LZ_ORIGIN_ARGS, all);
}

/* A microtask of enqueueMicrotask: argv is the function, then an origin. */
static JSValue lz_microtask_job(JSContext *ctx, int argc, JSValueConst *argv)
{
    LzOrigin outer = lz_origin;
    JSValue result;

    (void)argc;
    lz_origin.data = js_dup(argv[1]);
    lz_origin.code = js_dup(argv[2]);
    lz_origin.pc = JS_VALUE_GET_INT(argv[3]);
    result = JS_Call(ctx, argv[0], JS_UNDEFINED, 0, NULL);
    lz_origin_free(ctx->rt, &lz_origin);
    lz_origin = outer;
    return result;
}

/* host.enqueueMicrotask(fn) */
static JSValue lz_enqueue_microtask(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    LzOrigin origin;
    JSValueConst all[1 + LZ_ORIGIN_ARGS];
    int failed;

    (void)self, (void)argc;
    lz_origin_capture(ctx, &origin);
    all[0] = argv[0];
    all[1] = origin.data;
    all[2] = origin.code;
    all[3] = js_int32(origin.pc);
    failed = JS_EnqueueJob(ctx, lz_microtask_job, 1 + LZ_ORIGIN_ARGS, all);
    lz_origin_free(ctx->rt, &origin);
    return failed ? JS_EXCEPTION : JS_UNDEFINED;
}

/* host.runMicrotasks(): runs all pending jobs; the first one that throws ends the batch with its exception. */
static JSValue lz_run_microtasks(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSContext *job_ctx;
    int count = 0, ran;

    (void)self, (void)argc, (void)argv;
    while ((ran = JS_ExecutePendingJob(ctx->rt, &job_ctx)) > 0)
        count++;
    if (ran < 0)
        return JS_Throw(ctx, JS_GetException(job_ctx));
    return js_int32(count);
}

/* host.getContinuationData() and host.setContinuationData(value) */
static JSValue lz_get_continuation(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    (void)ctx, (void)self, (void)argc, (void)argv;
    return js_dup(lz_origin.data);
}

static JSValue lz_set_continuation(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSValue old = lz_origin.data;

    (void)self, (void)argc;
    lz_origin.data = js_dup(argv[0]);
    JS_FreeValue(ctx, old);
    return JS_UNDEFINED;
}

/* host.hooks.promiseReject(type, promise, reason); type 0 = rejected without a handler, 1 = handled afterwards. */
static void lz_on_rejection(JSContext *ctx, JSValueConst promise, JSValueConst reason, bool handled, void *opaque)
{
    (void)opaque;
    JSValueConst args[] = { js_int32(handled ? 1 : 0), promise, handled ? JS_UNDEFINED : reason };
    lz_call_hook("promiseReject", countof(args), args, ctx);
}

/* host.setPromiseHooks(init, before, after, resolve): functions or undefined, for async_hooks. */
static JSValue lz_promise_hooks[4];

static void lz_on_promise(JSContext *ctx, JSPromiseHookType type, JSValueConst promise, JSValueConst parent, void *opaque)
{
    static const int order[] = {
        [JS_PROMISE_HOOK_INIT] = 0, [JS_PROMISE_HOOK_BEFORE] = 1,
        [JS_PROMISE_HOOK_AFTER] = 2, [JS_PROMISE_HOOK_RESOLVE] = 3,
    };
    JSValueConst args[] = { promise, parent };
    JSValue result;

    (void)opaque;
    if (!JS_IsFunction(ctx, lz_promise_hooks[order[type]]))
        return;
    result = JS_Call(ctx, lz_promise_hooks[order[type]], JS_UNDEFINED, countof(args), args);
    if (JS_IsException(result))
        JS_FreeValue(ctx, JS_GetException(ctx));
    JS_FreeValue(ctx, result);
}

static JSValue lz_set_promise_hooks(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    bool any = false;

    (void)self;
    for (int i = 0; i < (int)countof(lz_promise_hooks); i++) {
        JSValueConst hook = i < argc ? argv[i] : JS_UNDEFINED;
        JS_FreeValue(ctx, lz_promise_hooks[i]);
        lz_promise_hooks[i] = js_dup(hook);
        any = any || JS_IsFunction(ctx, hook);
    }
    JS_SetPromiseHook(ctx->rt, any ? lz_on_promise : NULL, NULL);
    return JS_UNDEFINED;
}

static const JSCFunctionListEntry lz_async_tools[] = {
    JS_CFUNC_DEF("enqueueMicrotask", 1, lz_enqueue_microtask),
    JS_CFUNC_DEF("runMicrotasks", 0, lz_run_microtasks),
    JS_CFUNC_DEF("getContinuationData", 0, lz_get_continuation),
    JS_CFUNC_DEF("setContinuationData", 1, lz_set_continuation),
    JS_CFUNC_DEF("setPromiseHooks", 4, lz_set_promise_hooks),
};
