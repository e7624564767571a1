// Binding `fs_dir`: opendir. The names are read when the directory is opened.
(function (host, ctx) {
  'use strict';
  const { ArrayPrototypePush, ArrayPrototypeSlice } = ctx.primordials;
  const { files } = ctx;

  class DirHandle extends ctx.AsyncWrap {
    #list;
    #at = 0;
    constructor(list) {
      super('DIRHANDLE');
      this.#list = list;
    }
    // At most `count` names and types, alternating; null after the last.
    #next(encoding, count) {
      const part = ArrayPrototypeSlice(this.#list, this.#at, this.#at + 2 * count);
      this.#at += part.length;
      if (part.length === 0) return null;
      const entries = [];
      for (let i = 0; i < part.length; i += 2) ArrayPrototypePush(entries, files.encoded(part[i], encoding), part[i + 1]);
      return entries;
    }
    read(encoding, count, req) { return files.run(req, () => this.#next(encoding, count), files.failure('scandir')); }
    close(req) { return files.run(req, () => undefined, files.failure('closedir')); }
  }

  function open(where, shown, req) {
    return files.run(req, () => {
      const list = host.call('fs.readdir', where);
      return files.isErrno(list) ? list : new DirHandle(list);
    }, files.failure('opendir', shown));
  }

  return {
    opendir(path, encoding, req) {
      const where = files.textOf(path);
      return open(where, where, req);
    },
    // The synchronous form does not name the path in its error, in Node as here.
    opendirSync: (path) => open(files.textOf(path)),
  };
})
