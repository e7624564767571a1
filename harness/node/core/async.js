// Asynchronous contexts, as src/async_wrap and the callback scopes of Node's C++ keep them.
//
//   ctx.asyncState                     the arrays shared with lib/internal/async_hooks (see bindings/async_wrap)
//   ctx.AsyncWrap                      base class of requests and handles: an async id, a provider, async_hooks' init
//   ctx.makeCallback(resource, fn, args, asyncId?)
//        calls a function of the package from the event loop: in the resource's async context, reports an exception as
//        uncaught, and after the outermost call runs microtasks and ticks in Node's order
//   ctx.callbackScope(asyncId, triggerId, resource, fn)   the same around any function
(function (host, ctx) {
  'use strict';
  const {
    ArrayPrototypePop, Float64Array, FunctionPrototypeCall, ObjectAssign, ReflectApply, TypedArrayPrototypeSet, Uint32Array,
  } = ctx.primordials;

  const constants = {
    kInit: 0, kBefore: 1, kAfter: 2, kDestroy: 3, kPromiseResolve: 4, kTotals: 5, kCheck: 6, kStackLength: 7,
    kUsesExecutionAsyncResource: 8,
    kExecutionAsyncId: 0, kTriggerAsyncId: 1, kAsyncIdCounter: 2, kDefaultTriggerAsyncId: 3,
  };
  const { kInit, kBefore, kAfter, kStackLength, kExecutionAsyncId, kTriggerAsyncId, kAsyncIdCounter } = constants;
  const { kDefaultTriggerAsyncId, kCheck } = constants;
  const state = {
    constants,
    fields: new Uint32Array(9),
    ids: new Float64Array(4),
    resources: [],
    // Node's library reads the stack from the binding object, so that it can be replaced by a longer one.
    binding: { async_ids_stack: new Float64Array(32) },
    // { init, before, after, destroy, promise_resolve } of lib/internal/async_hooks.
    hooks: undefined,
    providers: ctx.load('tables/async_providers'),
  };
  state.fields[kCheck] = 1;
  state.ids[kAsyncIdCounter] = 1;
  state.ids[kDefaultTriggerAsyncId] = -1;

  function push(asyncId, triggerId, resource) {
    const { fields, ids, binding } = state;
    const offset = fields[kStackLength];
    if (offset * 2 >= binding.async_ids_stack.length) {
      const longer = new Float64Array(binding.async_ids_stack.length * 3);
      TypedArrayPrototypeSet(longer, binding.async_ids_stack);
      binding.async_ids_stack = longer;
    }
    binding.async_ids_stack[2 * offset] = ids[kExecutionAsyncId];
    binding.async_ids_stack[2 * offset + 1] = ids[kTriggerAsyncId];
    if (resource !== undefined) state.resources[offset] = resource;
    fields[kStackLength] = offset + 1;
    ids[kExecutionAsyncId] = asyncId;
    ids[kTriggerAsyncId] = triggerId;
  }

  // Node aborts on an unbalanced pop; a guest can provoke one, so that it is ignored here.
  function pop() {
    const { fields, ids, binding, resources } = state;
    if (fields[kStackLength] === 0) return false;
    const offset = fields[kStackLength] - 1;
    ids[kExecutionAsyncId] = binding.async_ids_stack[2 * offset];
    ids[kTriggerAsyncId] = binding.async_ids_stack[2 * offset + 1];
    fields[kStackLength] = offset;
    while (resources.length > offset) ArrayPrototypePop(resources);
    return offset > 0;
  }

  function clear() {
    state.fields[kStackLength] = 0;
    state.ids[kExecutionAsyncId] = 0;
    state.ids[kTriggerAsyncId] = 0;
    state.resources.length = 0;
  }

  const newAsyncId = () => ++state.ids[kAsyncIdCounter];
  const defaultTriggerId = () => {
    const id = state.ids[kDefaultTriggerAsyncId];
    return id < 0 ? state.ids[kExecutionAsyncId] : id;
  };

  let depth = 0;

  // What Node does when the outermost callback returns: microtasks first, unless ticks are waiting, which run before them.
  function runTicks() {
    const { tickInfo, tickCallback } = ctx.taskQueue;
    do {
      try {
        if (tickInfo[0] === 0) host.runMicrotasks();
        if (tickInfo[0] === 0 && tickInfo[1] === 0) return;
        FunctionPrototypeCall(tickCallback(), ctx.process);
      } catch (error) {
        ctx.triggerUncaughtException(error, false);
      }
    } while (tickInfo[0] !== 0 || tickInfo[1] !== 0);
  }

  function callbackScope(asyncId, triggerId, resource, fn) {
    let result;
    depth++;
    push(asyncId, triggerId, resource);
    const height = state.fields[kStackLength];
    try {
      if (asyncId !== 0 && state.fields[kBefore] > 0) state.hooks.before(asyncId);
      result = fn();
      if (asyncId !== 0 && state.fields[kAfter] > 0) state.hooks.after(asyncId);
    } catch (error) {
      // A stack overflow must not leave the depth behind: the report itself runs package code.
      ctx.triggerUncaughtException(error, false);
    } finally {
      depth--;
      if (state.fields[kStackLength] >= height) pop();
    }
    if (depth === 0) runTicks();
    return result;
  }

  function makeCallback(resource, fn, args) {
    if (typeof fn !== 'function') return undefined;
    const ids = asyncIdsOf(resource);
    return callbackScope(ids[0], ids[1], resource, () => ReflectApply(fn, resource, args));
  }

  let asyncIdsOf;
  class AsyncWrap {
    #ids;
    #provider;
    static {
      const none = [0, 0];
      asyncIdsOf = (object) => (object !== null && typeof object === 'object' && #ids in object ? object.#ids : none);
    }
    constructor(provider) {
      this.#provider = provider;
      this.#ids = [newAsyncId(), defaultTriggerId()];
      this.#emitInit(this);
    }
    #emitInit(resource) {
      if (state.fields[kInit] > 0) state.hooks.init(this.#ids[0], this.#provider, this.#ids[1], resource);
    }
    getAsyncId() { return this.#ids[0]; }
    getProviderType() { return this.#provider; }
    asyncReset(resource) {
      this.#ids = [newAsyncId(), defaultTriggerId()];
      this.#emitInit(resource ?? this);
    }
  }

  ObjectAssign(ctx, {
    asyncState: ObjectAssign(state, { push, pop, clear, newAsyncId, defaultTriggerId }),
    AsyncWrap, makeCallback, callbackScope, runTicks,
    inCallback: () => depth > 0,
  });
})
