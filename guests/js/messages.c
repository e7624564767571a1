/* Error messages in V8's words. Packages and people match them; the engine's own words would change what a package does.
 *
 * A message is chosen by the engine's format string. Most are a plain exchange of one format for another with the same
 * arguments; a few need the value or the source text that is at fault. */

typedef struct {
    const char *engine;
    const char *v8;
} LzMessage;

static const LzMessage lz_messages[] = {
    { "cannot read property '%s' of undefined", "Cannot read properties of undefined (reading '%s')" },
    { "cannot read property '%s' of null", "Cannot read properties of null (reading '%s')" },
    { "cannot set property '%s' of undefined", "Cannot set properties of undefined (setting '%s')" },
    { "cannot set property '%s' of null", "Cannot set properties of null (setting '%s')" },
    { "%s is not initialized", "Cannot access '%s' before initialization" },
    { "cannot convert symbol to string", "Cannot convert a Symbol value to a string" },
    { "cannot convert symbol to number", "Cannot convert a Symbol value to a number" },
    { "cannot convert BigInt to number", "Cannot mix BigInt and other types, use explicit conversions" },
    { "cannot mix BigInt with other types", "Cannot mix BigInt and other types, use explicit conversions" },
    { "cannot convert to object", "Cannot convert undefined or null to object" },
    { "circular reference", "Converting circular structure to JSON" },
    { "empty array", "Reduce of empty array with no initial value" },
    { "invalid array length", "Invalid array length" },
    { "invalid string length", "Invalid string length" },
    { "invalid array buffer length", "Array buffer allocation failed" },
    { "invalid array index", "Invalid typed array length" },
    { "out-of-bound access", "Offset is outside the bounds of the DataView" },
    { "invalid 'instanceof' right operand", "Right-hand side of 'instanceof' is not an object" },
    { "operand 'prototype' property is not an object", "Function has non-object prototype in instanceof check" },
    { "invalid 'in' operand", "Cannot use 'in' operator to search for a key in a primitive value" },
    { "object is not extensible", "Cannot add property, object is not extensible" },
    { "no setter for property", "Cannot set property of #<Object> which has only a getter" },
    { "could not delete property", "Cannot delete property of #<Object>" },
    { "circular prototype chain", "Cyclic __proto__ value" },
    { "parent class must be constructor", "Class extends value is not a constructor or null" },
    { "invalid value used as %s key", "Invalid value used as weak map key" },
    { "revoked proxy", "Cannot perform operation on a proxy that has been revoked" },
    { "promise self resolution", "Chaining cycle detected for promise #<Promise>" },
    { "null or undefined are forbidden", "String.prototype method called on null or undefined" },
    { "not a symbol", "Symbol method requires that 'this' be a Symbol" },
    { "iterator must return an object", "Iterator result is not an object" },
    { "cannot invoke a running generator", "Generator is already running" },
    { "expecting hex digit", "URI malformed" },
    { "malformed UTF-8", "URI malformed" },
    { "invalid character", "URI malformed" },
    { "bad normalization form", "The normalization form should be one of NFC, NFD, NFKC, NFKD." },
    { "Date value is NaN", "Invalid time value" },
    { "invalid number of digits", "toFixed() digits argument must be between 0 and 100" },
    { "invalid regular expression flags", "Invalid flags supplied to RegExp constructor" },
    { "import.meta only valid in module code", "Cannot use 'import.meta' outside a module" },
    { "return not in a function", "Illegal return statement" },
    { "break must be inside loop or switch", "Illegal break statement" },
    { "continue must be inside loop", "Illegal continue statement: no surrounding iteration statement" },
    { "missing initializer for variable", "Missing initializer in const declaration" },
    { "new.target only allowed within functions", "new.target expression is not allowed here" },
    { "super() is only valid in a derived class constructor", "'super' keyword unexpected here" },
    { "invalid use of 'super'", "'super' keyword unexpected here" },
    { "'super' is only valid in a method", "'super' keyword unexpected here" },
    { "invalid increment/decrement operand", "Invalid left-hand side expression in postfix operation" },
    { "invalid assignment left-hand side", "Invalid left-hand side in assignment" },
    { "invalid destructuring target", "Invalid destructuring assignment target" },
    { "'let' is not a valid lexical identifier", "let is disallowed as a lexically bound name" },
    { "unexpected end of string", "Invalid or unexpected token" },
    { "unexpected character", "Invalid or unexpected token" },
    { "unexpected end of regexp", "Invalid regular expression: missing /" },
    { "unexpected end of comment", "Invalid or unexpected token" },
    { "rest element must be the last one", "Rest parameter must be last formal parameter" },
    { "unexpected 'await' keyword", "await is only valid in async functions and the top level bodies of modules" },
    { "duplicate default", "More than one default clause in switch statement" },
    { "expecting catch or finally", "Missing catch or finally after try" },
    { "line terminator not allowed after throw", "Illegal newline after throw" },
};

/* Complaints about the next token, which V8 names and the engine often does not. */
static const char *const lz_unexpected[] = {
    "unexpected token in expression: '%.*s'", "expecting '%c'", "variable name expected", "identifier expected",
    "class statement requires a name", "unsupported keyword: %s", "expecting field name", "invalid property name",
    "Unexpected end of input", "from clause expected", "missing formal parameter", "identifier or string expected",
    "expected 'of' or 'in' in for control expression", "string expected", "invalid switch statement",
};

/* A short text for a value, as V8 puts it in front of "is not a function". */
static void lz_describe(JSContext *ctx, char *out, size_t size, JSValueConst value)
{
    const char *text;

    switch (JS_VALUE_GET_NORM_TAG(value)) {
    case JS_TAG_UNDEFINED:
        snprintf(out, size, "undefined");
        return;
    case JS_TAG_OBJECT:
        if (JS_IsFunction(ctx, value)) {
            text = get_func_name(ctx, value);
            snprintf(out, size, "%s", text ? text : "function");
            JS_FreeCString(ctx, text);
        } else {
            JSValue name = lz_constructor_name(ctx, JS_UNDEFINED, 1, &value);
            text = JS_ToCString(ctx, name);
            snprintf(out, size, "#<%s>", text ? text : "Object");
            JS_FreeCString(ctx, text);
            JS_FreeValue(ctx, name);
        }
        return;
    case JS_TAG_SYMBOL:
        snprintf(out, size, "Symbol()");
        return;
    default:
        text = JS_ToCString(ctx, value);
        snprintf(out, size, JS_IsString(value) ? "\"%.60s\"" : "%.60s", text ? text : "");
        JS_FreeCString(ctx, text);
        return;
    }
}

static bool lz_is_word(uint8_t c)
{
    return c == '_' || c == '$' || c >= 0x80 || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* The source text of what the running instruction calls: a word and the members in front of it. False if the source is
 * not kept or the position is on something else. */
static bool lz_callee(JSContext *ctx, char *out, size_t size)
{
    JSStackFrame *frame = ctx->rt->current_stack_frame;
    JSFunctionBytecode *code = frame ? lz_frame_code(frame) : NULL;
    const char *at, *end, *start;
    int line, column, current;

    if (!code || !code->source)
        return false;
    line = find_line_num(ctx, code, (uint32_t)lz_frame_pc(frame, code), &column);
    at = code->source;
    end = at + code->source_len;
    for (current = code->line_num; current < line; current++) {
        at = memchr(at, '\n', (size_t)(end - at));
        if (!at)
            return false;
        at++;
    }
    column -= current == code->line_num ? code->col_num : 1;
    if (column < 0 || column >= end - at)
        return false;
    at += column;
    if (end - at > 4 && memcmp(at, "new ", 4) == 0)
        at += 4;
    start = at;
    while (at < end && lz_is_word((uint8_t)*at))
        at++;
    if (at == start)
        return false;
    end = at;
    while (start > code->source && (lz_is_word((uint8_t)start[-1]) || (start[-1] == '.' && start[0] != '.')))
        start--;
    snprintf(out, size, "%s%.*s", *start == '.' ? "(intermediate value)" : "", (int)(end - start > 100 ? 100 : end - start),
             start);
    return true;
}

/* The first argument of the C function that runs, described; false in other frames. */
static bool lz_first_argument(JSContext *ctx, char *out, size_t size)
{
    JSStackFrame *frame = ctx->rt->current_stack_frame;

    if (!frame || lz_frame_code(frame))
        return false;
    lz_describe(ctx, out, size, frame->arg_count > 0 ? frame->arg_buf[0] : JS_UNDEFINED);
    return true;
}

/* "X is not a function" and its like: `what` is the end of the sentence. */
static void lz_say_not(JSContext *ctx, char *out, size_t size, const char *what)
{
    char name[128];

    if (!lz_first_argument(ctx, name, sizeof(name)) && !lz_callee(ctx, name, sizeof(name)))
        snprintf(name, sizeof(name), "(intermediate value)");
    snprintf(out, size, "%s is not %s", name, what);
}

/* Names the token that the parser stands on. */
static void lz_say_token(struct JSParseState *s, char *out, size_t size)
{
    char name[ATOM_GET_STR_BUF_SIZE];

    switch (s->token.val) {
    case TOK_EOF:
        snprintf(out, size, "Unexpected end of input");
        return;
    case TOK_NUMBER:
        snprintf(out, size, "Unexpected number");
        return;
    case TOK_STRING:
        snprintf(out, size, "Unexpected string");
        return;
    case TOK_TEMPLATE:
        snprintf(out, size, "Unexpected template string");
        return;
    case TOK_IMPORT:
        snprintf(out, size, "Cannot use import statement outside a module");
        return;
    case TOK_IDENT:
        snprintf(out, size, "Unexpected identifier '%s'", JS_AtomGetStr(s->ctx, name, sizeof(name), s->token.u.ident.atom));
        return;
    default:
        snprintf(out, size, "Unexpected token '%.*s'", (int)(s->buf_ptr - s->token.ptr), (const char *)s->token.ptr);
        return;
    }
}

/* The bytes of JSON around an unexpected token that V8 quotes on each side. */
#define LZ_JSON_CONTEXT 10

static void lz_say_json(struct JSParseState *s, char *out, size_t size)
{
    const char *start = (const char *)s->buf_start, *at = (const char *)s->token.ptr;
    size_t length = (size_t)(s->buf_end - s->buf_start), position = (size_t)(at - start), from = 0, to = length;

    if (length > 2 * LZ_JSON_CONTEXT) {
        from = position > LZ_JSON_CONTEXT ? position - LZ_JSON_CONTEXT : 0;
        to = position + LZ_JSON_CONTEXT < length ? position + LZ_JSON_CONTEXT : length;
    }
    snprintf(out, size, "Unexpected token '%.1s', %s\"%.*s\"%s is not valid JSON", at, from > 0 ? "..." : "",
             (int)(to - from), start + from, to < length ? "..." : "");
}

/* Messages of the parser that depend on its position; false for the others. */
static bool lz_parse_message(struct JSParseState *s, char *out, size_t size, const char *format)
{
    if (strcmp(format, "unexpected token: '%.*s'") == 0) {
        lz_say_json(s, out, size);
        return true;
    }
    if (strncmp(format, "invalid redefinition of", strlen("invalid redefinition of")) == 0) {
        /* The name is the last word that was read, or the token itself. */
        const char *end = (const char *)(s->token.val == TOK_IDENT ? s->buf_ptr : s->last_ptr), *start = end;
        while (start > (const char *)s->buf_start && lz_is_word((uint8_t)start[-1]))
            start--;
        snprintf(out, size, "Identifier '%.*s' has already been declared", (int)(end - start), start);
        return true;
    }
    if (strcmp(format, "expecting '%c'") == 0 && s->last_ptr && s->last_ptr - s->buf_start >= 5
        && memcmp(s->last_ptr - 5, "await", 5) == 0) {
        snprintf(out, size, "await is only valid in async functions and the top level bodies of modules");
        return true;
    }
    if (strcmp(format, "Unexpected identifier '%s'") == 0 && s->last_ptr && s->last_ptr - s->buf_start >= 6
        && memcmp(s->last_ptr - 6, "import", 6) == 0 && !s->is_module) {
        snprintf(out, size, "Cannot use import statement outside a module");
        return true;
    }
    if (strcmp(format, "function name expected") == 0 && s->token.val == '(') {
        snprintf(out, size, "Function statements require a function name");
        return true;
    }
    for (size_t i = 0; i < countof(lz_unexpected); i++) {
        if (strcmp(format, lz_unexpected[i]) == 0) {
            lz_say_token(s, out, size);
            return true;
        }
    }
    return false;
}

/* Run-time messages that name a value; false for the others. */
static bool lz_value_message(JSContext *ctx, char *out, size_t size, const char *format)
{
    JSStackFrame *frame = ctx->rt->current_stack_frame;
    char name[128];
    const char *text;

    if (strcmp(format, "not a function") == 0) {
        lz_say_not(ctx, out, size, "a function");
    } else if (strcmp(format, "value is not iterable") == 0) {
        lz_say_not(ctx, out, size, "iterable");
    } else if (strcmp(format, "not a constructor") == 0) {
        lz_say_not(ctx, out, size, "a constructor");
    } else if (strcmp(format, "invalid repeat count") == 0 && lz_first_argument(ctx, name, sizeof(name))) {
        snprintf(out, size, "Invalid count value: %s", name);
    } else if (strcmp(format, "class constructors must be invoked with 'new'") == 0
               || strcmp(format, "must be called with new") == 0 || strcmp(format, "constructor requires 'new'") == 0) {
        text = frame ? get_func_name(ctx, frame->cur_func) : NULL;
        if (format[0] == 'c' && format[1] == 'l')
            snprintf(out, size, "Class constructor %s cannot be invoked without 'new'", text ? text : "");
        else
            snprintf(out, size, "Constructor %s requires 'new'", text ? text : "");
        JS_FreeCString(ctx, text);
    } else {
        return false;
    }
    return true;
}

/* "'%s' is read-only" stands for two things: a constant, and a property. */
static const char *lz_read_only_format(JSContext *ctx)
{
    JSStackFrame *frame = ctx->rt->current_stack_frame;
    JSFunctionBytecode *code = frame ? lz_frame_code(frame) : NULL;
    /* The instruction, an atom and the kind of the error. */
    const ptrdiff_t size = 1 + 4 + 1;

    if (code && frame->cur_pc && frame->cur_pc - code->byte_code_buf >= size && frame->cur_pc[-size] == OP_throw_error)
        return "Assignment to constant variable.";
    return "Cannot assign to read only property '%s' of object '#<Object>'";
}

/* Called by the engine instead of vsnprintf for every message of its own errors. */
static void lz_message(JSContext *ctx, char *out, size_t size, const char *format, va_list arguments)
{
    struct JSParseState *parser = lz_parser;

    /* Describing a value may fail in turn; that error speaks for itself. */
    lz_parser = NULL;
    if (!ctx->rt->in_out_of_memory
        && (parser ? lz_parse_message(parser, out, size, format) : lz_value_message(ctx, out, size, format)))
        return;
    if (strcmp(format, "'%s' is read-only") == 0)
        format = lz_read_only_format(ctx);
    for (size_t i = 0; i < countof(lz_messages); i++) {
        if (strcmp(format, lz_messages[i].engine) == 0) {
            format = lz_messages[i].v8;
            break;
        }
    }
    vsnprintf(out, size, format, arguments);
}
