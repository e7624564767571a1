// Binding `messaging`: MessageChannel and BroadcastChannel within a process, and structuredClone.
(function (host, ctx) {
  'use strict';
  const {
    ArrayIsArray, ArrayPrototypePush, ArrayPrototypeShift, FunctionPrototypeCall, ObjectCreate, ObjectDefineProperty,
    ReflectConstruct, SafeMap, SafeSet, SafeWeakMap, TypeError,
  } = ctx.primordials;
  const { oninit, no_message_symbol } = ctx.perIsolateSymbols;
  const { emitMessage } = ctx.perContextExports;
  ctx.load('core/clone')(host, ctx);
  // Node gives other work a turn after as many messages.
  const MESSAGES_PER_TURN = 1000;

  // Port -> { peers, queue, isStarted, isScheduled }: a port of a channel has one peer, a broadcast port many.
  const records = new SafeWeakMap();
  const groups = new SafeMap();
  let nextPort = 1;

  // Only the binding makes ports; the prototype is rearranged by lib/internal/worker/io.
  function MessagePort() {
    throw ctx.nodeError(TypeError, 'ERR_CONSTRUCT_CALL_INVALID', 'Constructor cannot be called');
  }
  const method = (name, value) => ObjectDefineProperty(MessagePort.prototype, name, {
    __proto__: null, value, writable: true, enumerable: true, configurable: true,
  });
  MessagePort.prototype = ObjectCreate(ctx.HandleWrap.prototype, {
    constructor: { __proto__: null, value: MessagePort, writable: true, enumerable: false, configurable: true },
  });

  function createPort() {
    const port = ReflectConstruct(ctx.HandleWrap, ['MESSAGEPORT'], MessagePort);
    const record = { port, peers: new SafeSet(), queue: [], isStarted: false, isScheduled: false, onClose: undefined, send: undefined };
    records.set(port, record);
    ctx.attach(port, `port:${nextPort++}`, () => {});
    ctx.transferable.set(port, () => movePort(port));
    if (typeof port[oninit] === 'function') port[oninit]();
    return port;
  }

  function entangle(first, second) {
    records.get(first).peers.add(second);
    records.get(second).peers.add(first);
  }

  // Transferred ports live on as new objects with the same peers and waiting messages.
  function movePort(port) {
    const old = records.get(port);
    const moved = createPort();
    const record = records.get(moved);
    record.queue = old.queue;
    record.send = old.send;
    old.queue = [];
    old.peers.forEach((peer) => {
      record.peers.add(peer);
      records.get(peer).peers.delete(port);
      records.get(peer).peers.add(moved);
    });
    old.peers.clear();
    FunctionPrototypeCall(ctx.HandleWrap.prototype.close, port);
    return moved;
  }

  function MessageChannel() {
    if (new.target === undefined) throw new TypeError('Class constructor MessageChannel cannot be invoked without \'new\'');
    this.port1 = createPort();
    this.port2 = createPort();
    entangle(this.port1, this.port2);
  }

  function schedule(record) {
    if (!record.isStarted || record.isScheduled || (record.queue.length === 0 && record.onClose === undefined)) return;
    record.isScheduled = true;
    // A port that nobody waits for does not keep the process alive for its messages.
    ctx.laterWeak(() => {
      record.isScheduled = false;
      flush(record);
    });
  }

  function flush(record) {
    for (let i = 0; i < MESSAGES_PER_TURN && record.isStarted && record.queue.length > 0 && !ctx.isClosing(record.port); i++) {
      const { value, ports } = ArrayPrototypeShift(record.queue);
      ctx.makeCallback(record.port, emitMessage, [value, ports, 'message']);
    }
    if (record.queue.length > 0) schedule(record);
    else if (record.onClose !== undefined) record.onClose();
  }

  function postMessage(value, options) {
    const record = records.get(this);
    if (record === undefined) throw new TypeError('Illegal invocation');
    const transfer = ArrayIsArray(options) ? options : options?.transfer ?? [];
    const list = [];
    for (const object of transfer) {
      if (object === this) throw ctx.dataCloneError('Transfer list contains source port');
      ArrayPrototypePush(list, object);
    }
    const { message, ports } = prepare(value, list);
    if (record.send !== undefined) record.send(message, ports);
    record.peers.forEach((peer) => deliver(peer, record.peers.size > 1 ? ctx.clone(message) : message, ports));
    return record.peers.size > 0 ? true : undefined;
  }

  // The copy, with the ports among the transferred objects, as `event.ports` shows them.
  function prepare(value, transfer) {
    const { message, moved } = ctx.clone({ message: value, moved: transfer }, transfer);
    const ports = [];
    for (let i = 0; i < moved.length; i++) if (records.has(moved[i])) ArrayPrototypePush(ports, moved[i]);
    return { message, ports };
  }

  function deliver(port, value, ports = []) {
    const record = records.get(port);
    ArrayPrototypePush(record.queue, { value, ports });
    schedule(record);
  }

  method('postMessage', postMessage);
  method('start', function start() {
    const record = records.get(this);
    if (record === undefined) return;
    record.isStarted = true;
    schedule(record);
  });
  // Node's MessagePort has close, ref, unref and hasRef from its handle; closing one end closes the other.
  const closeHandle = ctx.HandleWrap.prototype.close;
  method('close', function close(callback) {
    const record = records.get(this);
    FunctionPrototypeCall(closeHandle, this, callback);
    if (record === undefined) return;
    record.peers.forEach((peer) => {
      const other = records.get(peer);
      other.peers.delete(this);
      if (record.group === undefined) {
        other.onClose = () => FunctionPrototypeCall(closeHandle, peer);
        other.isStarted = true;
        ctx.later(() => flush(other));
      }
    });
    record.group?.delete(this);
    record.peers.clear();
  });
  for (const name of ['ref', 'unref', 'hasRef', 'getAsyncId']) {
    const original = ctx.HandleWrap.prototype[name] ?? ctx.AsyncWrap.prototype[name];
    method(name, function () { return FunctionPrototypeCall(original, this); });
  }

  function broadcastChannel(name) {
    const port = createPort();
    const group = groups.get(name) ?? new SafeSet();
    groups.set(name, group);
    group.forEach((other) => entangle(port, other));
    group.add(port);
    records.get(port).group = group;
    return port;
  }

  // For worker threads: ports whose messages go to another process, and the way in.
  ctx.isPort = (value) => records.has(value);
  ctx.messaging = {
    createPort, deliver,
    setSend(port, send) { records.get(port).send = send; },
    // A port that was sent away: what its peers post from now on, and what waits in it already, goes after it.
    sendAway(port, send) {
      const record = records.get(port);
      const waiting = record.queue;
      record.queue = [];
      record.peers.forEach((peer) => {
        records.get(peer).send = send;
        records.get(peer).peers.delete(port);
      });
      record.peers.clear();
      FunctionPrototypeCall(ctx.HandleWrap.prototype.close, port);
      for (let i = 0; i < waiting.length; i++) send(waiting[i].value, waiting[i].ports);
    },
    peersOf(port) {
      const peers = [];
      records.get(port).peers.forEach((peer) => ArrayPrototypePush(peers, peer));
      return peers;
    },
  };

  return {
    MessageChannel, MessagePort, broadcastChannel,
    stopMessagePort(port) {
      const record = records.get(port);
      if (record !== undefined) record.isStarted = false;
    },
    checkMessagePort: (port) => records.has(port),
    drainMessagePort(port) {
      const record = records.get(port);
      if (record !== undefined) flush(record);
    },
    receiveMessageOnPort(port) {
      const record = records.get(port);
      if (record === undefined) {
        throw ctx.nodeError(TypeError, 'ERR_INVALID_ARG_TYPE', 'The "port" argument must be a MessagePort instance');
      }
      return record.queue.length === 0 ? no_message_symbol : ArrayPrototypeShift(record.queue).value;
    },
    moveMessagePortToContext: (port) => movePort(port),
    setDeserializerCreateObjectFunction(fn) { ctx.deserializerCreate = fn; },
    structuredClone: (value, options) => ctx.clone(value, options?.transfer ?? []),
    exposeLazyDOMExceptionProperty(target) {
      ObjectDefineProperty(target, 'DOMException', {
        __proto__: null, value: ctx.domException(), writable: true, enumerable: false, configurable: true,
      });
    },
    DOMException: ctx.domException(),
  };
})
