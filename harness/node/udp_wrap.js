// Binding `udp_wrap`: datagram sockets.
(function (host, ctx) {
  'use strict';
  const { StringPrototypeIncludes, TypedArrayPrototypeSet, Uint8Array } = ctx.primordials;
  const UV_EBADF = -9;
  const UV_EINVAL = -22;

  class SendWrap extends ctx.AsyncWrap {
    constructor() { super('UDPSENDWRAP'); }
  }

  // The chunks of one message as one array.
  function joined(list) {
    let total = 0;
    for (let i = 0; i < list.length; i++) total += ctx.bytesOf(list[i]).length;
    const all = new Uint8Array(total);
    let at = 0;
    for (let i = 0; i < list.length; i++) {
      const bytes = ctx.bytesOf(list[i]);
      TypedArrayPrototypeSet(all, bytes, at);
      at += bytes.length;
    }
    return all;
  }

  class UDP extends ctx.HandleWrap {
    #fd = -1;
    #remote;
    constructor() { super('UDPWRAP'); }
    get fd() { return this.#fd; }
    bind(address, port) { return this.#open(address, port); }
    bind6(address, port) { return this.#open(address, port); }
    #open(address, port) {
      if (this.#fd >= 0) return UV_EINVAL;
      const fd = host.call('net.datagrams', address, port);
      if (fd < 0) return fd;
      this.#fd = fd;
      return 0;
    }
    recvStart() {
      if (this.#fd < 0) return UV_EBADF;
      ctx.attach(this, `fd:${this.#fd}`, () => this.#pump());
      ctx.laterWeak(() => this.#pump());
      return 0;
    }
    recvStop() {
      ctx.detach(this);
      return 0;
    }
    #pump() {
      while (!ctx.isClosing(this)) {
        const datagram = host.call('net.receiveFrom', this.#fd);
        if (typeof datagram === 'number') return;
        const { 0: address, 1: port, 2: bytes } = datagram;
        const family = StringPrototypeIncludes(address, ':') ? 'IPv6' : 'IPv4';
        const { FastBuffer } = ctx.requireBuiltin('internal/buffer');
        const own = new FastBuffer(bytes.buffer, bytes.byteOffset, bytes.length);
        ctx.makeCallback(this, this.onmessage, [own.length, this, own, { address, family, port, size: own.length }]);
      }
    }
    // Without a port and an address the socket is connected: `(req, list, count, hasCallback)`.
    send(req, list, count, port, address, hasCallback) {
      const isConnected = typeof port !== 'number';
      const to = isConnected ? this.#remote : [address, port];
      if (to === undefined) return -89;
      return this.#send(req, joined(list), to, isConnected ? port : hasCallback);
    }
    send6(req, list, count, port, address, hasCallback) { return this.send(req, list, count, port, address, hasCallback); }
    #send(req, bytes, { 0: address, 1: port }, hasCallback) {
      const status = host.call('net.sendTo', this.#fd, address, port, bytes) ?? 0;
      if (status < 0) return status;
      if (!hasCallback) return bytes.length + 1;
      ctx.complete(req, [0, bytes.length]);
      return 0;
    }
    connect(address, port) {
      this.#remote = [address, port];
      return 0;
    }
    connect6(address, port) { return this.connect(address, port); }
    disconnect() {
      this.#remote = undefined;
      return 0;
    }
    getsockname(out) { return this.#name(out, host.quiet('net.names', this.#fd)); }
    getpeername(out) { return this.#name(out, this.#remote ?? -107); }
    #name(out, names) {
      if (typeof names === 'number') return names;
      out.address = names[0];
      out.family = StringPrototypeIncludes(names[0], ':') ? 'IPv6' : 'IPv4';
      out.port = names[1];
      return 0;
    }
    open() { return UV_EINVAL; }
    addMembership() { return 0; }
    dropMembership() { return 0; }
    addSourceSpecificMembership() { return 0; }
    dropSourceSpecificMembership() { return 0; }
    setMulticastInterface() { return 0; }
    setMulticastTTL() { return 0; }
    setMulticastLoopback() { return 0; }
    setBroadcast() { return 0; }
    setTTL() { return 0; }
    bufferSize(size) { return size || 212_992; }
    getSendQueueSize() { return 0; }
    getSendQueueCount() { return 0; }
    close(callback) {
      if (!ctx.isClosing(this) && this.#fd >= 0) host.call('net.close', this.#fd);
      super.close(callback);
    }
  }

  return { UDP, SendWrap, constants: { UV_UDP_IPV6ONLY: 1, UV_UDP_REUSEADDR: 4, UV_UDP_REUSEPORT: 64 } };
})
