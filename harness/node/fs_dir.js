// Binding `fs_dir`: opendir.
(function (host, ctx) {
  'use strict';
  return ctx.placeholder('fs_dir', { functions: ['opendir', 'opendirSync'] });
})
