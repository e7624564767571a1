// The event loop: libuv's phases over the host's one waiting call.
//
// A turn is: completions and host events (poll), immediates (check), close callbacks, timers. `loop.poll` blocks until an
// event is there or the time has come; the host's clock is virtual and jumps when nothing else can happen.
(function (host, ctx) {
  'use strict';
  const { FunctionPrototypeCall, MathAbs, MathFloor, MathMax, ObjectAssign } = ctx.primordials;

  const { waiting } = ctx;
  // The one libuv timer behind all of Node's: `due` in milliseconds of loop time, undefined when stopped.
  const timer = { due: undefined, refd: true };
  let origin = 0;

  const now = () => MathFloor((host.clock() - origin) / 1000);

  function runTimers() {
    if (timer.due === undefined || now() < timer.due) return;
    timer.due = undefined;
    let next;
    // As Node does: after an uncaught exception that was handled, the rest of the due timers still run.
    for (let done = false; !done;) {
      ctx.callbackScope(0, 0, ctx.process, () => {
        next = FunctionPrototypeCall(ctx.timers.processTimers, ctx.process, now());
        done = true;
      });
    }
    if (next === 0 || next === undefined) return;
    timer.due = MathMax(MathAbs(next), now() + 1);
    timer.refd = next > 0;
  }

  function runImmediates() {
    const { immediateInfo, processImmediate } = ctx.timers;
    if (immediateInfo[0] === 0) return;
    do {
      ctx.callbackScope(0, 0, ctx.process, () => FunctionPrototypeCall(processImmediate, ctx.process));
    } while (immediateInfo[2] !== 0);
  }

  function drain(name) {
    const queue = waiting[name];
    waiting[name] = [];
    for (let i = 0; i < queue.length; i++) queue[i]();
  }

  function timeout() {
    if (hasWork() || waiting.weak.length > 0 || waiting.closing.length > 0 || !alive()) return 0;
    return timer.due === undefined ? -1 : MathMax(0, timer.due - now());
  }

  // False when the host says that nothing will ever happen again, though something is still referenced.
  function poll() {
    const wait = timeout();
    drain('pending');
    drain('weak');
    if (wait === 0 && ctx.handles.count === 0) return true;
    const events = host.call('loop.poll', wait, waiting.refd > 0);
    const list = typeof events === 'object' ? events : [];
    for (let i = 0; i < list.length; i++) ctx.handles.dispatch(list[i]);
    return list.length > 0 || wait !== -1 || hasWork();
  }

  const hasWork = () => waiting.pending.length > 0 || ctx.timers.immediateInfo[1] > 0;
  const alive = () => hasWork() || waiting.closing.length > 0 || waiting.refd > 0 || (timer.due !== undefined && timer.refd);

  let isFirstTurn = true;

  function spin() {
    // A process takes a while to get here, which the virtual clock does not show: timers of 0 and 1 ms that the main script
    // made are due, and run before its immediates.
    if (isFirstTurn) origin -= 1000;
    isFirstTurn = false;
    if (alive()) runTimers();
    while (alive()) {
      const more = poll();
      runImmediates();
      drain('closing');
      runTimers();
      if (!more && timer.due === undefined && !hasWork()) return;
    }
  }

  // Microseconds of the clock that process.hrtime shows: since the machine was started.
  let monotonicBase = 0;
  ctx.atRun(() => {
    origin = host.clock();
    const time = host.quiet('process.hrtime');
    if (typeof time === 'object') monotonicBase = time[0] * 1e6 + MathFloor(time[1] / 1000) - origin;
  });
  ObjectAssign(ctx, { monotonic: () => host.clock() + monotonicBase, loop: { now, spin, alive, timer } });
})
