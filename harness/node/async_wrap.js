// Binding `async_wrap`: the arrays and stack operations behind async_hooks (see core/async.js).
(function (host, ctx) {
  'use strict';
  const { ObjectAssign } = ctx.primordials;
  const { asyncState } = ctx;
  let promiseHooks = [undefined, undefined, undefined, undefined];
  let destroyQueue = [];

  const providers = {};
  for (let i = 0; i < asyncState.providers.length; i++) providers[asyncState.providers[i]] = i;

  // The stack array lives on the binding object: Node's library reads it there after each growth.
  return ObjectAssign(asyncState.binding, {
    setupHooks(hooks) { asyncState.hooks = hooks; },
    setCallbackTrampoline() {},
    pushAsyncContext: (asyncId, triggerId) => asyncState.push(asyncId, triggerId),
    popAsyncContext: () => asyncState.pop(),
    executionAsyncResource: (index) => asyncState.resources[index],
    clearAsyncIdStack: () => asyncState.clear(),
    queueDestroyAsyncId(id) {
      if (destroyQueue.length === 0) {
        ctx.bindings.task_queue.enqueueMicrotask(() => {
          const queue = destroyQueue;
          destroyQueue = [];
          for (let i = 0; i < queue.length; i++) asyncState.hooks.destroy(queue[i]);
        });
      }
      destroyQueue[destroyQueue.length] = id;
    },
    setPromiseHooks(init, before, after, settled) {
      promiseHooks = [init, before, after, settled];
      host.setPromiseHooks(init, before, after, settled);
    },
    getPromiseHooks: () => [promiseHooks[0], promiseHooks[1], promiseHooks[2], promiseHooks[3]],
    // Runs when an object is collected; which nobody can observe in a run that is reproducible.
    registerDestroyHook() {},
    async_hook_fields: asyncState.fields,
    async_id_fields: asyncState.ids,
    execution_async_resources: asyncState.resources,
    constants: asyncState.constants,
    Providers: providers,
  });
})
