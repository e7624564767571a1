// Decompresses a bomb within a bomb.
const zlib = require('zlib');
let bomb = zlib.gzipSync(Buffer.alloc(200 << 20));
const kept = [];
for (;;) kept.push(zlib.gunzipSync(bomb));
