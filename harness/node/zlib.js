// Binding `zlib`: compression streams. The host keeps the state of each; `zlib.write` does one step of zlib's own protocol.
(function (host, ctx) {
  'use strict';
  const {
    ArrayIsArray, ArrayPrototypePush, ReflectApply, TypedArrayPrototypeGetBuffer, TypedArrayPrototypeGetByteLength,
    TypedArrayPrototypeGetByteOffset, TypedArrayPrototypeSet, Uint8Array,
  } = ctx.primordials;
  const EMPTY = new Uint8Array(0);
  // Bytes of input of one call of the host: Brotli's best quality takes about a second for them.
  const PORTION = 1 << 20;

  // Without the view's own methods and constructor, which a package may have replaced.
  function subarray(view, offset, length) {
    const bytes = ctx.bytesOf(view);
    return new Uint8Array(TypedArrayPrototypeGetBuffer(bytes), TypedArrayPrototypeGetByteOffset(bytes) + offset, length);
  }

  // What all formats share. A stream is a number of the host; 0 stands for a closed one.
  class CompressionStream extends ctx.AsyncWrap {
    #stream = 0;
    #result;
    #callback;
    #busy = false;
    #closing = false;

    // Opens the stream; returns whether it could be opened.
    static open(handle, result, callback, args) {
      const stream = ReflectApply(host.quiet, host, args);
      if (typeof stream === 'number' && stream > 0) {
        handle.#stream = stream;
        handle.#result = result;
        handle.#callback = callback;
        return undefined;
      }
      return ArrayIsArray(stream) ? stream : ['Init error', -2, 'Z_STREAM_ERROR'];
    }

    static params(handle, level, strategy) { return host.quiet('zlib.params', handle.#stream, level, strategy); }

    static fail(handle, failure) { ctx.makeCallback(handle, handle.onerror, [failure[0], failure[1], failure[2]]); }

    // One write in portions, so that the host computes for a limited time at once. All portions but the last are written
    // without a flush, which is 0 in all formats.
    #step(flush, input, inOffset, inLength, outLength) {
      const made = [];
      let offset = inOffset;
      let left = input === null || input === undefined ? 0 : inLength;
      let room = outLength;
      for (;;) {
        const isLast = left <= PORTION;
        const count = isLast ? left : PORTION;
        const bytes = left === 0 ? EMPTY : subarray(input, offset, count);
        const reply = host.quiet('zlib.write', this.#stream, isLast ? flush : 0, bytes, room);
        if (!ArrayIsArray(reply)) return [made, left, 'Zlib error', -2, 'Z_STREAM_ERROR'];
        const length = TypedArrayPrototypeGetByteLength(reply[0]);
        if (length > 0) ArrayPrototypePush(made, reply[0]);
        room -= length;
        const used = count - reply[1];
        offset += used;
        left -= used;
        if (reply.length > 2) return [made, left, reply[2], reply[3], reply[4]];
        if (isLast || used < count || room === 0) return [made, left];
      }
    }

    // Copies the output and the counts to where Node's library looks for them.
    #take(reply, out, outOffset, outLength) {
      let total = 0;
      for (let i = 0; i < reply[0].length; i++) {
        TypedArrayPrototypeSet(out, reply[0][i], outOffset + total);
        total += TypedArrayPrototypeGetByteLength(reply[0][i]);
      }
      if (reply.length > 2) return false;
      this.#result[0] = outLength - total;
      this.#result[1] = reply[1];
      return true;
    }

    writeSync(flush, input, inOffset, inLength, out, outOffset, outLength) {
      const reply = this.#step(flush, input, inOffset, inLength, outLength);
      if (!this.#take(reply, out, outOffset, outLength)) {
        this.onerror(reply[2], reply[3], reply[4]);
        if (this.#closing) this.close();
      }
    }

    write(flush, input, inOffset, inLength, out, outOffset, outLength) {
      const reply = this.#step(flush, input, inOffset, inLength, outLength);
      this.#busy = true;
      ctx.later(() => {
        this.#busy = false;
        if (this.#take(reply, out, outOffset, outLength)) ctx.makeCallback(this, this.#callback, []);
        else fail(this, [reply[2], reply[3], reply[4]]);
        if (this.#closing) this.close();
      });
    }

    reset() {
      const failure = host.quiet('zlib.reset', this.#stream);
      if (ArrayIsArray(failure)) fail(this, failure);
    }

    close() {
      if (this.#busy) {
        this.#closing = true;
        return;
      }
      this.#closing = false;
      if (this.#stream !== 0) host.quiet('zlib.close', this.#stream);
      this.#stream = 0;
    }

    getAvailableOut() { return this.#result?.[0]; }
    _setAsyncBuffer() {}
  }
  const { open, params, fail } = CompressionStream;
  delete CompressionStream.open;
  delete CompressionStream.params;
  delete CompressionStream.fail;

  const initFailed = (failure) => ctx.nodeError(ctx.primordials.Error, 'ERR_ZLIB_INITIALIZATION_FAILED', failure);

  class Zlib extends CompressionStream {
    #mode;
    constructor(mode) {
      super('ZLIB');
      this.#mode = mode;
    }
    init(windowBits, level, memLevel, strategy, result, callback, dictionary) {
      const failure = open(this, result, callback, ['zlib.open', 'deflate', this.#mode, windowBits, level, memLevel, strategy, dictionary]);
      if (failure !== undefined) throw initFailed(failure[0]);
    }
    params(level, strategy) { params(this, level, strategy); }
  }

  const numbers = (params) => {
    const list = [];
    for (let i = 0; i < params.length; i++) ArrayPrototypePush(list, params[i]);
    return list;
  };

  const brotli = (kind, provider) => class extends CompressionStream {
    constructor(mode) { super(provider, mode); }
    init(parameters, result, callback) {
      if (open(this, result, callback, ['zlib.open', kind, numbers(parameters)]) !== undefined) throw initFailed('Initialization failed');
    }
    params() {}
  };

  // The parameters that were set, as alternating numbers and values.
  const pairs = (params) => {
    const list = [];
    for (let i = 0; i < params.length; i++) if (params[i] !== 0xffffffff) ArrayPrototypePush(list, i, params[i]);
    return list;
  };

  const zstd = (kind, provider) => class extends CompressionStream {
    constructor() { super(provider); }
    init(parameters, pledged, result, callback, dictionary) {
      const failure = open(this, result, callback, ['zlib.open', kind, pairs(parameters), pledged, dictionary]);
      if (failure !== undefined) throw ctx.nodeError(ctx.primordials.Error, failure[2], failure[0]);
    }
    params() {}
  };

  return {
    Zlib,
    BrotliEncoder: brotli('brotliEncoder', 'ZLIB'),
    BrotliDecoder: brotli('brotliDecoder', 'ZLIB'),
    ZstdCompress: zstd('zstdEncoder', 'ZLIB'),
    ZstdDecompress: zstd('zstdDecoder', 'ZLIB'),
    crc32: (data, value) => host.quiet('zlib.crc32', data, value),
  };
})
