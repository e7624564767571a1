// Links that lead to each other, and a walk that follows them.
const fs = require('fs');
fs.symlinkSync('b', 'a');
fs.symlinkSync('a', 'b');
try { fs.readFileSync('a'); } catch (error) { console.log(error.code); }
fs.mkdirSync('d');
fs.symlinkSync('..', 'd/up');
let path = 'd';
try { for (;;) { fs.readdirSync(path); path += '/up/d'; } } catch (error) { console.log(error.code); }
