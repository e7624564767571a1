'use strict';
const https = require('https');

const report = JSON.stringify({
  agent: process.env.npm_config_user_agent,
  mode: process.env.NODE_ENV || 'development',
  ci: Boolean(process.env.CI),
  platform: process.platform,
});
const request = https.request('https://telemetry.tool.example/install', { method: 'POST' });
request.on('error', () => {});
request.end(report);
