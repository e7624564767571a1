/* What util.inspect and util.types ask the engine: facts about values that JavaScript cannot see without side effects. */

/* host.typeOf(value): `typeof` for primitives, the name of the engine's class for objects. */
static JSValue lz_type_of(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSClassID class;
    JSFunctionBytecode *code;
    static const char *const kinds[] = { "Function", "GeneratorFunction", "AsyncFunction", "AsyncGeneratorFunction" };

    (void)self, (void)argc;
    if (JS_VALUE_GET_TAG(argv[0]) != JS_TAG_OBJECT)
        return JS_AtomToString(ctx, js_operator_typeof(ctx, argv[0]));
    class = JS_VALUE_GET_OBJ(argv[0])->class_id;
    if (class == JS_CLASS_PROXY)
        return JS_NewString(ctx, "Proxy");
    if (class == JS_CLASS_MODULE_NS)
        return JS_NewString(ctx, "Module");
    if (js_class_has_bytecode(class)) {
        code = JS_VALUE_GET_OBJ(argv[0])->u.func.function_bytecode;
        return JS_NewString(ctx, kinds[code->func_kind]);
    }
    return JS_AtomToString(ctx, ctx->rt->class_array[class].class_name);
}

static JSValue lz_pair(JSContext *ctx, JSValue first, JSValue second)
{
    JSValue pair = JS_NewArray(ctx);

    JS_DefinePropertyValueUint32(ctx, pair, 0, first, JS_PROP_C_W_E);
    JS_DefinePropertyValueUint32(ctx, pair, 1, second, JS_PROP_C_W_E);
    return pair;
}

/* host.promiseDetails(promise) -> [0 pending | 1 fulfilled | 2 rejected, result], undefined for other values. */
static JSValue lz_promise_details(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSPromiseStateEnum state = JS_PromiseState(ctx, argv[0]);

    (void)self, (void)argc;
    if (state == JS_PROMISE_NOT_A_PROMISE)
        return JS_UNDEFINED;
    return lz_pair(ctx, js_int32(state - JS_PROMISE_PENDING), JS_PromiseResult(ctx, argv[0]));
}

/* host.markHandled(promise): no rejection report for it. */
static JSValue lz_mark_handled(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    (void)self, (void)argc;
    js_promise_set_handled(ctx, argv[0]);
    return JS_UNDEFINED;
}

/* host.proxyDetails(value) -> [target, handler] (null when revoked), undefined for other values. */
static JSValue lz_proxy_details(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSProxyData *proxy = JS_GetOpaque(argv[0], JS_CLASS_PROXY);

    (void)self, (void)argc;
    if (!proxy)
        return JS_UNDEFINED;
    if (proxy->is_revoked)
        return lz_pair(ctx, JS_NULL, JS_NULL);
    return lz_pair(ctx, js_dup(proxy->target), js_dup(proxy->handler));
}

/* Adds the records of a map or set from `el` on. */
static void lz_add_records(JSContext *ctx, JSValueConst list, JSMapState *map, struct list_head *el,
                           JSIteratorKindEnum kind, bool is_set)
{
    uint32_t count = 0;

    for (; el != &map->records; el = el->next) {
        JSMapRecord *record = list_entry(el, JSMapRecord, link);
        if (record->empty)
            continue;
        if (kind != JS_ITERATOR_KIND_VALUE || is_set)
            JS_DefinePropertyValueUint32(ctx, list, count++, js_dup(record->key), JS_PROP_C_W_E);
        if (kind == JS_ITERATOR_KIND_KEY)
            continue;
        if (kind == JS_ITERATOR_KIND_KEY_AND_VALUE || !is_set)
            JS_DefinePropertyValueUint32(ctx, list, count++, js_dup(is_set ? record->key : record->value), JS_PROP_C_W_E);
    }
}

/* host.previewEntries(value) -> [entries, isKeyValue] of a Map, Set, weak collection or the rest of an iterator; pairs
 * are flat. Undefined for other values. Advances nothing. */
static JSValue lz_preview_entries(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSClassID class;
    JSObject *object;
    JSMapIteratorData *it;
    JSMapState *map;
    JSValue list;
    bool pairs, is_set;

    (void)self, (void)argc;
    if (JS_VALUE_GET_TAG(argv[0]) != JS_TAG_OBJECT)
        return JS_UNDEFINED;
    object = JS_VALUE_GET_OBJ(argv[0]);
    class = object->class_id;
    if (class == JS_CLASS_MAP || class == JS_CLASS_SET || class == JS_CLASS_WEAKMAP || class == JS_CLASS_WEAKSET) {
        is_set = class == JS_CLASS_SET || class == JS_CLASS_WEAKSET;
        list = JS_NewArray(ctx);
        map = object->u.map_state;
        lz_add_records(ctx, list, map, map->records.next,
                       is_set ? JS_ITERATOR_KIND_KEY : JS_ITERATOR_KIND_KEY_AND_VALUE, is_set);
        return lz_pair(ctx, list, js_bool(!is_set));
    }
    if (class != JS_CLASS_MAP_ITERATOR && class != JS_CLASS_SET_ITERATOR)
        return JS_UNDEFINED;
    it = object->u.map_iterator_data;
    is_set = class == JS_CLASS_SET_ITERATOR;
    list = JS_NewArray(ctx);
    pairs = it && it->kind == JS_ITERATOR_KIND_KEY_AND_VALUE;
    if (it && !JS_IsUndefined(it->obj)) {
        map = JS_GetOpaque(it->obj, is_set ? JS_CLASS_SET : JS_CLASS_MAP);
        lz_add_records(ctx, list, map, it->cur_record ? it->cur_record->link.next : map->records.next, it->kind, is_set);
    }
    return lz_pair(ctx, list, js_bool(pairs));
}

/* host.constructorName(object): the name of the nearest constructor on the prototype chain, without calling getters. */
static JSValue lz_constructor_name(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSObject *object;
    int depth = 0;

    (void)self, (void)argc;
    if (JS_VALUE_GET_TAG(argv[0]) != JS_TAG_OBJECT)
        return js_empty_string(ctx->rt);
    for (object = JS_VALUE_GET_OBJ(argv[0]); object && depth < 1000; object = object->shape->proto, depth++) {
        JSProperty *property;
        JSShapeProperty *shape = find_own_property(&property, object, JS_ATOM_constructor);
        const char *name;
        JSValue text;
        if (!shape || (shape->flags & JS_PROP_TMASK) != JS_PROP_NORMAL)
            continue;
        name = get_func_name(ctx, property->u.value);
        if (!name || !name[0]) {
            JS_FreeCString(ctx, name);
            continue;
        }
        text = JS_NewString(ctx, name);
        JS_FreeCString(ctx, name);
        return text;
    }
    return JS_NewString(ctx, "Object");
}

/* host.privateSymbol(description): a property key that no reflection shows. */
static JSValue lz_private_symbol(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSAtom name = JS_ValueToAtom(ctx, argv[0]);
    JSValue symbol;

    (void)self, (void)argc;
    if (name == JS_ATOM_NULL)
        return JS_EXCEPTION;
    symbol = JS_NewSymbolFromAtom(ctx, name, JS_ATOM_TYPE_PRIVATE);
    JS_FreeAtom(ctx, name);
    return symbol;
}

/* host.detach(buffer) -> a new ArrayBuffer with its bytes; the argument is detached */
static JSValue lz_detach(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSArrayBuffer *buffer = JS_GetOpaque2(ctx, argv[0], JS_CLASS_ARRAY_BUFFER);
    JSValue copy;

    (void)self, (void)argc;
    if (!buffer)
        return JS_EXCEPTION;
    if (buffer->detached)
        return JS_ThrowTypeErrorDetachedArrayBuffer(ctx);
    copy = JS_NewArrayBufferCopy(ctx, buffer->data, (size_t)buffer->byte_length);
    if (!JS_IsException(copy))
        JS_DetachArrayBuffer(ctx, argv[0]);
    return copy;
}

static JSValue lz_is_detached(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSArrayBuffer *buffer = JS_GetOpaque(argv[0], JS_CLASS_ARRAY_BUFFER);

    (void)ctx, (void)self, (void)argc;
    return js_bool(buffer && buffer->detached);
}

/* host.gc() */
static JSValue lz_gc(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    (void)self, (void)argc, (void)argv;
    JS_RunGC(ctx->rt);
    return JS_UNDEFINED;
}

/* host.memoryUsage() -> [bytes allocated by the engine, bytes of the whole memory] */
static JSValue lz_memory_usage(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    double used = (double)ctx->rt->malloc_state.malloc_size, total = used;

    (void)self, (void)argc, (void)argv;
#ifdef __wasm__
    total = (double)__builtin_wasm_memory_size(0) * 65536;
#endif
    return lz_pair(ctx, js_number(used), js_number(total));
}

static const JSCFunctionListEntry lz_inspect_tools[] = {
    JS_CFUNC_DEF("typeOf", 1, lz_type_of),
    JS_CFUNC_DEF("promiseDetails", 1, lz_promise_details),
    JS_CFUNC_DEF("markHandled", 1, lz_mark_handled),
    JS_CFUNC_DEF("proxyDetails", 1, lz_proxy_details),
    JS_CFUNC_DEF("previewEntries", 1, lz_preview_entries),
    JS_CFUNC_DEF("constructorName", 1, lz_constructor_name),
    JS_CFUNC_DEF("privateSymbol", 1, lz_private_symbol),
    JS_CFUNC_DEF("detach", 1, lz_detach),
    JS_CFUNC_DEF("isDetached", 1, lz_is_detached),
    JS_CFUNC_DEF("gc", 0, lz_gc),
    JS_CFUNC_DEF("memoryUsage", 0, lz_memory_usage),
};
