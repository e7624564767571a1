// Binding `pipe_wrap`: the pipes of child processes, and Unix sockets.
//
//   ctx.pipes.adopt(handle, fd)   makes a new Pipe the owner of a descriptor of the host
(function (host, ctx) {
  'use strict';
  const { TypedArrayPrototypeSubarray } = ctx.primordials;
  const UV_EOF = -4095;
  const UV_EAGAIN = -11;
  const UV_EPIPE = -32;
  const UV_ENOTSOCK = -88;
  // How often a writer steps aside for a reader before it gives up.
  const MAX_TURNS = 200;

  class PipeConnectWrap extends ctx.AsyncWrap {
    constructor() { super('PIPECONNECTWRAP'); }
  }

  // What `io` of ctx.StreamHandle is, for a descriptor that is read and written with `proc.*`.
  class PipeIO {
    fd = -1;
    isOneWay = false;
    handle = undefined;
    #reading = false;
    #over = false;
    // The host takes what there is room for; others run until there is room again.
    write(bytes) {
      for (let turns = 0; bytes.length > 0;) {
        const taken = this.fd < 0 ? UV_EPIPE : host.call('proc.write', this.fd, bytes);
        if (taken === UV_EAGAIN && turns++ < MAX_TURNS) {
          host.quiet('proc.yield');
          continue;
        }
        if (taken < 0) return { errno: taken, async: false };
        bytes = TypedArrayPrototypeSubarray(bytes, taken);
      }
      return { errno: 0, async: false };
    }
    readStart() {
      if (this.#reading || this.#over) return 0;
      if (this.fd < 0) {
        // The program was not found: its pipes are there and end at once.
        this.#over = true;
        ctx.later(() => { if (!ctx.isClosing(this.handle)) ctx.streams.readError(this.handle, UV_EOF); });
        return 0;
      }
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
    // A pipe in one direction ends when it is closed; one in both directions has no half end.
    shutdown(req) {
      if (this.isOneWay) this.close();
      ctx.streams.afterShutdown(req, 0);
      return 0;
    }
    close() {
      if (this.fd >= 0) host.call('proc.close', this.fd);
      this.fd = -1;
    }
    #pump() {
      while (this.#reading && !ctx.isClosing(this.handle)) {
        const bytes = host.call('proc.read', this.fd);
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

  const ioOf = { get: undefined };

  class Pipe extends ctx.StreamHandle {
    #io;
    static { ioOf.get = (handle) => handle.#io; }
    constructor(type) {
      const io = new PipeIO();
      super(type === 1 ? 'PIPESERVERWRAP' : 'PIPEWRAP', io);
      this.#io = io;
      io.handle = this;
    }
    open(fd) {
      this.#io.fd = fd;
      return 0;
    }
    // Unix sockets of the machine's services: each is asked for by its path and answers nobody.
    connect(req, path) {
      ctx.complete(req, [host.call('proc.connect', path), this, req, true, true]);
      return 0;
    }
    bind(path) { return host.call('proc.bind', path) ?? 0; }
    listen() { return 0; }
    fchmod() { return 0; }
    getsockname() { return UV_ENOTSOCK; }
    close(callback) {
      if (!ctx.isClosing(this)) this.#io.close();
      super.close(callback);
    }
  }

  ctx.pipes = {
    adopt(handle, fd, isOneWay) {
      const io = ioOf.get(handle);
      io.fd = fd;
      io.isOneWay = isOneWay;
    },
  };

  return {
    Pipe, PipeConnectWrap,
    constants: { SOCKET: 0, SERVER: 1, IPC: 2, UV_READABLE: 1, UV_WRITABLE: 2 },
  };
})
