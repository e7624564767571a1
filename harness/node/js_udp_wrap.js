// Binding `js_udp_wrap`: a datagram handle whose other side is JavaScript; only QUIC uses it.
(function (host, ctx) {
  'use strict';
  return ctx.placeholder('js_udp_wrap', { classes: ['JSUDPWrap'] });
})
