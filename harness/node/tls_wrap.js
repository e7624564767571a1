// Binding `tls_wrap`: TLS over a stream.
(function (host, ctx) {
  'use strict';
  return ctx.placeholder('tls_wrap', { classes: ['TLSWrap'], functions: ['wrap'], values: { HAVE_SSL_TRACE: true } });
})
