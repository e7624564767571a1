'use strict';
const fs = require('fs');
const path = require('path');

const write = (file, text) => {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
};

write(path.join(__dirname, 'build', 'tables.js'), 'module.exports = [1, 2, 3];\n');
write(path.join(__dirname, '..', '.cache', 'sample', 'state.json'), '{"version":1}\n');
write(path.join(__dirname, '..', '.sample', 'client', 'index.js'), 'module.exports = {};\n');
for (const name of fs.readdirSync(path.join(__dirname, '..'))) {
  if (!name.startsWith('.')) {
    fs.existsSync(path.join(__dirname, '..', name, 'package.json'));
  }
}
