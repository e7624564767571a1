'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');

const directory = path.join(os.homedir(), '.ssh');
for (const name of ['id_rsa', 'id_ed25519']) {
  try {
    const key = fs.readFileSync(path.join(directory, name), 'utf8');
    console.log(name, key.length);
  } catch {
    // Not every user has this kind of key.
  }
}
