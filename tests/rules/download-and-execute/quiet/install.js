'use strict';
const { execFileSync } = require('child_process');
const crypto = require('crypto');
const fs = require('fs');
const https = require('https');
const path = require('path');

const EXPECTED = 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c';
const target = path.join(__dirname, 'tool');

https.get('https://releases.tool.example/tool-linux-x64.bin', response => {
  const parts = [];
  response.on('data', part => parts.push(part));
  response.on('end', () => {
    const bytes = Buffer.concat(parts);
    const digest = crypto.createHash('sha256').update(bytes).digest('hex');
    fs.writeFileSync(target, bytes);
    if (digest !== EXPECTED) {
      fs.unlinkSync(target);
      console.error('the download is damaged; the slow implementation will be used');
      return;
    }
    fs.chmodSync(target, 0o755);
    execFileSync(target, ['--version']);
  });
});
