// Binding `js_stream`: a stream handle whose other side is a JavaScript stream.
(function (host, ctx) {
  'use strict';
  return ctx.placeholder('js_stream', { classes: ['JSStream'] });
})
