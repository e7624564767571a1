// What console and util.inspect print of values of every kind.
const util = require('util');
console.log({ a: 1, b: [1, 2, { c: new Map([[1, { x: 2 }]]) }], s: new Set([1]), d: new Date(0), r: /x/g, f() {}, g: class A {} });
console.log(Symbol('q'), null, undefined, 10n, -0, NaN, 'text', ['it\'s'], [, 1], new Array(3));
class Foo {
  static z = 1;
  constructor() { this.x = 1; }
  get y() { return 2; }
}
console.log(new Foo(), Foo, new (class extends Foo {})(), Object.create(null), Object.create({ inherited: 1 }));
console.log(new Proxy({ a: 1 }, {}), Promise.resolve(1), new Promise(() => {}), new WeakMap(), (function () { return arguments; })(1, 2));
console.log([new Uint8Array(3), new ArrayBuffer(4), new DataView(new ArrayBuffer(2)), Buffer.from('abc')]);
console.log(new Map([[1, 2]]).entries(), new Set([1, 2]).values(), [1, 2][Symbol.iterator](), (function* () {})());
console.log(async () => {}, function* named() {}, async function* () {}, Math, JSON, globalThis === global);
console.log(util.inspect({ a: { b: { c: { d: 1 } } } }, { depth: 0 }), util.inspect('x'.repeat(200), { maxStringLength: 10 }));
console.log(util.format('%s %d %i %f %j %o %O %%', 'x', '1', 1.5, '2.5', { a: 1 }, [1], { b: 2 }), util.format('a', 'b', 3));
console.log(util.inspect({ get a() { return 1; }, set b(v) {} }), util.inspect(new (class extends Map {})()), util.inspect(Object(1n)));
const circular = { name: 'c' };
circular.self = circular;
console.log(circular, util.inspect({ [util.inspect.custom]: (depth, options) => `custom ${depth} ${options.colors}` }));
console.log(util.inspect({ a: 1, b: 'x', c: [true, null] }, { colors: true }), util.inspect([['a', 'b'], 'c'.repeat(80)], { compact: false }));
console.table([{ a: 1, b: 'x' }, { a: 2, c: true }]);
console.group('outer');
console.log('inner\nlines');
console.group();
console.info('deeper');
console.groupEnd();
console.groupEnd();
console.dir({ a: { b: { c: {} } } }, { depth: 0 });
console.log('%c styled', 'color: red', util.styleText('red', 'red'));
console.count();
console.count('named');
console.countReset();
console.count();
const { log } = console;
log('detached', typeof console.Console, Object.keys(console).join());
const error = new TypeError('message', { cause: 'why' });
console.log(String(error), error.name, Object.getOwnPropertyNames(error).sort(), Object.keys(error));
console.log(util.inspect(Object.assign(new RangeError('with properties'), { code: 'E_X' })).split('\n')[0]);
console.log(util.types.isProxy(new Proxy({}, {})), util.types.isGeneratorFunction(function* () {}), util.types.isModuleNamespaceObject({}));
console.log(util.isDeepStrictEqual([1, { a: 2n, m: new Map([[{}, 1]]) }], [1, { a: 2n, m: new Map([[{}, 1]]) }]));
