/* Text encodings of Buffer and TextDecoder. Included by bytes.c. */

typedef enum {
    LZ_UTF8,
    LZ_LATIN1,
    LZ_ASCII,
    LZ_UCS2,
    LZ_HEX,
    LZ_BASE64,
    LZ_BASE64URL,
} LzEncoding;

static int lz_encoding_arg(JSContext *ctx, JSValueConst value, LzEncoding *encoding)
{
    static const char *const names[] = { "utf8", "latin1", "ascii", "ucs2", "hex", "base64", "base64url" };
    const char *name = JS_ToCString(ctx, value);
    size_t i = 0;

    if (!name)
        return -1;
    while (i < countof(names) && strcmp(name, names[i]) != 0)
        i++;
    *encoding = (LzEncoding)i;
    JS_FreeCString(ctx, name);
    if (i < countof(names))
        return 0;
    JS_ThrowTypeError(ctx, "unknown encoding");
    return -1;
}

/* The code units of a string value that is flat; ropes are flattened first. NULL with an exception if it is no string. */
static JSString *lz_units(JSContext *ctx, JSValueConst value, JSValue *hold)
{
    *hold = JS_ToString(ctx, value);
    if (JS_IsException(*hold))
        return NULL;
    if (JS_VALUE_GET_TAG(*hold) == JS_TAG_STRING_ROPE) {
        *hold = js_linearize_string_rope(ctx, *hold);
        if (JS_IsException(*hold))
            return NULL;
    }
    return JS_VALUE_GET_STRING(*hold);
}

static uint32_t lz_unit(JSString *text, size_t i)
{
    return text->is_wide_char ? str16(text)[i] : str8(text)[i];
}

/* The code point at *i, which moves behind it; lone surrogates become U+FFFD. */
static uint32_t lz_next_point(JSString *text, size_t *i)
{
    uint32_t unit = lz_unit(text, (*i)++), low;

    if ((unit & 0xF800) != 0xD800)
        return unit;
    if (unit >= 0xDC00 || *i >= text->len)
        return 0xFFFD;
    low = lz_unit(text, *i);
    if ((low & 0xFC00) != 0xDC00)
        return 0xFFFD;
    (*i)++;
    return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

static size_t lz_point_size(uint32_t point)
{
    return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

static size_t lz_put_point(uint8_t *to, uint32_t point)
{
    size_t size = lz_point_size(point);
    static const uint8_t lead[] = { 0, 0, 0xC0, 0xE0, 0xF0 };

    for (size_t i = size; i-- > 1;) {
        to[i] = (uint8_t)(0x80 | (point & 0x3F));
        point >>= 6;
    }
    to[0] = (uint8_t)(lead[size] | point);
    return size;
}

static size_t lz_utf8_size(JSString *text)
{
    size_t size = 0;

    for (size_t i = 0; i < text->len;)
        size += lz_point_size(lz_next_point(text, &i));
    return size;
}

/* host.utf8Length(text) */
static JSValue lz_utf8_length(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    JSValue hold;
    JSString *text = lz_units(ctx, argv[0], &hold);
    size_t size;

    (void)self, (void)argc;
    if (!text)
        return JS_EXCEPTION;
    size = lz_utf8_size(text);
    JS_FreeValue(ctx, hold);
    return js_number((double)size);
}

/* The code point at *at, which moves behind it; UINT32_MAX for a malformed part, which is skipped as the WHATWG decoder
 * does: one replacement for each maximal part of a possible sequence. */
static uint32_t lz_take_point(const uint8_t **at, const uint8_t *end)
{
    uint8_t first = *(*at)++, low = 0x80, high = 0xBF;
    uint32_t point;
    int rest;

    if (first < 0x80)
        return first;
    if (first < 0xC2 || first > 0xF4)
        return UINT32_MAX;
    rest = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    point = first & (0x3F >> rest);
    if (first == 0xE0)
        low = 0xA0;
    else if (first == 0xED)
        high = 0x9F;
    else if (first == 0xF0)
        low = 0x90;
    else if (first == 0xF4)
        high = 0x8F;
    for (; rest > 0; rest--) {
        if (*at >= end || **at < low || **at > high)
            return UINT32_MAX;
        point = point << 6 | (*(*at)++ & 0x3F);
        low = 0x80;
        high = 0xBF;
    }
    return point;
}

static bool lz_all_ascii(const LzBytes *data)
{
    for (size_t i = 0; i < data->length; i++)
        if (data->bytes[i] >= 0x80)
            return false;
    return true;
}

/* Malformed parts become U+FFFD; a byte order mark stays. */
static JSValue lz_read_utf8(JSContext *ctx, const LzBytes *data)
{
    StringBuffer out;
    const uint8_t *at = data->bytes, *end = at + data->length;

    if (lz_all_ascii(data))
        return js_new_string8_len(ctx, (char *)data->bytes, (int)data->length);
    if (string_buffer_init(ctx, &out, (int)data->length))
        return JS_EXCEPTION;
    while (at < end) {
        uint32_t point = lz_take_point(&at, end);
        if (string_buffer_putc(&out, point == UINT32_MAX ? 0xFFFD : point))
            break;
    }
    return string_buffer_end(&out);
}

/* host.isUtf8(buffer) and host.isAscii(buffer) */
static JSValue lz_is_utf8(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    LzBytes data;
    const uint8_t *at, *end;

    (void)self, (void)argc;
    if (lz_bytes_arg(ctx, argv[0], &data))
        return JS_EXCEPTION;
    at = data.bytes;
    end = at + data.length;
    while (at < end)
        if (lz_take_point(&at, end) == UINT32_MAX)
            return JS_FALSE;
    return JS_TRUE;
}

static JSValue lz_is_ascii(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    LzBytes data;

    (void)self, (void)argc;
    if (lz_bytes_arg(ctx, argv[0], &data))
        return JS_EXCEPTION;
    return js_bool(lz_all_ascii(&data));
}

/* latin1 and ascii: one character a byte, under `mask`. */
static JSValue lz_read_bytes(JSContext *ctx, const LzBytes *data, uint8_t mask)
{
    JSString *text = js_alloc_string(ctx, (int)data->length, 0);

    if (!text)
        return JS_EXCEPTION;
    for (size_t i = 0; i < data->length; i++)
        str8(text)[i] = data->bytes[i] & mask;
    str8(text)[data->length] = 0;
    return JS_MKPTR(JS_TAG_STRING, text);
}

/* UTF-16LE; an odd byte at the end is left out. */
static JSValue lz_read_ucs2(JSContext *ctx, const LzBytes *data)
{
    StringBuffer out;

    if (string_buffer_init(ctx, &out, (int)(data->length / 2)))
        return JS_EXCEPTION;
    for (size_t i = 0; i + 1 < data->length; i += 2)
        if (string_buffer_putc16(&out, (uint32_t)(data->bytes[i] | data->bytes[i + 1] << 8)))
            break;
    return string_buffer_end(&out);
}

static JSValue lz_read_hex(JSContext *ctx, const LzBytes *data)
{
    static const char digits[] = "0123456789abcdef";
    JSString *text = js_alloc_string(ctx, (int)data->length * 2, 0);

    if (!text)
        return JS_EXCEPTION;
    for (size_t i = 0; i < data->length; i++) {
        str8(text)[2 * i] = (uint8_t)digits[data->bytes[i] >> 4];
        str8(text)[2 * i + 1] = (uint8_t)digits[data->bytes[i] & 15];
    }
    str8(text)[2 * data->length] = 0;
    return JS_MKPTR(JS_TAG_STRING, text);
}

/* The URL alphabet goes without padding. */
static JSValue lz_read_base64(JSContext *ctx, const LzBytes *data, bool url)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    char table[65], *text, *to;
    JSValue result;

    memcpy(table, alphabet, 62);
    memcpy(table + 62, url ? "-_" : "+/", 3);
    text = to = js_malloc(ctx, data->length / 3 * 4 + 5);
    if (!text)
        return JS_EXCEPTION;
    for (size_t i = 0; i < data->length; i += 3) {
        size_t left = data->length - i;
        uint32_t bits = (uint32_t)data->bytes[i] << 16 | (left > 1 ? (uint32_t)data->bytes[i + 1] << 8 : 0)
            | (left > 2 ? data->bytes[i + 2] : 0);
        *to++ = table[bits >> 18];
        *to++ = table[bits >> 12 & 63];
        if (left > 1 || !url)
            *to++ = left > 1 ? table[bits >> 6 & 63] : '=';
        if (left > 2 || !url)
            *to++ = left > 2 ? table[bits & 63] : '=';
    }
    result = js_new_string8_len(ctx, text, (int)(to - text));
    js_free(ctx, text);
    return result;
}

/* Longer texts than the engine can hold (2^30 code units) are refused before they are begun. */
#define LZ_MAX_READ ((1u << 30) / 2 - 8)

/* host.bytesSlice(encoding, buffer, start, end) -> string */
static JSValue lz_bytes_slice(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    LzEncoding encoding;
    LzBytes data;

    (void)self, (void)argc;
    if (lz_encoding_arg(ctx, argv[0], &encoding) || lz_range_arg(ctx, argv + 1, &data))
        return JS_EXCEPTION;
    if (data.length == 0)
        return js_empty_string(ctx->rt);
    if (data.length > LZ_MAX_READ)
        return JS_ThrowRangeError(ctx, "Cannot create a string longer than 0x1fffffe8 characters");
    switch (encoding) {
    case LZ_LATIN1:
        return lz_read_bytes(ctx, &data, 0xFF);
    case LZ_ASCII:
        return lz_read_bytes(ctx, &data, 0x7F);
    case LZ_UCS2:
        return lz_read_ucs2(ctx, &data);
    case LZ_HEX:
        return lz_read_hex(ctx, &data);
    case LZ_BASE64:
    case LZ_BASE64URL:
        return lz_read_base64(ctx, &data, encoding == LZ_BASE64URL);
    default:
        return lz_read_utf8(ctx, &data);
    }
}

/* Writers put what fits into `room` and return the bytes written. */

static size_t lz_write_utf8(JSString *text, uint8_t *to, size_t room)
{
    size_t done = 0;

    for (size_t i = 0; i < text->len;) {
        uint32_t point = lz_next_point(text, &i);
        if (lz_point_size(point) > room - done)
            break;
        done += lz_put_point(to + done, point);
    }
    return done;
}

static size_t lz_write_latin1(JSString *text, uint8_t *to, size_t room)
{
    size_t i;

    for (i = 0; i < text->len && i < room; i++)
        to[i] = (uint8_t)lz_unit(text, i);
    return i;
}

static size_t lz_write_ucs2(JSString *text, uint8_t *to, size_t room)
{
    size_t i;

    for (i = 0; i < text->len && 2 * i + 1 < room; i++) {
        uint32_t unit = lz_unit(text, i);
        to[2 * i] = (uint8_t)unit;
        to[2 * i + 1] = (uint8_t)(unit >> 8);
    }
    return 2 * i;
}

static int lz_hex_digit(uint32_t unit)
{
    if (unit >= '0' && unit <= '9')
        return (int)unit - '0';
    unit |= 0x20;
    return unit >= 'a' && unit <= 'f' ? (int)unit - 'a' + 10 : -1;
}

/* Ends at the first pair that is not hexadecimal. */
static size_t lz_write_hex(JSString *text, uint8_t *to, size_t room)
{
    size_t i;

    for (i = 0; 2 * i + 1 < text->len && i < room; i++) {
        int high = lz_hex_digit(lz_unit(text, 2 * i)), low = lz_hex_digit(lz_unit(text, 2 * i + 1));
        if (high < 0 || low < 0)
            break;
        to[i] = (uint8_t)(high << 4 | low);
    }
    return i;
}

static int lz_base64_digit(uint32_t unit)
{
    if (unit >= 'A' && unit <= 'Z')
        return (int)unit - 'A';
    if (unit >= 'a' && unit <= 'z')
        return (int)unit - 'a' + 26;
    if (unit >= '0' && unit <= '9')
        return (int)unit - '0' + 52;
    if (unit == '+' || unit == '-')
        return 62;
    return unit == '/' || unit == '_' ? 63 : -1;
}

/* Reads both alphabets, skips what is in neither, and ends at the first `=`. */
static size_t lz_write_base64(JSString *text, uint8_t *to, size_t room)
{
    size_t done = 0;
    uint32_t bits = 0, count = 0;

    for (size_t i = 0; i < text->len && done < room; i++) {
        uint32_t unit = lz_unit(text, i);
        int digit = lz_base64_digit(unit);
        if (unit == '=')
            break;
        if (digit < 0)
            continue;
        bits = bits << 6 | (uint32_t)digit;
        count += 6;
        if (count >= 8) {
            count -= 8;
            to[done++] = (uint8_t)(bits >> count);
        }
    }
    return done;
}

static size_t lz_write_text(LzEncoding encoding, JSString *text, uint8_t *to, size_t room)
{
    switch (encoding) {
    case LZ_LATIN1:
    case LZ_ASCII:
        return lz_write_latin1(text, to, room);
    case LZ_UCS2:
        return lz_write_ucs2(text, to, room);
    case LZ_HEX:
        return lz_write_hex(text, to, room);
    case LZ_BASE64:
    case LZ_BASE64URL:
        return lz_write_base64(text, to, room);
    default:
        return lz_write_utf8(text, to, room);
    }
}

/* host.bytesWrite(encoding, text, buffer, offset, length) -> bytes written; never a part of a character */
static JSValue lz_bytes_write(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    LzEncoding encoding;
    LzBytes target;
    JSValue hold;
    JSString *text;
    size_t offset, room, done;

    (void)self, (void)argc;
    if (lz_encoding_arg(ctx, argv[0], &encoding))
        return JS_EXCEPTION;
    text = lz_units(ctx, argv[1], &hold);
    if (!text || lz_bytes_arg(ctx, argv[2], &target)) {
        JS_FreeValue(ctx, hold);
        return JS_EXCEPTION;
    }
    offset = lz_index(ctx, argv[3], 0, target.length);
    room = lz_index(ctx, argv[4], target.length, target.length - offset);
    done = lz_write_text(encoding, text, target.bytes + offset, room);
    JS_FreeValue(ctx, hold);
    return js_number((double)done);
}

/* host.bytesFrom(encoding, text) -> Uint8Array; host.utf8Encode(text) is the same for utf8 */
static JSValue lz_from_text(JSContext *ctx, LzEncoding encoding, JSValueConst value)
{
    JSValue hold, result;
    JSString *text = lz_units(ctx, value, &hold);
    uint8_t *bytes;
    size_t room;

    if (!text)
        return JS_EXCEPTION;
    room = encoding == LZ_UTF8 ? lz_utf8_size(text) : (size_t)text->len * 2;
    bytes = js_malloc(ctx, room + 1);
    if (!bytes) {
        JS_FreeValue(ctx, hold);
        return JS_EXCEPTION;
    }
    result = JS_NewUint8ArrayCopy(ctx, bytes, lz_write_text(encoding, text, bytes, room));
    js_free(ctx, bytes);
    JS_FreeValue(ctx, hold);
    return result;
}

static JSValue lz_bytes_from(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    LzEncoding encoding;

    (void)self, (void)argc;
    return lz_encoding_arg(ctx, argv[0], &encoding) ? JS_EXCEPTION : lz_from_text(ctx, encoding, argv[1]);
}

static JSValue lz_utf8_encode(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    (void)self, (void)argc;
    return lz_from_text(ctx, LZ_UTF8, argv[0]);
}

/* host.utf8Decode(buffer, start, end) -> string */
static JSValue lz_utf8_decode(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)
{
    LzBytes data;

    (void)self, (void)argc;
    return lz_range_arg(ctx, argv, &data) ? JS_EXCEPTION : lz_read_utf8(ctx, &data);
}
