// Directories in directories, for ever: a path has an end, as on Linux.
const fs = require('fs');
const name = 'd'.repeat(100);
for (;;) { fs.mkdirSync(name); process.chdir(name); }
