// Binding `symbols`: the symbols that Node's library and its native side share.
(function (host, ctx) {
  'use strict';
  return ctx.perIsolateSymbols;
})
