// Binding `module_wrap`: ES modules as records of the engine, linked by Node's own loader.
(function (host, ctx) {
  'use strict';
  const {
    Array, ArrayIsArray, ArrayPrototypePush, Error, ErrorPrototype, FunctionPrototypeCall, ObjectDefineProperty, ObjectFreeze,
    ObjectPrototypeIsPrototypeOf, PromisePrototypeThen, RegExpPrototypeExec, SafeWeakMap, StringPrototypeIncludes,
    StringPrototypeSplit, StringPrototypeStartsWith, Symbol, SymbolToStringTag,
  } = ctx.primordials;
  const { arrow_message_private_symbol, host_defined_option_symbol } = ctx.privateSymbols;
  const { source_text_module_default_hdo } = ctx.perIsolateSymbols;
  const kUninstantiated = 0;
  const kInstantiating = 1;
  const kInstantiated = 2;
  const kEvaluating = 3;
  const kEvaluated = 4;
  const kErrored = 5;

  // Engine record -> ModuleWrap, for the hooks below.
  const wraps = new SafeWeakMap();
  let initializeImportMeta;
  let importModuleDynamically;

  host.hooks.importMeta = (record, meta) => {
    const wrap = wraps.get(record);
    if (wrap !== undefined) initializeImportMeta(wrap[host_defined_option_symbol], meta, wrap);
  };
  host.hooks.importDynamic = (option, specifier, attributes, referrerName) =>
    importModuleDynamically(option ?? ctx.perIsolateSymbols.vm_dynamic_import_default_internal, specifier,
                            ctx.toObject(attributes ?? []), referrerName);

  const requireAsync = (filename, parent) => {
    let message = 'require() cannot be used on an ESM graph with top-level await. Use import() instead. To see where the' +
      ' top-level await comes from, use --experimental-print-required-tla.';
    if (parent !== undefined) message += `\n  From ${parent} `;
    if (filename !== undefined) message += `\n  Requiring ${filename} `;
    return ctx.nodeError(Error, 'ERR_REQUIRE_ASYNC_MODULE', message);
  };

  function throwIfPromiseRejected(promise) {
    const { 0: state, 1: result } = host.promiseDetails(promise);
    if (state !== 2) return;
    // The error is thrown on; the promise itself is nobody's any more.
    PromisePrototypeThen(promise, undefined, () => {});
    throw result;
  }

  // lib/internal/modules/esm/module_job reads the importing file out of the place that comes before the stack.
  function decorate(error, url) {
    if (!ObjectPrototypeIsPrototypeOf(ErrorPrototype, error)) return error;
    const place = ctx.sourceContext(error);
    error[arrow_message_private_symbol] = place !== '' ? place : importPlace(error, url);
    return error;
  }

  function importPlace(error, url) {
    const request = RegExpPrototypeExec(/requested module '(.*)' does not provide/, error.message)?.[1];
    const lines = StringPrototypeSplit(ctx.sources.get(url) ?? '', '\n');
    for (let i = 0; i < lines.length; i++) {
      if (request !== undefined && StringPrototypeIncludes(lines[i], request)) return `${url}:${i + 1}\n${lines[i]}\n^\n`;
    }
    return `${url}:1\n${lines[0]}\n^\n`;
  }

  function pathOf(url) {
    if (!StringPrototypeStartsWith(url, 'file:')) return url;
    try {
      return ctx.requireBuiltin('internal/url').fileURLToPath(url);
    } catch {
      return url;
    }
  }

  let recordOf;
  class ModuleWrap {
    #record;
    static { recordOf = (wrap) => wrap.#record; }
    constructor(url, context, source, lineOffset, columnOffset, hostDefinedOption) {
      this.url = url;
      if (ArrayIsArray(source)) this.#synthetic(url, source, lineOffset);
      else this.#compile(url, source, lineOffset, columnOffset, hostDefinedOption);
      wraps.set(this.#record, this);
    }
    #synthetic(url, names, evaluate) {
      const list = [];
      for (let i = 0; i < names.length; i++) ArrayPrototypePush(list, names[i]);
      this.#record = host.moduleSynthetic(url, list, () => { FunctionPrototypeCall(evaluate, this); });
      this.synthetic = true;
    }
    #compile(url, source, lineOffset, columnOffset, hostDefinedOption) {
      const option = typeof hostDefinedOption === 'symbol' ? hostDefinedOption : Symbol(url);
      this[host_defined_option_symbol] = option;
      ctx.sources.set(url, source);
      try {
        this.#record = host.moduleCompile(source, url, lineOffset, columnOffset, option);
      } catch (error) {
        throw decorate(error, url);
      }
      this.sourceMapURL = undefined;
      if (option === source_text_module_default_hdo) host.call('code.load', pathOf(url), 'module');
      else if (!StringPrototypeStartsWith(url, 'node:')) host.evalEvent('vm', source);
    }
    getModuleRequests() {
      const requests = host.moduleRequests(this.#record);
      const result = new Array(requests.length);
      for (let i = 0; i < requests.length; i++) {
        const { 0: specifier, 1: attributes } = requests[i];
        result[i] = ObjectFreeze({ __proto__: null, specifier, attributes: ObjectFreeze(ctx.toObject(attributes ?? [])) });
      }
      return ObjectFreeze(result);
    }
    link(modules) {
      const records = [];
      for (let i = 0; i < modules.length; i++) ArrayPrototypePush(records, recordOf(modules[i]));
      host.moduleLink(this.#record, records);
    }
    instantiate() {
      try {
        host.moduleInstantiate(this.#record);
      } catch (error) {
        throw decorate(error, this.url);
      }
    }
    instantiateSync() {
      this.instantiate();
      return this.isGraphAsync();
    }
    evaluate() { return host.moduleEvaluate(this.#record); }
    evaluateSync(filename, parentFilename) {
      const promise = host.moduleEvaluate(this.#record);
      throwIfPromiseRejected(promise);
      if (this.isGraphAsync()) throw requireAsync(filename, parentFilename);
      return host.moduleNamespace(this.#record);
    }
    getNamespaceSync(filename, parentFilename) {
      if (this.isGraphAsync()) throw requireAsync(filename, parentFilename);
      return host.moduleNamespace(this.#record);
    }
    getNamespace() {
      if (this.getStatus() < kInstantiated) throw new Error('cannot get namespace, module has not been instantiated');
      return host.moduleNamespace(this.#record);
    }
    getStatus() { return host.moduleStatus(this.#record); }
    getError() { return host.moduleError(this.#record); }
    isGraphAsync() { return host.moduleIsAsync(this.#record); }
    hasTopLevelAwait() { return host.moduleHasTLA(this.#record); }
    setExport(name, value) { host.moduleSetExport(this.#record, name, value); }
    createCachedData() { return ctx.requireBuiltin('buffer').Buffer.alloc(0); }
    getStaticDependencySpecifiers() {
      const requests = host.moduleRequests(this.#record);
      const result = [];
      for (let i = 0; i < requests.length; i++) ArrayPrototypePush(result, requests[i][0]);
      return result;
    }
  }
  ObjectDefineProperty(ModuleWrap.prototype, SymbolToStringTag, { __proto__: null, value: 'ModuleWrap', configurable: true });

  // The namespace that require() of an ES module with a default export gives: everything it exports, plus `__esModule`.
  const FACADE = 'export * from "original"; export { default } from "original"; export const __esModule = true;';
  function createRequiredModuleFacade(wrap) {
    const facade = host.moduleCompile(FACADE, 'node:internal/require_module_default_facade', 0, 0, undefined);
    host.moduleLink(facade, [recordOf(wrap)]);
    host.moduleInstantiate(facade);
    throwIfPromiseRejected(host.moduleEvaluate(facade));
    return host.moduleNamespace(facade);
  }

  return {
    ModuleWrap, createRequiredModuleFacade, throwIfPromiseRejected,
    setImportModuleDynamicallyCallback(fn) { importModuleDynamically = fn; },
    setInitializeImportMetaObjectCallback(fn) { initializeImportMeta = fn; },
    kUninstantiated, kInstantiating, kInstantiated, kEvaluating, kEvaluated, kErrored,
  };
})
