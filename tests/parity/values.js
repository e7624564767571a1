// Buffers, URLs, clones, serialization and the small modules.
const v8 = require('v8');
const url = require('url');
const util = require('util');
const attempt = (fn) => {
  try {
    return fn();
  } catch (error) {
    return `${error.name} ${error.code ?? ''} ${error.message}`;
  }
};
console.log(Buffer.from('h\u00e9llo').toString('hex'), Buffer.from('aGk', 'base64').toString(), Buffer.from('zz', 'hex').length, Buffer.from('abc'));
console.log(Buffer.concat([Buffer.from('a'), Buffer.alloc(2)]), Buffer.alloc(5, 'ab'), Buffer.from([1, 2, 3]).readUInt16BE(1), Buffer.byteLength('\u20ac'));
console.log(Buffer.from('abcabc').indexOf('c', 3), Buffer.from('abcabc').lastIndexOf('b'), Buffer.from('abc').includes('d'), Buffer.from('a').compare(Buffer.from('b')));
console.log(Buffer.from('abcd').swap16().toString(), Buffer.from('test').toString('ucs2').length, Buffer.from('aXY=', 'base64').toString('base64url'), Buffer.from('\ud800x'));
console.log(attempt(() => Buffer.from('a').readInt32LE(0)), attempt(() => Buffer.alloc(-1)), attempt(() => Buffer.from(5)), Buffer.from('xyz').subarray(1).toString());
console.log(Buffer.from('abc').fill('12').toString(), Buffer.from('a').toJSON(), Buffer.isEncoding('UTF-8'), Buffer.from('abc').write('z', 1), atob(' aGk= '), btoa('hi'));
console.log(attempt(() => atob('a')), attempt(() => btoa('\u20ac')), require('buffer').transcode(Buffer.from('\u00e9\u20ac'), 'utf8', 'latin1'), require('buffer').isUtf8(Buffer.from([255])));
const address = new URL('../x?y=1#z', 'http://u:p@a.test:8080/b/c/d');
address.searchParams.append('q', '\u00fc &');
address.port = '81';
address.hash = '';
console.log(address.href, address.origin, address.host, address.username, URL.canParse('nope'), new URL('http://EX.test:80/%7e/./a').href);
console.log(new URL('https://u:p@example.test:8080/a/b?x=1#h'), attempt(() => new URL('x')), new URL('file:///a/../b').pathname, new URL('data:,x').protocol);
console.log(url.parse('http://u:p@h.test:1/p?q=1#f', true).query, url.format({ protocol: 'http', host: 'a.test', pathname: '/x' }), url.resolve('http://a.test/b', '../c'));
console.log(url.pathToFileURL('/tmp/a b#c%').href, url.fileURLToPath('file:///tmp/a%20b'), url.domainToASCII('espa\u00f1ol.test'), new URLSearchParams({ a: '1', b: 'x y' }).toString());
console.log(require('querystring').parse('a=1&a=2&b=%20'), require('querystring').stringify({ a: [1, 2], b: '&' }), require('path').relative('/a/b/c', '/a/d'), require('path').win32.join('a', '..', 'b\\c'));
const value = {
  i: 1, n: -5, f: 1.5, s: 'str', u: '\u00fc\u2713', a: [1, , 3], m: new Map([[1, { x: 1 }]]), e: new Set(['q']), d: new Date(5), r: /x/gi, b: 10n ** 30n,
  t: true, l: null, v: undefined, y: new Uint8Array([1, 2]), o: Object(5),
};
value.self = value;
const bytes = v8.serialize(value);
console.log(bytes.toString('hex'));
console.log(v8.deserialize(bytes), v8.deserialize(v8.serialize(new TypeError('te'))).message, attempt(() => v8.serialize(() => {})));
console.log(structuredClone({ d: new Date(0), m: new Map([[{}, 1]]), e: new RangeError('r') }).m, attempt(() => structuredClone(Symbol('s'))), attempt(() => structuredClone(() => {})));
const moved = new ArrayBuffer(8);
console.log(structuredClone(moved, { transfer: [moved] }).byteLength, moved.byteLength, attempt(() => new Uint8Array(moved).fill(1)).split(' ')[0]);
console.log(util.parseArgs({ args: ['-f', '--bar', 'b', 'pos'], options: { f: { type: 'boolean', short: 'f' }, bar: { type: 'string' } }, allowPositionals: true }).values);
console.log(util.stripVTControlCharacters('\u001b[31mx\u001b[0m'), util.inspect(util.promisify(setTimeout)), util.toUSVString('\ud800'), util.types.isBoxedPrimitive(Object(1n)));
console.log(new Date(1e12).toISOString(), (1234567.891).toLocaleString(), new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' }).format(-1234.5), ['b', 'a', 'C', '\u00e1'].sort((x, y) => x.localeCompare(y)));
console.log(new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', dateStyle: 'medium' }).format(0), new Intl.PluralRules('en').select(1), new Intl.ListFormat('en').format(['a', 'b', 'c']), [...new Intl.Segmenter().segment('e\u0301x')].length);
const net = require('net');
const list = new net.BlockList();
list.addSubnet('10.0.0.0', 8);
list.addAddress('::1', 'ipv6');
console.log(list.check('10.1.2.3'), list.check('11.1.2.3'), list.check('::1', 'ipv6'), list.rules, net.isIP('1.2.3.4'), net.isIPv6('::'));
const assert = require('assert');
for (const fn of [
  () => assert.strictEqual(1, 2), () => assert.deepStrictEqual({ a: 1, b: [1] }, { a: 1, b: [2] }), () => assert(false, 'said'), () => assert.throws(() => {}),
  () => assert.match('x', /y/), () => assert.notStrictEqual(1, 1), () => assert.rejects,
]) console.log(attempt(fn));
