// Calls itself for ever: Node answers with a RangeError.
const deeper = (n) => deeper(n + 1) + 1;
try { deeper(0); } catch (error) { console.log(error.name); }
deeper(0);
