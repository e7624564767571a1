// Error.prepareStackTrace: the engine calls the function that a package sets there, through an accessor of its own.
//
// lib/internal/bootstrap/realm puts a plain property in the accessor's place; `ctx.restorePrepareStackTrace()` puts it back
// afterwards. Node's default function is what a package reads there before it sets one; for the engine that means none.
(function (host, ctx) {
  'use strict';
  const { Error, FunctionPrototypeCall, ObjectDefineProperty, ObjectGetOwnPropertyDescriptor } = ctx.primordials;
  const engine = ObjectGetOwnPropertyDescriptor(Error, 'prepareStackTrace');

  ctx.restorePrepareStackTrace = () => {
    const { value: initial } = ObjectGetOwnPropertyDescriptor(Error, 'prepareStackTrace');
    if (engine?.set === undefined) return;
    let current = initial;
    ObjectDefineProperty(Error, 'prepareStackTrace', {
      __proto__: null,
      get() { return current; },
      set(value) {
        current = value;
        FunctionPrototypeCall(engine.set, Error, value === initial ? undefined : value);
      },
      enumerable: false,
      configurable: true,
    });
  };
})
