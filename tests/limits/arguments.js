// Ten megabytes of arguments, again and again: no program is given that many.
const { spawnSync } = require('child_process');
const long = 'x'.repeat(10 << 20);
for (let i = 0; i < 5; i++) console.log(spawnSync('echo', [long]).error.code);
