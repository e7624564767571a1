// process.env: an exotic object whose every access is a call to the host, so that each one is recorded.
(function (host, ctx) {
  'use strict';
  const {
    ArrayIsArray, ObjectPrototypeHasOwnProperty, Proxy, ReflectDefineProperty, ReflectGet, ReflectHas, String, TypeError,
  } = ctx.primordials;

  const target = {};
  // Until Node's own preparation is over, reads are its own and no access of the package.
  const read = (key) => {
    const value = ctx.isPrepared ? host.call('env.get', key) : host.quiet('env.peek', key);
    return typeof value === 'string' ? value : undefined;
  };

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
      return read(key) ?? ReflectGet(target, key, receiver);
    },
    set(_, key, value) {
      if (typeof key === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
      if (typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
      host.call('env.set', key, String(value));
      return true;
    },
    has(_, key) {
      if (typeof key === 'symbol') return ReflectHas(target, key);
      return host.call('env.has', key) === true || ReflectHas(target, key);
    },
    deleteProperty(_, key) {
      if (typeof key !== 'symbol') host.call('env.delete', key);
      return true;
    },
    ownKeys() {
      const names = host.call('env.list');
      return ArrayIsArray(names) ? names : [];
    },
    getOwnPropertyDescriptor(_, key) {
      if (typeof key === 'symbol') return undefined;
      const value = read(key);
      if (value === undefined) return undefined;
      return { value, writable: true, enumerable: true, configurable: true };
    },
    defineProperty: define,
  };

  const env = new Proxy(target, handler);
  ReflectDefineProperty(ctx.process, 'env', { __proto__: null, value: env, writable: true, enumerable: true, configurable: true });

  // Node's env is no Proxy: util.types.isProxy and util.inspect must not see one.
  ctx.isHiddenProxy = (value) => value === env;
  ctx.getenv = (key) => {
    const value = host.quiet('env.peek', key);
    return typeof value === 'string' ? value : undefined;
  };
  ctx.hasOwn = (object, key) => ObjectPrototypeHasOwnProperty(object, key);
})
