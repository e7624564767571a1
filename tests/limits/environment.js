// Variables without end, handed to a child.
for (let i = 0; i < 10000; i++) process.env['V' + i] = 'x'.repeat(1000);
console.log(require('child_process').spawnSync('true').status);
for (let i = 0; ; i++) process.env['W' + i] = 'x'.repeat(100000);
