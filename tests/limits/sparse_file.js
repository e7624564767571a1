// A file of a terabyte that holds nothing, by two ways.
const fs = require('fs');
for (const make of [
  () => { fs.writeFileSync('a', ''); fs.truncateSync('a', 2 ** 40); },
  () => { const fd = fs.openSync('b', 'w'); fs.writeSync(fd, 'x', 2 ** 40); },
]) {
  try { make(); } catch (error) { console.log(error.code); }
}
