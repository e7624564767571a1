// JSON of great depth: Node answers both with a RangeError, or reads it.
let text = '['.repeat(100000) + ']'.repeat(100000);
try { JSON.parse(text); console.log('read'); } catch (error) { console.log('parse', error.name); }
let deep = [];
for (let i = 0; i < 100000; i++) deep = [deep];
try { JSON.stringify(deep); console.log('written'); } catch (error) { console.log('stringify', error.name); }
