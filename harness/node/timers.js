// Binding `timers`: the one timer and the immediate queue behind lib/internal/timers (run by core/loop.js).
(function (host, ctx) {
  'use strict';
  const { Int32Array, MathMax, Uint32Array } = ctx.primordials;
  // [count, reference count, has outstanding]
  const immediateInfo = new Uint32Array(3);
  const timers = { immediateInfo, processImmediate() {}, processTimers() { return 0; } };
  ctx.timers = timers;
  return {
    setupTimers(processImmediate, processTimers) {
      timers.processImmediate = processImmediate;
      timers.processTimers = processTimers;
    },
    getLibuvNow: () => ctx.loop.now(),
    scheduleTimer(duration) { ctx.loop.timer.due = ctx.loop.now() + MathMax(1, duration); },
    toggleTimerRef(refd) { ctx.loop.timer.refd = refd; },
    // immediateInfo's reference count says the same to the loop.
    toggleImmediateRef() {},
    immediateInfo,
    timerInfo: new Int32Array(1),
    timeoutInfo: new Int32Array(1),
  };
})
