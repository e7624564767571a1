// Binding `worker`: threads.
(function (host, ctx) {
  'use strict';
  const { Float64Array } = ctx.primordials;
  return ctx.placeholder('worker', {
    classes: ['Worker'],
    functions: ['getEnvMessagePort'],
    values: {
      isMainThread: true, isInternalThread: false, ownsProcessState: true, threadId: 0, threadName: '',
      resourceLimits: new Float64Array(4), kMaxYoungGenerationSizeMb: 0, kMaxOldGenerationSizeMb: 1, kCodeRangeSizeMb: 2,
      kStackSizeMb: 3, kTotalResourceLimitCount: 4,
    },
  });
})
