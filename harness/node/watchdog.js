// Binding `watchdog`: the stack trace on SIGINT.
(function () {
  'use strict';
  class TraceSigintWatchdog {
    start() {}
    stop() {}
  }
  return { TraceSigintWatchdog };
})
