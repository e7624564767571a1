// Binding `task_queue`: microtasks, ticks and the tracker of rejections.
(function (host, ctx) {
  'use strict';
  const { Uint8Array, Error } = ctx.primordials;
  // [has tick scheduled, has rejection to warn]
  const tickInfo = new Uint8Array(2);
  let tickCallback;
  ctx.taskQueue = { tickInfo, tickCallback: () => tickCallback };
  return {
    enqueueMicrotask(fn) { host.enqueueMicrotask(fn); },
    setTickCallback(fn) { tickCallback = fn; },
    runMicrotasks() { host.runMicrotasks(); },
    tickInfo,
    promiseRejectEvents: {
      kPromiseRejectWithNoHandler: 0, kPromiseHandlerAddedAfterReject: 1, kPromiseResolveAfterResolved: 2,
      kPromiseRejectAfterResolved: 3,
    },
    setPromiseRejectCallback(fn) {
      host.hooks.promiseReject = (type, promise, reason) => {
        try {
          fn(type, promise, reason);
        } catch (error) {
          // As Node: a failure here has no caller that could see it.
          ctx.writeError(`Exception in PromiseRejectCallback:\n${error instanceof Error ? error.stack : error}\n`);
        }
      };
    },
  };
})
