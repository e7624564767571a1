// The start of the Node layer: runs Node 22's own bootstrap on the bindings of this directory.
//
// The engine evaluates this file while the snapshot is made, calls it with `host` (the tools of guests/js) and keeps the
// function it returns, which runs one process when the snapshot is resumed.
//
// Every other file here is one function expression `(function (host, ctx) { ... })`:
//   - `<binding>.js` returns the object that Node's library gets from `internalBinding('<binding>')`;
//   - `core/*.js` add what bindings share to `ctx` (see core/context.js for its members) and return nothing or a function.
// `host` and `ctx` must stay out of reach of package code: they are never stored on an object that Node's library or a
// package can see. Package code shares the realm and may patch any builtin, so files take what they use from
// `ctx.primordials` when they are loaded, never from a prototype when they run.
(function (host) {
  'use strict';

  // Loaded in this order before the bindings, because bindings use what these put on `ctx`.
  const CORE = ['context', 'errors', 'async', 'handles', 'stacks', 'process', 'env', 'loop', 'fatal', 'placeholder', 'globals', 'start'];

  // Every binding, made while the snapshot is taken: there are no sources at run time. Those that build on another
  // binding's classes come after it.
  const BINDINGS = [
    'config', 'constants', 'uv', 'errors', 'symbols', 'types', 'util', 'async_wrap', 'async_context_frame', 'task_queue',
    'timers', 'trace_events', 'builtins', 'options', 'credentials', 'process_methods', 'buffer', 'string_decoder',
    'encoding_binding', 'icu', 'url', 'os', 'modules', 'contextify', 'module_wrap', 'mksnapshot', 'performance', 'permission',
    'report', 'v8', 'internal_only_v8', 'heap_utils', 'serdes', 'messaging', 'blob', 'wasm_web_api', 'sea', 'block_list',
    'signal_wrap', 'wasi', 'watchdog', 'webstorage', 'profiler', 'inspector', 'stream_wrap', 'stream_pipe', 'tty_wrap', 'fs', 'fs_dir',
    'fs_event_wrap', 'spawn_sync', 'process_wrap', 'pipe_wrap', 'worker', 'tcp_wrap', 'udp_wrap', 'cares_wrap',
    'http_parser', 'http2', 'tls_wrap', 'js_stream', 'js_udp_wrap', 'zlib', 'crypto', 'sqlite',
  ];

  // A lookup on `host` must never reach a prototype that a package can add to: `this` there would be `host`.
  Object.setPrototypeOf(host, null);
  Object.freeze(host);

  const load = (name) => host.eval(host.source(`harness/${name}.js`), `node:internal/harness/${name}`);

  // A lib file, changed or not, as a function of the given parameters; undefined when Node has no such file.
  const compileLib = (id, params, change = (source) => source) => {
    const source = host.source(`lib/${id}.js`);
    return source === undefined ? undefined : host.compileFunction(change(source), `node:${id}`, 0, 0, params);
  };

  const ctx = { __proto__: null, load, compileLib };
  load('core/primordials')(host, ctx);
  for (const name of CORE) load(`core/${name}`)(host, ctx);
  const factories = { __proto__: null };
  for (const name of BINDINGS) factories[name] = load(name);
  for (const name of BINDINGS) ctx.bindings[name] ??= factories[name](host, ctx);
  ctx.bootstrap();
  return ctx.start;
})
