'use strict';
// Child processes: synchronous, asynchronous, with messages; one after another, so that the order is fixed.
const cp = require('child_process');
const { once } = require('events');

const self = process.argv[1];
const role = process.argv[2];
if (role === 'echo') {
  process.stdin.on('data', (data) => process.stdout.write(`<${data}>`));
  process.stdin.on('end', () => { process.stderr.write('end\n'); process.exitCode = 4; });
} else if (role === 'fork') {
  process.on('message', (m) => process.send({ got: m, argv: process.argv.slice(2) }));
} else if (role === 'forever') {
  setInterval(() => {}, 1000);
} else {
  main();
}

async function main() {
  const show = (...args) => console.log(...args);
  show(cp.execSync('echo out; echo err >&2', { stdio: 'pipe' }).toString());
  const piped = cp.spawnSync('sh', ['-c', 'cat; exit 3'], { input: 'stdin' });
  show(piped.status, piped.signal, String(piped.stdout), String(piped.stderr), piped.output.length);
  show(cp.execFileSync('node', ['-e', 'console.log(1 + 1, process.argv.slice(1))', 'x'], { encoding: 'utf8' }));
  try { cp.execSync('exit 5', { stdio: 'pipe' }); } catch (e) { show(e.status, e.signal, e.message); }
  const missing = cp.spawnSync('no-such-program');
  show(missing.error.code, missing.error.syscall, missing.status, missing.output);
  const slow = cp.spawnSync(process.execPath, [self, 'forever'], { timeout: 300 });
  show(slow.signal, slow.status, slow.error.code);
  show(cp.spawnSync('echo $FOO $1', { shell: true, env: { ...process.env, FOO: 'a  b' }, encoding: 'utf8' }).stdout);
  show(cp.execSync('printf %s "$PWD"', { cwd: '/usr' }).toString());

  await new Promise((resolve) => {
    cp.exec('echo $FOO | tr a-z A-Z; exit 2', { env: { ...process.env, FOO: 'bar' } }, (error, stdout, stderr) => {
      show(error.code, error.killed, JSON.stringify(stdout), JSON.stringify(stderr));
      resolve();
    });
  });
  const echo = cp.spawn(process.execPath, [self, 'echo']);
  let [out, err] = ['', ''];
  echo.stdout.on('data', (data) => { out += data; });
  echo.stderr.on('data', (data) => { err += data; });
  echo.stdin.end('hello');
  show(await once(echo, 'close'), out, err, echo.exitCode, echo.spawnfile === process.execPath);
  const forever = cp.spawn(process.execPath, [self, 'forever'], { stdio: 'ignore' });
  await once(forever, 'spawn');
  show(forever.kill(), forever.killed, forever.stdout);
  show(await once(forever, 'exit'));
  const bad = cp.spawn('no-such-program', ['a']);
  const [error] = await once(bad, 'error');
  show(error.code, error.syscall, error.path, error.spawnargs, bad.pid);
  const child = cp.fork(self, ['fork']);
  child.send({ n: [1, 'two', null] });
  show(...await once(child, 'message'));
  child.disconnect();
  show(await once(child, 'exit'), child.connected);
}
