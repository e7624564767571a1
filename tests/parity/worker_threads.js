'use strict';
// Threads: data in, messages both ways, ports that are sent along, errors and ends; one after another.
const { Worker, isMainThread, parentPort, workerData, threadId, MessageChannel } = require('worker_threads');
const { once } = require('events');

if (!isMainThread) {
  parentPort.postMessage({ threadId, workerData, argv: process.argv.slice(2) });
  parentPort.on('message', (m) => parentPort.postMessage({ echo: m }));
} else {
  main();
}

async function main() {
  const worker = new Worker(__filename, { workerData: { map: new Map([[1, { a: /x/g }]]), when: new Date(0) }, argv: ['x'] });
  await once(worker, 'online');
  console.log(...await once(worker, 'message'));
  worker.postMessage({ bytes: new Uint8Array([1, 2]), set: new Set('ab') });
  console.log(...await once(worker, 'message'));
  console.log(await worker.terminate());

  const evaluated = new Worker('require("worker_threads").parentPort.postMessage(process.env.X); process.exit(9)', { eval: true, env: { X: 'y' } });
  console.log(...await once(evaluated, 'message'));
  console.log(await once(evaluated, 'exit'));

  const failing = new Worker('throw new TypeError("boom")', { eval: true });
  const [error] = await once(failing, 'error');
  console.log(error instanceof TypeError, error.message);

  const { port1, port2 } = new MessageChannel();
  const ported = new Worker(`
    const { workerData: { port } } = require('worker_threads');
    port.once('message', (m) => { port.postMessage([m, m]); port.close(); });
  `, { eval: true, workerData: { port: port2 }, transferList: [port2] });
  port1.postMessage('ping');
  console.log(...await once(port1, 'message'));
  port1.close();
  console.log(await once(ported, 'exit'));
  const printing = new Worker('console.log("from the thread")', { eval: true });
  await once(printing, 'exit');
}
