// process.env: an exotic object whose every access is a call to the host, so that each one is recorded.
(function (host, ctx) {
  'use strict';
  const {
    ArrayIsArray, Proxy, ReflectDefineProperty, ReflectGet, ReflectHas, SafeSet, String, StringPrototypeStartsWith,
    TypeError,
  } = ctx.primordials;

  const target = {};
  const quiet = (key) => {
    const value = host.quiet('env.peek', key);
    return typeof value === 'string' ? value : undefined;
  };

  // Files of Node's library that read variables for purposes of their own: no access of the package, even when the package
  // called. child_process copies the environment for every child.
  const OWN = [
    'node:child_process', 'node:internal/modules/', 'node:internal/process/', 'node:internal/main/', 'node:internal/options',
    'node:internal/tty', 'node:internal/util/colors', 'node:internal/util/debuglog', 'node:internal/console/', 'node:internal/cluster/',
    'node:cluster', 'node:_http_agent', 'node:internal/tls/', 'node:tls', 'node:internal/http', 'node:internal/bootstrap/',
    'node:internal/deps/', 'node:internal/worker', 'node:readline', 'node:internal/readline/', 'node:internal/source_map/', 'node:net',
  ];
  function isOwn() {
    if (!ctx.isPrepared) return true;
    const file = host.callSites(1)[0]?.[0];
    if (typeof file !== 'string' || !StringPrototypeStartsWith(file, 'node:')) return false;
    for (let i = 0; i < OWN.length; i++) if (StringPrototypeStartsWith(file, OWN[i])) return true;
    return false;
  }

  // What the language asks of any object, by way of a method call or JSON: no variable is meant.
  const NOT_VARIABLES = new SafeSet(['toJSON', 'then', 'constructor', 'hasOwnProperty', 'isPrototypeOf', 'propertyIsEnumerable', 'toString',
    'toLocaleString', 'valueOf', '__proto__', '__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__']);

  const read = (key) => {
    if (NOT_VARIABLES.has(key) || isOwn()) return quiet(key);
    const value = host.call('env.get', key);
    return typeof value === 'string' ? value : undefined;
  };

  // A listing, which is an event of its own, is followed by looks at the properties it named (spread, Object.entries): those,
  // and the read of each that comes right after, are part of it.
  let listed = 0;
  let described;

  // As Node: data properties only, all attributes on.
  function define(_, key, attributes) {
    if (attributes.get !== undefined || attributes.set !== undefined) {
      throw ctx.nodeError(TypeError, 'ERR_INVALID_OBJECT_DEFINE_PROPERTY',
                          '\'process.env\' does not accept an accessor(getter/setter) descriptor');
    }
    if (!(attributes.configurable && attributes.writable && attributes.enumerable)) {
      throw ctx.nodeError(TypeError, 'ERR_INVALID_OBJECT_DEFINE_PROPERTY',
                          '\'process.env\' only accepts a configurable, writable, and enumerable data descriptor');
    }
    return handler.set(_, key, attributes.value);
  }

  const handler = {
    __proto__: null,
    get(_, key, receiver) {
      if (typeof key === 'symbol') return ReflectGet(target, key, receiver);
      const value = key === described ? quiet(key) : read(key);
      described = undefined;
      return value ?? ReflectGet(target, key, receiver);
    },
    set(_, key, value) {
      if (typeof key === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
      if (typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
      host.call('env.set', key, String(value));
      return true;
    },
    has(_, key) {
      if (typeof key === 'symbol') return ReflectHas(target, key);
      return (isOwn() ? quiet(key) !== undefined : host.call('env.has', key) === true) || ReflectHas(target, key);
    },
    deleteProperty(_, key) {
      if (typeof key !== 'symbol') host.call('env.delete', key);
      return true;
    },
    ownKeys() {
      const answer = isOwn() ? host.quiet('env.names') : host.call('env.list');
      const names = ArrayIsArray(answer) ? answer : [];
      listed = names.length;
      return names;
    },
    getOwnPropertyDescriptor(_, key) {
      if (typeof key === 'symbol') return undefined;
      const value = listed > 0 ? quiet(key) : read(key);
      if (listed > 0) {
        listed--;
        described = key;
      }
      if (value === undefined) return undefined;
      return { value, writable: true, enumerable: true, configurable: true };
    },
    defineProperty: define,
  };

  const env = new Proxy(target, handler);
  ReflectDefineProperty(ctx.process, 'env', { __proto__: null, value: env, writable: true, enumerable: true, configurable: true });

  // Node's env is no Proxy: util.types.isProxy and util.inspect must not see one.
  ctx.isHiddenProxy = (value) => value === env;
  ctx.getenv = quiet;
})
