// A thread: Node's own main script for threads, over a channel to the process that started it.
(function (host, ctx, drive) {
  'use strict';
  const { ObjectAssign } = ctx.primordials;
  // The library took these from the binding when the snapshot was made, as the main thread.
  const facts = { isMainThread: false, ownsProcessState: false, threadId: drive.thread };
  ObjectAssign(ctx.bindings.worker, facts);
  ObjectAssign(ctx.requireBuiltin('internal/worker'), facts);
  ObjectAssign(ctx.requireBuiltin('worker_threads'), { isMainThread: false, threadId: drive.thread });
  ctx.envPort = ctx.messaging.createPort();
  ctx.workerLinks.join(0, drive.channel, ctx.envPort);
  // Its standard streams are messages to the process, and what belongs to the whole process is out of reach.
  ctx.requireInternal('internal/bootstrap/switches/is_not_main_thread');
  ctx.requireInternal('internal/main/worker_thread');
})
