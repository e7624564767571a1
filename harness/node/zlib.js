// Binding `zlib`: compression.
(function (host, ctx) {
  'use strict';
  return ctx.placeholder('zlib', {
    classes: ['Zlib', 'BrotliEncoder', 'BrotliDecoder', 'ZstdCompress', 'ZstdDecompress'], functions: ['crc32'],
  });
})
