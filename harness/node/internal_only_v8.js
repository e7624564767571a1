// Binding `internal_only_v8`: walking the heap, which this engine does not offer.
(function (host, ctx) {
  'use strict';
  return ctx.placeholder('internal_only_v8', { functions: ['queryObjects'] });
})
