// Binding `trace_events`: no category is ever enabled.
(function (host, ctx) {
  'use strict';
  const { Uint8Array } = ctx.primordials;
  class CategorySet {
    enable() {}
    disable() {}
  }
  return {
    available: false,
    CategorySet,
    getEnabledCategories() {},
    setTraceCategoryStateUpdateHandler() {},
    getCategoryEnabledBuffer: () => new Uint8Array(1),
    isTraceCategoryEnabled: () => false,
    trace() {},
    setLog() {},
  };
})
