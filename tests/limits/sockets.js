// Opens connections for ever.
const net = require('net');
const again = () => { net.connect(80, '192.0.2.1').on('error', () => {}); setImmediate(again); };
again();
