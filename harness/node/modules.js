// Binding `modules`: package.json files and the scopes they make. Each is read and parsed once and then kept, as Node does.
(function (host, ctx) {
  'use strict';
  const {
    ArrayIsArray, Error, JSONParse, JSONStringify, ObjectDefineProperty, SafeMap, StringPrototypeEndsWith, StringPrototypeLastIndexOf,
    StringPrototypeSlice,
  } = ctx.primordials;

  const cache = new SafeMap();
  const separator = ctx.process.platform === 'win32' ? '\\' : '/';
  const text = (value) => (typeof value === 'string' ? value : undefined);

  // The field in the form lib/internal/modules/package_json_reader expects: a plain string, or JSON of an object or array.
  function field(value) {
    if (typeof value === 'string') return value;
    if (typeof value === 'object' && value !== null) return JSONStringify(value);
    return undefined;
  }

  function invalid(path, base, specifier, message) {
    const where = specifier === undefined ? '' : `"${specifier}" from ${base}`;
    const error = new Error(`Invalid package config ${path}.${where === '' ? '' : ` ${where}.`}${message === undefined ? '' : ` ${message}`}`);
    error.code = 'ERR_INVALID_PACKAGE_CONFIG';
    return error;
  }

  // [name, main, type, imports, exports, path], or undefined when there is no such file.
  function read(path, isESM, base, specifier) {
    if (cache.has(path)) return cache.get(path);
    const bytes = host.quiet('modules.readPackage', path);
    if (typeof bytes === 'number' || bytes === undefined) {
      cache.set(path, undefined);
      return undefined;
    }
    let json;
    try {
      json = JSONParse(typeof bytes === 'string' ? bytes : host.bytesSlice('utf8', bytes, 0, bytes.length));
    } catch {
      throw invalid(path, base, specifier);
    }
    if (typeof json !== 'object' || json === null || ArrayIsArray(json)) throw invalid(path, base, specifier);
    const type = json.type === 'module' || json.type === 'commonjs' ? json.type : 'none';
    const result = [text(json.name), text(json.main), type, field(json.imports), field(json.exports), path];
    cache.set(path, result);
    return result;
  }

  // The nearest package.json above a file, not looking beyond a node_modules folder.
  function nearest(file) {
    let folder = file;
    for (;;) {
      const end = StringPrototypeLastIndexOf(folder, separator);
      if (end < 0) return undefined;
      folder = StringPrototypeSlice(folder, 0, end);
      if (StringPrototypeEndsWith(folder, `${separator}node_modules`)) return undefined;
      const found = read(`${folder}${separator}package.json`);
      if (found !== undefined) return found;
      if (folder === '') return undefined;
    }
  }

  const toPath = (url) => ctx.requireBuiltin('internal/url').fileURLToPath(url);

  // For a file: URL: the scope's data, or the path of the package.json that would have been the last one looked at.
  function getPackageScopeConfig(resolved) {
    let path;
    try {
      path = toPath(resolved);
    } catch {
      return resolved;
    }
    return nearest(path) ?? `${separator}package.json`;
  }

  return {
    readPackageJSON: read,
    getNearestParentPackageJSON: nearest,
    getNearestParentPackageJSONType: (path) => nearest(path)?.[2] ?? 'none',
    getPackageScopeConfig,
    getPackageType(resolved) {
      const type = (() => {
        try {
          return nearest(toPath(resolved))?.[2];
        } catch {
          return undefined;
        }
      })();
      return type === 'none' ? undefined : type;
    },
    enableCompileCache: () => [3],
    getCompileCacheDir: () => undefined,
    flushCompileCache() {},
    getCompileCacheEntry: () => undefined,
    saveCompileCacheEntry() {},
    cachedCodeTypes: { kStrippedTypeScript: 0, kTransformedTypeScript: 1, kTransformedTypeScriptWithSourceMaps: 2 },
    compileCacheStatus: ['FAILED', 'ENABLED', 'ALREADY_ENABLED', 'DISABLED'],
    // import.meta.filename and import.meta.dirname of a file: module.
    setLazyPathHelpers(meta, url) {
      const filename = toPath(url);
      const set = (name, value) => ObjectDefineProperty(meta, name, {
        __proto__: null, value, writable: true, enumerable: true, configurable: true,
      });
      set('dirname', StringPrototypeSlice(filename, 0, StringPrototypeLastIndexOf(filename, separator)) || separator);
      set('filename', filename);
    },
  };
})
