// What the pinned Node release says about itself: process.versions and process.release.
({
  versions: {
    node: '22.23.3', acorn: '8.16.0', ada: '2.9.2', amaro: '1.1.8', ares: '1.34.8', brotli: '1.1.0',
    cjs_module_lexer: '2.2.0', cldr: '48.0', icu: '78.3', llhttp: '9.4.3', modules: '127', napi: '10', nbytes: '0.1.3',
    ncrypto: '0.0.1', nghttp2: '1.69.0', openssl: '3.5.8', simdjson: '4.5.0', simdutf: '6.4.2', sqlite: '3.51.3',
    tz: '2026c', undici: '6.28.1', unicode: '17.0', uv: '1.51.0', uvwasi: '0.0.23', v8: '12.4.254.21-node.57',
    zlib: '1.3.1-e00f703', zstd: '1.5.7',
  },
  release: {
    name: 'node',
    lts: 'Jod',
    sourceUrl: 'https://nodejs.org/download/release/v22.23.3/node-v22.23.3.tar.gz',
    headersUrl: 'https://nodejs.org/download/release/v22.23.3/node-v22.23.3-headers.tar.gz',
  },
})
