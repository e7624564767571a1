/* ECMAScript modules as Node's ModuleWrap uses them: compile, link by hand, instantiate, evaluate.
 *
 * The engine wants to load what a module requests while it is compiled. It is given one empty placeholder for every
 * request; host.moduleLink then puts the real modules in their places. A module lives as long as its realm. */

#define LZ_PLACEHOLDER "lazaret:unlinked"

static JSClassID lz_module_class;

/* The object behind a module handle; the module points back to the handle through its private value. */
typedef struct {
    JSModuleDef *module;
    JSContext *realm;
    JSValue steps;  /* of a synthetic module: the function that sets the exports */
    bool has_meta;  /* the source may mention import.meta, and the hook has not been asked yet */
    uint32_t visit; /* the last graph walk that came by */
} LzModule;

static void lz_module_finalizer(JSRuntime *rt, JSValueConst value)
{
    LzModule *handle = JS_GetOpaque(value, lz_module_class);

    if (!handle)
        return;
    JS_FreeValueRT(rt, handle->steps);
    JS_FreeContext(handle->realm);
    js_free_rt(rt, handle);
}

static void lz_module_mark(JSRuntime *rt, JSValueConst value, JS_MarkFunc *mark)
{
    LzModule *handle = JS_GetOpaque(value, lz_module_class);

    if (handle) {
        JS_MarkValue(rt, handle->steps, mark);
        mark(rt, &handle->realm->header);
    }
}

static const JSClassDef lz_module_def = { "ModuleHandle", .finalizer = lz_module_finalizer, .gc_mark = lz_module_mark };

static int lz_nothing_to_do(JSContext *ctx, JSModuleDef *module)
{
    (void)ctx, (void)module;
    return 0;
}

/* Every request resolves to the placeholder of its realm. */
static char *lz_module_name(JSContext *ctx, const char *base, const char *name, void *opaque)
{
    (void)base, (void)name, (void)opaque;
    return js_strdup(ctx, LZ_PLACEHOLDER);
}

static JSModuleDef *lz_module_load(JSContext *ctx, const char *name, void *opaque)
{
    (void)opaque;
    return JS_NewCModule(ctx, name, lz_nothing_to_do);
}

static LzModule *lz_handle_of(const JSModuleDef *module)
{
    return JS_GetOpaque(module->private_value, lz_module_class);
}

static JSValue lz_new_module_handle(JSContext *ctx, JSContext *realm, JSModuleDef *module, JSValueConst steps)
{
    JSValue object = JS_NewObjectClass(ctx, lz_module_class);
    LzModule *handle;

    if (JS_IsException(object))
        return object;
    handle = js_mallocz(ctx, sizeof(*handle));
    if (!handle) {
        JS_FreeValue(ctx, object);
        return JS_EXCEPTION;
    }
    handle->module = module;
    handle->realm = JS_DupContext(realm);
    handle->steps = js_dup(steps);
    JS_SetOpaqueInternal(object, handle);
    JS_SetModulePrivateValue(realm, module, js_dup(object));
    return object;
}

static JSValue lz_compile_module_text(JSContext *ctx, const char *text, size_t length, const char *name)
{
    return __JS_EvalInternal(ctx, JS_UNDEFINED, text, length, name, 1, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY, -1);
}

/* Removes a module that was compiled only to see whether it compiles. */
static void lz_drop_module(JSContext *ctx, JSValue module)
{
    JSModuleDef *def = JS_VALUE_GET_PTR(module);

    JS_FreeValue(ctx, module);
    js_free_module_def(ctx, def);
}

/* host.moduleCompile(source, url, lineOffset, columnOffset, option, context) -> module */
static JSValue lz_module_compile(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSContext *realm = lz_context_of(ctx, argv[5]);
    size_t length;
    const char *text = JS_ToCStringLen(ctx, &length, argv[0]);
    const char *name = JS_ToCString(ctx, argv[1]);
    JSValue module = JS_EXCEPTION, object = JS_EXCEPTION;

    (void)self, (void)argc;
    if (text && name) {
        lz_set_option(ctx, name, argv[4]);
        module = __JS_EvalInternal(realm, JS_UNDEFINED, text, length, name, lz_first_line(ctx, argv[2]),
                                   JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY, -1);
    }
    if (!JS_IsException(module)) {
        object = lz_new_module_handle(ctx, realm, JS_VALUE_GET_PTR(module), JS_UNDEFINED);
        if (!JS_IsException(object))
            lz_handle_of(JS_VALUE_GET_PTR(module))->has_meta = strstr(text, "meta") != NULL;
        JS_FreeValue(ctx, module);
    }
    JS_FreeCString(ctx, text);
    JS_FreeCString(ctx, name);
    return object;
}

static int lz_run_steps(JSContext *ctx, JSModuleDef *module)
{
    LzModule *handle = lz_handle_of(module);
    JSValue result;

    if (!handle || !JS_IsFunction(ctx, handle->steps))
        return 0;
    result = JS_Call(ctx, handle->steps, JS_UNDEFINED, 1, vc(&module->private_value));
    if (JS_IsException(result))
        return -1;
    JS_FreeValue(ctx, result);
    return 0;
}

/* host.moduleSynthetic(url, names, steps(module), context) -> module */
static JSValue lz_module_synthetic(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSContext *realm = lz_context_of(ctx, argv[3]);
    const char *name = JS_ToCString(ctx, argv[0]);
    JSModuleDef *module;
    int64_t count = 0;

    (void)self, (void)argc;
    if (!name)
        return JS_EXCEPTION;
    module = JS_NewCModule(realm, name, lz_run_steps);
    JS_FreeCString(ctx, name);
    if (!module || JS_GetLength(ctx, argv[1], &count))
        return JS_EXCEPTION;
    module->resolved = true;
    for (int64_t i = 0; i < count; i++) {
        JSValue item = JS_GetPropertyInt64(ctx, argv[1], i);
        JSAtom export_name = JS_ValueToAtom(ctx, item);
        bool known = export_name != JS_ATOM_NULL && find_export_entry(ctx, module, export_name);
        JSExportEntry *entry = known || export_name == JS_ATOM_NULL
            ? NULL
            : add_export_entry2(ctx, NULL, module, JS_ATOM_NULL, export_name, JS_EXPORT_TYPE_LOCAL);
        JS_FreeAtom(ctx, export_name);
        JS_FreeValue(ctx, item);
        if (!known && !entry)
            return JS_EXCEPTION;
    }
    return lz_new_module_handle(ctx, realm, module, argv[2]);
}

static LzModule *lz_module_arg(JSContext *ctx, JSValueConst value)
{
    return JS_GetOpaque2(ctx, value, lz_module_class);
}

/* host.moduleSetExport(module, name, value): of a synthetic module, before or after its evaluation. */
static JSValue lz_module_set_export(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    LzModule *handle = lz_module_arg(ctx, argv[0]);
    JSExportEntry *entry;
    JSAtom name;

    (void)self, (void)argc;
    if (!handle)
        return JS_EXCEPTION;
    name = JS_ValueToAtom(ctx, argv[1]);
    if (name == JS_ATOM_NULL || js_create_module_function(handle->realm, handle->module))
        return JS_EXCEPTION;
    entry = find_export_entry(ctx, handle->module, name);
    JS_FreeAtom(ctx, name);
    if (!entry || entry->export_type != JS_EXPORT_TYPE_LOCAL || !entry->u.local.var_ref)
        return JS_ThrowReferenceError(ctx, "Export is not defined in module");
    set_value(ctx, entry->u.local.var_ref->pvalue, js_dup(argv[2]));
    return JS_UNDEFINED;
}

/* Import attributes as [key, value, ...]. */
static JSValue lz_attributes(JSContext *ctx, JSValueConst attributes)
{
    JSValue list = JS_NewArray(ctx);
    JSPropertyEnum *names;
    uint32_t count;

    if (!JS_IsObject(attributes)
        || JS_GetOwnPropertyNames(ctx, &names, &count, attributes, JS_GPN_STRING_MASK | JS_GPN_ENUM_ONLY))
        return list;
    for (uint32_t i = 0; i < count; i++) {
        JS_DefinePropertyValueUint32(ctx, list, 2 * i, JS_AtomToString(ctx, names[i].atom), JS_PROP_C_W_E);
        JS_DefinePropertyValueUint32(ctx, list, 2 * i + 1, JS_GetProperty(ctx, attributes, names[i].atom), JS_PROP_C_W_E);
    }
    JS_FreePropertyEnum(ctx, names, count);
    return list;
}

/* host.moduleRequests(module) -> [[specifier, [key, value, ...]], ...], unique, in source order */
static JSValue lz_module_requests(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    LzModule *handle = lz_module_arg(ctx, argv[0]);
    JSValue list;

    (void)self, (void)argc;
    if (!handle)
        return JS_EXCEPTION;
    list = JS_NewArray(ctx);
    for (int i = 0; i < handle->module->req_module_entries_count; i++) {
        JSReqModuleEntry *entry = &handle->module->req_module_entries[i];
        JSValue pair = lz_pair(ctx, JS_AtomToString(ctx, entry->module_name), lz_attributes(ctx, entry->attributes));
        JS_DefinePropertyValueUint32(ctx, list, (uint32_t)i, pair, JS_PROP_C_W_E);
    }
    return list;
}

/* host.moduleLink(module, modules): one module for each request, in their order */
static JSValue lz_module_link(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    LzModule *handle = lz_module_arg(ctx, argv[0]);

    (void)self, (void)argc;
    if (!handle)
        return JS_EXCEPTION;
    for (int i = 0; i < handle->module->req_module_entries_count; i++) {
        JSValue item = JS_GetPropertyInt64(ctx, argv[1], i);
        LzModule *linked = lz_module_arg(ctx, item);
        JS_FreeValue(ctx, item);
        if (!linked)
            return JS_EXCEPTION;
        handle->module->req_module_entries[i].module = linked->module;
    }
    return JS_UNDEFINED;
}

#include "module_graph.c"

/* host.moduleInstantiate(module): throws a SyntaxError for a missing export */
static JSValue lz_module_instantiate(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    LzModule *handle = lz_module_arg(ctx, argv[0]);

    (void)self, (void)argc;
    if (!handle)
        return JS_EXCEPTION;
    if (handle->module->status != JS_MODULE_STATUS_UNLINKED)
        return JS_UNDEFINED;
    if (lz_walk_graph(ctx, handle->module, lz_check_imports) < 0)
        return JS_EXCEPTION;
    if (js_create_module_function(handle->realm, handle->module) || js_link_module(handle->realm, handle->module))
        return JS_EXCEPTION;
    return JS_UNDEFINED;
}

/* host.moduleEvaluate(module) -> promise */
static JSValue lz_module_evaluate(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    LzModule *handle = lz_module_arg(ctx, argv[0]);

    (void)self, (void)argc;
    if (!handle)
        return JS_EXCEPTION;
    if (handle->module->status < JS_MODULE_STATUS_LINKED)
        return JS_ThrowTypeError(ctx, "the module is not instantiated");
    if (lz_walk_graph(ctx, handle->module, lz_ask_meta) < 0)
        return JS_EXCEPTION;
    return js_evaluate_module(handle->realm, handle->module);
}

enum {
    LZ_MODULE_STATUS,
    LZ_MODULE_ERROR,
    LZ_MODULE_NAMESPACE,
    LZ_MODULE_HAS_TLA,
    LZ_MODULE_IS_ASYNC,
};

/* Status as V8 counts: 0 uninstantiated, 1 instantiating, 2 instantiated, 3 evaluating, 4 evaluated, 5 errored. */
static int lz_status_of(const JSModuleDef *module)
{
    if (module->eval_has_exception)
        return 5;
    switch (module->status) {
    case JS_MODULE_STATUS_UNLINKED:
        return 0;
    case JS_MODULE_STATUS_LINKING:
        return 1;
    case JS_MODULE_STATUS_LINKED:
        return 2;
    case JS_MODULE_STATUS_EVALUATING:
        return 3;
    default:
        return 4;
    }
}

/* host.moduleStatus, moduleError, moduleNamespace, moduleHasTLA (this module) and moduleIsAsync (its graph) */
static JSValue lz_module_get(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int what)
{
    LzModule *handle = lz_module_arg(ctx, argv[0]);

    (void)self, (void)argc;
    if (!handle)
        return JS_EXCEPTION;
    switch (what) {
    case LZ_MODULE_STATUS:
        return js_int32(lz_status_of(handle->module));
    case LZ_MODULE_ERROR:
        return js_dup(handle->module->eval_exception);
    case LZ_MODULE_HAS_TLA:
        return js_bool(handle->module->has_tla);
    case LZ_MODULE_IS_ASYNC:
        return js_bool(lz_walk_graph(ctx, handle->module, lz_waits) > 0);
    default:
        if (handle->module->status < JS_MODULE_STATUS_LINKED)
            return JS_ThrowTypeError(ctx, "cannot get the namespace of a module that is not instantiated");
        return JS_GetModuleNamespace(handle->realm, handle->module);
    }
}

static const JSCFunctionListEntry lz_module_tools[] = {
    JS_CFUNC_DEF("moduleCompile", 6, lz_module_compile),
    JS_CFUNC_DEF("moduleSynthetic", 4, lz_module_synthetic),
    JS_CFUNC_DEF("moduleSetExport", 3, lz_module_set_export),
    JS_CFUNC_DEF("moduleRequests", 1, lz_module_requests),
    JS_CFUNC_DEF("moduleLink", 2, lz_module_link),
    JS_CFUNC_DEF("moduleInstantiate", 1, lz_module_instantiate),
    JS_CFUNC_DEF("moduleEvaluate", 1, lz_module_evaluate),
    JS_CFUNC_MAGIC_DEF("moduleStatus", 1, lz_module_get, LZ_MODULE_STATUS),
    JS_CFUNC_MAGIC_DEF("moduleError", 1, lz_module_get, LZ_MODULE_ERROR),
    JS_CFUNC_MAGIC_DEF("moduleNamespace", 1, lz_module_get, LZ_MODULE_NAMESPACE),
    JS_CFUNC_MAGIC_DEF("moduleHasTLA", 1, lz_module_get, LZ_MODULE_HAS_TLA),
    JS_CFUNC_MAGIC_DEF("moduleIsAsync", 1, lz_module_get, LZ_MODULE_IS_ASYNC),
};
