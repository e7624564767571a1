// Binding `wasi`: WASI needs WebAssembly, which packages do not have here.
(function (host, ctx) {
  'use strict';
  return ctx.placeholder('wasi', { classes: ['WASI'] });
})
