// Scripts, contexts and functions made out of text.
const vm = require('vm');
const attempt = (fn) => {
  try {
    return fn();
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
};
console.log(vm.runInNewContext('a + 1', { a: 1 }), vm.runInThisContext('typeof require'), vm.isContext({}), vm.runInNewContext('typeof console'));
const context = vm.createContext({ x: 1 });
vm.runInContext('var y = x + 1; x = 5; this.z = 9; let q = 3; globalThis.w = 1; class K {}', context);
console.log(context.y, context.x, context.q, vm.runInContext('q + z', context), vm.isContext(context), Object.keys(context));
console.log(vm.runInContext('[] instanceof Array', context), vm.runInContext('[]', context) instanceof Array, vm.runInContext('typeof URL', context));
console.log(attempt(() => new vm.Script('a b', { filename: 's.js' })).slice(0, 12), attempt(() => vm.runInContext('null.x', context)));
const script = new vm.Script('globalThis.count = (globalThis.count || 0) + 1');
script.runInThisContext();
console.log(script.runInThisContext(), count, vm.compileFunction('return a + b + typeof c', ['a', 'b'])(1, 2));
console.log(vm.runInNewContext('delete a; typeof a', { a: 1 }), vm.runInNewContext('"a" in globalThis', { a: 1 }), vm.runInNewContext('eval("1 + 1")'));
console.log(vm.runInNewContext('Object.getOwnPropertyDescriptor(globalThis, "a")', { a: 1 }), vm.runInNewContext('Array', { Array: 'shadow' }));
const box = {};
box.window = box;
vm.createContext(box);
vm.runInContext('window.foo = 1; bar = 2; var baz = 3', box);
console.log(box.foo, box.bar, box.baz, attempt(() => vm.runInThisContext('throw new RangeError("from text")')));
console.log(new Function('a', 'b', 'return a * b')(3, 4), (0, eval)('typeof module'), eval('typeof module'), new Function('return this')() === globalThis);
console.log(new Function('a', 'return a').toString(), (function f(a) { return a; }).toString(), /native code/.test(Math.max));
(async () => {
  console.log(await vm.runInNewContext('(async () => { await null; return 7; })()'));
  console.log(await vm.runInThisContext('import("fs")').catch((error) => error.code), typeof (await new Function('return import("path")')()).join);
})();
