// What the parts of the crypto binding share; returned as an object, never stored where a package can see it.
//
//   bytes(data, encoding)     data of the package as bytes: a view, an ArrayBuffer, or a string in an encoding
//   encode(bytes, encoding)   bytes as a Buffer, or as a string when an encoding is named
//   buffer(bytes)             bytes as a Buffer
//   arrayBuffer(bytes)        the ArrayBuffer of bytes that fill it
//   ask(verb, ...)            a pure call of the host; an errno comes back as a negative number
//   opensslError(number, library, reason, code)    an error as OpenSSL's queue gives it
//   invalidDigest(name)
//   Job                       what lib/internal/crypto runs at once or in the thread pool
(function (host, ctx) {
  'use strict';
  const {
    ArrayPrototypeUnshift, Error, ObjectSetPrototypeOf, ReflectApply, StringPrototypeReplaceAll, StringPrototypeToUpperCase,
    TypeError, TypedArrayPrototypeGetBuffer, TypedArrayPrototypeGetByteLength,
  } = ctx.primordials;
  const SYNC = 1;

  const normalize = (encoding) => {
    const name = ctx.requireBuiltin('internal/util').normalizeEncoding(encoding);
    return name === 'utf16le' ? 'ucs2' : name;
  };

  function bytes(data, encoding) {
    if (typeof data !== 'string') return ctx.bytesOf(data);
    const name = encoding === 'buffer' ? 'utf8' : normalize(encoding) ?? 'utf8';
    return host.bytesFrom(name === 'ascii' ? 'latin1' : name, data);
  }

  const buffer = (view) => ObjectSetPrototypeOf(view, ctx.bufferPrototype);

  function encode(view, encoding) {
    if (encoding === undefined || encoding === null || encoding === 'buffer') return buffer(view);
    const name = normalize(encoding);
    return name === undefined ? buffer(view) : host.bytesSlice(name, view, 0, TypedArrayPrototypeGetByteLength(view));
  }

  function ask(verb, ...args) {
    ArrayPrototypeUnshift(args, `crypto.${verb}`);
    return ReflectApply(host.quiet, host, args);
  }

  function opensslError(number, library, reason, code) {
    const error = new Error(`error:${number}:${library}::${reason}`);
    error.library = library;
    error.reason = reason;
    error.code = code ?? `ERR_OSSL_${StringPrototypeToUpperCase(StringPrototypeReplaceAll(reason, ' ', '_'))}`;
    return error;
  }

  // `compute` returns the result, or throws what `run` gives as the error.
  class Job extends ctx.AsyncWrap {
    #mode;
    #compute;
    constructor(provider, mode, compute) {
      super(provider);
      this.#mode = mode;
      this.#compute = compute;
    }
    run() {
      let outcome;
      try {
        outcome = [undefined, this.#compute()];
      } catch (error) {
        outcome = [error, undefined];
      }
      if (this.#mode === SYNC) return outcome;
      ctx.complete(this, outcome, 'ondone');
      return undefined;
    }
  }

  return {
    bytes, buffer, encode, ask, opensslError, Job,
    arrayBuffer: (view) => TypedArrayPrototypeGetBuffer(view),
    invalidDigest: (name) => ctx.nodeError(TypeError, 'ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${name}`),
    failed: (message) => ctx.nodeError(Error, 'ERR_CRYPTO_OPERATION_FAILED', message),
  };
})
