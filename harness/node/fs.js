// Binding `fs`: the synchronous calls that loading modules needs.
(function (host, ctx) {
  'use strict';
  const {
    BigInt64Array, Float64Array, Promise, String, TypedArrayPrototypeSet, TypedArrayPrototypeSubarray, Uint8Array, ObjectAssign,
  } = ctx.primordials;
  const { fs_use_promises_symbol } = ctx.perIsolateSymbols;
  const kFsStatsFieldsNumber = 18;
  const statValues = new Float64Array(2 * kFsStatsFieldsNumber);
  const bigintStatValues = new BigInt64Array(2 * kFsStatsFieldsNumber);

  class FSReqCallback extends ctx.AsyncWrap {
    constructor(isBigint) {
      super('FSREQCALLBACK');
      this.isBigint = isBigint;
    }
  }

  const textOf = (path) => (typeof path === 'string' ? path : host.bytesSlice('utf8', path, 0, path.length));

  // Runs a call in the way that `req` asks for: at once, on a later turn, or as a promise.
  function finish(req, run, failure) {
    if (req === undefined) {
      const result = run();
      if (typeof result === 'number' && result < 0) throw failure(result);
      return result;
    }
    const result = run();
    const error = typeof result === 'number' && result < 0 ? failure(result) : null;
    if (req === fs_use_promises_symbol) {
      return new Promise((resolve, reject) => ctx.later(() => ctx.callbackScope(0, 0, ctx.process, () => {
        if (error === null) resolve(result);
        else reject(error);
      })));
    }
    ctx.complete(req, error === null ? [null, result] : [error]);
    return undefined;
  }

  const op = (name, syscall, path, req, run) => finish(req, run, (errno) => ctx.uvException(errno, syscall, path));

  function stats(values, isBigint, fresh) {
    if (typeof values === 'number') return values;
    const target = isBigint
      ? (fresh ? new BigInt64Array(kFsStatsFieldsNumber) : bigintStatValues)
      : (fresh ? new Float64Array(kFsStatsFieldsNumber) : statValues);
    for (let i = 0; i < kFsStatsFieldsNumber; i++) target[i] = isBigint ? ctx.primordials.BigInt(values[i]) : values[i];
    return target;
  }

  const statCall = (name, syscall) => (path, isBigint, req, throwIfNoEntry) => {
    const where = typeof path === 'number' ? path : textOf(path);
    const run = () => stats(host.call(name, where), isBigint, req !== undefined);
    if (req === undefined && throwIfNoEntry === false) {
      const result = run();
      return typeof result === 'number' ? undefined : result;
    }
    return op(name, syscall, typeof path === 'number' ? undefined : where, req, run);
  };

  function read(fd, buffer, offset, length, position, req) {
    return op('fs.read', 'read', undefined, req, () => {
      const bytes = host.call('fs.read', fd, length, typeof position === 'bigint' ? Number(position) : position ?? -1);
      if (typeof bytes === 'number') return bytes;
      TypedArrayPrototypeSet(TypedArrayPrototypeSubarray(ctx.bytesOf(buffer), offset), bytes);
      return bytes.length;
    });
  }

  function write(fd, bytes, position, req, context) {
    const result = host.call('fs.write', fd, bytes, position ?? -1);
    if (req === undefined && context !== undefined) {
      if (result < 0) {
        context.errno = result;
        context.code = ctx.errname(result);
        context.syscall = 'write';
      }
      return result;
    }
    return op('fs.write', 'write', undefined, req, () => result);
  }

  function readFileUtf8(path) {
    const bytes = host.call('fs.readFile', typeof path === 'number' ? path : textOf(path));
    if (typeof bytes === 'number') throw ctx.uvException(bytes, 'open', typeof path === 'number' ? undefined : textOf(path));
    return host.bytesSlice('utf8', bytes, 0, bytes.length);
  }

  const simple = (name, syscall) => (path, ...rest) => {
    const where = typeof path === 'number' ? undefined : textOf(path);
    const req = rest[rest.length - 1];
    const isAsync = req instanceof FSReqCallback || req === fs_use_promises_symbol;
    return op(name, syscall, where, isAsync ? req : undefined,
              () => host.call(name, where ?? path, ...(isAsync ? rest.slice(0, -1) : rest)));
  };

  return ObjectAssign(ctx.placeholder('fs', {
    classes: ['FileHandle', 'StatWatcher'],
    functions: ['rename', 'ftruncate', 'rmdir', 'symlink', 'link', 'chmod', 'fchmod', 'utimes', 'futimes', 'copyFile', 'mkdtemp'],
  }), {
    statValues, bigintStatValues, kFsStatsFieldsNumber, FSReqCallback, read, readFileUtf8,
    statFsValues: new Float64Array(7), bigintStatFsValues: new BigInt64Array(7),
    kUsePromises: fs_use_promises_symbol,
    stat: statCall('fs.stat', 'stat'), lstat: statCall('fs.lstat', 'lstat'), fstat: statCall('fs.fstat', 'fstat'),
    internalModuleStat(receiver, path) {
      const result = host.call('fs.kind', String(path ?? receiver));
      return typeof result === 'number' ? result : -2;
    },
    legacyMainResolve,
    getFormatOfExtensionlessFile: () => 0,
    existsSync: (path) => host.call('fs.kind', textOf(path)) >= 0,
    open: simple('fs.open', 'open'),
    close: simple('fs.close', 'close'),
    access: simple('fs.access', 'access'),
    realpath: (path, encoding, req) => op('fs.realpath', 'realpath', path, req, () => host.call('fs.realpath', textOf(path))),
    readlink: (path, encoding, req) => op('fs.readlink', 'readlink', path, req, () => host.call('fs.readlink', textOf(path))),
    writeBuffer: (fd, buffer, offset, length, position, req, context) =>
      write(fd, TypedArrayPrototypeSubarray(ctx.bytesOf(buffer), offset, offset + length), position, req, context),
    writeString: (fd, text, position, encoding, req, context) =>
      write(fd, host.bytesFrom(encoding === 'latin1' ? 'latin1' : 'utf8', text), position, req, context),
  });

  function legacyMainResolve(folder, main, base) {
    const at = folder.slice(0, folder.lastIndexOf('/') + 1);
    const names = [];
    if (main) for (const end of ['', '.js', '.json', '.node', '/index.js', '/index.json', '/index.node']) names.push(main + end);
    for (let i = 0; i < 7; i++) if (names[i] !== undefined && host.call('fs.kind', at + names[i]) === 0) return i;
    for (let i = 0; i < 3; i++) if (host.call('fs.kind', `${at}${['index.js', 'index.json', 'index.node'][i]}`) === 0) return 7 + i;
    throw ctx.nodeError(ctx.primordials.Error, 'ERR_MODULE_NOT_FOUND', `Cannot find package '${at}' imported from ${base}`);
  }

  function Number(value) { return ctx.primordials.Number(value); }
})
