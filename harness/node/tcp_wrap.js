// Binding `tcp_wrap`: TCP sockets and listeners of the world's network.
//
// A handle is a descriptor of the host from the start, so that what it does later is put where the package made it. The host
// connects, sends and receives at once; the package hears of it on a later turn, as from libuv.
(function (host, ctx) {
  'use strict';
  const { ArrayPrototypePush, ArrayPrototypeShift, TypedArrayPrototypeSubarray } = ctx.primordials;
  const SOCKET = 0;
  const SERVER = 1;
  const UV_EOF = -4095;
  const UV_EAGAIN = -11;
  const UV_EINVAL = -22;
  const UV_EBADF = -9;
  // Bytes that are handed to the host at a time, so that a reader with a small buffer gets its turn.
  const PIECE = 1 << 20;

  class TCPConnectWrap extends ctx.AsyncWrap {
    constructor() { super('TCPCONNECTWRAP'); }
  }

  // Sends what the other side has no room for on later turns.
  class Sender {
    #waiting = [];
    write(fd, bytes, req) {
      if (this.#waiting.length === 0) {
        const rest = this.#send(fd, bytes);
        if (typeof rest === 'number') return { errno: rest, async: false };
        bytes = rest;
      }
      ArrayPrototypePush(this.#waiting, { bytes, req });
      if (this.#waiting.length === 1) ctx.later(() => this.#again(fd));
      return { errno: 0, async: true };
    }
    // 0, a negative errno, or what is left to send.
    #send(fd, bytes) {
      do {
        const sent = host.call('net.send', fd, TypedArrayPrototypeSubarray(bytes, 0, PIECE));
        if (sent === UV_EAGAIN) return bytes;
        if (sent < 0) return sent;
        bytes = TypedArrayPrototypeSubarray(bytes, sent);
      } while (bytes.length > 0);
      return 0;
    }
    #again(fd) {
      const first = this.#waiting[0];
      const rest = this.#send(fd, first.bytes);
      if (typeof rest === 'number') {
        ArrayPrototypeShift(this.#waiting);
        ctx.streams.afterWrite(first.req, rest);
      } else {
        first.bytes = rest;
      }
      if (this.#waiting.length > 0) ctx.later(() => this.#again(fd));
    }
    get size() { return this.#waiting.length; }
  }

  // The stream side of a descriptor: what `io` of ctx.StreamHandle is.
  class SocketIO {
    #sender = new Sender();
    #reading = false;
    #over = false;
    constructor(fd) {
      this.fd = fd;
      this.handle = undefined;
    }
    write(bytes, req) { return this.#sender.write(this.fd, bytes, req); }
    readStart() {
      if (this.fd < 0) return UV_EBADF;
      if (this.#reading || this.#over) return 0;
      this.#reading = true;
      ctx.attach(this.handle, `fd:${this.fd}`, () => this.#pump());
      // Something may have come in while nobody read.
      ctx.laterWeak(() => this.#pump());
      return 0;
    }
    readStop() {
      this.#reading = false;
      ctx.detach(this.handle);
      return 0;
    }
    shutdown(req) {
      // What waits to be sent goes out first.
      const end = () => {
        if (this.#sender.size > 0) ctx.later(end);
        else ctx.streams.afterShutdown(req, host.call('net.shutdown', this.fd) ?? 0);
      };
      end();
      return 0;
    }
    #pump() {
      while (this.#reading && !ctx.isClosing(this.handle)) {
        const bytes = host.call('net.receive', this.fd);
        if (bytes === UV_EAGAIN) return;
        if (typeof bytes === 'number' || bytes.length === 0) {
          this.#over = true;
          this.readStop();
          ctx.streams.readError(this.handle, typeof bytes === 'number' ? bytes : UV_EOF);
          return;
        }
        ctx.streams.read(this.handle, bytes);
      }
    }
  }

  // The descriptor for the next handle, when it was made by the host.
  let accepted;

  class TCP extends ctx.StreamHandle {
    #io;
    #address = ['0.0.0.0', 0];
    constructor(type) {
      const io = new SocketIO(accepted ?? host.call('net.socket'));
      super(type === SERVER ? 'TCPSERVERWRAP' : 'TCPWRAP', io);
      accepted = undefined;
      this.#io = io;
      io.handle = this;
    }
    connect(req, address, port) { return this.#connect(req, address, port); }
    connect6(req, address, port) { return this.#connect(req, address, port); }
    #connect(req, address, port) {
      if (this.#io.fd < 0) return this.#io.fd;
      const status = host.call('net.connect', this.#io.fd, address, port) ?? 0;
      if (status === UV_EINVAL) return status;
      ctx.complete(req, [status, this, req, true, true]);
      return 0;
    }
    bind(address, port) { return this.#bind(address, port); }
    bind6(address, port) { return this.#bind(address, port); }
    #bind(address, port) {
      this.#address = [address, port];
      return 0;
    }
    listen() {
      if (this.#io.fd < 0) return this.#io.fd;
      const { 0: address, 1: port } = this.#address;
      const status = host.call('net.listen', this.#io.fd, address, port) ?? 0;
      if (status < 0) return status;
      ctx.attach(this, `fd:${this.#io.fd}`, () => this.#accept());
      return 0;
    }
    #accept() {
      while (!ctx.isClosing(this)) {
        const fd = host.call('net.accept', this.#io.fd);
        if (fd < 0) return;
        accepted = fd;
        ctx.makeCallback(this, this.onconnection, [0, new TCP(SOCKET)]);
      }
    }
    // Takes over a descriptor that the process was started with.
    open(fd) {
      const status = host.call('net.adopt', fd) ?? 0;
      if (status < 0) return status;
      host.call('net.close', this.#io.fd);
      this.#io.fd = fd;
      return 0;
    }
    getsockname(out) { return this.#name(out, 0); }
    getpeername(out) { return this.#name(out, 2); }
    #name(out, at) {
      const names = host.quiet('net.names', this.#io.fd);
      if (typeof names === 'number') return names;
      if (at >= names.length) return -107;
      out.address = names[at];
      out.family = ctx.primordials.StringPrototypeIncludes(names[at], ':') ? 'IPv6' : 'IPv4';
      out.port = names[at + 1];
      return 0;
    }
    setNoDelay() { return 0; }
    setKeepAlive() { return 0; }
    setSimultaneousAccepts() { return 0; }
    reset(callback) {
      this.close(callback);
      return 0;
    }
    close(callback) {
      if (!ctx.isClosing(this)) {
        host.call('net.close', this.#io.fd);
        this.#io.fd = -1;
      }
      super.close(callback);
    }
  }

  return { TCP, TCPConnectWrap, constants: { SOCKET, SERVER, UV_TCP_IPV6ONLY: 1, UV_TCP_REUSEPORT: 2 } };
})
