// The process object as Node's C++ hands it to lib/internal/bootstrap/node: everything else is added there.
//
//   ctx.process         the object
//   ctx.exitFields      [exiting, exit code, has exit code], shared with process.exitCode and process._exiting
//   ctx.patchProcess()  at run: argv, pid, title and the other members that belong to one process
(function (host, ctx) {
  'use strict';
  const { Int32Array, ObjectAssign, ObjectCreate, ObjectDefineProperty, ObjectKeys, String } = ctx.primordials;

  const facts = ctx.load('tables/versions');
  const exitFields = new Int32Array(3);

  // Named as Node names it: packages look at process.constructor.name.
  const constructor = { process: function () {} }.process;
  const process = ObjectCreate(ObjectCreate(null, {
    constructor: { __proto__: null, value: constructor, writable: true, enumerable: false, configurable: true },
  }));

  const fixed = (object, name, value) => ObjectDefineProperty(object, name, {
    __proto__: null, value, writable: false, enumerable: true, configurable: true,
  });
  const readOnly = (source) => {
    const object = {};
    for (const name of ObjectKeys(source)) fixed(object, name, source[name]);
    return object;
  };

  process[ctx.privateSymbols.exit_info_private_symbol] = exitFields;
  fixed(process, 'version', `v${facts.versions.node}`);
  fixed(process, 'versions', readOnly(facts.versions));
  fixed(process, 'arch', 'x64');
  fixed(process, 'platform', host.source('platform') ?? 'linux');
  fixed(process, 'release', readOnly(facts.release));

  function patchProcess() {
    const { info } = ctx;
    let title = info.title ?? 'node';
    let debugPort = 9229;
    ObjectDefineProperty(process, 'title', {
      __proto__: null,
      get: () => title,
      set: (value) => {
        title = String(value);
        host.call('process.title', title);
      },
      enumerable: true,
      configurable: true,
    });
    process.argv = ctx.commandLine.argv;
    process.execArgv = ctx.commandLine.execArgv;
    if (info.platform !== undefined) fixed(process, 'platform', info.platform);
    if (info.arch !== undefined) fixed(process, 'arch', info.arch);
    fixed(process, 'pid', info.pid ?? 1);
    ObjectDefineProperty(process, 'ppid', {
      __proto__: null, get: () => info.ppid ?? 0, enumerable: true, configurable: true,
    });
    process.execPath = info.execPath ?? '/usr/local/bin/node';
    ObjectDefineProperty(process, 'debugPort', {
      __proto__: null, get: () => debugPort, set: (port) => { debugPort = +port; }, enumerable: true, configurable: true,
    });
  }

  ObjectAssign(ctx, { process, exitFields, patchProcess });
})
