// Binding `util`: private symbols, promise and proxy details, previews for util.inspect, call sites.
(function (host, ctx) {
  'use strict';
  const {
    ArrayPrototypePush, ArrayPrototypeSlice, Number, ObjectDefineProperty, ObjectGetOwnPropertyDescriptor,
    ReflectOwnKeys, RegExpPrototypeExec, SafeSet, String, StringPrototypeEndsWith, StringPrototypeIncludes,
    StringPrototypeReplaceAll, StringPrototypeSlice, StringPrototypeStartsWith, StringPrototypeTrim, Uint32Array,
  } = ctx.primordials;
  const ONLY_ENUMERABLE = 2;

  const isIndex = (key) => typeof key === 'string' && RegExpPrototypeExec(/^(?:0|[1-9]\d{0,9})$/, key) !== null &&
    Number(key) < 4294967295;

  function getOwnNonIndexProperties(object, filter) {
    const keys = ReflectOwnKeys(object);
    const result = [];
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (isIndex(key)) continue;
      if (filter === ONLY_ENUMERABLE && !ObjectGetOwnPropertyDescriptor(object, key)?.enumerable) continue;
      ArrayPrototypePush(result, key);
    }
    return result;
  }

  // The second argument `false` asks for the target alone.
  function getProxyDetails(value, both) {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || ctx.isHiddenProxy(value)) return undefined;
    const details = host.proxyDetails(value);
    if (details === undefined) return undefined;
    return both === false ? details[0] : details;
  }

  function previewEntries(value, both) {
    const preview = host.previewEntries(value);
    if (preview === undefined) return undefined;
    return both === true ? preview : preview[0];
  }

  function getPromiseDetails(promise) {
    const { 0: state, 1: result } = host.promiseDetails(promise);
    return state === 0 ? [state] : [state, result];
  }

  const isPackageFrame = (file) => typeof file === 'string' && !StringPrototypeStartsWith(file, 'node:');
  const underNodeModules = (file) => StringPrototypeIncludes(file, '/node_modules/') ||
    StringPrototypeIncludes(file, '\\node_modules\\');

  // Whether the innermost package frame lies in a node_modules folder.
  function isInsideNodeModules(limit = 10, innermostOnly = false) {
    const sites = host.callSites(limit + 10);
    for (let i = 0; i < sites.length; i++) {
      const file = sites[i][0];
      if (!isPackageFrame(file)) continue;
      if (underNodeModules(file)) return true;
      if (innermostOnly) return false;
    }
    return false;
  }

  function getCallSites(count) {
    const sites = ArrayPrototypeSlice(host.callSites(count + 1), 1);
    const result = [];
    for (let i = 0; i < sites.length; i++) {
      const { 0: scriptName, 1: lineNumber, 2: columnNumber, 3: functionName } = sites[i];
      ArrayPrototypePush(result, {
        functionName: functionName ?? '', scriptId: '0', scriptName: scriptName ?? '', lineNumber, columnNumber,
        column: columnNumber,
      });
    }
    return result;
  }

  function getCallerLocation() {
    const sites = host.callSites(3);
    const site = sites[2];
    return site === undefined ? undefined : [site[1], site[2], site[0]];
  }

  // A getter that becomes the value at its first use, as the globals and lazy exports of Node are made.
  function defineLazyProperties(target, id, keys, enumerable = true) {
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      const settle = (value) => ObjectDefineProperty(target, key, {
        __proto__: null, value, writable: true, enumerable, configurable: true,
      });
      let get;
      let set;
      ({ [key]: get } = { [key]() {
        const value = ctx.requireBuiltin(id)[key];
        settle(value);
        return value;
      } });
      ({ [key]: set } = { [key](value) { settle(value); } });
      ObjectDefineProperty(target, key, { __proto__: null, enumerable, configurable: true, get, set });
    }
  }

  // The .env format: NAME=value, `export NAME=value`, quotes of three kinds over several lines, # comments.
  function parseEnv(content) {
    const result = {};
    const text = StringPrototypeReplaceAll(StringPrototypeReplaceAll(content, '\r\n', '\n'), '\r', '\n');
    const line = /^[^\S\n]*(?:export[^\S\n]+)?([^\s=#]+)[^\S\n]*=[^\S\n]*("[^"]*"|'[^']*'|`[^`]*`|[^\n#]*)[^\n]*$/gm;
    for (let match; (match = RegExpPrototypeExec(line, text)) !== null;) {
      let value = StringPrototypeTrim(match[2]);
      const quote = value[0];
      if ((quote === '"' || quote === '\'' || quote === '`') && value.length > 1 && StringPrototypeEndsWith(value, quote)) {
        value = StringPrototypeSlice(value, 1, -1);
        if (quote === '"') value = StringPrototypeReplaceAll(value, '\\n', '\n');
      }
      result[match[1]] = value;
    }
    return result;
  }

  const HANDLE_TYPES = new SafeSet(['TTY', 'FILE', 'PIPE', 'TCP', 'UDP', 'UNKNOWN']);
  const TYPE_NUMBERS = ['TCP', 'TTY', 'UDP', 'FILE', 'PIPE', 'UNKNOWN', 'INVALID'];
  // Standard streams are written synchronously and in order when they are treated as files, whatever the host has there.
  function guessHandleType(fd) {
    const kind = fd <= 2 ? ctx.info?.stdio?.[fd] : host.call('fs.kindOfFd', fd);
    const name = typeof kind === 'string' && HANDLE_TYPES.has(kind) ? kind : 'FILE';
    const guess = fd <= 2 && name === 'PIPE' ? 'FILE' : name;
    for (let i = 0; i < TYPE_NUMBERS.length; i++) if (TYPE_NUMBERS[i] === guess) return i;
    return 5;
  }

  class WeakReference {
    #target;
    constructor(object) { this.#target = object; }
    get() { return this.#target; }
    incRef() {}
    decRef() {}
  }

  return {
    privateSymbols: ctx.privateSymbols,
    constants: {
      kPending: 0, kFulfilled: 1, kRejected: 2, kExiting: 0, kExitCode: 1, kHasExitCode: 2,
      ALL_PROPERTIES: 0, ONLY_WRITABLE: 1, ONLY_ENUMERABLE: 2, ONLY_CONFIGURABLE: 4, SKIP_STRINGS: 8, SKIP_SYMBOLS: 16,
      kDisallowCloneAndTransfer: 0, kTransferable: 1, kCloneable: 2,
    },
    isInsideNodeModules, defineLazyProperties, getPromiseDetails, getProxyDetails, getCallerLocation, previewEntries,
    getOwnNonIndexProperties, getCallSites, parseEnv, guessHandleType, WeakReference,
    getConstructorName: (object) => String(host.constructorName(object)),
    getExternalValue: () => 0n,
    sleep(milliseconds) { host.call('loop.sleep', milliseconds); },
    arrayBufferViewHasBuffer: () => true,
    shouldAbortOnUncaughtToggle: new Uint32Array(1),
  };
})
