// Sockets over loopback: order of events, ends of either side, errors with their properties, datagrams, fetch.
const net = require('net'), http = require('http'), dgram = require('dgram');

const props = ({ message, code, errno, syscall, address }) => [message.replace(/:\d+$/, ':PORT'), code, errno, syscall, address];

async function step(name, run) {
  let end;
  const ended = new Promise((resolve) => { end = (...seen) => resolve(seen); });
  const log = (...seen) => console.log(name, '-', ...seen);
  await run(end, log);
  console.log(name, ...await ended);
}

// A server for one connection, and a client of it.
function pair(options, serve, use) {
  const server = net.createServer(options, serve);
  server.listen(0, '127.0.0.1', () => use(net.connect(server.address().port, '127.0.0.1'), server));
}

const closedPort = () => new Promise((resolve) => {
  const server = net.createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

const STEPS = {
  events(end, log) {
    pair({}, (socket) => socket.end('bye'), (client, server) => {
      for (const name of ['lookup', 'connect', 'ready', 'end', 'finish', 'close']) client.on(name, () => log(name));
      client.on('data', (bytes) => log('data', String(bytes)));
      client.on('close', (failed) => server.close(() => end(failed, client.bytesRead, client.bytesWritten)));
    });
  },
  halfOpen(end) {
    pair({ allowHalfOpen: true }, (socket) => {
      let seen = '';
      socket.on('data', (bytes) => { seen += bytes; }).on('end', () => socket.end(`got ${seen}`));
    }, (client, server) => {
      let seen = '';
      client.on('data', (bytes) => { seen += bytes; });
      client.on('end', () => server.close(() => end(seen)));
      client.write('one ');
      client.end('two');
    });
  },
  large(end) {
    pair({}, (socket) => {
      let size = 0;
      socket.on('data', (bytes) => { size += bytes.length; }).on('end', () => socket.end(String(size)));
    }, (client, server) => {
      client.on('data', (bytes) => server.close(() => end(String(bytes))));
      client.write(Buffer.alloc(3 << 20));
      client.end(Buffer.alloc(5 << 20, 1));
    });
  },
  encodings(end) {
    pair({}, (socket) => socket.on('data', (bytes) => socket.end(bytes)), (client, server) => {
      let seen = '';
      client.setEncoding('hex').on('data', (text) => { seen += text; });
      client.on('close', () => server.close(() => end(seen)));
      client.cork();
      client.write('\u00e9', 'latin1');
      client.write('\u00e9');
      client.write('ff00', 'hex');
      client.uncork();
    });
  },
  async refused(end) {
    const port = await closedPort();
    net.connect(port, '127.0.0.1').on('error', (error) => end(...props(error), error.port === port));
  },
  inUse(end) {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const second = net.createServer().on('error', (error) => server.close(() => end(...props(error))));
      second.listen(server.address().port, '127.0.0.1');
    });
  },
  writeAfterEnd(end) {
    pair({}, (socket) => socket.resume(), (client, server) => {
      client.on('error', (error) => server.close(() => end(error.code, error.message)));
      client.end();
      client.write('late');
    });
  },
  addresses(end) {
    pair({}, (socket) => socket.end(), (client, server) => client.on('connect', () => {
      const { localAddress, remoteAddress, remoteFamily } = client;
      client.resume().on('close', () => server.close(() => end(localAddress, remoteAddress, remoteFamily, net.isIP(localAddress))));
    }));
  },
  datagrams(end) {
    const receiver = dgram.createSocket('udp4').on('message', (bytes, from) => {
      receiver.close(() => end(String(bytes), from.address, from.family, from.size));
    });
    receiver.bind(0, '127.0.0.1', () => {
      const sender = dgram.createSocket('udp4');
      sender.send(['a', Buffer.from('b')], receiver.address().port, '127.0.0.1', () => sender.close());
    });
  },
  keepAlive(end, log) {
    const ports = new Set();
    const server = http.createServer((request, response) => {
      ports.add(request.socket.remotePort);
      response.end(request.url);
    });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      let left = 3;
      for (let i = 0; i < 3; i++) {
        http.get({ port, host: '127.0.0.1', path: `/${i}`, agent }, (response) => {
          response.on('data', (bytes) => log(String(bytes), response.headers.connection)).on('end', () => {
            if (--left > 0) return;
            agent.destroy();
            server.close(() => end(ports.size));
          });
        });
      }
    });
  },
  fetched(end) {
    const server = http.createServer((request, response) => {
      let body = '';
      request.on('data', (bytes) => { body += bytes; }).on('end', () => {
        response.writeHead(request.url === '/moved' ? 301 : 200, { location: '/there', 'x-a': ['1', '2'] });
        response.write(`${request.method} ${request.url} `);
        response.end(`${body} ${request.headers['content-type']} ${request.headers['content-length']}`);
      });
    });
    server.listen(0, '127.0.0.1', async () => {
      const base = `http://127.0.0.1:${server.address().port}`;
      const moved = await fetch(`${base}/moved`);
      const posted = await fetch(`${base}/in`, { method: 'POST', body: new URLSearchParams({ a: 'b c' }) });
      const seen = [moved.redirected, moved.status, await moved.text(), posted.headers.get('x-a'), await posted.text()];
      const failed = await fetch('http://127.0.0.1:9').catch((error) => [error.name, error.message, error.cause?.message]);
      server.close(() => end(...seen, failed));
      server.closeAllConnections();
    });
  },
};

(async () => {
  for (const [name, run] of Object.entries(STEPS)) await step(name, run);
})();
