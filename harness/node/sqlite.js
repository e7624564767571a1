// Binding `sqlite`: node:sqlite, which the sandbox does not have.
(function (host, ctx) {
  'use strict';
  return ctx.placeholder('sqlite', { classes: ['DatabaseSync', 'StatementSync'], functions: ['backup'], values: { constants: {} } });
})
