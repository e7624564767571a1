/* The guest: QuickJS-NG and what Lazaret adds to it, in one translation unit.
 *
 * Nothing of this is reachable from a global: the harness gets the `host` object as an argument, so package code can
 * neither call the host directly nor replace a tool of the harness. */

#include "engine.h"

#include "quickjs.c"

static void lz_log_exception(JSContext *ctx, const char *where);
static void lz_call_hook(const char *name, int argc, JSValueConst *argv, JSContext *ctx);
static JSValue lz_hook(JSContext *ctx, const char *name, int argc, JSValueConst *argv);
static JSValue lz_compile_module_text(JSContext *ctx, const char *text, size_t length, const char *name);
static void lz_drop_module(JSContext *ctx, JSValue module);
static void lz_prepare_context(JSContext *ctx);
static bool lz_is_tool(const JSObject *function);

#include "libc.c"
#include "value.c"
#include "where.c"
#include "async.c"
#include "call.c"
#include "code.c"
#include "stack.c"
#include "inspect.c"
#include "messages.c"
#include "modules.c"
#include "contexts.c"
#include "bytes.c"
#include "paths.c"

/* Bytes that a process may allocate beyond the snapshot before garbage is collected for the first time. A collection visits every
 * object of the snapshot, so that most of its pages are copied: more than a short process takes for all else. */
#define LZ_FIRST_GC (24u << 20)

/* The JavaScript stack limit. wasmtime's own limit is set to about seventeen times this, because the frames of the
 * compiled interpreter live there. */
#ifndef LZ_JS_STACK
#define LZ_JS_STACK (6u << 20)
#endif

static JSRuntime *lz_rt;
/* What boot.js returned: the function that runs one process. */
static JSValue lz_boot;

#define LZ_BOX(tools) { tools, countof(tools) }
static const struct {
    const JSCFunctionListEntry *tools;
    int count;
} lz_toolboxes[] = {
    LZ_BOX(lz_call_tools),    LZ_BOX(lz_async_tools),  LZ_BOX(lz_code_tools),    LZ_BOX(lz_stack_tools),
    LZ_BOX(lz_inspect_tools), LZ_BOX(lz_module_tools), LZ_BOX(lz_context_tools), LZ_BOX(lz_byte_tools),
    LZ_BOX(lz_path_tools),
};
#undef LZ_BOX

/* Whether a C function is one of the harness's tools. */
static bool lz_is_tool(const JSObject *function)
{
    for (size_t i = 0; i < countof(lz_toolboxes); i++)
        for (int k = 0; k < lz_toolboxes[i].count; k++)
            if (lz_toolboxes[i].tools[k].u.func.cfunc.generic == function->u.cfunc.c_function.generic)
                return true;
    return false;
}

static JSValue lz_new_host(JSContext *ctx)
{
    JSValue host = JS_NewObject(ctx);

    for (size_t i = 0; i < countof(lz_toolboxes); i++)
        JS_SetPropertyFunctionList(ctx, host, lz_toolboxes[i].tools, lz_toolboxes[i].count);
    JS_DefinePropertyValueStr(ctx, host, "hooks", js_dup(lz_hooks), JS_PROP_C_W_E);
    return host;
}

static void lz_new_class(JSClassID *id, const JSClassDef *def)
{
    JS_NewClassID(lz_rt, id);
    JS_NewClass(lz_rt, *id, def);
}

/* What every realm gets, the main one and those of vm. */
static void lz_prepare_context(JSContext *ctx)
{
    JSValueConst site = ctx->class_proto[JS_CLASS_CALL_SITE];
    static const char *const replaced[] = { "getFileName", "getFunctionName" };

    ctx->eval_internal = lz_eval_internal;
    /* The engine's own versions know nothing of eval; a function list must not name what is there already. */
    for (size_t i = 0; i < countof(replaced); i++) {
        JSAtom name = JS_NewAtom(ctx, replaced[i]);
        JS_DeleteProperty(ctx, site, name, 0);
        JS_FreeAtom(ctx, name);
    }
    /* Every error has a stack of its own, as in V8 (the patch stores it there). */
    JS_DeleteProperty(ctx, ctx->class_proto[JS_CLASS_ERROR], JS_ATOM_stack, 0);
    JS_SetPropertyFunctionList(ctx, site, lz_site_methods, countof(lz_site_methods));
}

/* The engine calls this after a fixed number of calls, jumps back and steps of a regular expression: the host counts them, so
 * that code which only computes ends at the same place on every machine. */
static int lz_on_steps(JSRuntime *rt, void *opaque)
{
    (void)rt;
    (void)opaque;
    lz_host_call(LZ_OP_STEPS, NULL, 0);
    return 0;
}

static void lz_new_engine(void)
{
    lz_rt = JS_NewRuntime();
    JS_SetMaxStackSize(lz_rt, LZ_JS_STACK);
    JS_SetInterruptHandler(lz_rt, lz_on_steps, NULL);
    JS_SetCanBlock(lz_rt, true);
    JS_SetSharedArrayBufferFunctions(lz_rt, &lz_shared_buffers);
    JS_SetHostPromiseRejectionTracker(lz_rt, lz_on_rejection, NULL);
    JS_SetModuleLoaderFunc(lz_rt, lz_module_name, lz_module_load, NULL);
    lz_new_class(&lz_script_class, &lz_script_def);
    lz_new_class(&lz_module_class, &lz_module_def);
    lz_new_class(&lz_context_class, &lz_context_def);
    lz_new_class(&lz_global_class, &lz_global_def);
    lz_ctx = JS_NewContext(lz_rt);
    lz_prepare_context(lz_ctx);
    lz_prepare_stacks(lz_ctx);
    lz_hooks = JS_NewObjectProto(lz_ctx, JS_NULL);
    lz_options = JS_NewObjectProto(lz_ctx, JS_NULL);
    lz_origin.data = JS_UNDEFINED;
    lz_origin.code = JS_UNDEFINED;
    for (size_t i = 0; i < countof(lz_promise_hooks); i++)
        lz_promise_hooks[i] = JS_UNDEFINED;
}

/* A guest without its harness is no use: the reason goes to the host, and nothing runs. */
static _Noreturn void lz_give_up(const char *reason)
{
    lz_log(reason, strlen(reason));
    abort();
}

/* Called once by the snapshotter; traps if the harness cannot be loaded. */
LZ_EXPORT("init") void lz_init(void)
{
    size_t length = 0;
    char *text;
    JSValue make, host;

    lz_new_engine();
    lz_boot = JS_UNDEFINED;
    text = lz_source("boot.js", &length);
    if (!text)
        lz_give_up("there is no harness/node/boot.js");
    make = JS_Eval(lz_ctx, text, length, "node:internal/harness/boot", JS_EVAL_TYPE_GLOBAL);
    free(text);
    if (!JS_IsException(make)) {
        host = lz_new_host(lz_ctx);
        lz_boot = JS_Call(lz_ctx, make, JS_UNDEFINED, 1, vc(&host));
        JS_FreeValue(lz_ctx, host);
    }
    if (JS_IsException(make) || JS_IsException(lz_boot)) {
        lz_log_exception(lz_ctx, "boot.js failed");
        abort();
    }
    if (!JS_IsFunction(lz_ctx, lz_boot))
        lz_give_up("boot.js returned no function");
    JS_FreeValue(lz_ctx, make);
    JS_RunGC(lz_rt);
    JS_SetGCThreshold(lz_rt, lz_rt->malloc_state.malloc_size + LZ_FIRST_GC);
}

/* Math.random belongs to the run, not to the snapshot: the host gives the seed. */
static void lz_seed(void)
{
    JSValue name = JS_NewString(lz_ctx, "process.seed");
    JSValue seed = lz_request(lz_ctx, LZ_OP_QUIET, 1, vc(&name));
    double number;
    uint64_t state = 0;

    if (JS_IsNumber(seed) && !JS_ToFloat64(lz_ctx, &number, seed))
        memcpy(&state, &number, sizeof(state));
    /* splitmix64: the generator of the engine must not start from zero or from near-equal states. */
    state += 0x9E3779B97F4A7C15u;
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9u;
    state = (state ^ (state >> 27)) * 0x94D049BB133111EBu;
    lz_ctx->random_state = (state ^ (state >> 31)) | 1;
    lz_ctx->time_origin = (double)lz_clock_us() / 1000;
    JS_FreeValue(lz_ctx, seed);
    JS_FreeValue(lz_ctx, name);
}

/* Runs one process to its end. */
LZ_EXPORT("run") int32_t lz_run(void)
{
    JSValue result;

    JS_UpdateStackTop(lz_rt);
    lz_running = true;
    lz_seed();
    result = JS_Call(lz_ctx, lz_boot, JS_UNDEFINED, 0, NULL);
    if (JS_IsException(result)) {
        lz_log_exception(lz_ctx, "the harness failed");
        return 1;
    }
    JS_FreeValue(lz_ctx, result);
    return 0;
}
