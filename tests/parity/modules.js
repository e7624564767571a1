// CommonJS and ES modules: resolution, exports maps, cycles, top-level await, JSON, errors, import.meta.
const fs = require('fs');
const path = require('path');
const Module = require('module');
const root = fs.mkdtempSync(path.join(require('os').tmpdir(), 'modules-'));
const write = (files) => {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), text);
  }
};
write({
  'node_modules/dual/package.json': '{"name":"dual","exports":{".":{"import":"./i.mjs","require":"./r.cjs"},"./sub/*":"./lib/*.js","./private/*":null}}',
  'node_modules/dual/i.mjs': 'export default "dual by import";',
  'node_modules/dual/r.cjs': 'module.exports = "dual by require";',
  'node_modules/dual/lib/x.js': 'module.exports = "pattern";',
  'node_modules/plain/package.json': '{"name":"plain","main":"lib"}',
  'node_modules/plain/lib/index.js': 'exports.x = 1; exports.__esModule = true; exports.default = "default of plain";',
  'node_modules/esm/package.json': '{"name":"esm","type":"module","exports":"./e.js","imports":{"#inside":"./inside.js"}}',
  'node_modules/esm/e.js': 'import inside from "#inside"; export default function hi() {} export const k = inside; export let live = 0; export const bump = () => ++live;',
  'node_modules/esm/inside.js': 'export default "inside";',
  'dep.mjs': 'export default "D"; export let named = "N"; export const y = 1;',
  'data.json': '{"j": [1, null]}',
  'common.cjs': 'exports.a = 1; exports.file = __filename.endsWith("common.cjs"); exports.later = import("./dep.mjs").then((m) => m.default); exports.self = require.cache[__filename].loaded;',
  'cycle-a.js': 'exports.done = false; const b = require("./cycle-b.js"); exports.b = b.done; exports.done = true;',
  'cycle-b.js': 'const a = require("./cycle-a.js"); exports.sawA = a.done; exports.done = true;',
  'cycle-1.mjs': 'import { second } from "./cycle-2.mjs"; export function first() { return "first"; } export const value = second();',
  'cycle-2.mjs': 'import { first } from "./cycle-1.mjs"; export const second = () => `second after ${first()}`;',
  'await.mjs': 'export const v = await new Promise((resolve) => setTimeout(resolve, 1, "awaited"));',
  'bad.mjs': 'export const a = ;',
  'no-export.mjs': 'import { nope } from "./dep.mjs";',
  'throws.mjs': 'throw new Error("thrown by a module");',
  'detected.js': 'import fs from "fs"; export const detected = typeof fs.readFileSync;',
  'main.mjs': `import fs, { readFileSync } from 'fs'; import def, { named } from './dep.mjs'; import * as ns from './dep.mjs';
import plain, { x } from 'plain'; import dual from 'dual'; import pattern from 'dual/sub/x'; import data from './data.json' with { type: 'json' };
import { live, bump } from 'esm'; import { value } from './cycle-1.mjs'; import { v } from './await.mjs';
console.log(def, named, ns, plain, x, dual, pattern, data, fs.readFileSync === readFileSync, value, v);
bump(); console.log(live, typeof require, this, typeof import.meta.url, import.meta.filename.endsWith('main.mjs'), import.meta.resolve('dual').slice(-6));
export { ns as 'any string', def as default };`,
});
const attempt = async (fn) => {
  try {
    return await fn();
  } catch (error) {
    return `${error.name} ${error.code ?? ''}`;
  }
};
const req = Module.createRequire(path.join(root, 'main.js'));
const url = (name) => require('url').pathToFileURL(path.join(root, name)).href;
(async () => {
  console.log(Object.keys(await import(url('main.mjs'))), await import(url('dep.mjs')) === await import(url('dep.mjs')));
  console.log(req('dual'), req('plain'), req('./cycle-a.js'), req('./cycle-b.js'), req('./common.cjs'), await req('./common.cjs').later);
  console.log(req('esm'), req('./data.json'), req('./detected.js').detected, await import(url('common.cjs')));
  console.log(await attempt(() => req('./nope')), await attempt(() => req('nope')), await attempt(() => req('dual/private/x')), await attempt(() => req('./await.mjs')));
  console.log(await attempt(() => import('nope')), await attempt(() => import(url('nope.mjs'))), await attempt(() => import(url('bad.mjs'))), await attempt(() => import(url('no-export.mjs'))));
  console.log(await attempt(() => import(url('data.json'))), await attempt(() => import('node:nope')), await attempt(() => import('http://a.test/x.js')), await attempt(() => import(root)));
  const both = await Promise.allSettled([import(url('throws.mjs')), import(url('throws.mjs'))]);
  console.log(both.map((result) => result.reason.message), both[0].reason === both[1].reason);
  console.log(await import('data:text/javascript,export default 5'), (await eval('import("fs")')).default === fs);
  console.log(Module.builtinModules.length, Module.isBuiltin('node:fs'), Module.wrap('x'), require.main === module, module.paths.length > 0, req.resolve('plain').slice(-20));
  console.log(Module.findPackageJSON('plain', url('main.mjs')).slice(-26), Object.keys(require), module.children.length, require('node:test') !== undefined);
  delete req.cache[req.resolve('./cycle-a.js')];
  console.log(req('./cycle-a.js'));
})();
