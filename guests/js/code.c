/* From source text to code: functions, scripts, eval, and the record of what is compiled at run time. */

/* File name -> the "host-defined option" that Node attached to the script, handed back to the import() hook. Scripts that
 * share a name share the option of the last one. */
static JSValue lz_options;
/* True once run() was called: what is compiled while the snapshot is made is the harness's own. */
static bool lz_running;

static JSClassID lz_script_class;
static JSClassID lz_context_class;

typedef struct {
    JSValue code;   /* compiled for the main context; undefined once it has run there */
    char *source;   /* for further runs and other contexts */
    size_t length;
    char *name;
    int line;
} LzScript;

static void lz_script_finalizer(JSRuntime *rt, JSValueConst value)
{
    LzScript *script = JS_GetOpaque(value, lz_script_class);

    if (!script)
        return;
    JS_FreeValueRT(rt, script->code);
    js_free_rt(rt, script->source);
    js_free_rt(rt, script->name);
    js_free_rt(rt, script);
}

static void lz_script_mark(JSRuntime *rt, JSValueConst value, JS_MarkFunc *mark)
{
    LzScript *script = JS_GetOpaque(value, lz_script_class);

    if (script)
        JS_MarkValue(rt, script->code, mark);
}

static const JSClassDef lz_script_def = { "Script", .finalizer = lz_script_finalizer, .gc_mark = lz_script_mark };

/* The context behind an argument: a context object of host.newContext, or `ctx` itself for undefined. */
static JSContext *lz_context_of(JSContext *ctx, JSValueConst value)
{
    JSContext *inner = JS_GetOpaque(value, lz_context_class);

    return inner ? inner : ctx;
}

/* Drops the source text of harness functions: it is a copy of several megabytes that only toString would show. */
static void lz_strip(JSContext *ctx, JSFunctionBytecode *code)
{
    js_free(ctx, code->source);
    code->source = NULL;
    code->source_len = 0;
    for (int i = 0; i < code->cpool_count; i++)
        if (JS_VALUE_GET_TAG(code->cpool[i]) == JS_TAG_FUNCTION_BYTECODE)
            lz_strip(ctx, JS_VALUE_GET_PTR(code->cpool[i]));
}

static void lz_set_option(JSContext *ctx, const char *name, JSValueConst option)
{
    if (!JS_IsUndefined(option))
        JS_DefinePropertyValueStr(ctx, lz_options, name, js_dup(option), JS_PROP_C_W_E);
}

/* Compiles without running. `text` must be zero-terminated. */
static JSValue lz_compile(JSContext *ctx, const char *text, size_t length, const char *name, int line, int flags)
{
    JSValue code = __JS_EvalInternal(ctx, JS_UNDEFINED, text, length, name, line, flags | JS_EVAL_FLAG_COMPILE_ONLY, -1);

    if (JS_VALUE_GET_TAG(code) == JS_TAG_FUNCTION_BYTECODE) {
        JSFunctionBytecode *function = JS_VALUE_GET_PTR(code);
        if (lz_is_node_name(ctx->rt, function->filename))
            lz_strip(ctx, function);
    }
    return code;
}

/* Line number of the first line, from the zero-based line offset that V8's interface uses. */
static int lz_first_line(JSContext *ctx, JSValueConst offset)
{
    int32_t line = 0;

    if (JS_IsNumber(offset) && JS_ToInt32(ctx, &line, offset))
        line = 0;
    return line < INT32_MAX ? line + 1 : line;
}

static int lz_put_text(JSContext *ctx, DynBuf *out, JSValueConst value)
{
    size_t length;
    const char *text = JS_ToCStringLen(ctx, &length, value);

    if (!text)
        return -1;
    dbuf_put(out, (const uint8_t *)text, length);
    JS_FreeCString(ctx, text);
    return 0;
}

/* Writes `(function (params) {`, a line break, the source, and the end. The wrapper is a line of its own, so that the
 * columns of the first source line stay right. */
static int lz_put_function(JSContext *ctx, DynBuf *out, JSValueConst source, JSValueConst params)
{
    int64_t count = 0;
    size_t start;

    if (JS_IsArray(params) && JS_GetLength(ctx, params, &count))
        return -1;
    dbuf_putstr(out, "(function (");
    for (int64_t i = 0; i < count; i++) {
        JSValue name = JS_GetPropertyInt64(ctx, params, i);
        int failed = JS_IsException(name) || lz_put_text(ctx, out, name);
        JS_FreeValue(ctx, name);
        if (failed)
            return -1;
        if (i + 1 < count)
            dbuf_putc(out, ',');
    }
    dbuf_putstr(out, ") {\n");
    start = out->size;
    if (lz_put_text(ctx, out, source))
        return -1;
    if (out->size >= start + 2 && memcmp(out->buf + start, "#!", 2) == 0)
        memcpy(out->buf + start, "//", 2);
    dbuf_putstr(out, "\n})");
    dbuf_put(out, (const uint8_t *)"", 1);
    if (dbuf_error(out)) {
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    return 0;
}

/* The one function in the compiled wrapper; fails if the source closed the wrapper and began something else. */
static int lz_check_wrapper(JSContext *ctx, JSValueConst code, size_t length)
{
    JSFunctionBytecode *outer = JS_VALUE_GET_PTR(code), *inner;

    if (outer->cpool_count == 1 && JS_VALUE_GET_TAG(outer->cpool[0]) == JS_TAG_FUNCTION_BYTECODE) {
        inner = JS_VALUE_GET_PTR(outer->cpool[0]);
        /* Without the two parentheses. Harness code has no source left to measure, and needs no check. */
        if (!inner->source || (size_t)inner->source_len == length - 2) {
            inner->is_wrapper = 1;
            return 0;
        }
    }
    JS_ThrowSyntaxError(ctx, "Unexpected token '}'");
    return -1;
}

/* host.compileFunction(source, filename, lineOffset, columnOffset, params, context, option) */
static JSValue lz_compile_function(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSContext *target = lz_context_of(ctx, argv[5]);
    const char *name = JS_ToCString(ctx, argv[1]);
    JSValue function = JS_EXCEPTION, code;
    DynBuf text;

    (void)self, (void)argc;
    if (!name)
        return JS_EXCEPTION;
    dbuf_init(&text);
    if (!lz_put_function(ctx, &text, argv[0], argv[4])) {
        lz_set_option(ctx, name, argv[6]);
        code = lz_compile(target, (char *)text.buf, text.size - 1, name, lz_first_line(ctx, argv[2]) - 1,
                          JS_EVAL_TYPE_GLOBAL);
        if (JS_VALUE_GET_TAG(code) == JS_TAG_FUNCTION_BYTECODE) {
            if (lz_check_wrapper(ctx, code, text.size - 1))
                JS_FreeValue(ctx, code);
            else
                function = JS_EvalFunction(target, code);
        }
    }
    dbuf_free(&text);
    JS_FreeCString(ctx, name);
    return function;
}

/* host.compileScript(source, filename, lineOffset, columnOffset, option) -> script */
static JSValue lz_compile_script(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    size_t length;
    const char *text = JS_ToCStringLen(ctx, &length, argv[0]);
    const char *name = JS_ToCString(ctx, argv[1]);
    JSValue object = JS_EXCEPTION;
    LzScript *script = js_mallocz(ctx, sizeof(*script));

    (void)self, (void)argc;
    if (!text || !name || !script)
        goto done;
    script->line = lz_first_line(ctx, argv[2]);
    script->length = length;
    script->source = js_malloc(ctx, length + 1);
    script->name = js_strdup(ctx, name);
    script->code = JS_UNDEFINED;
    if (!script->source || !script->name)
        goto done;
    memcpy(script->source, text, length + 1);
    lz_set_option(ctx, name, argv[4]);
    script->code = lz_compile(ctx, text, length, name, script->line, JS_EVAL_TYPE_GLOBAL);
    if (JS_IsException(script->code))
        goto done;
    object = JS_NewObjectClass(ctx, lz_script_class);
    if (!JS_IsException(object)) {
        JS_SetOpaqueInternal(object, script);
        script = NULL;
    }
done:
    if (script) {
        JS_FreeValue(ctx, script->code);
        js_free(ctx, script->source);
        js_free(ctx, script->name);
        js_free(ctx, script);
    }
    JS_FreeCString(ctx, text);
    JS_FreeCString(ctx, name);
    return object;
}

/* host.runCompiled(script, context) -> completion value */
static JSValue lz_run_compiled(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    LzScript *script = JS_GetOpaque2(ctx, argv[0], lz_script_class);
    JSContext *target = lz_context_of(ctx, argv[1]);
    JSValue code;

    (void)self, (void)argc;
    if (!script)
        return JS_EXCEPTION;
    if (target == ctx && !JS_IsUndefined(script->code)) {
        code = script->code;
        script->code = JS_UNDEFINED;
    } else {
        /* Bytecode belongs to the realm it was compiled for. */
        code = lz_compile(target, script->source, script->length, script->name, script->line, JS_EVAL_TYPE_GLOBAL);
        if (JS_IsException(code))
            return code;
    }
    return JS_EvalFunctionInternal(target, code, target->global_obj, NULL, NULL);
}

/* host.runScript(source, filename, lineOffset, columnOffset, context, option) -> completion value */
static JSValue lz_run_script(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSValueConst compile[] = { argv[0], argv[1], argv[2], argv[3], argv[5] };
    JSValue script = lz_compile_script(ctx, self, countof(compile), compile), result;

    (void)argc;
    if (JS_IsException(script))
        return script;
    result = lz_run_compiled(ctx, self, 2, (JSValueConst[]) { script, argv[4] });
    JS_FreeValue(ctx, script);
    return result;
}

/* host.eval(source, filename): for the harness itself. */
static JSValue lz_js_eval(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSValueConst all[] = { argv[0], argv[1], JS_UNDEFINED, JS_UNDEFINED, JS_UNDEFINED, JS_UNDEFINED };

    (void)argc;
    return lz_run_script(ctx, self, countof(all), all);
}

/* The innermost frame with bytecode: the code that called eval or a Function constructor. */
static JSStackFrame *lz_calling_frame(JSContext *ctx)
{
    JSStackFrame *frame = ctx->rt->current_stack_frame;

    while (frame && !lz_frame_code(frame))
        frame = frame->prev_frame;
    return frame;
}

/* `eval at NAME (FILE:LINE:COLUMN), <anonymous>`: with a position behind it this reads as V8 writes frames of such code. */
static void lz_eval_name(JSContext *ctx, DynBuf *out)
{
    JSStackFrame *frame = lz_calling_frame(ctx);
    const char *name = frame ? get_func_name(ctx, frame->cur_func) : NULL;
    const LzPlace *place = NULL;

    if (frame)
        place = lz_place(ctx, lz_frame_code(frame), lz_frame_pc(frame, lz_frame_code(frame)));
    dbuf_printf(out, "eval at %s", name && name[0] ? name : "<anonymous>");
    if (place) {
        dbuf_putstr(out, " (");
        dbuf_put(out, (const uint8_t *)place->text, place->length);
        dbuf_putstr(out, "), <anonymous>");
    }
    dbuf_put(out, (const uint8_t *)"", 1);
    JS_FreeCString(ctx, name);
}

/* Whether a Function constructor, not eval, asked for the compilation. */
static bool lz_from_constructor(JSContext *ctx)
{
    JSStackFrame *frame = ctx->rt->current_stack_frame;
    JSObject *function;

    if (!frame || JS_VALUE_GET_TAG(frame->cur_func) != JS_TAG_OBJECT)
        return false;
    function = JS_VALUE_GET_OBJ(frame->cur_func);
    return function->class_id == JS_CLASS_C_FUNCTION
        && function->u.cfunc.c_function.generic_magic == js_function_constructor;
}

/* Stands before the engine's own eval_internal: all four Function constructors, direct and indirect eval end here. */
static JSValue lz_eval_internal(JSContext *ctx, JSValueConst this_obj, const char *input, size_t length,
                                const char *name, int line, int flags, int scope)
{
    int type = flags & JS_EVAL_TYPE_MASK;
    JSValue result;
    DynBuf shown;

    if (!lz_running || (type != JS_EVAL_TYPE_DIRECT && type != JS_EVAL_TYPE_INDIRECT))
        return __JS_EvalInternal(ctx, this_obj, input, length, name, line, flags, scope);
    size_t at_length;
    const uint8_t *at = lz_at(ctx, &at_length);
    const char *how = lz_from_constructor(ctx) ? "function" : "eval";
    dbuf_init(&shown);
    dbuf_put(&shown, at, at_length);
    dbuf_putc(&shown, LZ_TAG_LIST);
    dbuf_put_u32(&shown, 2);
    lz_put_sized(&shown, LZ_TAG_STRING, how, strlen(how));
    lz_put_sized(&shown, LZ_TAG_STRING, input, length);
    if (!dbuf_error(&shown))
        lz_host_call(LZ_OP_EVAL, shown.buf, (uint32_t)shown.size);
    shown.size = 0;
    lz_eval_name(ctx, &shown);
    result = __JS_EvalInternal(ctx, this_obj, input, length, dbuf_error(&shown) ? name : (char *)shown.buf, line, flags,
                               scope);
    dbuf_free(&shown);
    return result;
}

/* host.isModuleSyntax(source): whether the text is no valid CommonJS wrapper body, but a valid module. */
static JSValue lz_is_module_syntax(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    size_t length;
    const char *text;
    JSValue code;
    bool valid;

    (void)self, (void)argc;
    text = JS_ToCStringLen(ctx, &length, argv[0]);
    if (!text)
        return JS_EXCEPTION;
    code = lz_compile_module_text(ctx, text, length, "lazaret:probe");
    JS_FreeCString(ctx, text);
    valid = !JS_IsException(code);
    if (valid)
        lz_drop_module(ctx, code);
    else
        JS_FreeValue(ctx, JS_GetException(ctx));
    return js_bool(valid);
}

static const JSCFunctionListEntry lz_code_tools[] = {
    JS_CFUNC_DEF("compileFunction", 7, lz_compile_function),
    JS_CFUNC_DEF("compileScript", 5, lz_compile_script),
    JS_CFUNC_DEF("runCompiled", 2, lz_run_compiled),
    JS_CFUNC_DEF("runScript", 6, lz_run_script),
    JS_CFUNC_DEF("eval", 2, lz_js_eval),
    JS_CFUNC_DEF("isModuleSyntax", 1, lz_is_module_syntax),
};
