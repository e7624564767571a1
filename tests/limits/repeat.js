// Strings that are too long: Node answers with a RangeError.
try { 'x'.repeat(2 ** 31); } catch (error) { console.log(error.name); }
let text = 'x'.repeat(1 << 20);
for (;;) text += text;
