// Binding `process_wrap`: child processes.
(function (host, ctx) {
  'use strict';
  return ctx.placeholder('process_wrap', { classes: ['Process'] });
})
