// Binding `async_context_frame`: the engine's value that follows promise reactions, which AsyncLocalStorage is built on.
(function (host) {
  'use strict';
  return {
    getContinuationPreservedEmbedderData: host.getContinuationData,
    setContinuationPreservedEmbedderData: host.setContinuationData,
  };
})
