/* Where package code is: the code location of every access, read from the engine's own stack. */

/* At most so many package frames are sent with a call. */
#define LZ_MAX_FRAMES 4
/* A power of two. A package calls the host from a few hundred places at most; a loop calls it from one. */
#define LZ_PLACES 1024

/* The text of one place. The entry holds a reference on the bytecode, so that its address cannot be used again. */
typedef struct {
    JSFunctionBytecode *code;
    int32_t pc;
    uint32_t length;
    char *text;
} LzPlace;

static LzPlace lz_places[LZ_PLACES];
/* The request prefix of the last lz_at: a u32 length and the text. */
static DynBuf lz_at_buffer;
/* The place inherited from the promise reaction that runs now (async.c). */
static LzOrigin lz_origin;

static bool lz_name_starts(JSRuntime *rt, JSAtom name, const char *prefix)
{
    size_t length = strlen(prefix);
    JSString *string;

    if (name == JS_ATOM_NULL || __JS_AtomIsTaggedInt(name))
        return false;
    string = rt->atom_array[name];
    return !string->is_wide_char && string->len >= length && memcmp(str8(string), prefix, length) == 0;
}

/* Node's library and the harness. */
static bool lz_is_node_name(JSRuntime *rt, JSAtom name)
{
    return lz_name_starts(rt, name, "node:");
}

static bool lz_is_harness_name(JSRuntime *rt, JSAtom name)
{
    return lz_name_starts(rt, name, "node:internal/harness/");
}

/* The bytecode of a frame, or NULL if the frame runs C code. */
static JSFunctionBytecode *lz_frame_code(const JSStackFrame *frame)
{
    JSObject *function;

    if (JS_VALUE_GET_TAG(frame->cur_func) != JS_TAG_OBJECT)
        return NULL;
    function = JS_VALUE_GET_OBJ(frame->cur_func);
    return js_class_has_bytecode(function->class_id) ? function->u.func.function_bytecode : NULL;
}

static int32_t lz_frame_pc(const JSStackFrame *frame, const JSFunctionBytecode *code)
{
    return frame->cur_pc ? (int32_t)(frame->cur_pc - code->byte_code_buf - 1) : 0;
}

/* The innermost package frame at or below `frame`, or NULL. */
static JSStackFrame *lz_package_frame(JSRuntime *rt, JSStackFrame *frame)
{
    for (; frame; frame = frame->prev_frame) {
        JSFunctionBytecode *code = lz_frame_code(frame);
        if (code && !lz_is_node_name(rt, code->filename))
            return frame;
    }
    return NULL;
}

static const LzPlace *lz_place(JSContext *ctx, JSFunctionBytecode *code, int32_t pc)
{
    uint32_t slot = ((uint32_t)((uintptr_t)code >> 4) * 31 + (uint32_t)pc) & (LZ_PLACES - 1);
    LzPlace *place = &lz_places[slot];
    const char *name;
    char numbers[32];
    int line, column, count;
    size_t length;

    if (place->code == code && place->pc == pc)
        return place;
    line = find_line_num(ctx, code, (uint32_t)pc, &column);
    name = JS_AtomToCString(ctx, code->filename);
    if (!name) {
        JS_FreeValue(ctx, JS_GetException(ctx));
        return NULL;
    }
    count = snprintf(numbers, sizeof(numbers), ":%d:%d", line, column);
    length = strlen(name);
    char *text = malloc(length + (size_t)count + 1);
    if (text) {
        memcpy(text, name, length);
        memcpy(text + length, numbers, (size_t)count + 1);
        /* A file name with a line break must not look like two frames. */
        for (size_t i = 0; i < length; i++)
            if ((uint8_t)text[i] < ' ')
                text[i] = ' ';
        if (place->code) {
            JS_FreeValue(ctx, JS_MKPTR(JS_TAG_FUNCTION_BYTECODE, place->code));
            free(place->text);
        }
        place->code = JS_VALUE_GET_PTR(js_dup(JS_MKPTR(JS_TAG_FUNCTION_BYTECODE, code)));
        place->pc = pc;
        place->text = text;
        place->length = (uint32_t)length + (uint32_t)count;
    }
    JS_FreeCString(ctx, name);
    return text ? place : NULL;
}

static void lz_at_add(JSContext *ctx, JSFunctionBytecode *code, int32_t pc)
{
    const LzPlace *place = lz_place(ctx, code, pc);

    if (!place)
        return;
    if (lz_at_buffer.size > sizeof(uint32_t))
        dbuf_putc(&lz_at_buffer, '\n');
    dbuf_put(&lz_at_buffer, (const uint8_t *)place->text, place->length);
}

/* The location part of a request. Package frames of the stack; without any, the place that registered the promise
 * reaction which is running. */
static const uint8_t *lz_at(JSContext *ctx, size_t *length)
{
    uint32_t size;

    if (!lz_at_buffer.realloc_func)
        dbuf_init(&lz_at_buffer);
    lz_at_buffer.size = 0;
    dbuf_put_u32(&lz_at_buffer, 0);
    if (ctx) {
        JSStackFrame *frame = ctx->rt->current_stack_frame;
        int count = 0;
        while (count < LZ_MAX_FRAMES && (frame = lz_package_frame(ctx->rt, frame))) {
            JSFunctionBytecode *code = lz_frame_code(frame);
            lz_at_add(ctx, code, lz_frame_pc(frame, code));
            frame = frame->prev_frame;
            count++;
        }
        if (count == 0 && JS_VALUE_GET_TAG(lz_origin.code) == JS_TAG_FUNCTION_BYTECODE)
            lz_at_add(ctx, JS_VALUE_GET_PTR(lz_origin.code), lz_origin.pc);
    }
    if (dbuf_error(&lz_at_buffer)) {
        static const uint8_t nowhere[sizeof(uint32_t)];
        dbuf_free(&lz_at_buffer);
        dbuf_init(&lz_at_buffer);
        *length = sizeof(nowhere);
        return nowhere;
    }
    size = (uint32_t)(lz_at_buffer.size - sizeof(size));
    memcpy(lz_at_buffer.buf, &size, sizeof(size));
    *length = lz_at_buffer.size;
    return lz_at_buffer.buf;
}
