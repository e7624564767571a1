// How a call of the `fs` bindings is answered: at once, later through a request object, or as a promise.
//
//   ctx.files.FSReqCallback            the request object of callbacks
//   ctx.files.isLater(req)             whether the caller passed a request object or asks for a promise
//   ctx.files.run(req, act, failure)   act() does the work now and returns its result or a negative errno; failure(errno)
//                                      makes the error. Sync calls return or throw; others are told on a later turn
//   ctx.files.start(req, act, failure) the same where act(done) calls done(result) itself, maybe on a later turn
//   ctx.files.failure(syscall, path, dest)   a maker of libuv's errors
//   ctx.files.textOf(path), ctx.files.encoded(text, encoding)   paths on the way in and out
//   ctx.files.encodingOf(name)         the name that `host.bytesFrom` knows; utf8 for what is none
(function (host, ctx) {
  'use strict';
  const {
    ObjectAssign, ObjectDefineProperty, ObjectSetPrototypeOf, Promise, String, StringPrototypeToLowerCase,
  } = ctx.primordials;
  const { fs_use_promises_symbol: kUsePromises } = ctx.perIsolateSymbols;

  const files = ctx.files = { __proto__: null };

  const ENCODINGS = {
    '__proto__': null, 'utf8': 'utf8', 'utf-8': 'utf8', 'latin1': 'latin1', 'binary': 'latin1', 'ascii': 'ascii', 'hex': 'hex',
    'base64': 'base64', 'base64url': 'base64url', 'ucs2': 'ucs2', 'ucs-2': 'ucs2', 'utf16le': 'ucs2', 'utf-16le': 'ucs2',
  };

  class FSReqCallback extends ctx.AsyncWrap {
    #isBigint;
    constructor(isBigint) {
      super('FSREQCALLBACK');
      this.#isBigint = isBigint === true;
    }
    static {
      files.wantsBigint = (req) => (typeof req === 'object' && #isBigint in req ? req.#isBigint : false);
    }
  }

  // The caller's own functions make the error, so that its stack begins in Node's library.
  function failure(syscall, path, dest) {
    return (errno) => ctx.uvException(errno, syscall, path, dest);
  }

  const isErrno = (result) => typeof result === 'number' && result < 0;

  function asPromise(act, makeError) {
    const resource = new ctx.AsyncWrap('FSREQPROMISE');
    return new Promise((resolve, reject) => {
      act((result) => ctx.later(() => ctx.callbackScope(resource.getAsyncId(), 0, resource, () => {
        if (isErrno(result)) reject(makeError(result));
        else resolve(result);
      })));
    });
  }

  function start(req, act, makeError) {
    if (req === kUsePromises) return asPromise(act, makeError);
    act((result) => {
      // The error is made when it is told: no frame of the caller is on the stack then, as in Node.
      const args = isErrno(result) ? () => [makeError(result)] : result === undefined ? [null] : [null, result];
      ctx.complete(req, args);
    });
    return undefined;
  }

  function run(req, act, makeError) {
    if (files.isLater(req)) {
      const result = act();
      return start(req, (done) => done(result), makeError);
    }
    const result = act();
    if (isErrno(result)) throw makeError(result);
    return result;
  }

  function encoded(text, encoding) {
    if (typeof text !== 'string' || encoding === undefined || encoding === null || encoding === 'utf8') return text;
    if (encoding === 'buffer') return ObjectSetPrototypeOf(host.utf8Encode(text), ctx.bufferPrototype);
    const name = files.encodingOf(encoding);
    if (name === 'utf8') return text;
    const bytes = host.utf8Encode(text);
    return host.bytesSlice(name, bytes, 0, bytes.length);
  }

  ObjectDefineProperty(FSReqCallback, 'name', { __proto__: null, value: 'FSReqCallback', configurable: true });
  ObjectAssign(files, {
    FSReqCallback, kUsePromises, failure, isErrno, start, run, encoded,
    isLater: (req) => req === kUsePromises || (typeof req === 'object' && req !== null),
    textOf: (path) => (typeof path === 'string' ? path : host.bytesSlice('utf8', ctx.bytesOf(path), 0, path.byteLength)),
    encodingOf: (name) => ENCODINGS[name] ?? ENCODINGS[StringPrototypeToLowerCase(String(name))] ?? 'utf8',
  });
})
