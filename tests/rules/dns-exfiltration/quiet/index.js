'use strict';
const dns = require('dns');
const os = require('os');

const names = ['img-1.cdn.tool.example', 'img-2.cdn.tool.example', 'api.tool.example', 'd1a2b3c4d5e6f7.cdn.tool.example'];
for (const name of names) {
  dns.lookup(name, () => {});
}
dns.resolveSrv('_http._tcp.tool.example', () => {});
dns.lookup(os.hostname(), () => {});

module.exports = names;
