// HTTP over loopback: odd messages of servers as a client sees them, and odd requests as a server does.
const http = require('http'), net = require('net');

// A server that answers with these bytes, in pieces when there are several, and what a client makes of them.
function answered(pieces, done) {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      let next = 0;
      (function send() {
        if (next === pieces.length) return socket.end();
        socket.write(pieces[next++]);
        setImmediate(() => setImmediate(send));
      })();
    });
  });
  const end = (...seen) => { server.close(); done(...seen); };
  server.listen(0, '127.0.0.1', () => {
    const request = http.get({ port: server.address().port, host: '127.0.0.1', agent: false }, (response) => {
      let body = '';
      response.setEncoding('latin1').on('data', (text) => { body += text; });
      response.on('end', () => end(response.statusCode, response.statusMessage, JSON.stringify(response.rawHeaders),
                                   JSON.stringify(body), JSON.stringify(response.trailers), response.complete));
      response.on('error', (error) => end('response', error.code, error.message, body));
    });
    request.on('error', (error) => end('request', error.code, error.message, error.reason));
    request.on('information', (info) => console.log('information', info.statusCode, JSON.stringify(info.headers)));
  });
}

const ANSWERS = [
  ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: 1\r\nX-A: 2\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n\r\nhello'],
  ['HTTP/1.0 200 OK\r\n\r\nuntil end'],
  ['HTTP/1.1 200 O', 'K\r\nTransfer-Enc', 'oding: chunked\r\nTrailer: X\r\n\r', '\n5\r\nhel', 'lo\r\n3;ext=1\r\nabc\r\n0\r\nX: y\r\n\r\n'],
  ['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort'],
  ['garbage\r\n\r\n'],
  ['HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n'],
  ['HTTP/1.1 200 OK\r\nbad header\r\n\r\n'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
  ['HTTP/1.1 204 No Content\r\n\r\n'],
  ['HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'],
  ['HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n'],
  [`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(20000)}\r\n\r\n`],
  ['HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n'],
  ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  [],
];

const REQUESTS = [
  'POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'GET / HTTP/1.0\r\n\r\n',
  'BAD REQ\r\n\r\n',
  'GET /u HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nhead',
  'GET / HTTP/1.1\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok',
];

function requests() {
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (bytes) => { body += bytes; });
    request.on('end', () => response.end(JSON.stringify([request.method, request.url, request.headers, body, request.trailers])));
  });
  server.on('clientError', (error, socket) => {
    console.log('clientError', error.code, error.reason);
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  });
  server.on('upgrade', (request, socket, head) => {
    console.log('upgrade', request.url, String(head));
    socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nbye');
  });
  server.listen(0, '127.0.0.1', function send(next = 0) {
    if (next === REQUESTS.length) return server.close(() => console.log('closed'));
    let seen = '';
    const socket = net.connect(server.address().port, '127.0.0.1', () => socket.write(REQUESTS[next]));
    socket.on('data', (bytes) => { seen += bytes; });
    socket.on('close', () => {
      console.log(JSON.stringify(seen.replace(/Date: [^\r]*\r\n/g, '')));
      send(next + 1);
    });
    setTimeout(() => socket.end(), 50);
  });
}

(function answers(next) {
  if (next === ANSWERS.length) return requests();
  answered(ANSWERS[next], (...seen) => {
    console.log(next, ...seen);
    setTimeout(answers, 5, next + 1);
  });
})(0);
