/* Error.stack, call sites and error positions in the shape that programs written for V8 parse. */

/* The private property that keeps [file, line, column] of a syntax error. */
static JSAtom lz_position_atom;

/* Private properties of objects with a stack: its frames as text, and what `stack` reads once it was read or written. */
static JSAtom lz_frames_atom;
static JSAtom lz_stack_atom;
/* The accessor functions, one pair for all realms. */
static JSValue lz_stack_getter, lz_stack_setter;

/* Gives an object the frames that the engine collected, and the accessor `stack` over them. `finished` says that the value
 * came from Error.prepareStackTrace and is shown as it is. Takes `stack`. */
static void lz_store_stack(JSContext *ctx, JSValueConst error, JSValue stack, bool finished)
{
    JSObject *object = JS_VALUE_GET_OBJ(error);

    if (object->class_id == JS_CLASS_ERROR) {
        /* The engine looks here for whether an error has a stack already. */
        JS_FreeValue(ctx, object->u.object_data);
        object->u.object_data = finished ? JS_TRUE : js_dup(stack);
    }
    JS_DeleteProperty(ctx, error, finished ? lz_frames_atom : lz_stack_atom, 0);
    if (JS_DefinePropertyValue(ctx, error, finished ? lz_stack_atom : lz_frames_atom, stack, JS_PROP_C_W_E) < 0
        || JS_DefineProperty(ctx, error, JS_ATOM_stack, JS_UNDEFINED, lz_stack_getter, lz_stack_setter,
                             JS_PROP_HAS_GET | JS_PROP_HAS_SET | JS_PROP_HAS_CONFIGURABLE | JS_PROP_CONFIGURABLE
                                 | JS_PROP_HAS_ENUMERABLE) < 0)
        JS_FreeValue(ctx, JS_GetException(ctx));
}

/* The object that holds a private property, looked for through proxies and prototypes without running code. */
static JSObject *lz_stack_holder(JSValueConst self, JSAtom name, JSProperty **property)
{
    JSObject *object = JS_VALUE_GET_TAG(self) == JS_TAG_OBJECT ? JS_VALUE_GET_OBJ(self) : NULL;

    while (object) {
        if (object->class_id == JS_CLASS_PROXY) {
            JSValue target = ((JSProxyData *)object->u.opaque)->target;
            object = JS_VALUE_GET_TAG(target) == JS_TAG_OBJECT ? JS_VALUE_GET_OBJ(target) : NULL;
            continue;
        }
        if (find_own_property(property, object, name))
            return object;
        object = object->shape->proto;
    }
    return NULL;
}

/* "Name: message". Node's own errors put their code between the two, in a toString of theirs. */
static JSValue lz_stack_header(JSContext *ctx, JSValueConst object)
{
    JSProperty *property;

    if (lz_stack_holder(object, JS_ATOM_toString, &property) && JS_IsFunction(ctx, property->u.value)) {
        JSObject *function = JS_VALUE_GET_OBJ(property->u.value);
        if (js_class_has_bytecode(function->class_id)
            && lz_name_starts(ctx->rt, function->u.func.function_bytecode->filename, "node:internal/errors")) {
            JSValue method = js_dup(property->u.value), header = JS_Call(ctx, method, object, 0, NULL);
            JS_FreeValue(ctx, method);
            return header;
        }
    }
    return js_error_toString(ctx, object, 0, NULL);
}

/* The accessor `stack`. V8 writes the text when it is read first, so a name and message set later are in it. */
static JSValue lz_stack_get(JSContext *ctx, JSValueConst self)
{
    JSProperty *property;
    JSObject *holder = lz_stack_holder(self, lz_stack_atom, &property);
    JSValue header, frames, text;

    if (holder)
        return js_dup(property->u.value);
    holder = lz_stack_holder(self, lz_frames_atom, &property);
    if (!holder)
        return JS_UNDEFINED;
    frames = js_dup(property->u.value);
    JSValue object = js_dup(JS_MKPTR(JS_TAG_OBJECT, holder));
    header = lz_stack_header(ctx, object);
    if (JS_IsException(header)) {
        /* A hostile name or message. */
        JS_FreeValue(ctx, JS_GetException(ctx));
        header = JS_NewString(ctx, "Error");
    }
    if (JS_VALUE_GET_TAG(frames) == JS_TAG_STRING && JS_VALUE_GET_STRING(frames)->len > 0) {
        text = JS_ConcatString(ctx, JS_ConcatString3(ctx, "", header, "\n"), frames);
    } else {
        JS_FreeValue(ctx, frames);
        text = header;
    }
    if (!JS_IsException(text))
        JS_DefinePropertyValue(ctx, object, lz_stack_atom, js_dup(text), JS_PROP_C_W_E);
    JS_FreeValue(ctx, object);
    return text;
}

static JSAtom lz_private_atom(JSContext *ctx)
{
    JSValue symbol = JS_NewSymbolFromAtom(ctx, JS_ATOM_stack, JS_ATOM_TYPE_PRIVATE);
    JSAtom atom = JS_ValueToAtom(ctx, symbol);

    JS_FreeValue(ctx, symbol);
    return atom;
}

static JSValue lz_stack_set(JSContext *ctx, JSValueConst self, JSValueConst value)
{
    if (JS_VALUE_GET_TAG(self) == JS_TAG_OBJECT && JS_VALUE_GET_OBJ(self)->class_id != JS_CLASS_PROXY
        && JS_DefinePropertyValue(ctx, self, lz_stack_atom, js_dup(value), JS_PROP_C_W_E) < 0)
        return JS_EXCEPTION;
    return JS_UNDEFINED;
}

/* How the file names of evaluated code begin and end (code.c), and what the engine calls the code of a whole script. */
#define LZ_EVAL_PREFIX "eval at "
#define LZ_EVAL_SUFFIX ", <anonymous>"
#define LZ_SCRIPT_NAME "<eval>"

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
        || function->u.cfunc.c_function.generic == js_reflect_apply
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
    bool script = name && strcmp(name, LZ_SCRIPT_NAME) == 0, named = name && name[0];

    if (script && code && !lz_name_starts(ctx->rt, code->filename, LZ_EVAL_PREFIX))
        named = false;
    dbuf_putstr(out, "    at ");
    if (frame->is_constructor && named)
        dbuf_putstr(out, "new ");
    if (named && !code && !frame->is_constructor)
        owner = lz_builtin_owner(ctx, frame->cur_func, name);
    if (owner)
        dbuf_printf(out, "%s.", owner);
    if (named)
        dbuf_putstr(out, script ? "eval" : name);
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

static void lz_prepare_stacks(JSContext *ctx)
{
    JSCFunctionType get = { .getter = lz_stack_get }, set = { .setter = lz_stack_set };

    lz_position_atom = lz_private_atom(ctx);
    lz_frames_atom = lz_private_atom(ctx);
    lz_stack_atom = lz_private_atom(ctx);
    lz_stack_getter = JS_NewCFunction2(ctx, get.generic, "", 0, JS_CFUNC_getter, 0);
    lz_stack_setter = JS_NewCFunction2(ctx, set.generic, "", 1, JS_CFUNC_setter, 0);
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
    start = strstr(stack, "    at ");
    start = start ? start + strlen("    at ") : stack + strlen(stack);
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
    LZ_SITE_FUNCTION,
};


/* The name of the function, "eval" for evaluated code, null for the code of a script. */
static JSValue lz_site_function(JSContext *ctx, const JSCallSiteData *site, const char *file)
{
    const char *name = JS_IsString(site->func_name) ? JS_ToCString(ctx, site->func_name) : NULL;
    bool script = name && strcmp(name, LZ_SCRIPT_NAME) == 0;

    JS_FreeCString(ctx, name);
    if (!script)
        return js_dup(site->func_name);
    return file && strncmp(file, LZ_EVAL_PREFIX, strlen(LZ_EVAL_PREFIX)) == 0 ? JS_NewString(ctx, "eval") : JS_NULL;
}

static JSValue lz_site_text(JSContext *ctx, const JSCallSiteData *site, const char *file)
{
    JSValue function = lz_site_function(ctx, site, file);
    const char *name = JS_IsString(function) ? JS_ToCString(ctx, function) : NULL;
    DynBuf text;
    JSValue result;

    dbuf_init(&text);
    if (name)
        dbuf_printf(&text, "%s%s (", site->constructor ? "new " : "", name);
    if (site->native)
        dbuf_putstr(&text, "<anonymous>");
    else
        dbuf_printf(&text, "%s:%d:%d", file ? file : "<anonymous>", site->line_num, site->col_num);
    if (name)
        dbuf_putc(&text, ')');
    result = JS_NewStringLen(ctx, (char *)text.buf, text.size);
    dbuf_free(&text);
    JS_FreeCString(ctx, name);
    JS_FreeValue(ctx, function);
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
    } else if (what == LZ_SITE_FUNCTION) {
        result = lz_site_function(ctx, site, file);
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
    JS_CFUNC_MAGIC_DEF("getFunctionName", 0, lz_site_get, LZ_SITE_FUNCTION),
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
