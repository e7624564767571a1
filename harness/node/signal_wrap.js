// Binding `signal_wrap`: handlers for signals. The host is told which are handled, and sends `signal` events for these.
(function (host, ctx) {
  'use strict';
  class Signal extends ctx.HandleWrap {
    #number;
    constructor() { super('SIGNALWRAP'); }
    start(number) {
      this.#number = number;
      host.call('process.handle', number, true);
      ctx.attach(this, `signal:${number}`, () => ctx.makeCallback(this, this.onsignal, [this.#number]));
      return 0;
    }
    stop() {
      if (this.#number !== undefined) host.call('process.handle', this.#number, false);
      this.#number = undefined;
      ctx.detach(this);
      return 0;
    }
    close(callback) {
      this.stop();
      super.close(callback);
    }
  }
  return { Signal };
})
