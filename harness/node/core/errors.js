// Errors as Node's C++ makes them: `ctx.uvException` (libuv failures with errno, code, syscall, path, dest),
// `ctx.check(result, syscall, path, dest)` which throws for a negative result, and `ctx.nodeError(Base, code, message)`.
(function (host, ctx) {
  'use strict';
  const { Error, ErrorCaptureStackTrace, MathAbs, ObjectAssign } = ctx.primordials;

  const byNumber = { __proto__: null };
  const list = ctx.load('tables/uv_errors');
  for (let i = 0; i < list.length; i++) byNumber[list[i][0]] = { name: list[i][1], message: list[i][2] };

  const errname = (errno) => byNumber[errno]?.name ?? `Unknown system error ${errno}`;
  const errmessage = (errno) => byNumber[errno]?.message ?? `Unknown system error ${MathAbs(errno)}`;

  function uvException(errno, syscall, path, dest, message) {
    const code = errname(errno);
    let text = `${code}: ${message ?? errmessage(errno)}, ${syscall}`;
    if (path !== undefined) text += ` '${path}'`;
    if (dest !== undefined) text += ` -> '${dest}'`;
    const error = new Error(text);
    error.errno = errno;
    error.code = code;
    error.syscall = syscall;
    if (path !== undefined) error.path = path;
    if (dest !== undefined) error.dest = dest;
    return error;
  }

  function check(result, syscall, path, dest) {
    if (typeof result !== 'number' || result >= 0) return result;
    const error = uvException(result, syscall, path, dest);
    ErrorCaptureStackTrace(error, check);
    throw error;
  }

  function nodeError(Base, code, message) {
    const error = new Base(message);
    error.code = code;
    return error;
  }

  ObjectAssign(ctx, { uvErrors: list, errname, errmessage, uvException, check, nodeError });
})
