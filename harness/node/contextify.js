// Binding `contextify`: compiling CommonJS modules, vm.Script and vm contexts.
(function (host, ctx) {
  'use strict';
  const {
    ErrorPrototype, ObjectPrototypeHasOwnProperty, Promise, RegExpPrototypeExec, StringPrototypeStartsWith, SyntaxErrorPrototype,
    ObjectPrototypeIsPrototypeOf, Symbol,
  } = ctx.primordials;
  const {
    arrow_message_private_symbol, contextify_context_private_symbol, decorated_private_symbol, host_defined_option_symbol,
  } = ctx.privateSymbols;
  const { vm_dynamic_import_default_internal } = ctx.perIsolateSymbols;
  const CJS = ['exports', 'require', 'module', '__filename', '__dirname'];
  const contexts = ctx.load('core/contexts')(host, ctx);

  const isSyntaxError = (error) => ObjectPrototypeIsPrototypeOf(SyntaxErrorPrototype, error);

  // Whether text that is no CommonJS may be an ES module: cheap words first, then the engine's own parser.
  function parsesAsModule(source, filename) {
    if (RegExpPrototypeExec(/\b(?:import|export|await)\b/, source) === null) return false;
    try {
      host.moduleCompile(source, filename, 0, 0, undefined);
      return true;
    } catch {
      return false;
    }
  }

  function compileFunctionForCJSLoader(source, filename, isSeaMain, shouldDetectModule) {
    ctx.sources.set(filename, source);
    let fn;
    let canParseAsESM = false;
    try {
      fn = host.compileFunction(source, filename, 0, 0, CJS, undefined, vm_dynamic_import_default_internal);
    } catch (error) {
      canParseAsESM = shouldDetectModule && isSyntaxError(error) && parsesAsModule(source, filename);
      if (!canParseAsESM) throw decorate(error);
    }
    if (fn !== undefined) host.call('code.load', filename, 'commonjs');
    return { __proto__: null, cachedDataRejected: false, sourceMapURL: undefined, sourceURL: undefined, canParseAsESM, function: fn };
  }

  function containsModuleSyntax(source, filename, resourceName, cjsVariables) {
    try {
      host.compileFunction(source, filename, 0, 0, cjsVariables === undefined || cjsVariables === null ? CJS : []);
      return false;
    } catch (error) {
      return isSyntaxError(error) && parsesAsModule(source, filename);
    }
  }

  // The line with a caret that Node puts before the stack of a syntax error.
  function decorate(error) {
    if (!isSyntaxError(error) || !ObjectPrototypeIsPrototypeOf(ErrorPrototype, error)) return error;
    const arrow = ctx.sourceContext(error);
    if (arrow !== '') error[arrow_message_private_symbol] = arrow;
    return error;
  }

  // For code of vm, the same goes into the stack itself.
  function decorateStack(error) {
    if (decorate(error)[decorated_private_symbol] === true) return error;
    const arrow = error[arrow_message_private_symbol];
    if (arrow === undefined || typeof error.stack !== 'string') return error;
    error.stack = `${arrow}\n${error.stack}`;
    error[decorated_private_symbol] = true;
    return error;
  }

  // Code that a package made out of text, as opposed to files and the command line's own.
  const isDynamic = (filename, option) => option !== vm_dynamic_import_default_internal && !StringPrototypeStartsWith(filename, '[eval]');

  class ContextifyScript {
    #compiled;
    constructor(code, filename, lineOffset, columnOffset, cachedData, produceCachedData, parsingContext, hostDefinedOption) {
      const option = typeof hostDefinedOption === 'symbol' ? hostDefinedOption : Symbol(filename);
      this[host_defined_option_symbol] = option;
      if (isDynamic(filename, option)) host.evalEvent('vm', code);
      ctx.sources.set(filename, code);
      try {
        this.#compiled = host.compileScript(code, filename, lineOffset, columnOffset, option);
      } catch (error) {
        throw decorateStack(error);
      }
      if (cachedData !== undefined) this.cachedDataRejected = false;
      if (produceCachedData) this.cachedDataProduced = false;
      this.sourceURL = undefined;
      this.sourceMapURL = undefined;
    }
    createCachedData() { return ctx.requireBuiltin('buffer').Buffer.alloc(0); }
    runInContext(contextifiedObject, timeout, displayErrors) {
      try {
        if (contextifiedObject === null) return host.runCompiled(this.#compiled);
        return contexts.run(contextifiedObject, (context) => host.runCompiled(this.#compiled, context));
      } catch (error) {
        if (displayErrors && isSyntaxError(error)) decorateStack(error);
        throw error;
      }
    }
  }

  function compileFunction(code, filename, lineOffset, columnOffset, cachedData, produceCachedData, parsingContext, extensions,
                           params = [], hostDefinedOption = undefined) {
    if (isDynamic(filename, hostDefinedOption)) host.evalEvent('vm', code);
    ctx.sources.set(filename, code);
    const compile = (context) => host.compileFunction(code, filename, lineOffset, columnOffset, params, context, hostDefinedOption);
    let fn;
    try {
      fn = parsingContext === undefined ? compile(undefined) : contexts.run(parsingContext, compile);
    } catch (error) {
      throw decorateStack(error);
    }
    if (typeof hostDefinedOption === 'symbol') fn[host_defined_option_symbol] = hostDefinedOption;
    return { __proto__: null, function: fn, sourceMapURL: undefined, sourceURL: undefined };
  }

  return {
    ContextifyScript, compileFunction, compileFunctionForCJSLoader, containsModuleSyntax,
    makeContext: contexts.make,
    shouldRetryAsESM: (source, filename) => parsesAsModule(source, filename),
    startSigintWatchdog() {},
    stopSigintWatchdog: () => false,
    watchdogHasPendingSigint: () => false,
    measureMemory: () => new Promise(() => {}),
    constants: { measureMemory: { mode: { SUMMARY: 0, DETAILED: 1 }, execution: { DEFAULT: 0, EAGER: 1 } } },
    isContext: (object) => ObjectPrototypeHasOwnProperty(object, contextify_context_private_symbol),
  };
})
