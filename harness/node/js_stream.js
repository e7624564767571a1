// Binding `js_stream`: a stream handle whose other side is a JavaScript stream.
(function (host, ctx) {
  'use strict';

  class JSStream extends ctx.StreamHandle {
    constructor() {
      // The library sets these callbacks on the handle (lib/internal/js_stream_socket).
      const io = {
        write: (bytes, req) => {
          const { FastBuffer } = ctx.requireBuiltin('internal/buffer');
          const chunk = new FastBuffer(bytes.buffer, bytes.byteOffset, bytes.length);
          const errno = this.onwrite(req, [chunk]);
          return { errno, async: errno === 0 };
        },
        readStart: () => this.onreadstart(),
        readStop: () => this.onreadstop(),
        shutdown: (req) => this.onshutdown(req),
      };
      super('JSSTREAM', io);
    }
    readBuffer(buffer) { ctx.streams.read(this, ctx.bytesOf(buffer)); }
    emitEOF() { ctx.streams.readError(this, -4095); }
    finishWrite(req, status) { ctx.streams.afterWrite(req, status); }
    finishShutdown(req, status) { ctx.makeCallback(req, req.oncomplete, [status]); }
  }

  return { JSStream };
})
