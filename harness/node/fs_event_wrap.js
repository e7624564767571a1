// Binding `fs_event_wrap`: fs.watch.
(function (host, ctx) {
  'use strict';
  return ctx.placeholder('fs_event_wrap', { classes: ['FSEvent'] });
})
