// Waits half a minute by looking at the clock. Virtual time goes on with each look.
const start = Date.now();
while (Date.now() - start < 30000);
console.log('waited');
