// Binding `stream_pipe`: moving data between two handles without JavaScript; only HTTP/2 uses it.
(function (host, ctx) {
  'use strict';
  return ctx.placeholder('stream_pipe', { classes: ['StreamPipe'] });
})
