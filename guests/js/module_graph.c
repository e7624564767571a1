/* Walks over module graphs, and import(). Included by modules.c. */

/* Looks at one module of a graph: 0 to go on, anything else ends the walk with that answer. */
typedef int LzVisit(JSContext *ctx, LzModule *handle);

static uint32_t lz_walks;

static int lz_walk(JSContext *ctx, JSModuleDef *module, LzVisit *visit, uint32_t walk)
{
    LzModule *handle = lz_handle_of(module);
    int answer;

    if (js_check_stack_overflow(ctx->rt, 0)) {
        JS_ThrowStackOverflow(ctx);
        return -1;
    }
    if (!handle) {
        JS_ThrowTypeError(ctx, "a module of the graph is not linked");
        return -1;
    }
    if (handle->visit == walk)
        return 0;
    handle->visit = walk;
    for (int i = 0; i < module->req_module_entries_count; i++) {
        answer = lz_walk(ctx, module->req_module_entries[i].module, visit, walk);
        if (answer)
            return answer;
    }
    return visit(ctx, handle);
}

static int lz_walk_graph(JSContext *ctx, JSModuleDef *module, LzVisit *visit)
{
    return lz_walk(ctx, module, visit, ++lz_walks);
}

static int lz_waits(JSContext *ctx, LzModule *handle)
{
    (void)ctx;
    return handle->module->has_tla;
}

/* host.hooks.importMeta(module, meta): fills import.meta before the first line of the module runs. */
static int lz_ask_meta(JSContext *ctx, LzModule *handle)
{
    JSValue meta, result;

    if (!handle->has_meta)
        return 0;
    handle->has_meta = false;
    meta = JS_GetImportMeta(handle->realm, handle->module);
    JSValueConst args[] = { handle->module->private_value, meta };
    result = JS_IsException(meta) ? JS_EXCEPTION : lz_hook(ctx, "importMeta", countof(args), args);
    JS_FreeValue(ctx, meta);
    if (JS_IsException(result))
        return -1;
    JS_FreeValue(ctx, result);
    return 0;
}

static int lz_check_export(JSContext *ctx, const JSReqModuleEntry *request, JSAtom name)
{
    JSModuleDef *found;
    JSExportEntry *entry;
    const char *specifier, *wanted;

    switch (js_resolve_export(ctx, &found, &entry, request->module, name)) {
    case JS_RESOLVE_RES_FOUND:
        return 0;
    case JS_RESOLVE_RES_EXCEPTION:
        return -1;
    case JS_RESOLVE_RES_AMBIGUOUS:
        specifier = JS_AtomToCString(ctx, request->module_name);
        wanted = JS_AtomToCString(ctx, name);
        JS_ThrowSyntaxError(ctx, "The requested module '%s' contains conflicting star exports for name '%s'",
                            specifier ? specifier : "", wanted ? wanted : "");
        break;
    default:
        specifier = JS_AtomToCString(ctx, request->module_name);
        wanted = JS_AtomToCString(ctx, name);
        JS_ThrowSyntaxError(ctx, "The requested module '%s' does not provide an export named '%s'",
                            specifier ? specifier : "", wanted ? wanted : "");
        break;
    }
    JS_FreeCString(ctx, specifier);
    JS_FreeCString(ctx, wanted);
    return -1;
}

/* Looks for missing exports before the engine does, to report them in V8's words, which Node completes. */
static int lz_check_imports(JSContext *ctx, LzModule *handle)
{
    JSModuleDef *module = handle->module;

    if (module->status != JS_MODULE_STATUS_UNLINKED)
        return 0;
    for (int i = 0; i < module->import_entries_count; i++) {
        JSImportEntry *entry = &module->import_entries[i];
        if (entry->import_name != JS_ATOM__star_
            && lz_check_export(ctx, &module->req_module_entries[entry->req_module_idx], entry->import_name))
            return -1;
    }
    for (int i = 0; i < module->export_entries_count; i++) {
        JSExportEntry *entry = &module->export_entries[i];
        if (entry->export_type == JS_EXPORT_TYPE_INDIRECT && entry->local_name != JS_ATOM__star_
            && lz_check_export(ctx, &module->req_module_entries[entry->u.req_module_idx], entry->local_name))
            return -1;
    }
    return 0;
}

/* The file in which the code was written: unwraps the `eval at NAME (FILE:LINE:COLUMN), <anonymous>` of eval. */
static JSValue lz_written_in(JSContext *ctx, JSValueConst name)
{
    const char *text, *start, *end;
    size_t file;
    long line, column;
    JSValue result;

    if (!JS_IsString(name))
        return js_dup(name);
    text = JS_ToCString(ctx, name);
    if (!text)
        return JS_EXCEPTION;
    start = text;
    end = text + strlen(text);
    while (strncmp(start, LZ_EVAL_PREFIX, strlen(LZ_EVAL_PREFIX)) == 0) {
        const char *open = strchr(start, '(');
        if (!open)
            break;
        start = open + 1;
        while (end > start && end[-1] != ')')
            end--;
        if (end > start)
            end--;
        /* What is left may be another eval, whose own suffix ends in a position too. */
        if (!lz_split_position(start, (size_t)(end - start), &file, &line, &column))
            break;
        end = start + file;
    }
    result = JS_NewStringLen(ctx, start, (size_t)(end - start));
    JS_FreeCString(ctx, text);
    return result;
}

/* import(): host.hooks.importDynamic(option, specifier, [key, value, ...], referrer) -> promise of a namespace.
 * `args` are the two resolving functions, the name of the calling file, the specifier and the attributes. */
static void lz_dynamic_import(JSContext *ctx, JSValueConst *args)
{
    JSValue referrer = lz_written_in(ctx, args[2]), attributes = lz_attributes(ctx, args[4]);
    JSValue option = JS_UNDEFINED, promise, settled;
    JSAtom name = JS_ValueToAtom(ctx, referrer);
    bool failed;

    if (name != JS_ATOM_NULL) {
        option = JS_GetProperty(ctx, lz_options, name);
        JS_FreeAtom(ctx, name);
    }
    JSValueConst all[] = { option, args[3], attributes, referrer };
    promise = lz_hook(ctx, "importDynamic", countof(all), all);
    if (JS_IsUndefined(promise))
        promise = JS_ThrowTypeError(ctx, "import() is not supported here");
    failed = JS_IsException(promise);
    if (failed)
        promise = JS_GetException(ctx);
    settled = JS_Call(ctx, args[failed ? 1 : 0], JS_UNDEFINED, 1, vc(&promise));
    JS_FreeValue(ctx, settled);
    JS_FreeValue(ctx, promise);
    JS_FreeValue(ctx, option);
    JS_FreeValue(ctx, attributes);
    JS_FreeValue(ctx, referrer);
    /* The engine's own loader job has no other user. */
    (void)js_dynamic_import_job;
}
