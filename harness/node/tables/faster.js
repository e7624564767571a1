// Places in Node's library where an interpreter spends most of the time that loading a package takes, by file: a text that is there,
// what stands in its place, and how often the text is there when that is not once; then the last is meant, of Windows and the rest.
// What the library does stays the same, and so do its line numbers. `tools` are the tools of the engine that the new text uses.
//
// A text that is not there so often stops the making of the snapshot: a new version of the library cannot lose one unseen.
({
  __proto__: null,
  'path': {
    __proto__: null,
    tools: ['normalizePath'],
    replaced: [
      // Resolving `.` and `..` goes through a path character by character, several times for every module that is looked for.
      ['function normalizeString(', 'const normalizeString = normalizePath; function normalizeStringSlowly('],
      // So does the search for the last slash, which is enough when it stands alone within the path.
      ['  dirname(path) {', `  dirname(path) { const slash = typeof path === 'string' ? StringPrototypeLastIndexOf(path, '/') : -1; ` +
        `if (slash > 0 && slash < path.length - 1 && path[slash - 1] !== '/') return StringPrototypeSlice(path, 0, slash);`, 2],
    ],
  },
  // And the search for an escaped slash, which only a path with escapes can have.
  'internal/url': {
    __proto__: null,
    tools: [],
    replaced: [[
      'function getPathFromURLPosix(url) {',
      `function getPathFromURLPosix(url) { if (url.hostname === '' && !StringPrototypeIncludes(url.pathname, '%')) return url.pathname;`,
    ]],
  },
  // The folders in which modules are looked for are the same for all modules of a folder.
  'internal/modules/cjs/loader': {
    __proto__: null,
    tools: [],
    replaced: [[
      'Module._nodeModulePaths = function(from) {',
      `const placesOf = new SafeMap(); Module._nodeModulePaths = function(from) { ` +
        `if (typeof from !== 'string' || from[0] !== '/') return findPlaces(from); ` +
        `let places = placesOf.get(from); if (places === undefined) placesOf.set(from, places = findPlaces(from)); ` +
        `return ArrayPrototypeSlice(places); }; const findPlaces = function(from) {`,
      2,
    ]],
  },
})
