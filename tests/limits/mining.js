// Hashes for ever, as a miner of coins does: calls into the host that never end.
const { createHash } = require('crypto');
for (let nonce = 0; ; nonce++) {
  const hash = createHash('sha256').update('block' + nonce).digest('hex');
  if (hash.startsWith('0'.repeat(40))) break;
}
