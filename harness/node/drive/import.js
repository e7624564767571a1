// The import phase: loads entry points as a project file `drive.from` would, and reports how each went.
//
// `drive.entries` alternates how (`require` or `import`) and specifier. An entry that throws does not stop the next; one that
// ends the process does, and the host runs the rest again in a new one. What is reported here is a claim of the guest: the
// host decides by it which entries ran, never what they did.
(function (host, ctx, drive) {
  'use strict';
  const { Error, PromisePrototypeThen, String } = ctx.primordials;
  const { createRequire, isBuiltin } = ctx.requireBuiltin('module');
  const { dirname, join } = ctx.requireBuiltin('path');
  const { pathToFileURL } = ctx.requireBuiltin('internal/url');
  const { getOrInitializeCascadedLoader } = ctx.requireBuiltin('internal/modules/esm/loader');

  const require = createRequire(drive.from);
  const parent = pathToFileURL(drive.from).href;

  function describe(error) {
    try {
      if (typeof error === 'object' && error !== null) {
        const code = typeof error.code === 'string' ? ` [${error.code}]` : '';
        return `${error.name ?? 'Error'}${code}: ${error.message ?? ''}`;
      }
      return String(error);
    } catch {
      return 'an error that cannot be shown';
    }
  }

  // A package may bear the name of one of Node's own modules (`events`, `buffer`), which would be loaded in its place: then its
  // file is named instead.
  const hidden = (specifier) => isBuiltin(specifier) && require.resolve(join(dirname(drive.from), 'node_modules', specifier));

  const succeeded = (index) => { host.call('drive.result', index, true, ''); };
  const failed = (index, error) => { host.call('drive.result', index, false, describe(error)); };

  function load(index) {
    if (index * 2 >= drive.entries.length) return;
    const how = drive.entries[index * 2];
    const specifier = drive.entries[index * 2 + 1];
    host.call('drive.start', index);
    try {
      const file = hidden(specifier);
      if (how === 'import') {
        const url = file ? pathToFileURL(file).href : specifier;
        const loading = getOrInitializeCascadedLoader().import(url, parent, { __proto__: null });
        PromisePrototypeThen(loading, () => { succeeded(index); load(index + 1); }, (error) => { failed(index, error); load(index + 1); });
        return;
      }
      require(file || specifier);
      succeeded(index);
    } catch (error) {
      failed(index, error);
    }
    load(index + 1);
  }

  if (drive.from === undefined) throw new Error('the import driver needs the file to import from');
  load(0);
})
