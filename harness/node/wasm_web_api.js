// Binding `wasm_web_api`: WebAssembly.compileStreaming; the sandbox has no WebAssembly inside (see core/globals.js).
(function () {
  'use strict';
  return { setImplementation() {} };
})
