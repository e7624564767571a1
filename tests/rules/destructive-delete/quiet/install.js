'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'sample-'));
fs.writeFileSync(path.join(scratch, 'archive.tar'), 'a file that was unpacked');
fs.rmSync(scratch, { recursive: true, force: true });

const cache = path.join(os.homedir(), '.cache', 'sample');
fs.mkdirSync(cache, { recursive: true });
fs.writeFileSync(path.join(cache, 'state.json'), '{}\n');
fs.rmSync(cache, { recursive: true });
