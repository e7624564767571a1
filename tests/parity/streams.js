// Streams of both kinds, web interfaces, messages between ports, decoders.
const { Readable, Transform, Writable, PassThrough, pipeline } = require('stream');
const { StringDecoder } = require('string_decoder');

function classic() {
  return new Promise((resolve) => {
    const upper = new Transform({ transform(chunk, encoding, done) { done(null, chunk.toString().toUpperCase()); } });
    const sink = new Writable({
      highWaterMark: 2,
      write(chunk, encoding, done) {
        console.log('written', chunk.toString());
        setImmediate(done);
      },
      final(done) {
        console.log('final');
        done();
      },
    });
    pipeline(Readable.from(['a', 'b', 'c']), upper, sink, (error) => {
      console.log('pipeline', error);
      resolve();
    });
  });
}

async function web() {
  const source = new ReadableStream({
    start(controller) {
      controller.enqueue('q');
      controller.close();
    },
  });
  for await (const value of source.pipeThrough(new TransformStream({ transform: (v, c) => c.enqueue(v + v) }))) console.log('web', value);
  const [left, right] = Readable.toWeb(Readable.from([Buffer.from('tee')])).tee();
  console.log(await new Response(left).text(), (await new Response(right).arrayBuffer()).byteLength);
  const blob = new Blob(['abc', new Uint8Array([100])], { type: 'text/plain' });
  console.log(await blob.text(), blob.size, blob.type, await blob.slice(1, 3).text(), new File(['x'], 'n.txt').name);
  console.log([...new Headers({ B: '2', a: '1' })], new FormData() instanceof FormData, new Request('http://a.test/').url);
}

async function events() {
  const controller = new AbortController();
  controller.signal.addEventListener('abort', (event) => console.log(event.type, controller.signal.reason.name));
  controller.abort();
  console.log(AbortSignal.abort('why').reason, AbortSignal.any([controller.signal]).aborted);
  const target = new EventTarget();
  target.addEventListener('k', (event) => console.log(event.type, event.detail, event instanceof Event), { once: true });
  console.log(target.dispatchEvent(new CustomEvent('k', { detail: 5 })), target.dispatchEvent(new Event('k')));
  const { port1, port2 } = new MessageChannel();
  const received = new Promise((resolve) => port2.once('message', resolve));
  port1.postMessage({ date: new Date(0), bytes: new Uint8Array([1, 2]), map: new Map([[1, { deep: true }]]) });
  console.log(await received);
  port2.close();
  const listener = new BroadcastChannel('c');
  const speaker = new BroadcastChannel('c');
  listener.onmessage = ({ data }) => {
    console.log('broadcast', data);
    listener.close();
    speaker.close();
  };
  speaker.postMessage('hey');
}

function decoders() {
  console.log(new TextDecoder('utf-8', { fatal: true }).decode(new TextEncoder().encode('\u00e9\u2713')));
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([255]));
  } catch (error) {
    console.log(error.code, error.name);
  }
  const stream = new TextDecoder();
  console.log(stream.decode(new Uint8Array([0xe2, 0x82]), { stream: true }) + stream.decode(new Uint8Array([0xac])));
  console.log(new TextDecoder('utf-16le').decode(new Uint8Array([104, 0, 105, 0])), new TextDecoder('windows-1252').decode(new Uint8Array([128])));
  console.log(new TextEncoder().encodeInto('a\u20ac\u20ac', new Uint8Array(6)));
  const decoder = new StringDecoder('utf8');
  console.log(decoder.write(Buffer.from([0xe2, 0x82])) + decoder.write(Buffer.from([0xac])) + decoder.end(Buffer.from([0xf0, 0x9f])));
  console.log(new StringDecoder('base64').write(Buffer.from('abcd')), new StringDecoder('hex').write(Buffer.from('ab')));
}

(async () => {
  await classic();
  for await (const value of Readable.from([1, 2, 3]).map((x) => x * 2)) console.log(value);
  const through = new PassThrough();
  through.end('zz');
  console.log(await require('stream/consumers').text(through));
  await web();
  decoders();
  const lines = require('readline').createInterface({ input: Readable.from(['l1\nl2\n', 'l3']) });
  for await (const line of lines) console.log('line', line);
  const broken = new Readable({ read() { this.destroy(new Error('broken')); } });
  broken.on('error', (error) => console.log('error', error.message, broken.destroyed)).resume();
  await events();
})();
