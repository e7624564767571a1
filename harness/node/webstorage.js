// Binding `webstorage`: localStorage and sessionStorage, experimental in Node 22 and off by default.
(function (host, ctx) {
  'use strict';
  return ctx.placeholder('webstorage', { classes: ['Storage'], values: { kConstructorKey: ctx.perIsolateSymbols.constructor_key_symbol } });
})
