// Binding `sea`: this is no single executable application.
(function (host, ctx) {
  'use strict';
  return {
    isSea: () => false, isExperimentalSeaWarningNeeded: () => false, getAssetKeys: () => [],
    getAsset() { throw ctx.unsupported('sea', 'getAsset'); },
  };
})
