/* The realms of vm: host.newContext() and host.contextify(context, sandbox). */

static void lz_context_finalizer(JSRuntime *rt, JSValueConst value)
{
    JSContext *realm = JS_GetOpaque(value, lz_context_class);

    (void)rt;
    if (realm)
        JS_FreeContext(realm);
}

static void lz_context_mark(JSRuntime *rt, JSValueConst value, JS_MarkFunc *mark)
{
    JSContext *realm = JS_GetOpaque(value, lz_context_class);

    if (realm)
        mark(rt, &realm->header);
}

static const JSClassDef lz_context_def = { "ContextHandle", .finalizer = lz_context_finalizer, .gc_mark = lz_context_mark };

/* host.newContext() -> [context, global object] */
static JSValue lz_new_context(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSContext *realm = JS_NewContext(ctx->rt);
    JSValue object;

    (void)self, (void)argc, (void)argv;
    if (!realm)
        return JS_ThrowOutOfMemory(ctx);
    lz_prepare_context(realm);
    realm->random_state = ctx->random_state * 0x9E3779B97F4A7C15u | 1;
    object = JS_NewObjectClass(ctx, lz_context_class);
    if (JS_IsException(object)) {
        JS_FreeContext(realm);
        return object;
    }
    JS_SetOpaqueInternal(object, realm);
    return lz_pair(ctx, object, js_dup(realm->global_obj));
}

/* The global object of a contextified realm: the sandbox first, the realm's own global behind it. */
typedef struct {
    JSValue sandbox;
    JSValue inner;
} LzGlobal;

static JSClassID lz_global_class;

static void lz_global_finalizer(JSRuntime *rt, JSValueConst value)
{
    LzGlobal *global = JS_GetOpaque(value, lz_global_class);

    if (!global)
        return;
    JS_FreeValueRT(rt, global->sandbox);
    JS_FreeValueRT(rt, global->inner);
    js_free_rt(rt, global);
}

static void lz_global_mark(JSRuntime *rt, JSValueConst value, JS_MarkFunc *mark)
{
    LzGlobal *global = JS_GetOpaque(value, lz_global_class);

    if (global) {
        JS_MarkValue(rt, global->sandbox, mark);
        JS_MarkValue(rt, global->inner, mark);
    }
}

/* A property of the sandbox, also an inherited one, or of the realm's own global. That an unknown name is not found here
 * makes the engine throw its ReferenceError. */
static int lz_global_get_own(JSContext *ctx, JSPropertyDescriptor *desc, JSValueConst object, JSAtom name)
{
    LzGlobal *global = JS_GetOpaque(object, lz_global_class);
    int found = JS_GetOwnProperty(ctx, desc, global->sandbox, name);

    if (found)
        return found;
    found = JS_GetOwnProperty(ctx, desc, global->inner, name);
    if (found)
        return found;
    found = JS_HasProperty(ctx, global->sandbox, name);
    if (found <= 0 || !desc)
        return found;
    desc->flags = JS_PROP_C_W_E;
    desc->getter = JS_UNDEFINED;
    desc->setter = JS_UNDEFINED;
    desc->value = JS_GetProperty(ctx, global->sandbox, name);
    return JS_IsException(desc->value) ? -1 : 1;
}

static int lz_global_names(JSContext *ctx, JSPropertyEnum **names, uint32_t *count, JSValueConst object)
{
    LzGlobal *global = JS_GetOpaque(object, lz_global_class);

    return JS_GetOwnPropertyNames(ctx, names, count, global->sandbox, JS_GPN_STRING_MASK | JS_GPN_SYMBOL_MASK);
}

static int lz_global_delete(JSContext *ctx, JSValueConst object, JSAtom name)
{
    LzGlobal *global = JS_GetOpaque(object, lz_global_class);
    int deleted = JS_DeleteProperty(ctx, global->sandbox, name, 0);

    if (deleted != 1)
        return deleted;
    return JS_DeleteProperty(ctx, global->inner, name, 0);
}

static int lz_global_define(JSContext *ctx, JSValueConst object, JSAtom name, JSValueConst value, JSValueConst getter,
                            JSValueConst setter, int flags)
{
    LzGlobal *global = JS_GetOpaque(object, lz_global_class);

    return JS_DefineProperty(ctx, global->sandbox, name, value, getter, setter, flags);
}

static int lz_global_set(JSContext *ctx, JSValueConst object, JSAtom name, JSValueConst value, JSValueConst receiver,
                         int flags)
{
    LzGlobal *global = JS_GetOpaque(object, lz_global_class);

    (void)receiver;
    return JS_SetPropertyInternal(ctx, global->sandbox, name, js_dup(value), flags);
}

static JSClassExoticMethods lz_global_methods = {
    .get_own_property = lz_global_get_own,
    .get_own_property_names = lz_global_names,
    .delete_property = lz_global_delete,
    .define_own_property = lz_global_define,
    .set_property = lz_global_set,
};

static const JSClassDef lz_global_def = {
    "Object", .finalizer = lz_global_finalizer, .gc_mark = lz_global_mark, .exotic = &lz_global_methods,
};

/* A `var` at the top of a script: declared on the sandbox, unless it is there already. */
static int lz_define_global(JSContext *ctx, JSAtom name, int flags)
{
    int found = JS_HasProperty(ctx, ctx->global_obj, name);

    if (found)
        return found < 0 ? -1 : 0;
    return JS_DefinePropertyValue(ctx, ctx->global_obj, name, JS_UNDEFINED, flags) < 0 ? -1 : 0;
}

/* host.contextify(context, sandbox) -> the new global object: reads fall from the sandbox to the realm's own global,
 * everything else happens to the sandbox. */
static JSValue lz_contextify(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSContext *realm = JS_GetOpaque2(ctx, argv[0], lz_context_class);
    LzGlobal *global;
    JSValue object;

    (void)self, (void)argc;
    if (!realm)
        return JS_EXCEPTION;
    object = JS_NewObjectProtoClass(realm, realm->class_proto[JS_CLASS_OBJECT], lz_global_class);
    global = js_mallocz(ctx, sizeof(*global));
    if (JS_IsException(object) || !global) {
        JS_FreeValue(ctx, object);
        js_free(ctx, global);
        return JS_EXCEPTION;
    }
    global->sandbox = js_dup(argv[1]);
    global->inner = realm->global_obj;
    JS_SetOpaqueInternal(object, global);
    realm->global_obj = js_dup(object);
    JS_DefinePropertyValue(realm, global->inner, JS_ATOM_globalThis, js_dup(object),
                           JS_PROP_CONFIGURABLE | JS_PROP_WRITABLE);
    return object;
}

static const JSCFunctionListEntry lz_context_tools[] = {
    JS_CFUNC_DEF("newContext", 0, lz_new_context),
    JS_CFUNC_DEF("contextify", 2, lz_contextify),
};
