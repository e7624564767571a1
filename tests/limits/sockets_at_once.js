// Two thousand connections at once.
const net = require('net');
for (let i = 0; i < 2000; i++) net.connect(80, '192.0.2.1').on('error', () => {});
