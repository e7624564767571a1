// The order in which ticks, microtasks, timers and immediates run, and what follows them through AsyncLocalStorage.
const { AsyncLocalStorage, AsyncResource, executionAsyncId, triggerAsyncId } = require('async_hooks');
const { EventEmitter, once } = require('events');
const say = (...values) => console.log(...values);

setTimeout(() => say('timeout 0'), 0);
setTimeout(() => {
  say('timeout 200');
  process.nextTick(() => say('tick in timeout'));
  Promise.resolve().then(() => say('microtask in timeout'));
}, 200);
setTimeout(() => say('second timeout 200'), 200);
setImmediate(() => {
  say('immediate');
  process.nextTick(() => say('tick in immediate'));
  Promise.resolve().then(() => say('microtask in immediate'));
  setImmediate(() => say('immediate in immediate'));
});
setImmediate(() => say('second immediate'));
process.nextTick(() => {
  say('tick 1');
  Promise.resolve().then(() => say('microtask in tick'));
  process.nextTick(() => say('tick in tick'));
});
process.nextTick((a, b) => say('tick 2', a, b), 1, 2);
Promise.resolve().then(() => {
  say('microtask 1');
  process.nextTick(() => say('tick in microtask'));
}).then(() => say('microtask 2'));
queueMicrotask(() => say('queued microtask'));
(async () => {
  say('async starts');
  await null;
  say('after await');
  await new Promise((resolve) => setTimeout(resolve, 400));
  say('after 400 ms');
})();
let count = 0;
const interval = setInterval(() => {
  say('interval', ++count);
  if (count === 3) clearInterval(interval);
}, 1000);
const cleared = setTimeout(() => say('never'), 5);
clearTimeout(cleared);
setTimeout(() => say('never: unreferenced'), 1e6).unref();

const storage = new AsyncLocalStorage();
storage.run('store', () => {
  setTimeout(() => say('stored in timeout', storage.getStore()), 600);
  setImmediate(() => say('stored in immediate', storage.getStore()));
  process.nextTick(() => say('stored in tick', storage.getStore()));
  Promise.resolve().then(() => say('stored in microtask', storage.getStore()));
  storage.run('inner', () => say('nested', storage.getStore()));
  storage.exit(() => say('outside', storage.getStore()));
  const bound = AsyncLocalStorage.bind(() => storage.getStore());
  setTimeout(() => storage.run('other', () => say('bound', bound())), 700);
});
say('not stored', storage.getStore(), executionAsyncId(), triggerAsyncId());
const resource = new AsyncResource('PARITY');
resource.runInAsyncScope(() => say('in scope', executionAsyncId() === resource.asyncId()));

const emitter = new EventEmitter();
once(emitter, 'ready').then((values) => say('awaited', values));
setTimeout(() => emitter.emit('ready', 1, 2), 800);
require('timers/promises').setTimeout(900, 'value').then((value) => say('promised timer', value));
let rounds = 0;
process.on('beforeExit', (code) => {
  say('beforeExit', code);
  if (rounds++ === 0) setTimeout(() => say('one more'), 1);
});
process.on('exit', (code) => say('exit', code));
say('main ends');
