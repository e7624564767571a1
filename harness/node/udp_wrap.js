// Binding `udp_wrap`: UDP sockets.
(function (host, ctx) {
  'use strict';
  return ctx.placeholder('udp_wrap', {
    classes: ['UDP', 'SendWrap'],
    values: { constants: { UV_UDP_IPV6ONLY: 1, UV_UDP_REUSEADDR: 4, UV_UDP_REUSEPORT: 64 } },
  });
})
