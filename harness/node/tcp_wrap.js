// Binding `tcp_wrap`: TCP sockets.
(function (host, ctx) {
  'use strict';
  return ctx.placeholder('tcp_wrap', {
    classes: ['TCP', 'TCPConnectWrap'],
    values: { constants: { SOCKET: 0, SERVER: 1, UV_TCP_IPV6ONLY: 1, UV_TCP_REUSEPORT: 2 } },
  });
})
