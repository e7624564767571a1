// FileHandle, the descriptor object beneath fs.promises, and StatWatcher, which sees no changes: nobody else changes files.
(function (host, ctx) {
  'use strict';
  const { BigInt64Array, Float64Array, Promise, PromiseResolve } = ctx.primordials;
  const { files } = ctx;

  class FileHandle extends ctx.AsyncWrap {
    #fd;
    #closing;
    constructor(fd) {
      super('FILEHANDLE');
      this.#fd = fd;
    }
    get fd() { return this.#fd; }
    close() {
      if (this.#closing !== undefined) return this.#closing;
      const fd = this.#fd;
      this.#fd = -1;
      this.#closing = fd < 0 ? PromiseResolve(Promise, undefined)
        : files.run(files.kUsePromises, () => host.call('fs.close', fd), files.failure('close'));
      return this.#closing;
    }
    releaseFD() {
      const fd = this.#fd;
      this.#fd = -1;
      return fd;
    }
    onread() {}
  }

  function openFileHandle(path, flags, mode, req) {
    const where = files.textOf(path);
    return files.run(req, () => {
      const fd = host.call('fs.open', where, flags, mode);
      return files.isErrno(fd) ? fd : new FileHandle(fd);
    }, files.failure('open', where));
  }

  let watchers = 0;

  class StatWatcher extends ctx.HandleWrap {
    #isBigint;
    constructor(isBigint) {
      super('STATWATCHER');
      this.#isBigint = isBigint === true;
    }
    start(path) {
      ctx.attach(this, `watch:${++watchers}`, () => {});
      const errno = host.call('fs.stat', files.textOf(path));
      if (!files.isErrno(errno)) return 0;
      // As libuv does: what is not there is told once, with zeros.
      const stats = new (this.#isBigint ? BigInt64Array : Float64Array)(2 * files.statFields);
      ctx.laterWeak(() => {
        if (!ctx.isClosing(this)) ctx.makeCallback(this, this.onchange, [errno, stats]);
      });
      return 0;
    }
  }

  return { FileHandle, openFileHandle, StatWatcher };
})
