// Binding `spawn_sync`: the synchronous forms of child_process. The child runs to its end while the parent waits.
(function (host, ctx) {
  'use strict';
  const { MathFloor, MathMin, TypedArrayPrototypeGetBuffer, TypedArrayPrototypeSubarray } = ctx.primordials;
  const UV_ETIMEDOUT = -110;
  const UV_ENOBUFS = -105;
  const SIGTERM = 15;
  const PIECE = 65536;

  function feed(fd, input) {
    if (input !== undefined && input !== null) {
      let bytes = ctx.bytesOf(input);
      while (bytes.length > 0) {
        const taken = host.call('proc.write', fd, bytes);
        if (taken < 0) break;
        bytes = TypedArrayPrototypeSubarray(bytes, taken);
      }
    }
    host.call('proc.close', fd);
  }

  function drain(fd, most, result) {
    const { Buffer } = ctx.requireBuiltin('buffer');
    let bytes = host.call('proc.drain', fd);
    if (typeof bytes === 'number') return Buffer.alloc(0);
    if (most > 0 && bytes.length > most) {
      // Node looks after each piece that it has read, and keeps it.
      bytes = TypedArrayPrototypeSubarray(bytes, 0, MathMin(bytes.length, (MathFloor(most / PIECE) + 1) * PIECE));
      result.error ??= UV_ENOBUFS;
    }
    return Buffer.from(TypedArrayPrototypeGetBuffer(bytes), bytes.byteOffset, bytes.length);
  }

  function spawn(options) {
    const result = { pid: 0, status: null, signal: null, output: null };
    const stdio = options.stdio ?? [];
    const ways = ctx.children.words(stdio);
    const reply = host.call('proc.spawn', options.file, options.args ?? [], options.cwd, options.envPairs, ways,
                            !!options.detached, false);
    if (typeof reply === 'number') {
      result.error = reply;
      return result;
    }
    const pid = result.pid = reply[0];
    for (let i = 0; i < stdio.length; i++) {
      if (ctx.children.isPipe(stdio[i]) && ways[i] !== 'writes') feed(reply[i + 1], stdio[i].input);
    }
    let end = host.call('proc.wait', pid, options.timeout > 0 ? options.timeout : -1);
    if (typeof end !== 'object') {
      host.call('process.kill', pid, options.killSignal || SIGTERM);
      result.error = UV_ETIMEDOUT;
      end = [0, options.killSignal || SIGTERM];
    }
    result.output = [];
    for (let i = 0; i < stdio.length; i++) {
      const isOutput = ctx.children.isPipe(stdio[i]) && ways[i] === 'writes';
      result.output[i] = isOutput ? drain(reply[i + 1], options.maxBuffer, result) : null;
    }
    result.signal = ctx.children.signalName(end[1]);
    result.status = result.signal === null ? end[0] : null;
    return result;
  }

  return { spawn };
})
