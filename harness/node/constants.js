// Binding `constants`: the numbers behind os.constants, fs.constants, crypto.constants and zlib.constants.
(function (host, ctx) {
  'use strict';
  const { trace, internal } = ctx.load('tables/trace_constants');
  return {
    os: ctx.load('tables/os_constants'), fs: ctx.load('tables/fs_constants'), crypto: ctx.load('tables/crypto_constants'),
    zlib: ctx.load('tables/zlib_constants'), trace, internal,
  };
})
