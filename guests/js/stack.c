/* Error.stack, call sites and error positions in the shape that programs written for V8 parse. */

/* The private property that keeps [file, line, column] of a syntax error. */
static JSAtom lz_position_atom;

/* "Name: message" in front of the frames. Runs toString of the error, as V8 does. */
static void lz_stack_header(JSContext *ctx, DynBuf *out, JSValueConst error)
{
    JSValue pending = JS_GetException(ctx);
    const char *text = JS_ToCString(ctx, error);

    if (text) {
        dbuf_putstr(out, text);
        dbuf_putc(out, '\n');
        JS_FreeCString(ctx, text);
    } else {
        JS_FreeValue(ctx, JS_GetException(ctx));
    }
    JS_Throw(ctx, pending);
}

/* Frames that V8 would not have: the harness, its tools, and the functions that only pass a call on. */
static bool lz_is_hidden(JSContext *ctx, JSStackFrame *frame)
{
    JSFunctionBytecode *code = lz_frame_code(frame);
    JSObject *function;

    if (code)
        return lz_is_harness_name(ctx->rt, code->filename);
    if (JS_VALUE_GET_TAG(frame->cur_func) != JS_TAG_OBJECT)
        return true;
    function = JS_VALUE_GET_OBJ(frame->cur_func);
    if (function->class_id != JS_CLASS_C_FUNCTION)
        return function->class_id != JS_CLASS_BOUND_FUNCTION;
    return function->u.cfunc.c_function.generic == js_function_call
        || function->u.cfunc.c_function.generic_magic == js_function_apply
        || function->u.cfunc.c_function.generic == js_reflect_construct || lz_is_tool(function);
}

/* The name of the built-in class whose prototype holds the function as `name`, or NULL. */
static const char *lz_builtin_owner(JSContext *ctx, JSValueConst function, const char *name)
{
    JSAtom atom = JS_NewAtom(ctx, name);
    const char *owner = NULL;

    for (int id = JS_CLASS_OBJECT; id < JS_CLASS_INIT_COUNT && !owner && atom != JS_ATOM_NULL; id++) {
        JSProperty *property;
        JSShapeProperty *shape;
        if (JS_VALUE_GET_TAG(ctx->class_proto[id]) != JS_TAG_OBJECT)
            continue;
        shape = find_own_property(&property, JS_VALUE_GET_OBJ(ctx->class_proto[id]), atom);
        if (shape && (shape->flags & JS_PROP_TMASK) == JS_PROP_NORMAL && js_same_value(ctx, property->u.value, function))
            owner = JS_AtomToCString(ctx, ctx->rt->class_array[id].class_name);
    }
    JS_FreeAtom(ctx, atom);
    return owner;
}

/* One line of a stack text, as V8 writes it:
 * `at NAME (FILE:LINE:COLUMN)`, `at FILE:LINE:COLUMN` without a name, `at Array.map (<anonymous>)` for C code. */
static void lz_stack_line(JSContext *ctx, DynBuf *out, JSStackFrame *frame)
{
    JSFunctionBytecode *code = lz_frame_code(frame);
    const char *name = get_func_name(ctx, frame->cur_func), *owner = NULL;
    const LzPlace *place = code ? lz_place(ctx, code, lz_frame_pc(frame, code)) : NULL;
    bool named = name && name[0];

    dbuf_putstr(out, "    at ");
    if (frame->is_constructor && named)
        dbuf_putstr(out, "new ");
    if (named && !code && !frame->is_constructor)
        owner = lz_builtin_owner(ctx, frame->cur_func, name);
    if (owner)
        dbuf_printf(out, "%s.", owner);
    if (named)
        dbuf_putstr(out, strcmp(name, "<eval>") == 0 ? "eval" : name);
    else if (code && code->is_wrapper)
        dbuf_putstr(out, "Object.<anonymous>");
    else if (!place)
        dbuf_putstr(out, "<anonymous>");
    named = named || !place || code->is_wrapper;
    if (named)
        dbuf_putstr(out, " (");
    if (place)
        dbuf_put(out, (const uint8_t *)place->text, place->length);
    else
        dbuf_putstr(out, "<anonymous>");
    dbuf_putstr(out, named ? ")\n" : "\n");
    JS_FreeCString(ctx, owner);
    JS_FreeCString(ctx, name);
}

/* Keeps where the parser gave up; V8 shows it apart from the stack, and so does Node. */
static void lz_syntax_position(JSContext *ctx, JSValueConst error, const char *name, int line, int column)
{
    JSValue position, pending;

    if (JS_VALUE_GET_TAG(error) != JS_TAG_OBJECT)
        return;
    pending = JS_GetException(ctx);
    position = JS_NewArray(ctx);
    if (!JS_IsException(position)) {
        JS_DefinePropertyValueUint32(ctx, position, 0, JS_NewString(ctx, name), JS_PROP_C_W_E);
        JS_DefinePropertyValueUint32(ctx, position, 1, js_int32(line), JS_PROP_C_W_E);
        JS_DefinePropertyValueUint32(ctx, position, 2, js_int32(column), JS_PROP_C_W_E);
        JS_DefinePropertyValue(ctx, error, lz_position_atom, position, JS_PROP_C_W_E);
    }
    JS_Throw(ctx, pending);
}

/* Splits `FILE:LINE:COLUMN` from the right; false if there are no two numbers. */
static bool lz_split_position(const char *text, size_t length, size_t *file, long *line, long *column)
{
    size_t at = length;
    long *numbers[] = { column, line };

    for (int i = 0; i < 2; i++) {
        size_t end = at;
        while (at > 0 && text[at - 1] >= '0' && text[at - 1] <= '9')
            at--;
        if (at == end || at == 0 || text[at - 1] != ':')
            return false;
        *numbers[i] = strtol(text + at, NULL, 10);
        at--;
    }
    *file = at;
    return true;
}

/* host.errorPosition(error) -> [file, line, column] of a syntax error or of the first frame of a stack text. */
static JSValue lz_error_position(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSObject *object;
    JSValue result;
    const char *stack, *start, *end;
    size_t file;
    long line, column;

    (void)self, (void)argc;
    if (JS_VALUE_GET_TAG(argv[0]) != JS_TAG_OBJECT)
        return JS_UNDEFINED;
    object = JS_VALUE_GET_OBJ(argv[0]);
    if (object->class_id != JS_CLASS_ERROR)
        return JS_UNDEFINED;
    result = JS_GetProperty(ctx, argv[0], lz_position_atom);
    /* The engine's own copy of the stack: the property may have been written over. */
    if (!JS_IsUndefined(result) || !JS_IsString(object->u.object_data))
        return result;
    stack = JS_ToCString(ctx, object->u.object_data);
    if (!stack)
        return JS_EXCEPTION;
    start = strstr(stack, "\n    at ");
    start = start ? start + strlen("\n    at ") : stack + strlen(stack);
    end = start + strcspn(start, "\n");
    if (end > start && end[-1] == ')') {
        const char *open = memchr(start, '(', (size_t)(end - start));
        start = open ? open + 1 : start;
        end--;
    }
    if (lz_split_position(start, (size_t)(end - start), &file, &line, &column)) {
        result = JS_NewArray(ctx);
        JS_DefinePropertyValueUint32(ctx, result, 0, JS_NewStringLen(ctx, start, file), JS_PROP_C_W_E);
        JS_DefinePropertyValueUint32(ctx, result, 1, js_int32((int32_t)line), JS_PROP_C_W_E);
        JS_DefinePropertyValueUint32(ctx, result, 2, js_int32((int32_t)column), JS_PROP_C_W_E);
    }
    JS_FreeCString(ctx, stack);
    return result;
}

/* host.callSites(count) -> [[file, line, column, function name], ...] of the callers, innermost first; C code and the harness are left out. */
static JSValue lz_call_sites(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSStackFrame *frame = ctx->rt->current_stack_frame;
    JSValue list = JS_NewArray(ctx);
    uint32_t count = 0, limit;

    (void)self, (void)argc;
    if (JS_ToUint32(ctx, &limit, argv[0]))
        return JS_EXCEPTION;
    for (; frame && count < limit; frame = frame->prev_frame) {
        JSFunctionBytecode *code = lz_frame_code(frame);
        const char *name;
        JSValue site;
        int line, column;
        if (!code || lz_is_harness_name(ctx->rt, code->filename))
            continue;
        line = find_line_num(ctx, code, (uint32_t)lz_frame_pc(frame, code), &column);
        name = get_func_name(ctx, frame->cur_func);
        site = JS_NewArray(ctx);
        JS_DefinePropertyValueUint32(ctx, site, 0, JS_AtomToString(ctx, code->filename), JS_PROP_C_W_E);
        JS_DefinePropertyValueUint32(ctx, site, 1, js_int32(line), JS_PROP_C_W_E);
        JS_DefinePropertyValueUint32(ctx, site, 2, js_int32(column), JS_PROP_C_W_E);
        JS_DefinePropertyValueUint32(ctx, site, 3, JS_NewString(ctx, name ? name : ""), JS_PROP_C_W_E);
        JS_DefinePropertyValueUint32(ctx, list, count++, site, JS_PROP_C_W_E);
        JS_FreeCString(ctx, name);
    }
    return list;
}

/* The methods of V8's CallSite that the engine lacks. */

enum {
    LZ_SITE_FILE,
    LZ_SITE_ORIGIN,
    LZ_SITE_IS_EVAL,
    LZ_SITE_TEXT,
};

#define LZ_EVAL_PREFIX "eval at "
#define LZ_EVAL_SUFFIX ", <anonymous>"

static JSValue lz_site_text(JSContext *ctx, const JSCallSiteData *site, const char *file)
{
    const char *name = JS_IsString(site->func_name) ? JS_ToCString(ctx, site->func_name) : NULL;
    DynBuf text;
    JSValue result;

    dbuf_init(&text);
    if (name)
        dbuf_printf(&text, "%s%s (", site->constructor ? "new " : "", name);
    if (site->native)
        dbuf_putstr(&text, "native");
    else
        dbuf_printf(&text, "%s:%d:%d", file ? file : "<anonymous>", site->line_num, site->col_num);
    if (name)
        dbuf_putc(&text, ')');
    result = JS_NewStringLen(ctx, (char *)text.buf, text.size);
    dbuf_free(&text);
    JS_FreeCString(ctx, name);
    return result;
}

static JSValue lz_site_get(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int what)
{
    JSCallSiteData *site = JS_GetOpaque2(ctx, self, JS_CLASS_CALL_SITE);
    const char *file;
    bool is_eval;
    JSValue result = JS_UNDEFINED;

    (void)argc, (void)argv;
    if (!site)
        return JS_EXCEPTION;
    file = JS_IsString(site->filename) ? JS_ToCString(ctx, site->filename) : NULL;
    is_eval = file && strncmp(file, LZ_EVAL_PREFIX, strlen(LZ_EVAL_PREFIX)) == 0;
    if (what == LZ_SITE_IS_EVAL) {
        result = js_bool(is_eval);
    } else if (what == LZ_SITE_TEXT) {
        result = lz_site_text(ctx, site, file);
    } else if (what == LZ_SITE_FILE) {
        result = is_eval ? JS_UNDEFINED : js_dup(site->filename);
    } else if (is_eval) {
        size_t length = strlen(file), suffix = strlen(LZ_EVAL_SUFFIX);
        if (length > suffix && strcmp(file + length - suffix, LZ_EVAL_SUFFIX) == 0)
            length -= suffix;
        result = JS_NewStringLen(ctx, file, length);
    }
    JS_FreeCString(ctx, file);
    return result;
}

/* Answers that are the same for every frame; `what` is the answer: 0 false, 1 true, 2 null, 3 undefined. */
static JSValue lz_site_fixed(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int what)
{
    JSValue answers[] = { JS_FALSE, JS_TRUE, JS_NULL, JS_UNDEFINED };

    (void)self, (void)argc, (void)argv;
    if (!JS_GetOpaque2(ctx, self, JS_CLASS_CALL_SITE))
        return JS_EXCEPTION;
    return answers[what];
}

static const JSCFunctionListEntry lz_site_methods[] = {
    JS_CFUNC_MAGIC_DEF("getFileName", 0, lz_site_get, LZ_SITE_FILE),
    JS_CFUNC_MAGIC_DEF("getScriptNameOrSourceURL", 0, lz_site_get, LZ_SITE_FILE),
    JS_CFUNC_MAGIC_DEF("getEvalOrigin", 0, lz_site_get, LZ_SITE_ORIGIN),
    JS_CFUNC_MAGIC_DEF("isEval", 0, lz_site_get, LZ_SITE_IS_EVAL),
    JS_CFUNC_MAGIC_DEF("toString", 0, lz_site_get, LZ_SITE_TEXT),
    JS_CFUNC_MAGIC_DEF("isAsync", 0, lz_site_fixed, 0),
    JS_CFUNC_MAGIC_DEF("isPromiseAll", 0, lz_site_fixed, 0),
    JS_CFUNC_MAGIC_DEF("isToplevel", 0, lz_site_fixed, 1),
    JS_CFUNC_MAGIC_DEF("getTypeName", 0, lz_site_fixed, 2),
    JS_CFUNC_MAGIC_DEF("getMethodName", 0, lz_site_fixed, 2),
    JS_CFUNC_MAGIC_DEF("getPromiseIndex", 0, lz_site_fixed, 2),
    JS_CFUNC_MAGIC_DEF("getThis", 0, lz_site_fixed, 3),
};

static const JSCFunctionListEntry lz_stack_tools[] = {
    JS_CFUNC_DEF("errorPosition", 1, lz_error_position),
    JS_CFUNC_DEF("callSites", 1, lz_call_sites),
};
