// Binding `pipe_wrap`: Unix sockets and the pipes of child processes.
(function (host, ctx) {
  'use strict';
  return ctx.placeholder('pipe_wrap', {
    classes: ['Pipe', 'PipeConnectWrap'],
    values: { constants: { SOCKET: 0, SERVER: 1, IPC: 2, UV_READABLE: 1, UV_WRITABLE: 2 } },
  });
})
