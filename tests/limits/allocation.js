// Asks for a terabyte at once, then takes what it can get.
try { Buffer.alloc(2 ** 40); } catch (error) { console.log(error.code); }
const kept = [];
for (;;) kept.push(new Uint8Array(16 << 20).fill(1));
