// Binding `v8`: numbers about the heap, filled in from the engine's own count.
(function (host, ctx) {
  'use strict';
  const { Float64Array } = ctx.primordials;
  const SPACES = [
    'read_only_space', 'new_space', 'old_space', 'code_space', 'shared_space', 'trusted_space', 'new_large_object_space',
    'large_object_space', 'code_large_object_space', 'shared_large_object_space', 'trusted_large_object_space',
  ];
  const HEAP_LIMIT = 256 * 1024 * 1024;
  const heapStatisticsBuffer = new Float64Array(14);
  const heapSpaceStatisticsBuffer = new Float64Array(4);
  class GCProfiler {
    start() {}
    stop() { return undefined; }
  }
  return {
    heapStatisticsBuffer, heapSpaceStatisticsBuffer, GCProfiler,
    heapCodeStatisticsBuffer: new Float64Array(4),
    kHeapSpaces: SPACES,
    cachedDataVersionTag: () => 1165837636,
    setFlagsFromString() {},
    setHeapSnapshotNearHeapLimit() {},
    isStringOneByteRepresentation(text) {
      for (let i = 0; i < text.length; i++) if (ctx.primordials.StringPrototypeCharCodeAt(text, i) > 255) return false;
      return true;
    },
    updateHeapStatisticsBuffer() {
      const { 0: used, 1: total } = host.memoryUsage();
      const values = [total, 262144, total, HEAP_LIMIT - used, used, HEAP_LIMIT, 262320, total, 0, 1, 0, 8192, 2112, 1.5e6];
      for (let i = 0; i < values.length; i++) heapStatisticsBuffer[i] = values[i];
    },
    updateHeapCodeStatisticsBuffer() {},
    updateHeapSpaceStatisticsBuffer() {},
    getCppHeapStatistics: () => ({}),
    kTotalHeapSizeIndex: 0, kTotalHeapSizeExecutableIndex: 1, kTotalPhysicalSizeIndex: 2, kTotalAvailableSize: 3,
    kUsedHeapSizeIndex: 4, kHeapSizeLimitIndex: 5, kMallocedMemoryIndex: 6, kPeakMallocedMemoryIndex: 7, kDoesZapGarbageIndex: 8,
    kNumberOfNativeContextsIndex: 9, kNumberOfDetachedContextsIndex: 10, kTotalGlobalHandlesSizeIndex: 11,
    kUsedGlobalHandlesSizeIndex: 12, kExternalMemoryIndex: 13, kCodeAndMetadataSizeIndex: 0, kBytecodeAndMetadataSizeIndex: 1,
    kExternalScriptSourceSizeIndex: 2, kCPUProfilerMetaDataSizeIndex: 3, kSpaceSizeIndex: 0, kSpaceUsedSizeIndex: 1,
    kSpaceAvailableSizeIndex: 2, kPhysicalSpaceSizeIndex: 3,
    detailLevel: { DETAILED: 1, BRIEF: 0 },
    startupSnapshot: {},
  };
})
