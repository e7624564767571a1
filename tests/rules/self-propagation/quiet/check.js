'use strict';
const { execSync } = require('child_process');
const { name, version } = require('./package.json');

async function check() {
  const registry = process.env.npm_config_registry;
  const response = await fetch(new URL(`${name}/latest`, registry));
  const latest = await response.json().catch(() => ({}));
  if (latest.version && latest.version !== version) {
    console.log(`a newer version is out: ${latest.version}`);
  }
}

check().catch(() => {});
try {
  execSync('git --version', { stdio: 'ignore' });
} catch {
  // Not everybody has git.
}
