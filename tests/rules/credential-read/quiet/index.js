'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');

/** The settings of npm as an object of text values. */
function settings() {
  try {
    const text = fs.readFileSync(path.join(os.homedir(), '.npmrc'), 'utf8');
    return Object.fromEntries(text.split('\n').filter(Boolean).map(line => line.split('=', 2)));
  } catch {
    return {};
  }
}

exports.registry = settings().registry || process.env.npm_config_registry;
exports.usesSsh = fs.existsSync(path.join(os.homedir(), '.ssh'));
