// Bindings, or parts of one, that the sandbox does not have: loud, so that a report can say what could not be run.
//
//   ctx.placeholder(binding, { classes: ['X'], functions: ['f'], values: {...} })
//        an object whose classes and functions record `guest.unsupported` with their name when used, and throw
(function (host, ctx) {
  'use strict';
  const { ObjectAssign, ObjectDefineProperty } = ctx.primordials;

  const named = (fn, name) => ObjectDefineProperty(fn, 'name', { __proto__: null, value: name, configurable: true });

  ctx.placeholder = (binding, { classes = [], functions = [], values = {} }) => {
    const object = ObjectAssign({}, values);
    for (let i = 0; i < classes.length; i++) {
      const name = classes[i];
      object[name] = named(class { constructor() { throw ctx.unsupported(binding, name); } }, name);
    }
    for (let i = 0; i < functions.length; i++) {
      const name = functions[i];
      object[name] = named(function () { throw ctx.unsupported(binding, name); }, name);
    }
    return object;
  };
})
