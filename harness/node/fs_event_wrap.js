// Binding `fs_event_wrap`: fs.watch. Nothing changes files behind the back of a process, so that a watcher stays quiet.
(function (host, ctx) {
  'use strict';
  const { files } = ctx;
  let count = 0;

  class FSEvent extends ctx.HandleWrap {
    #isStarted = false;
    constructor() { super('FSEVENTWRAP'); }
    get initialized() { return this.#isStarted && !ctx.isClosing(this); }
    start(path, isPersistent) {
      if (this.initialized) return 0;
      const found = host.call('fs.stat', files.textOf(path));
      if (files.isErrno(found)) return found;
      this.#isStarted = true;
      ctx.attach(this, `change:${++count}`, () => {});
      if (!isPersistent) this.unref();
      return 0;
    }
  }

  return { FSEvent };
})
