// A file that grows for ever.
const fs = require('fs');
const piece = Buffer.alloc(1 << 20, 'x');
for (;;) fs.appendFileSync('big', piece);
