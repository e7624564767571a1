// Binding `signal_wrap`: handlers for signals. The host sends `signal` events with the signal's number.
(function (host, ctx) {
  'use strict';
  class Signal extends ctx.HandleWrap {
    #number;
    constructor() { super('SIGNALWRAP'); }
    start(number) {
      this.#number = number;
      ctx.attach(this, `signal:${number}`, () => ctx.makeCallback(this, this.onsignal, [this.#number]));
      return 0;
    }
    stop() {
      ctx.detach(this);
      return 0;
    }
  }
  return { Signal };
})
