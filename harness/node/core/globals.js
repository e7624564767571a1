// The globals: what V8 has and this engine has not, and the other way round.
(function (host, ctx) {
  'use strict';
  const {
    ArrayBufferIsView, ArrayPrototypePush, Error, FunctionPrototypeCall, ObjectDefineProperty, PromiseReject, ReflectDeleteProperty,
    StringPrototypeEndsWith, SymbolToStringTag,
    globalThis,
  } = ctx.primordials;
  const hidden = (target, name, value) => ObjectDefineProperty(target, name, {
    __proto__: null, value, writable: true, enumerable: false, configurable: true,
  });

  const CONSOLE = [
    'debug', 'error', 'info', 'log', 'warn', 'dir', 'dirxml', 'table', 'trace', 'group', 'groupCollapsed', 'groupEnd', 'clear', 'count',
    'countReset', 'assert', 'profile', 'profileEnd', 'time', 'timeLog', 'timeEnd', 'timeStamp', 'context',
  ];

  // Newer than the V8 of Node 22, or of this engine alone: a package that finds them would run other code than under Node.
  const surplus = (realm) => [
    [realm, ['InternalError', 'Float16Array', 'DisposableStack', 'AsyncDisposableStack', 'SuppressedError']],
    [realm.Math, ['f16round', 'sumPrecise']],
    [realm.Error, ['isError']],
    [realm.Iterator, ['concat', 'zip', 'zipKeyed']],
    [realm.Uint8Array, ['fromBase64', 'fromHex']],
    [realm.Uint8Array?.prototype, ['toBase64', 'toHex', 'setFromBase64', 'setFromHex']],
    [realm.DataView?.prototype, ['getFloat16', 'setFloat16']],
    [realm.Promise, ['try']],
    [realm.RegExp, ['escape']],
    [realm.Map?.prototype, ['getOrInsert', 'getOrInsertComputed']],
    [realm.WeakMap?.prototype, ['getOrInsert', 'getOrInsertComputed']],
    [realm.Atomics, ['pause']],
  ];

  // Date.prototype.toString ends with the zone's name, which packages cut out of it.
  const ZONES = {
    __proto__: null, UTC: 'Coordinated Universal Time', 'America/New_York': 'Eastern Standard Time', 'America/Chicago': 'Central Standard Time',
    'America/Los_Angeles': 'Pacific Standard Time', 'Europe/London': 'Greenwich Mean Time', 'Europe/Berlin': 'Central European Standard Time',
    'Asia/Tokyo': 'Japan Standard Time', 'Asia/Shanghai': 'China Standard Time', 'Asia/Kolkata': 'India Standard Time',
  };
  function nameTimeZones() {
    const { prototype } = globalThis.Date;
    for (const name of ['toString', 'toTimeString']) {
      const original = prototype[name];
      hidden(prototype, name, {
        [name]() {
          const text = FunctionPrototypeCall(original, this);
          const zone = ZONES[ctx.info?.timezone ?? 'UTC'] ?? ctx.info.timezone;
          return text === 'Invalid Date' || StringPrototypeEndsWith(text, ')') ? text : `${text} (${zone})`;
        },
      }[name]);
    }
  }

  const LLHTTP = host.bytesFrom('latin1', 'llhttp_alloc');
  function isHttpParser(source) {
    if (ctx.fetchParser.isModule(source)) return true;
    if (!ArrayBufferIsView(source)) return false;
    return host.bytesIndexOf(ctx.bytesOf(source), LLHTTP, 0, true) >= 0;
  }

  // Packages get no WebAssembly: the API is there, and every use of it is recorded and fails as a bad module would.
  function webAssembly() {
    const api = {};
    const errorClass = (name) => {
      const Class = class extends Error {};
      ObjectDefineProperty(Class, 'name', { __proto__: null, value: name, configurable: true });
      hidden(Class.prototype, 'name', name);
      return Class;
    };
    for (const name of ['CompileError', 'LinkError', 'RuntimeError']) hidden(api, name, errorClass(name));
    const { CompileError } = api;
    const refusal = (what) => {
      ctx.unsupported('WebAssembly', what);
      return new CompileError(`WebAssembly.${what}(): the engine of this process has no WebAssembly`);
    };
    for (const name of ['Module', 'Instance', 'Memory', 'Table', 'Global', 'Tag', 'Exception']) {
      const Class = class { constructor() { throw refusal(name); } };
      ObjectDefineProperty(Class, 'name', { __proto__: null, value: name, configurable: true });
      hidden(api, name, Class);
    }
    hidden(api, 'validate', function validate() {
      ctx.unsupported('WebAssembly', 'validate');
      return false;
    });
    for (const name of ['compile', 'instantiate', 'compileStreaming', 'instantiateStreaming']) {
      const parser = ctx.fetchParser[name];
      hidden(api, name, {
        [name](source, imports) {
          // undici from npm carries the same HTTP parser as Node's own.
          if (parser !== undefined && isHttpParser(source)) return ctx.fetchParser[name](source, imports);
          return PromiseReject(refusal(name));
        },
      }[name]);
    }
    ObjectDefineProperty(api, SymbolToStringTag, { __proto__: null, value: 'WebAssembly', configurable: true });
    return api;
  }

  // This engine frees what nothing refers to at once; the language promises that what a WeakRef was made for or has given
  // out lives to the end of the job, and Node's fetch relies on it.
  const kept = [];
  function keep(target) {
    if (kept.length === 0) ctx.laterWeak(() => { kept.length = 0; });
    ArrayPrototypePush(kept, target);
  }
  const NativeWeakRef = globalThis.WeakRef;
  class WeakRef extends NativeWeakRef {
    constructor(target) {
      super(target);
      keep(target);
    }
    deref() {
      const target = super.deref();
      if (target !== undefined) keep(target);
      return target;
    }
  }

  // Date's local time, from the minutes east of UTC that the host gives.
  ctx.atRun((info) => {
    if (typeof info.utcOffset === 'number') host.setTimeZone([0, info.utcOffset * 60]);
  });

  ctx.load('intl')(host, ctx);
  function adapt(realm) {
    const list = surplus(realm);
    for (let i = 0; i < list.length; i++) {
      const { 0: target, 1: names } = list[i];
      for (let j = 0; j < names.length; j++) if (target !== undefined) ReflectDeleteProperty(target, names[j]);
    }
    hidden(realm, 'WebAssembly', webAssembly());
    hidden(realm, 'Intl', ctx.intl);
  }

  // The global of a new vm context. V8 gives it a console of its own, which prints nothing.
  ctx.prepareRealm = (realm) => {
    adapt(realm);
    const quiet = {};
    for (let i = 0; i < CONSOLE.length; i++) quiet[CONSOLE[i]] = { [CONSOLE[i]]() {} }[CONSOLE[i]];
    hidden(realm, 'console', quiet);
  };

  ctx.globals = () => {
    adapt(globalThis);
    hidden(globalThis, 'WeakRef', WeakRef);
    ctx.patchLocaleMethods();
    ctx.restorePrepareStackTrace();
    // V8 shows the limit to Object.keys.
    ObjectDefineProperty(Error, 'stackTraceLimit', { __proto__: null, enumerable: true });
    nameTimeZones();
  };
})
