// vm contexts: a second realm whose global looks through to the package's object (the "sandbox" of vm.createContext).
(function (host, ctx) {
  'use strict';
  const { ObjectDefineProperty, SafeWeakMap } = ctx.primordials;
  const { contextify_context_private_symbol, host_defined_option_symbol } = ctx.privateSymbols;
  const { vm_context_no_contextify } = ctx.perIsolateSymbols;

  // Sandbox (or, without one, the realm's global) -> the engine's context.
  const contexts = new SafeWeakMap();

  function make(contextObject, name, origin, strings, wasm, ownMicrotaskQueue, hostDefinedOption) {
    const { 0: context, 1: global } = host.newContext();
    ctx.prepareRealm(global);
    const isPlain = contextObject === vm_context_no_contextify;
    const sandbox = isPlain ? global : contextObject;
    if (!isPlain) host.contextify(context, sandbox);
    contexts.set(sandbox, context);
    const hidden = (key, value) => ObjectDefineProperty(sandbox, key, { __proto__: null, value, enumerable: false, configurable: true });
    hidden(contextify_context_private_symbol, sandbox);
    hidden(host_defined_option_symbol, hostDefinedOption);
    return sandbox;
  }

  const run = (contextObject, fn) => fn(contexts.get(contextObject));

  return { make, run };
})
