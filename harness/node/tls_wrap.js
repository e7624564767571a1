// Binding `tls_wrap`: TLS over a stream. Nothing is encrypted: bytes pass through, so that the trace has them in clear, and the
// package sees a handshake that went well. The host is told the server's name and the protocols that were offered.
(function (host, ctx) {
  'use strict';
  const { ArrayPrototypeIncludes, ArrayPrototypePush, ObjectAssign, TypedArrayPrototypeSlice } = ctx.primordials;
  const certificate = ctx.load('tls/certificate')(host, ctx);
  ctx.SecureContext = ctx.load('tls/context')(host, ctx);

  // `\x02h2\x08http/1.1` as a list.
  function protocols(buffer) {
    const bytes = buffer === undefined ? [] : ctx.bytesOf(buffer);
    const list = [];
    for (let at = 0; at < bytes.length; at += 1 + bytes[at]) {
      ArrayPrototypePush(list, host.bytesSlice('latin1', bytes, at + 1, at + 1 + bytes[at]));
    }
    return list;
  }

  class TLSWrap extends ctx.StreamHandle {
    #parent;
    #isServer;
    #servername = '';
    #offered = [];
    #chosen = false;
    #session;
    #isStarted = false;
    #isDone = false;
    // Writes from before the end of the handshake.
    #waiting = [];
    constructor(parent, isServer) {
      const below = ctx.streams.io(parent);
      super('TLSWRAP', {
        get fd() { return below.fd; },
        write: (bytes, req) => this.#write(below, bytes, req),
        readStart: () => below.readStart(),
        readStop: () => below.readStop(),
        shutdown: (req) => below.shutdown(req),
      });
      this.#parent = parent;
      this.#isServer = isServer;
      ctx.streams.redirect(parent, this);
      // It is no handle of its own: the stream below is.
      ctx.activeResources.activeHandles.delete(this);
      // A client says when to begin, a server begins by itself.
      if (isServer) ctx.later(() => this.start());
    }
    #write(below, bytes, req) {
      if (this.#isDone) return below.write(bytes, req);
      // The buffer is the package's and may change before it is sent.
      ArrayPrototypePush(this.#waiting, { bytes: TypedArrayPrototypeSlice(bytes), req });
      return { errno: 0, async: true };
    }
    #finish() {
      this.#isDone = true;
      ctx.makeCallback(this, this.onhandshakedone, []);
      const { io } = ctx.streams;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (let i = 0; i < waiting.length; i++) {
        const { bytes, req } = waiting[i];
        const { errno, async } = io(this.#parent).write(bytes, req);
        if (!async) ctx.streams.afterWrite(req, errno);
      }
    }
    start() {
      if (this.#isStarted) return;
      this.#isStarted = true;
      const fd = ctx.streams.io(this.#parent).fd;
      if (!this.#isServer && fd >= 0) {
        const chosen = host.call('net.tls', fd, this.#servername, this.#offered);
        if (typeof chosen === 'string') this.#chosen = chosen;
      } else if (ArrayPrototypeIncludes(this.#offered, 'http/1.1')) {
        this.#chosen = 'http/1.1';
      }
      ctx.later(() => {
        ctx.makeCallback(this, this.onhandshakestart, [ctx.loop.now()]);
        if (!ctx.isClosing(this.#parent)) this.#finish();
      });
    }
    // Bytes that were read off the stream before it was wrapped.
    receive(buffer) { ctx.streams.read(this, ctx.bytesOf(buffer)); }
    setServername(name) { this.#servername = name; }
    getServername() { return this.#servername === '' ? false : this.#servername; }
    setALPNProtocols(buffer) { this.#offered = protocols(buffer); }
    getALPNNegotiatedProtocol() { return this.#chosen; }
    verifyError() { return null; }
    getPeerCertificate() {
      if (this.#isServer) return undefined;
      const names = host.quiet('net.names', ctx.streams.io(this.#parent).fd ?? -1);
      return certificate(this.#servername, typeof names === 'object' ? names[2] : undefined);
    }
    getProtocol() { return this.#isStarted ? 'TLSv1.3' : null; }
    getCipher() {
      return { name: 'TLS_AES_256_GCM_SHA384', standardName: 'TLS_AES_256_GCM_SHA384', version: 'TLSv1.3' };
    }
    getEphemeralKeyInfo() { return this.#isServer ? null : { type: 'ECDH', name: 'X25519', size: 253 }; }
    getSharedSigalgs() { return ['ECDSA+SHA256', 'RSA-PSS+SHA256']; }
    setSession(session) { this.#session = session; }
    getSession() { return this.#session; }
    isSessionReused() { return false; }
    exportKeyingMaterial(length) {
      const { FastBuffer } = ctx.requireBuiltin('internal/buffer');
      return new FastBuffer(length);
    }
    setMaxSendFragment() { return 1; }
    renegotiate() { throw ctx.nodeError(ctx.primordials.Error, 'ERR_SSL_NO_RENEGOTIATION', 'no renegotiation'); }
    destroySSL() { ctx.streams.redirect(this.#parent, undefined); }
  }

  const nothing = {
    setVerifyMode() {}, enableSessionCallbacks() {}, enableCertCb() {}, enableALPNCb() {}, enableKeylogCallback() {}, enableTrace() {},
    enablePskCallback() {}, setPskIdentityHint() {}, requestOCSP() {}, setOCSPResponse() {}, setKeyCert() {}, loadSession() {},
    endParser() {}, newSessionDone() {}, certCbDone() {}, writesIssuedByPrevListenerDone() {}, getCertificate() {},
    getX509Certificate() {}, getPeerX509Certificate() {}, getFinished() {}, getPeerFinished() {}, getTLSTicket() {},
  };
  ObjectAssign(TLSWrap.prototype, nothing);

  return { TLSWrap, wrap: (parent, context, isServer) => new TLSWrap(parent, isServer), HAVE_SSL_TRACE: true };
})
