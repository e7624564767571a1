// The members of `ctx` that everything shares:
//
//   load(name), compileLib(id, params, change)     only while the snapshot is made
//   primordials, privateSymbols, perIsolateSymbols, perContextExports
//   bindings           the binding objects by name; `binding(name)` is one of them
//   process            the process object
//   info               at run: the reply of `process.info` as an object (platform, arch, pid ...)
//   atRun(fn)          fn(info) is called when a process starts, before Node's own pre-execution
//   internalBinding, requireBuiltin        Node's own, after the realm is set up
//   unsupported(binding, property)         records `guest.unsupported` and returns the error to throw
//   toObject(list)     a list of alternating keys and values as an object
//   strings            primordials for text used by many files
// core/errors.js, core/async.js, core/handles.js ... document what they add.
(function (host, ctx) {
  'use strict';
  const { ArrayPrototypePush, Error, ObjectAssign } = ctx.primordials;

  const runHooks = [];

  const toObject = (list) => {
    const object = { __proto__: null };
    for (let i = 0; i + 1 < list.length; i += 2) object[list[i]] = list[i + 1];
    return object;
  };

  ObjectAssign(ctx, {
    bindings: { __proto__: null },
    info: undefined,
    internalBinding: undefined,
    requireBuiltin: undefined,
    binding: (name) => ctx.bindings[name],
    atRun: (fn) => { ArrayPrototypePush(runHooks, fn); },
    toObject,
    beginRun() {
      ctx.info = toObject(host.call('process.info'));
      for (let i = 0; i < runHooks.length; i++) runHooks[i](ctx.info);
    },
    unsupported(binding, property) {
      host.call('guest.unsupported', binding, property);
      const error = new Error(`The feature ${binding}.${property} is unavailable on the current platform, which is being used to run Node.js`);
      error.code = 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM';
      return error;
    },
  });
})
