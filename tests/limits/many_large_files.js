// Files that are large together.
const fs = require('fs');
const piece = Buffer.alloc(1 << 20, 'x');
for (let i = 0; ; i++) fs.writeFileSync('big' + i, piece);
