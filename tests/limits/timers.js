// A million timers.
let fired = 0;
for (let i = 0; i < 1e6; i++) setTimeout(() => fired++, i % 1000);
process.on('exit', () => console.log(fired));
