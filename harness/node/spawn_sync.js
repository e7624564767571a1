// Binding `spawn_sync`: the synchronous forms of child_process.
(function (host, ctx) {
  'use strict';
  return ctx.placeholder('spawn_sync', { functions: ['spawn'] });
})
