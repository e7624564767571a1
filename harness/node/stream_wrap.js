// Binding `stream_wrap`: what every stream handle (pipe, TCP, TTY, TLS) shares.
//
//   ctx.StreamHandle            base class; a subclass passes `io` to its constructor:
//     io.write(bytes, req)      returns { errno, async, bytes? }; when async, later call ctx.streams.afterWrite(req, errno)
//     io.readStart(), io.readStop(), io.shutdown(req)       return 0 or a negative errno
//   ctx.streams.read(handle, bytes)       hands bytes that arrived to handle.onread
//   ctx.streams.readError(handle, errno)  the end (UV_EOF) or a failure
//   ctx.streams.redirect(handle, listener)   what arrives at a handle goes to the stream on top of it, such as TLS
(function (host, ctx) {
  'use strict';
  const {
    Int32Array, ObjectDefineProperty, TypedArrayPrototypeGetBuffer, TypedArrayPrototypeGetByteLength, TypedArrayPrototypeSet, Uint8Array,
  } = ctx.primordials;
  const kReadBytesOrError = 0;
  const kArrayBufferOffset = 1;
  const kBytesWritten = 2;
  const kLastWriteWasAsync = 3;
  const streamBaseState = new Int32Array(5);

  class WriteWrap extends ctx.AsyncWrap {
    constructor() { super('WRITEWRAP'); }
  }
  class ShutdownWrap extends ctx.AsyncWrap {
    constructor() { super('SHUTDOWNWRAP'); }
  }

  const ioOf = { get: undefined, count: undefined, listener: undefined, listen: undefined };
  class StreamHandle extends ctx.HandleWrap {
    #io;
    #onread;
    #listener;
    #read = 0;
    #written = 0;
    static {
      ioOf.get = (handle) => handle.#io;
      ioOf.count = (handle, size) => { handle.#read += size; };
      ioOf.listener = (handle) => (handle.#listener === undefined ? handle : ioOf.listener(handle.#listener));
      ioOf.listen = (handle, listener) => { handle.#listener = listener; };
    }
    constructor(provider, io) {
      super(provider);
      this.#io = io;
    }
    #write(req, bytes) {
      const size = TypedArrayPrototypeGetByteLength(bytes);
      const { errno, async } = this.#io.write(bytes, req);
      streamBaseState[kBytesWritten] = size;
      streamBaseState[kLastWriteWasAsync] = async ? 1 : 0;
      if (errno === 0) this.#written += size;
      return errno;
    }
    get onread() { return this.#onread; }
    set onread(fn) { this.#onread = fn; }
    get bytesRead() { return this.#read; }
    get bytesWritten() { return this.#written; }
    get fd() { return this.#io?.fd ?? -1; }
    get isStreamBase() { return true; }
    get _externalStream() { return {}; }
    get writeQueueSize() { return 0; }
    readStart() { return this.#io.readStart(); }
    readStop() { return this.#io.readStop(); }
    shutdown(req) { return this.#io.shutdown(req); }
    setBlocking() { return 0; }
    useUserBuffer() {}
    writeBuffer(req, buffer) { return this.#write(req, ctx.bytesOf(buffer)); }
    writeUtf8String(req, text) { return this.#write(req, host.bytesFrom('utf8', text)); }
    writeAsciiString(req, text) { return this.#write(req, host.bytesFrom('latin1', text)); }
    writeLatin1String(req, text) { return this.#write(req, host.bytesFrom('latin1', text)); }
    writeUcs2String(req, text) { return this.#write(req, host.bytesFrom('ucs2', text)); }
    // `chunks` are buffers, or alternately a chunk and its encoding.
    writev(req, chunks, allBuffers) {
      const { Buffer } = ctx.requireBuiltin('buffer');
      const list = [];
      let total = 0;
      for (let i = 0; i < chunks.length; i += allBuffers ? 1 : 2) {
        const chunk = chunks[i];
        const bytes = typeof chunk === 'string' ? Buffer.from(chunk, chunks[i + 1]) : ctx.bytesOf(chunk);
        list[list.length] = bytes;
        total += bytes.length;
      }
      const all = new Uint8Array(total);
      let offset = 0;
      for (let i = 0; i < list.length; i++) {
        TypedArrayPrototypeSet(all, list[i], offset);
        offset += list[i].length;
      }
      return this.#write(req, all);
    }
  }
  ObjectDefineProperty(StreamHandle, 'name', { __proto__: null, value: 'LibuvStreamWrap', configurable: true });

  ctx.StreamHandle = StreamHandle;
  ctx.streams = {
    state: streamBaseState,
    io: (handle) => ioOf.get(handle),
    // What arrives at `handle` is handed to `listener`, a stream on top of it, or again to itself.
    redirect(handle, listener) { ioOf.listen(handle, listener); },
    read(below, bytes) {
      ioOf.count(below, bytes.length);
      const handle = ioOf.listener(below);
      if (handle !== below) ioOf.count(handle, bytes.length);
      // The buffer becomes the package's: it must hold these bytes and nothing else.
      const own = new Uint8Array(bytes);
      streamBaseState[kReadBytesOrError] = own.length;
      streamBaseState[kArrayBufferOffset] = 0;
      ctx.makeCallback(handle, handle.onread, [TypedArrayPrototypeGetBuffer(own)]);
    },
    readError(below, errno) {
      const handle = ioOf.listener(below);
      streamBaseState[kReadBytesOrError] = errno;
      ctx.makeCallback(handle, handle.onread, [undefined]);
    },
    afterWrite(req, errno) { ctx.makeCallback(req, req.oncomplete, [errno, req.handle, undefined]); },
    // lib/net waits for the completion of a shutdown on a later turn.
    afterShutdown(req, errno) { ctx.complete(req, [errno]); },
  };

  return {
    WriteWrap, ShutdownWrap, LibuvStreamWrap: StreamHandle, streamBaseState,
    kReadBytesOrError, kArrayBufferOffset, kBytesWritten, kLastWriteWasAsync,
  };
})
