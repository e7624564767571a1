// What the event loop waits for.
//
//   ctx.later(fn)                   fn runs in the poll phase of a later turn and keeps the process alive until then
//   ctx.laterWeak(fn)               the same without keeping the process alive
//   ctx.complete(req, args, name)   the same for a request object: calls req[name ?? 'oncomplete'](...args) in its context;
//                                   `args` may be a function that makes them then
//   ctx.handles.add(key, dispatch, refd)   events of `loop.poll` go to dispatch(event): `[kind, number, ...]` has the key
//        `pid:<number>` for exit, `fd:<number>` for readable and connection, `channel:<number>` for message, and
//        `signal:<number>` for signal
//   ctx.handles.remove(key), ctx.handles.setRef(key, refd)
//   ctx.HandleWrap                  base class of handles: ref, unref, hasRef, close(callback)
//   ctx.activeResources             every open handle object and waiting request, for process.getActiveResourcesInfo
(function (host, ctx) {
  'use strict';
  const { ArrayPrototypePush, ObjectAssign, SafeMap, SafeSet } = ctx.primordials;
  const { handle_onclose } = ctx.perIsolateSymbols;

  // Which numbers an event of a kind speaks of.
  const SPACES = { __proto__: null, exit: 'pid', readable: 'fd', connection: 'fd', message: 'channel', signal: 'signal' };
  const entries = new SafeMap();
  const waiting = { pending: [], weak: [], closing: [], refd: 0 };
  const activeHandles = new SafeSet();
  const activeRequests = new SafeSet();

  const handles = {
    add(id, dispatch, refd = true) {
      handles.remove(id);
      entries.set(id, { dispatch, refd });
      if (refd) waiting.refd++;
    },
    remove(id) {
      const entry = entries.get(id);
      if (entry === undefined) return;
      if (entry.refd) waiting.refd--;
      entries.delete(id);
    },
    setRef(id, refd) {
      const entry = entries.get(id);
      if (entry === undefined || entry.refd === refd) return;
      waiting.refd += refd ? 1 : -1;
      entry.refd = refd;
    },
    dispatch(event) {
      // A handle that was closed by an earlier event of the same poll is gone, as with libuv.
      entries.get(`${SPACES[event[0]] ?? event[0]}:${event[1]}`)?.dispatch(event);
    },
    has: (key) => entries.has(key),
    get count() { return entries.size; },
  };

  const later = (fn) => { ArrayPrototypePush(waiting.pending, fn); };

  const laterWeak = (fn) => { ArrayPrototypePush(waiting.weak, fn); };

  function complete(req, args, name = 'oncomplete') {
    activeRequests.add(req);
    later(() => {
      activeRequests.delete(req);
      ctx.makeCallback(req, req[name], typeof args === 'function' ? args() : args);
    });
  }

  // A handle keeps the process alive while it is active (started), referenced and not closed. `id` is the key
  // of `handles`, set by `attach`, for handles that get events.
  class HandleWrap extends ctx.AsyncWrap {
    #refd = true;
    #state = 'open';
    #id;
    #dispatch;
    constructor(provider) {
      super(provider);
      activeHandles.add(this);
    }
    ref() { this.#setRef(true); }
    unref() { this.#setRef(false); }
    hasRef() { return this.#refd && this.#state === 'open'; }
    #setRef(refd) {
      if (this.#state !== 'open') return;
      this.#refd = refd;
      if (this.#id !== undefined) handles.setRef(this.#id, refd);
    }
    close(callback) {
      if (this.#state !== 'open') return;
      this.#state = 'closing';
      activeHandles.delete(this);
      const id = ctx.detach(this);
      if (id !== undefined) ctx.closeHandle?.(this, id);
      if (typeof callback === 'function') this[handle_onclose] = callback;
      ArrayPrototypePush(waiting.closing, () => {
        this.#state = 'closed';
        ctx.makeCallback(this, this[handle_onclose], []);
      });
    }
    static {
      // The three below are for bindings only: package code can reach the class, so they are no methods.
      ctx.attach = (handle, id, dispatch) => {
        handle.#id = id;
        handle.#dispatch = dispatch;
        handles.add(id, dispatch, handle.#refd);
      };
      ctx.detach = (handle) => {
        const id = handle.#id;
        if (id !== undefined) handles.remove(id);
        handle.#id = undefined;
        return id;
      };
      ctx.isClosing = (handle) => handle.#state !== 'open';
    }
  }

  ObjectAssign(ctx, { handles, later, laterWeak, complete, HandleWrap, waiting, activeResources: { activeHandles, activeRequests } });
})
