// A million small files.
const fs = require('fs');
for (let i = 0; i < 1e6; i++) fs.writeFileSync('f' + i, '1');
