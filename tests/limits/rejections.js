// Promises that fail and are never looked at, for ever.
process.on('unhandledRejection', () => {});
const again = () => { for (let i = 0; i < 1000; i++) Promise.reject(new Error('x')); setImmediate(again); };
again();
