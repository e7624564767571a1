// Stack traces: the engine calls the hook when a stack is first read and something other than the default may format it.
//
//   ctx.setPrepareStackTrace(fn)   fn(globalThis, error, callSites) of lib/internal/errors
(function (host, ctx) {
  'use strict';
  const { globalThis } = ctx.primordials;
  let callback;
  host.hooks.prepareStackTrace = (error, sites) => callback(globalThis, error, sites);
  ctx.setPrepareStackTrace = (fn) => { callback = fn; };
})
