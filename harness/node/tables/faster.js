// Places in Node's library where an interpreter spends most of the time that loading a package takes, by file: a text that is there,
// and what stands in its place. What the library does stays the same, and so do its line numbers. `tools` are the tools of the
// engine that the new text uses.
//
// A text that is not there once stops the making of the snapshot: a new version of the library cannot lose one unseen.
({
  __proto__: null,
  // Resolving `.` and `..` goes through a path character by character, several times for every module that is looked for.
  'path': {
    __proto__: null,
    tools: ['normalizePath'],
    replaced: [['function normalizeString(', 'const normalizeString = normalizePath; function normalizeStringSlowly(']],
  },
  // So does the search for an escaped slash, which only a path with escapes can have.
  'internal/url': {
    __proto__: null,
    tools: [],
    replaced: [[
      'function getPathFromURLPosix(url) {',
      "function getPathFromURLPosix(url) { if (url.hostname === '' && !StringPrototypeIncludes(url.pathname, '%')) return url.pathname;",
    ]],
  },
})
