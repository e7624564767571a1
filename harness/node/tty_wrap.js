// Binding `tty_wrap`: terminals, where the persona has one.
(function (host, ctx) {
  'use strict';
  const UV_EOF = -4095;
  const isTTY = (fd) => (fd <= 2 ? ctx.info?.stdio?.[fd] : host.call('fs.kindOfFd', fd)) === 'TTY';

  class TTY extends ctx.StreamHandle {
    constructor(fd, context) {
      let isReading = false;
      const io = {
        fd,
        write(bytes) {
          const result = host.call('fs.write', fd, bytes, -1);
          return { errno: result < 0 ? result : 0, async: false };
        },
        // Nobody types: the input ends at once.
        readStart: () => {
          if (!isReading) ctx.later(() => { if (isReading) ctx.streams.readError(this, UV_EOF); });
          isReading = true;
          return 0;
        },
        readStop() {
          isReading = false;
          return 0;
        },
        shutdown(req) {
          ctx.streams.afterShutdown(req, 0);
          return 0;
        },
      };
      super('TTYWRAP', io);
      if (!isTTY(fd) && context !== undefined) {
        context.errno = -22;
        context.code = 'EINVAL';
        context.message = 'invalid argument';
        context.syscall = 'uv_tty_init';
      }
    }
    getWindowSize(size) {
      size[0] = 80;
      size[1] = 24;
      return 0;
    }
    setRawMode() { return 0; }
  }

  return { TTY, isTTY };
})
