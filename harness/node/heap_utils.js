// Binding `heap_utils`: heap snapshots, which this engine does not offer.
(function (host, ctx) {
  'use strict';
  return ctx.placeholder('heap_utils', { functions: ['buildEmbedderGraph', 'triggerHeapSnapshot', 'createHeapSnapshotStream'] });
})
