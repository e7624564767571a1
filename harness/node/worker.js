// Binding `worker`: threads. Each is a process of the host with a realm of its own; messages are serialized.
//
//   ctx.workerLinks.join(pid, channel, port)   what `port` is sent goes to a process (0: the one that started this), and back
(function (host, ctx) {
  'use strict';
  const { Float64Array, FunctionPrototypeCall, ObjectKeys, TypedArrayPrototypeSet, Uint8Array, globalThis } = ctx.primordials;
  const { SharedArrayBuffer } = globalThis;
  const UV_ESRCH = -3;
  const kExitTerminated = 1;
  // Numbers of channels for ports that are sent along; those of this process begin with its own number.
  const CHANNELS = 65536;
  let lastThread = 0;
  let lastChannel = 0;
  let base = 0;
  ctx.atRun((info) => {
    const drive = info.drive === undefined ? {} : ctx.toObject(info.drive);
    // A thread shows the number of its process, and has one of its own.
    base = drive.kind === 'worker' ? drive.channel : (info.pid % CHANNELS) * CHANNELS;
  });

  // One message as bytes: ports in it become channels to the same process.
  function pack(pid, message) {
    const { Serializer } = ctx.bindings.serdes;
    const serializer = new Serializer();
    serializer._getDataCloneError = ctx.domException();
    const away = [];
    serializer._writeHostObject = (port) => {
      if (host.typeOf(port) === 'SharedArrayBuffer') return packShared(serializer, port, message);
      if (!ctx.isPort(port)) throw ctx.dataCloneError(`#<${host.constructorName(port)}> could not be cloned.`);
      lastChannel = (lastChannel + 1) % CHANNELS || 1;
      const channel = base + lastChannel;
      away[away.length] = [port, channel];
      serializer.writeUint32(channel);
      return undefined;
    };
    serializer.writeHeader();
    serializer.writeValue(message);
    const bytes = serializer.releaseBuffer();
    for (let i = 0; i < away.length; i++) leave(pid, away[i][1], away[i][0]);
    return bytes;
  }

  // Memory is not shared between processes: the other side gets a copy. Node's own counter of directory changes needs no more.
  function packShared(serializer, buffer, message) {
    if (message?.cwdCounter?.buffer !== buffer) ctx.unsupported('worker', 'SharedArrayBuffer');
    const bytes = new Uint8Array(buffer);
    serializer.writeUint32(0);
    serializer.writeUint32(bytes.length);
    serializer.writeRawBytes(new Uint8Array(bytes));
  }

  function unpackShared(deserializer) {
    const bytes = deserializer.readRawBytes(deserializer.readUint32());
    const buffer = new SharedArrayBuffer(bytes.length);
    TypedArrayPrototypeSet(new Uint8Array(buffer), bytes);
    return buffer;
  }

  function unpack(pid, bytes) {
    const { Deserializer } = ctx.bindings.serdes;
    const deserializer = new Deserializer(bytes);
    const ports = [];
    deserializer._readHostObject = () => {
      const channel = deserializer.readUint32();
      if (channel === 0) return unpackShared(deserializer);
      const port = ctx.messaging.createPort();
      join(pid, channel, port);
      ports[ports.length] = port;
      return port;
    };
    deserializer.readHeader();
    return { value: deserializer.readValue(), ports };
  }

  const sender = (pid, channel) => (message) => { host.call('worker.post', pid, channel, pack(pid, message)); };

  const receive = (pid, channel, target) => {
    ctx.handles.add(`channel:${channel}`, (event) => {
      const { value, ports } = unpack(pid, event[2]);
      ctx.messaging.deliver(target, value, ports);
    }, false);
  };

  function join(pid, channel, port) {
    ctx.messaging.setSend(port, sender(pid, channel));
    receive(pid, channel, port);
  }

  // A port that went away in a message: its peer here talks to the other process now.
  function leave(pid, channel, port) {
    const peers = ctx.messaging.peersOf(port);
    ctx.messaging.sendAway(port, sender(pid, channel));
    if (peers.length > 0) receive(pid, channel, peers[0]);
  }

  ctx.workerLinks = { join };

  class Worker extends ctx.HandleWrap {
    #pid;
    #waiting = [];
    constructor(url, env, execArgv, resourceLimits, trackUnmanagedFds, isInternal, name) {
      super('WORKER');
      this.threadId = ++lastThread;
      this.threadName = name;
      this.messagePort = ctx.messaging.createPort();
      // What is posted before the thread is there waits.
      ctx.messaging.setSend(this.messagePort, (message) => { this.#waiting[this.#waiting.length] = message; });
      let pairs;
      if (env !== null && env !== undefined) {
        pairs = [];
        const names = ObjectKeys(env);
        for (let i = 0; i < names.length; i++) pairs[i] = `${names[i]}=${env[names[i]]}`;
      }
      this.#start = () => host.call('worker.start', this.threadId, pairs);
    }
    #start;
    startThread() {
      const reply = this.#start();
      if (typeof reply === 'number') throw ctx.uvException(reply, 'uv_thread_create');
      const { 0: pid, 1: channel } = reply;
      this.#pid = pid;
      join(pid, channel, this.messagePort);
      const send = sender(pid, channel);
      for (let i = 0; i < this.#waiting.length; i++) send(this.#waiting[i]);
      this.#waiting = [];
      // Its last messages came first, and are handed out on the turn after the one in which they came.
      ctx.attach(this, `pid:${pid}`, (event) => ctx.later(() => ctx.later(() => this.#ended(event[2]))));
    }
    #ended(code) {
      if (this.#pid === undefined) return;
      ctx.detach(this);
      this.#pid = undefined;
      ctx.makeCallback(this, this.onexit, [code, null, null]);
      FunctionPrototypeCall(ctx.HandleWrap.prototype.close, this);
    }
    stopThread() {
      if (this.#pid === undefined) return;
      if (host.call('worker.stop', this.#pid) !== UV_ESRCH) ctx.later(() => this.#ended(kExitTerminated));
    }
    getResourceLimits() { return new Float64Array(4); }
    loopIdleTime() { return 0; }
    loopStartTime() { return -1; }
    takeHeapSnapshot() { throw ctx.unsupported('worker', 'takeHeapSnapshot'); }
    getHeapStatistics() { throw ctx.unsupported('worker', 'getHeapStatistics'); }
    cpuUsage() { throw ctx.unsupported('worker', 'cpuUsage'); }
  }

  return {
    Worker,
    // Set by the driver of a thread.
    getEnvMessagePort: () => ctx.envPort,
    isMainThread: true, isInternalThread: false, ownsProcessState: true, threadId: 0, threadName: '',
    resourceLimits: new Float64Array(4), kMaxYoungGenerationSizeMb: 0, kMaxOldGenerationSizeMb: 1, kCodeRangeSizeMb: 2,
    kStackSizeMb: 3, kTotalResourceLimitCount: 4,
  };
})
