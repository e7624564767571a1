// Binding `blob`: the immutable bytes behind Blob and File, and object URLs.
(function (host, ctx) {
  'use strict';
  const {
    ArrayBuffer, ArrayIsArray, ArrayPrototypePush, MathMin, SafeMap, TypedArrayPrototypeGetBuffer, TypedArrayPrototypeSet, Uint8Array,
  } = ctx.primordials;

  class BlobReader {
    #bytes;
    #offset = 0;
    constructor(bytes) { this.#bytes = bytes; }
    // status 1: a chunk; 0: the end.
    pull(callback) {
      const CHUNK = 65536;
      ctx.later(() => ctx.callbackScope(0, 0, this, () => {
        const end = MathMin(this.#offset + CHUNK, this.#bytes.length);
        if (this.#offset >= end) return callback(0, undefined);
        const chunk = new Uint8Array(end - this.#offset);
        TypedArrayPrototypeSet(chunk, new Uint8Array(TypedArrayPrototypeGetBuffer(this.#bytes), this.#bytes.byteOffset + this.#offset, chunk.length));
        this.#offset = end;
        return callback(1, TypedArrayPrototypeGetBuffer(chunk));
      }));
    }
  }

  let bytesIn;
  class Blob {
    #bytes;
    static { bytesIn = (handle) => handle.#bytes; }
    constructor(bytes) {
      this.#bytes = bytes;
      ctx.passable.add(this);
    }
    getReader() { return new BlobReader(this.#bytes); }
    slice(start, end) {
      const size = this.#bytes.length;
      const to = MathMin(end, size);
      const from = MathMin(start, to);
      return new Blob(new Uint8Array(TypedArrayPrototypeGetBuffer(this.#bytes), this.#bytes.byteOffset + from, to - from));
    }
  }

  // A part is a view, or [handle, length] of another blob.
  const partBytes = (part) => (ArrayIsArray(part) ? bytesIn(part[0]) : part instanceof Blob ? bytesIn(part) : ctx.bytesOf(part));

  function join(parts) {
    const list = [];
    let total = 0;
    for (let i = 0; i < parts.length; i++) {
      const bytes = partBytes(parts[i]);
      ArrayPrototypePush(list, bytes);
      total += bytes.length;
    }
    const result = new Uint8Array(new ArrayBuffer(total));
    let offset = 0;
    for (let i = 0; i < list.length; i++) {
      TypedArrayPrototypeSet(result, list[i], offset);
      offset += list[i].length;
    }
    return result;
  }

  const stored = new SafeMap();
  return {
    createBlob: (parts) => new Blob(join(parts)),
    concat: (parts) => TypedArrayPrototypeGetBuffer(join(parts)),
    createBlobFromFilePath(path) {
      const bytes = host.call('fs.readFile', path);
      if (typeof bytes === 'number') return undefined;
      return [new Blob(bytes), bytes.length];
    },
    storeDataObject(id, handle, length, type) { stored.set(id, [handle, length, type]); },
    getDataObject: (id) => stored.get(id),
    revokeObjectURL(url) {
      const id = ctx.requireBuiltin('internal/url').URL.parse?.(url)?.pathname;
      const colon = typeof id === 'string' ? ctx.primordials.StringPrototypeIndexOf(id, ':') : -1;
      if (colon >= 0) stored.delete(ctx.primordials.StringPrototypeSlice(id, colon + 1));
    },
  };
})
