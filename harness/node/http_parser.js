// Binding `http_parser`: the parser of HTTP/1 messages, and the list of a server's connections.
//
// It is a parser of our own behind the interface of the one in Node (llhttp): messages are taken apart line by line however
// they are cut into pieces, bodies are handed on as they come. Node's library calls
//   initialize(type, resource, maxHeaderSize, lenientFlags, connections), execute(buffer), finish(), free(), close() ...
// and is called back through numbered properties: kOnMessageBegin, kOnHeaders (trailers), kOnHeadersComplete, kOnBody,
// kOnMessageComplete. `consume` does nothing: the library then hands over data itself, as for streams that are no sockets.
(function (host, ctx) {
  'use strict';
  const {
    ArrayPrototypePush, ArrayPrototypeSlice, MathMin, ObjectAssign, SafeSet, TypedArrayPrototypeIndexOf, TypedArrayPrototypeSet,
    TypedArrayPrototypeSlice, TypedArrayPrototypeSubarray, Uint8Array, ArrayFrom,
  } = ctx.primordials;
  const rules = ctx.load('http/rules')(ctx);
  const messages = ctx.load('http/message')(ctx, rules);

  ctx.fetchParser = ctx.load('http/llhttp')(host, ctx, rules, messages);

  const METHODS = [
    'DELETE', 'GET', 'HEAD', 'POST', 'PUT', 'CONNECT', 'OPTIONS', 'TRACE', 'COPY', 'LOCK', 'MKCOL', 'MOVE', 'PROPFIND',
    'PROPPATCH', 'SEARCH', 'UNLOCK', 'BIND', 'REBIND', 'UNBIND', 'ACL', 'REPORT', 'MKACTIVITY', 'CHECKOUT', 'MERGE', 'M-SEARCH',
    'NOTIFY', 'SUBSCRIBE', 'UNSUBSCRIBE', 'PATCH', 'PURGE', 'MKCALENDAR', 'LINK', 'UNLINK', 'SOURCE', 'QUERY',
  ];
  const REQUEST = 1;
  const RESPONSE = 2;
  const kOnMessageBegin = 0;
  const kOnHeaders = 1;
  const kOnHeadersComplete = 2;
  const kOnBody = 3;
  const kOnMessageComplete = 4;
  const LF = 10;
  const CR = 13;
  const NO_BYTES = new Uint8Array(0);
  // What --max-http-header-size is by default.
  const HEADER_SIZE = 16 * 1024;

  class HTTPParser extends ctx.AsyncWrap {
    #type;
    #state = 'start';
    #most = HEADER_SIZE;
    #connections;
    // The start of a line whose end has not come yet.
    #partial = NO_BYTES;
    #headerSize = 0;
    #message;
    #missing = 0;
    #buffer;
    #isActive = false;
    #headersAreComplete = false;

    constructor() { super('HTTPINCOMINGMESSAGE'); }

    initialize(type, resource, maxHeaderSize, lenient, connections) {
      if (type !== REQUEST && type !== RESPONSE) return;
      this.#type = type;
      this.#most = maxHeaderSize > 0 ? maxHeaderSize : HEADER_SIZE;
      this.#connections = connections;
      this.#reset();
      this.asyncReset(resource);
      connections?.track(this);
    }

    #reset() {
      this.#state = 'start';
      this.#partial = NO_BYTES;
      this.#headerSize = 0;
      this.#message = undefined;
      this.#isActive = false;
    }

    // The number of bytes that were taken, or an error with `code`, `reason` and `bytesParsed`.
    execute(buffer) {
      const bytes = ctx.bytesOf(buffer);
      this.#buffer = buffer;
      let at = 0;
      let start = 0;
      try {
        while (at < bytes.length && this.#state !== 'upgraded') {
          if (this.#state === 'fixed' || this.#state === 'chunk' || this.#state === 'until end') {
            at += this.#takeBody(bytes, at);
            continue;
          }
          const end = TypedArrayPrototypeIndexOf(bytes, LF, at);
          start = at;
          at = end < 0 ? bytes.length : end + 1;
          this.#gather(bytes, start, at);
          if (end >= 0) this.#takeLine(this.#line());
          else if (this.#state === 'start') this.#checkStart();
        }
      } catch (error) {
        if (!rules.isFailure(error)) throw error;
        this.#state = 'failed';
        return rules.toError(error, error.column === undefined ? at : start + error.column);
      } finally {
        this.#buffer = undefined;
      }
      return at;
    }

    // What cannot become a message is refused before its first line has ended. A line end before a message is passed over.
    #checkStart() {
      if (this.#partial[0] !== CR) rules.checkStart(host.bytesSlice('latin1', this.#partial, 0, MathMin(8, this.#partial.length)), this.#type === REQUEST);
    }

    // Keeps the bytes of a line until its end has come.
    #gather(bytes, from, to) {
      this.#headerSize += to - from;
      if (this.#state === 'failed') throw rules.failure('HPE_INVALID_CONSTANT', rules.EXPECTED);
      if (this.#headerSize > this.#most) throw rules.failure('HPE_HEADER_OVERFLOW', 'Header overflow');
      const piece = TypedArrayPrototypeSubarray(bytes, from, to);
      if (this.#partial.length === 0) {
        this.#partial = TypedArrayPrototypeSlice(piece);
        return;
      }
      const longer = new Uint8Array(this.#partial.length + piece.length);
      TypedArrayPrototypeSet(longer, this.#partial);
      TypedArrayPrototypeSet(longer, piece, this.#partial.length);
      this.#partial = longer;
    }

    #line() {
      const bytes = this.#partial;
      this.#partial = NO_BYTES;
      let end = bytes.length - 1;
      if (end > 0 && bytes[end - 1] === CR) end--;
      return host.bytesSlice('latin1', bytes, 0, end);
    }

    #takeLine(line) {
      switch (this.#state) {
        case 'start':
          // Empty lines before a message are passed over.
          if (line === '') {
            this.#headerSize = 0;
            return;
          }
          this.#begin(line);
          return;
        case 'headers':
          if (line === '') this.#headersComplete();
          else this.#message.addHeader(line);
          return;
        case 'chunk size':
          this.#headerSize = 0;
          this.#missing = rules.chunkSize(line);
          this.#state = this.#missing === 0 ? 'trailers' : 'chunk';
          return;
        case 'chunk end':
          if (line !== '') throw rules.failure('HPE_STRICT', 'Expected LF after chunk data');
          this.#headerSize = 0;
          this.#state = 'chunk size';
          return;
        default:
          if (line !== '') {
            this.#message.addTrailer(line);
            return;
          }
          if (this.#message.trailers.length > 0) this[kOnHeaders]?.(this.#message.trailers, '');
          this.#complete();
      }
    }

    #begin(line) {
      this.#message = this.#type === REQUEST ? messages.request(line, METHODS) : messages.response(line);
      this.#state = 'headers';
      this.#isActive = true;
      this.#headersAreComplete = false;
      this[kOnMessageBegin]?.();
    }

    #headersComplete() {
      const message = this.#message;
      message.finish();
      this.#headersAreComplete = true;
      this.#headerSize = 0;
      const answer = this[kOnHeadersComplete]?.(
        message.major, message.minor, message.headers, message.method, message.url, message.status, message.reason,
        message.isUpgrade, message.keepsAlive);
      // The callback may have freed the parser, as a server does that refuses the request.
      if (this.#message !== message) return;
      const skips = answer === 1 || answer === 2 || message.hasNoBody;
      if (answer === 2 || (message.isUpgrade && (message.method !== undefined || skips))) {
        this.#state = 'upgraded';
        this[kOnMessageComplete]?.();
        return;
      }
      this.#missing = message.length;
      if (skips) this.#complete();
      else if (message.isChunked) this.#state = 'chunk size';
      else if (message.length > 0) this.#state = 'fixed';
      else if (message.length === 0 || this.#type === REQUEST) this.#complete();
      else this.#state = 'until end';
    }

    #takeBody(bytes, at) {
      const left = bytes.length - at;
      const count = this.#state === 'until end' ? left : MathMin(this.#missing, left);
      const { FastBuffer } = ctx.requireBuiltin('internal/buffer');
      const whole = new FastBuffer(bytes.buffer, bytes.byteOffset + at, count);
      if (this.#state !== 'until end') this.#missing -= count;
      const { state, missing } = { state: this.#state, missing: this.#missing };
      this[kOnBody]?.(whole);
      // The callback may have freed the parser or started another message.
      if (this.#state !== state || missing !== 0 || state === 'until end') return count;
      if (state === 'fixed') this.#complete();
      else this.#state = 'chunk end';
      return count;
    }

    #complete() {
      this.#state = 'start';
      this.#headerSize = 0;
      this.#isActive = false;
      this[kOnMessageComplete]?.();
    }

    // The connection has ended: that is the end of a message without a length, and too early for any other.
    finish() {
      if (this.#state === 'until end') {
        this.#complete();
        return undefined;
      }
      if (this.#state === 'start' || this.#state === 'upgraded' || this.#state === 'failed') {
        // The beginning of a line that never ended is no message.
        if (this.#partial.length === 0) return undefined;
      }
      this.#state = 'failed';
      return rules.toError(rules.failure('HPE_INVALID_EOF_STATE', 'Invalid EOF state'), 0);
    }

    isActive() { return this.#isActive; }
    headersCompleted() { return this.#headersAreComplete; }
    getCurrentBuffer() { return this.#buffer; }
    duration() { return 0; }
    consume() {}
    unconsume() {}
    pause() {}
    resume() {}
    free() {
      this.#connections?.forget(this);
      this.#connections = undefined;
      this.#reset();
    }
    remove() { this.#connections?.forget(this); }
    close() { this.free(); }
  }

  // The parsers of a server's connections.
  class ConnectionsList {
    #parsers = new SafeSet();
    track(parser) { this.#parsers.add(parser); }
    forget(parser) { this.#parsers.delete(parser); }
    all() { return ArrayFrom(this.#parsers); }
    #that(matches) {
      const found = [];
      this.#parsers.forEach((parser) => { if (matches(parser)) ArrayPrototypePush(found, parser); });
      return found;
    }
    idle() { return this.#that((parser) => !parser.isActive()); }
    active() { return this.#that((parser) => parser.isActive()); }
    // Virtual time only passes while all sides are idle, so that no request is ever late.
    expired() { return []; }
  }

  ObjectAssign(HTTPParser, {
    REQUEST, RESPONSE, kOnMessageBegin, kOnHeaders, kOnHeadersComplete, kOnBody, kOnMessageComplete, kOnExecute: 5, kOnTimeout: 6,
    kLenientNone: 0, kLenientHeaders: 1, kLenientChunkedLength: 2, kLenientKeepAlive: 4, kLenientTransferEncoding: 8,
    kLenientVersion: 16, kLenientDataAfterClose: 32, kLenientOptionalLFAfterCR: 64, kLenientOptionalCRLFAfterChunk: 128,
    kLenientOptionalCRBeforeLF: 256, kLenientSpacesAfterChunkSize: 512, kLenientAll: 1023,
  });
  return { methods: ArrayPrototypeSlice(METHODS, 0, -1), allMethods: METHODS, HTTPParser, ConnectionsList };
})
