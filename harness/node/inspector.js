// Binding `inspector`: nobody ever debugs a package here. The module loads and says so; opening a port is recorded.
(function (host, ctx) {
  'use strict';
  const { ReflectApply } = ctx.primordials;

  // What V8 adds to the console; lib/internal/util/inspector takes over those that Node does not have itself.
  const console = {
    __proto__: null, profile() {}, profileEnd() {}, timeStamp() {}, context: () => ({}), createTask: () => ({ run: (fn) => fn() }),
  };

  class Connection {
    dispatch() { host.call('guest.unsupported', 'inspector', 'Session.post'); }
    disconnect() {}
  }

  return {
    console, Connection, MainThreadConnection: Connection,
    consoleCall: (inspectorMethod, nodeMethod, ...args) => ReflectApply(nodeMethod, undefined, args),
    setConsoleExtensionInstaller() {}, registerAsyncHook() {}, setupNetworkTracking() {}, emitProtocolEvent() {},
    callAndPauseOnStart: (fn, self, ...args) => ReflectApply(fn, self, args),
    open() { throw ctx.unsupported('inspector', 'open'); },
    url: () => undefined,
    isEnabled: () => false,
    waitForDebugger: () => false,
    asyncTaskScheduled() {}, asyncTaskCanceled() {}, asyncTaskStarted() {}, asyncTaskFinished() {},
  };
})
