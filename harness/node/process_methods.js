// Binding `process_methods`: clocks, directories, memory and the end of the process.
(function (host, ctx) {
  'use strict';
  const { Array, BigInt, BigUint64Array, MathFloor, String, Uint32Array } = ctx.primordials;

  // process.hrtime: seconds (high and low words) and nanoseconds; process.hrtime.bigint reads the same bytes as one number.
  const hrtimeBuffer = new Uint32Array(3);
  const hrtimeBig = new BigUint64Array(hrtimeBuffer.buffer, 0, 1);
  let started = 0;
  ctx.atRun(() => { started = host.clock(); });

  function hrtime() {
    const microseconds = ctx.monotonic();
    const seconds = MathFloor(microseconds / 1e6);
    hrtimeBuffer[0] = MathFloor(seconds / 0x100000000);
    hrtimeBuffer[1] = seconds % 0x100000000;
    hrtimeBuffer[2] = (microseconds - seconds * 1e6) * 1000;
  }

  function memoryUsage(values) {
    const { 0: used, 1: total } = host.memoryUsage();
    values[0] = total + 40 * 1024 * 1024;
    values[1] = total;
    values[2] = used;
    values[3] = 1.5e6;
    values[4] = 10e3;
  }

  const cpu = () => MathFloor(host.clock() - started);

  return {
    hrtime,
    hrtimeBigInt() { hrtimeBig[0] = BigInt(ctx.monotonic()) * 1000n; },
    hrtimeBuffer,
    uptime: () => (host.clock() - started) / 1e6,
    cwd: () => ctx.check(host.call('process.cwd'), 'uv_cwd'),
    chdir(path) { ctx.check(host.call('process.chdir', path), 'chdir', host.call('process.cwd'), path); },
    umask: (mask) => host.call('process.umask', mask),
    memoryUsage,
    rss: () => host.memoryUsage()[1] + 40 * 1024 * 1024,
    constrainedMemory: () => 0,
    availableMemory: () => host.call('os.freemem'),
    cpuUsage(values) {
      values[0] = cpu();
      values[1] = MathFloor(cpu() / 4);
    },
    threadCpuUsage(values) {
      values[0] = cpu();
      values[1] = MathFloor(cpu() / 4);
    },
    resourceUsage(values) {
      for (let i = 0; i < 16; i++) values[i] = 0;
      values[0] = cpu();
      values[2] = 40960;
    },
    _getActiveRequests: () => listOf(ctx.activeResources.activeRequests),
    _getActiveHandles: () => listOf(ctx.activeResources.activeHandles),
    getActiveResourcesInfo: () => [],
    // A signal to itself that it handles stays inside the process.
    _kill(pid, signal) {
      const isHandled = (pid === 0 || pid === ctx.process.pid) && ctx.handles.has(`signal:${signal}`);
      if (!isHandled) return host.call('process.kill', pid, signal) ?? 0;
      ctx.later(() => ctx.handles.dispatch(['signal', signal]));
      return 0;
    },
    _rawDebug(text) { ctx.writeError(`${String(text)}\n`); },
    _debugProcess() { throw ctx.unsupported('process', '_debugProcess'); },
    _debugEnd() {},
    abort() {
      host.call('process.abort');
      ctx.exit(134);
    },
    causeSegfault() { ctx.exit(139); },
    dlopen(module, filename) { throw addonError(filename); },
    reallyExit(code) { ctx.exit(code ?? 0); },
    execve: () => { throw ctx.unsupported('process', 'execve'); },
    loadEnvFile: (path) => loadEnvFile(path),
    patchProcessObject() { ctx.patchProcess(); },
    setEmitWarningSync(fn) { ctx.emitWarningSync = fn; },
  };

  // A native addon: the sandbox runs no machine code. The host records the attempt with the file's digest.
  function addonError(filename) {
    host.call('process.dlopen', filename);
    return ctx.nodeError(ctx.primordials.Error, 'ERR_DLOPEN_FAILED',
                         `${filename}: cannot open shared object file: No such file or directory`);
  }

  function loadEnvFile(path) {
    const bytes = ctx.check(host.call('fs.readFile', path ?? '.env'), 'open', path ?? '.env');
    const parsed = ctx.bindings.util.parseEnv(host.utf8Decode(bytes, 0, bytes.length));
    for (const name in parsed) {
      if (host.call('env.has', name) !== true) host.call('env.set', name, parsed[name]);
    }
  }

  function listOf(set) {
    const list = new Array(set.size);
    let i = 0;
    set.forEach((item) => { list[i++] = item; });
    return list;
  }
})
