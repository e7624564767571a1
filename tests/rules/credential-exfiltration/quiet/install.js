'use strict';
const fs = require('fs');
const http = require('http');
const https = require('https');
const os = require('os');

const registry = process.env.npm_config_registry;
const token = /_authToken=(.+)/.exec(fs.readFileSync(`${os.homedir()}/.npmrc`, 'utf8'))?.[1];
const client = registry.startsWith('https:') ? https : http;
client
  .get(new URL('-/whoami', registry), { headers: { authorization: `Bearer ${token}` } }, response => {
    response.resume();
  })
  .on('error', () => {});
