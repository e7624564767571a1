/* Values that cross to the host and back: tag, little-endian lengths, bodies (docs/guest-abi.md). Both machines that
 * run this code are little-endian, so integers are copied as they are. */

enum {
    LZ_TAG_UNDEFINED = 0,
    LZ_TAG_FALSE = 1,
    LZ_TAG_TRUE = 2,
    LZ_TAG_NUMBER = 3,
    LZ_TAG_STRING = 4,
    LZ_TAG_BYTES = 5,
    LZ_TAG_LIST = 6,
};

/* Deeper lists are refused: the host decodes recursively and has a limit of its own. */
#define LZ_MAX_DEPTH 64

static int lz_put_value(JSContext *ctx, DynBuf *out, JSValueConst value, int depth);

static void lz_put_sized(DynBuf *out, uint8_t tag, const void *bytes, size_t length)
{
    dbuf_putc(out, tag);
    dbuf_put_u32(out, (uint32_t)length);
    dbuf_put(out, (const uint8_t *)bytes, length);
}

static void lz_put_number(DynBuf *out, double number)
{
    dbuf_putc(out, LZ_TAG_NUMBER);
    dbuf_put(out, (const uint8_t *)&number, sizeof(number));
}

/* Finds the bytes of an ArrayBuffer or of a view; false if the value is neither, or is detached. */
static bool lz_bytes_of(JSValueConst value, uint8_t **bytes, size_t *length)
{
    JSObject *object;

    *bytes = NULL;
    *length = 0;
    if (JS_VALUE_GET_TAG(value) != JS_TAG_OBJECT)
        return false;
    object = JS_VALUE_GET_OBJ(value);
    if (object->class_id == JS_CLASS_ARRAY_BUFFER || object->class_id == JS_CLASS_SHARED_ARRAY_BUFFER) {
        JSArrayBuffer *buffer = object->u.array_buffer;
        *bytes = buffer->data;
        *length = buffer->detached ? 0 : (size_t)buffer->byte_length;
        return true;
    }
    if (is_typed_array(object->class_id) || object->class_id == JS_CLASS_DATAVIEW) {
        JSTypedArray *view = object->u.typed_array;
        JSArrayBuffer *buffer = view->buffer->u.array_buffer;
        size_t offset = view->offset, size = view->length;
        if (buffer->detached || offset > (size_t)buffer->byte_length)
            return true;
        if (view->track_rab || size > (size_t)buffer->byte_length - offset)
            size = (size_t)buffer->byte_length - offset;
        *bytes = buffer->data + offset;
        *length = size;
        return true;
    }
    return false;
}

static int lz_put_list(JSContext *ctx, DynBuf *out, JSValueConst list, int depth)
{
    int64_t length;

    if (JS_GetLength(ctx, list, &length))
        return -1;
    dbuf_putc(out, LZ_TAG_LIST);
    dbuf_put_u32(out, (uint32_t)length);
    for (int64_t i = 0; i < length; i++) {
        JSValue item = JS_GetPropertyInt64(ctx, list, i);
        int failed = JS_IsException(item) || lz_put_value(ctx, out, item, depth + 1);
        JS_FreeValue(ctx, item);
        if (failed)
            return -1;
    }
    return 0;
}

/* A plain object travels as a list of alternating keys and values. */
static int lz_put_object(JSContext *ctx, DynBuf *out, JSValueConst object, int depth)
{
    JSPropertyEnum *names;
    uint32_t count;
    int failed = 0;

    if (JS_GetOwnPropertyNames(ctx, &names, &count, object, JS_GPN_STRING_MASK | JS_GPN_ENUM_ONLY))
        return -1;
    dbuf_putc(out, LZ_TAG_LIST);
    dbuf_put_u32(out, count * 2);
    for (uint32_t i = 0; i < count && !failed; i++) {
        JSValue key = JS_AtomToString(ctx, names[i].atom);
        JSValue value = JS_GetProperty(ctx, object, names[i].atom);
        failed = JS_IsException(key) || JS_IsException(value) || lz_put_value(ctx, out, key, depth + 1)
            || lz_put_value(ctx, out, value, depth + 1);
        JS_FreeValue(ctx, key);
        JS_FreeValue(ctx, value);
    }
    JS_FreePropertyEnum(ctx, names, count);
    return failed ? -1 : 0;
}

static int lz_put_string(JSContext *ctx, DynBuf *out, JSValueConst value)
{
    size_t length, clean;
    const char *text = JS_ToCStringLen(ctx, &length, value);
    uint32_t header;

    if (!text)
        return -1;
    header = (uint32_t)out->size;
    lz_put_sized(out, LZ_TAG_STRING, text, 0);
    clean = out->size;
    /* The engine writes a lone surrogate as three bytes ED A0..BF xx, which is no UTF-8: U+FFFD takes its place. */
    for (size_t i = 0; i < length;) {
        const char *found = memchr(text + i, 0xED, length - i);
        size_t plain = found ? (size_t)(found - (text + i)) : length - i;
        dbuf_put(out, (const uint8_t *)text + i, plain);
        i += plain;
        if (!found)
            break;
        if (i + 2 < length && (uint8_t)text[i + 1] >= 0xA0)
            dbuf_put(out, (const uint8_t *)"\xEF\xBF\xBD", 3);
        else
            dbuf_put(out, (const uint8_t *)text + i, length - i < 3 ? length - i : 3);
        i += 3;
    }
    JS_FreeCString(ctx, text);
    if (!dbuf_error(out)) {
        uint32_t size = (uint32_t)(out->size - clean);
        memcpy(out->buf + header + 1, &size, sizeof(size));
    }
    return 0;
}

static int lz_put_value(JSContext *ctx, DynBuf *out, JSValueConst value, int depth)
{
    uint8_t *bytes;
    size_t length;
    double number;
    int64_t integer;

    if (depth > LZ_MAX_DEPTH) {
        JS_ThrowRangeError(ctx, "value is nested too deeply for the host");
        return -1;
    }
    switch (JS_VALUE_GET_NORM_TAG(value)) {
    case JS_TAG_BOOL:
        dbuf_putc(out, JS_VALUE_GET_BOOL(value) ? LZ_TAG_TRUE : LZ_TAG_FALSE);
        return 0;
    case JS_TAG_INT:
    case JS_TAG_FLOAT64:
        if (JS_ToFloat64(ctx, &number, value))
            return -1;
        lz_put_number(out, number);
        return 0;
    case JS_TAG_SHORT_BIG_INT:
    case JS_TAG_BIG_INT:
        if (JS_ToBigInt64(ctx, &integer, value))
            return -1;
        lz_put_number(out, (double)integer);
        return 0;
    case JS_TAG_STRING:
    case JS_TAG_STRING_ROPE:
        return lz_put_string(ctx, out, value);
    case JS_TAG_OBJECT:
        if (lz_bytes_of(value, &bytes, &length)) {
            lz_put_sized(out, LZ_TAG_BYTES, bytes, length);
            return 0;
        }
        if (JS_IsFunction(ctx, value))
            break;
        if (JS_IsArray(value))
            return lz_put_list(ctx, out, value, depth);
        return lz_put_object(ctx, out, value, depth);
    default:
        break;
    }
    dbuf_putc(out, LZ_TAG_UNDEFINED);
    return 0;
}

typedef struct {
    const uint8_t *next;
    const uint8_t *end;
} LzReader;

static bool lz_take(LzReader *in, void *to, size_t length)
{
    if ((size_t)(in->end - in->next) < length)
        return false;
    memcpy(to, in->next, length);
    in->next += length;
    return true;
}

static JSValue lz_get_value(JSContext *ctx, LzReader *in, int depth);

static JSValue lz_get_list(JSContext *ctx, LzReader *in, uint32_t count, int depth)
{
    JSValue list = JS_NewArray(ctx);

    for (uint32_t i = 0; i < count && !JS_IsException(list); i++) {
        JSValue item = lz_get_value(ctx, in, depth + 1);
        if (JS_IsException(item) || JS_DefinePropertyValueUint32(ctx, list, i, item, JS_PROP_C_W_E) < 0) {
            JS_FreeValue(ctx, list);
            return JS_EXCEPTION;
        }
    }
    return list;
}

static JSValue lz_get_value(JSContext *ctx, LzReader *in, int depth)
{
    uint8_t tag;
    uint32_t length;
    double number;
    const uint8_t *body;

    if (depth > LZ_MAX_DEPTH || !lz_take(in, &tag, 1))
        goto malformed;
    if (tag == LZ_TAG_UNDEFINED)
        return JS_UNDEFINED;
    if (tag == LZ_TAG_FALSE || tag == LZ_TAG_TRUE)
        return js_bool(tag == LZ_TAG_TRUE);
    if (tag == LZ_TAG_NUMBER) {
        if (!lz_take(in, &number, sizeof(number)))
            goto malformed;
        return js_number(number);
    }
    if (!lz_take(in, &length, sizeof(length)))
        goto malformed;
    if (tag == LZ_TAG_LIST)
        return lz_get_list(ctx, in, length, depth);
    if ((size_t)(in->end - in->next) < length)
        goto malformed;
    body = in->next;
    in->next += length;
    if (tag == LZ_TAG_STRING)
        return JS_NewStringLen(ctx, (const char *)body, length);
    if (tag == LZ_TAG_BYTES)
        return JS_NewUint8ArrayCopy(ctx, body, length);
malformed:
    return JS_ThrowInternalError(ctx, "malformed reply of the host");
}
