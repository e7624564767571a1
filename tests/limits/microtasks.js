// A microtask that makes the next one, for ever.
const again = () => Promise.resolve().then(again);
again();
