// Binding `http2`: HTTP/2, which the sandbox does not speak.
(function (host, ctx) {
  'use strict';
  return ctx.placeholder('http2', { classes: ['Http2Session', 'Http2Stream'], functions: ['packSettings', 'refreshDefaultSettings'] });
})
