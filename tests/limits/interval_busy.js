// Immediates that never end.
const again = () => setImmediate(again);
again();
