// Binding `builtins`: Node's own library, compiled while the snapshot is made.
//
// Adds to ctx: `getInternalBinding`, `linkedBinding` (for the realm), `requireInternal(id)` (runs one of the scripts of
// lib/internal/bootstrap and lib/internal/main), and, after the realm ran, `internalBinding` and `requireBuiltin`.
(function (host, ctx) {
  'use strict';
  const {
    ArrayPrototypeFilter, ArrayPrototypeMap, Error, ObjectAssign, ObjectDefineProperty, Promise, PromiseResolve, SafeMap, String,
    StringPrototypeLastIndexOf, StringPrototypeSlice, StringPrototypeSplit, StringPrototypeStartsWith,
  } = ctx.primordials;

  const ids = ArrayPrototypeFilter(StringPrototypeSplit(host.source('lib/ids'), '\n'), (id) => id !== '');
  const MAIN = ['process', 'require', 'internalBinding', 'primordials'];
  const MODULE = ['exports', 'require', 'module', 'process', 'internalBinding', 'primordials'];
  // A TypeScript compiler in WebAssembly, which the sandbox has no engine for, and 3 MB.
  const LEFT_OUT = 'internal/deps/amaro/dist/index';

  // What the realm itself is started with: see core/start.js.
  const REALM = 'internal/bootstrap/realm';

  // ES modules of a profiler that nothing here starts.
  const LEFT_OUT_FOLDER = 'internal/deps/v8/tools/';
  const isLeftOut = (id) => id === LEFT_OUT || id === REALM || StringPrototypeStartsWith(id, 'internal/per_context/') ||
    StringPrototypeStartsWith(id, LEFT_OUT_FOLDER);

  const isMain = (id) => StringPrototypeStartsWith(id, 'internal/bootstrap/') || StringPrototypeStartsWith(id, 'internal/main/');
  // undici compiles its HTTP parser from WebAssembly when it is loaded; `ctx.fetchParser` stands in for it: compile(bytes)
  // gives a module, isModule(value) knows it again, instantiate(module, imports) gives the instance.
  const FETCH = 'internal/deps/undici/undici';
  ctx.fetchParser = { compile: () => new Promise(() => {}), instantiate: () => new Promise(() => {}), isModule: () => false };
  const withoutWebAssembly = (fn) => (exports, require, module, process, internalBinding, primordials) =>
    fn(exports, require, module, process, internalBinding, primordials, {
      compile: (bytes) => ctx.fetchParser.compile(bytes),
      instantiate: (compiledModule, imports) => ctx.fetchParser.instantiate(compiledModule, imports),
    });

  // The scanner for the names that a CommonJS module exports is the host's: Node's own is written in JavaScript.
  const SCANNER = 'internal/deps/cjs-module-lexer/lexer';
  const scanner = (exports, require, module) => {
    module.exports = {
      init: () => PromiseResolve(Promise, undefined),
      initSync() {},
      parse(source) {
        const found = host.quiet('modules.names', String(source));
        return { exports: found[0], reexports: found[1] };
      },
    };
  };

  // Some places of the library in a form that an interpreter gets through faster.
  const FASTER = ctx.load('tables/faster');
  function faster(id, { tools, replaced }) {
    const change = (source) => {
      for (const [before, after, times = 1] of replaced) {
        const parts = StringPrototypeSplit(source, before);
        if (parts.length !== times + 1) throw new Error(`lib/${id}.js does not hold ${times} times: ${before}`);
        const last = StringPrototypeLastIndexOf(source, before);
        source = StringPrototypeSlice(source, 0, last) + after + StringPrototypeSlice(source, last + before.length);
      }
      return source;
    };
    const fn = ctx.compileLib(id, [...MODULE, ...tools], change);
    const values = ArrayPrototypeMap(tools, (name) => host[name]);
    return (exports, require, module, process, internalBinding, primordials) =>
      fn(exports, require, module, process, internalBinding, primordials, ...values);
  }

  const compiled = new SafeMap();
  for (const id of ids) {
    if (isLeftOut(id)) continue;
    if (FASTER[id] !== undefined) compiled.set(id, faster(id, FASTER[id]));
    else if (id === SCANNER) compiled.set(id, scanner);
    else if (id === FETCH) compiled.set(id, withoutWebAssembly(ctx.compileLib(id, [...MODULE, 'WebAssembly'])));
    else compiled.set(id, ctx.compileLib(id, isMain(id) ? MAIN : MODULE));
  }

  function compileFunction(id) {
    const fn = compiled.get(id);
    if (fn !== undefined) return fn;
    if (id === LEFT_OUT) throw ctx.unsupported('typescript', 'stripTypes');
    throw new Error(`No such built-in module: ${id}`);
  }

  ctx.requireInternal = (id) => compileFunction(id)(ctx.process, ctx.requireBuiltin, ctx.internalBinding, ctx.primordials);
  ctx.getInternalBinding = (name) => {
    const binding = ctx.bindings[name];
    if (binding === undefined) throw ctx.nodeError(Error, 'ERR_INVALID_MODULE', `No such binding: ${name}`);
    return binding;
  };
  ctx.linkedBinding = (name) => {
    throw ctx.nodeError(Error, 'ERR_INVALID_MODULE', `No such binding: ${name}`);
  };

  // The texts of Node's library are not in the snapshot; who asks for them gets the names.
  const natives = {};
  for (const id of ids) {
    ObjectDefineProperty(natives, id, { __proto__: null, value: '', enumerable: true, configurable: true, writable: true });
  }

  return ObjectAssign({}, {
    natives,
    builtinIds: ids,
    builtinCategories: { cannotBeRequired: [], canBeRequired: ids },
    config: host.source('lib/config') ?? '{"target_defaults":{},"variables":{"napi_build_version":"10","node_use_amaro":true}}',
    compileFunction,
    hasCachedBuiltins: () => true,
    getCacheUsage: () => ({ compiledWithCache: ids, compiledWithoutCache: [], compiledInSnapshot: [] }),
    setInternalLoaders(internalBinding, requireBuiltin) {
      ctx.internalBinding = internalBinding;
      ctx.requireBuiltin = requireBuiltin;
    },
  });
})
