// What `stat` and its relatives answer: arrays of 18 numbers, or 7 for a file system.
//
// A synchronous call without BigInts fills one array that all such calls share, as Node's C++ does; the library copies
// from it at once. Requests and promises get an array of their own.
(function (host, ctx) {
  'use strict';
  const { BigInt, BigInt64Array, Float64Array, TypedArrayPrototypeSet } = ctx.primordials;
  const { files } = ctx;

  const FIELDS = 18;
  const FS_FIELDS = 7;
  const ENOENT = -2;
  const ENOTDIR = -20;
  const statValues = new Float64Array(2 * FIELDS);
  const bigintStatValues = new BigInt64Array(2 * FIELDS);
  const fsValues = new Float64Array(FS_FIELDS);
  const bigintFsValues = new BigInt64Array(FS_FIELDS);

  function fill(target, values, isBigint, offset = 0) {
    if (isBigint) for (let i = 0; i < values.length; i++) target[offset + i] = BigInt(values[i]);
    else TypedArrayPrototypeSet(target, values, offset);
    return target;
  }

  function numbers(values, isBigint, isOwn) {
    if (files.isErrno(values)) return values;
    if (values.length === FS_FIELDS) {
      return fill(isOwn ? new (isBigint ? BigInt64Array : Float64Array)(FS_FIELDS) : isBigint ? bigintFsValues : fsValues, values, isBigint);
    }
    return fill(isOwn ? new (isBigint ? BigInt64Array : Float64Array)(FIELDS) : isBigint ? bigintStatValues : statValues, values, isBigint);
  }

  // `mayMiss`: whether a path that is not there is answered with undefined; `mayFail`: whether any failure is.
  function ask(verb, syscall, where, path, isBigint, req, mayMiss, mayFail) {
    const act = () => numbers(host.call(verb, where), isBigint === true, files.isLater(req));
    if (files.isLater(req) || !(mayMiss || mayFail)) return files.run(req, act, files.failure(syscall, path));
    const result = act();
    if (!files.isErrno(result)) return result;
    if (mayFail || result === ENOENT || (result === ENOTDIR && syscall === 'stat')) return undefined;
    throw ctx.uvException(result, syscall, path);
  }

  const onPath = (verb, syscall) => (path, isBigint, req, throwIfNoEntry) => {
    const where = files.textOf(path);
    return ask(verb, syscall, where, where, isBigint, req, throwIfNoEntry === false, false);
  };

  files.fillStats = fill;
  files.statFields = FIELDS;
  return {
    statValues, bigintStatValues, kFsStatsFieldsNumber: FIELDS,
    stat: onPath('fs.stat', 'stat'),
    lstat: onPath('fs.lstat', 'lstat'),
    statfs: onPath('fs.statfs', 'statfs'),
    fstat: (fd, isBigint, req, shouldNotThrow) => ask('fs.fstat', 'fstat', fd, undefined, isBigint, req, false, shouldNotThrow === true),
  };
})
