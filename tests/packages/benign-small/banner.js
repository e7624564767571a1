'use strict';

// Honest install scripts ask such things: whether this is a build server, and whether colours are wanted.
const { CI, NO_COLOR, npm_config_user_agent: agent } = process.env;
if (!CI) {
  const name = require('./package.json').name;
  const [client] = (agent || 'npm').split('/');
  const line = `${name}: thank you for installing with ${client}`;
  console.log(NO_COLOR ? line : `\u001b[32m${line}\u001b[39m`);
}
