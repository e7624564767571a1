// Child processes: what they print, how they end, what their pipes carry, and the errors of those that fail.
const { spawn, spawnSync, exec, execFile, execSync, execFileSync, fork } = require('child_process');
const fs = require('fs');
const R = '/tmp/child-events';
fs.rmSync(R, { recursive: true, force: true });
fs.mkdirSync(R);
process.chdir(R);
const script = (name, text) => { fs.writeFileSync(name, text); return `${R}/${name}`; };
const t = (name, f) => { try { console.log(name, '=>', f()); } catch (e) { console.log(name, '!!', e.message, e.code, e.status, e.signal, e.errno, e.syscall, e.path); } };

script('echo.js', `process.stdin.setEncoding('utf8').on('data', (d) => process.stdout.write('got ' + d))
  .on('end', () => { console.error('bye'); process.exitCode = 3; });`);
script('talk.js', `process.on('message', (m) => { process.send({ echo: m, args: process.argv.slice(2) }); if (m === 'stop') process.disconnect(); });
  process.send('ready');`);
script('signal.js', `process.on('SIGTERM', () => { console.log('asked to end'); process.exit(7); }); setInterval(() => {}, 1000); console.log('up');`);

function sync() {
  t('execSync', () => execSync('echo hi; echo to stderr >&2; exit 0', { stdio: 'pipe' }).toString());
  t('execSync fails', () => execSync('exit 5', { stdio: 'pipe' }));
  t('encoding', () => execSync('printf abc', { encoding: 'utf8' }));
  t('input', () => execFileSync('cat', { input: 'fed' }).toString());
  t('node -e', () => execFileSync('node', ['-e', 'console.log(require("fs").readFileSync(0, "utf8").toUpperCase())'], { input: 'abc' }).toString());
  t('node -p', () => execFileSync('node', ['-p', '[process.argv.length, 6 * 7, typeof require]']).toString());
  t('missing', () => execFileSync('no-such-program'));
  t('spawnSync missing', () => { const r = spawnSync('no-such-program', ['x']); return [r.error.message, r.error.spawnargs, r.status, r.signal, r.stdout]; });
  t('spawnSync', () => { const r = spawnSync('sh', ['-c', 'echo out; echo err >&2; exit 4'], { encoding: 'utf8' }); return [r.status, r.signal, r.stdout, r.stderr, r.output]; });
  t('env', () => execSync('echo $A-$B', { env: { A: '1', B: 'two', PATH: process.env.PATH } }).toString());
  t('cwd', () => { fs.mkdirSync('sub'); return execSync('pwd', { cwd: `${R}/sub` }).toString(); });
  t('cwd missing', () => execSync('pwd', { cwd: `${R}/none`, stdio: 'pipe' }));
  t('to file', () => { const fd = fs.openSync('log', 'w'); spawnSync('sh', ['-c', 'echo a; echo b >&2'], { stdio: ['ignore', fd, fd] }); fs.closeSync(fd); return fs.readFileSync('log', 'utf8'); });
  t('inherit', () => spawnSync('sh', ['-c', 'exit 2'], { stdio: 'inherit' }).status);
  t('large', () => spawnSync('node', ['-e', 'process.stdout.write("x".repeat(300000))']).stdout.length);
  t('maxBuffer', () => { const r = spawnSync('node', ['-e', 'process.stdout.write("x".repeat(3000))'], { maxBuffer: 1000 }); return [r.error.code, r.stdout.length]; });
  t('uncaught', () => { const r = spawnSync('node', ['-e', 'throw new TypeError("thrown")'], { encoding: 'utf8' }); return [r.status, /TypeError: thrown/.test(r.stderr)]; });
  t('shell pipes', () => execSync('printf "b\\na\\n" | sort | tr a-z A-Z && test -f echo.js || echo no').toString());
}

// Prints what happens to a child, in order, stream by stream.
function watch(name, child, act = () => {}) {
  return new Promise((done) => {
    const seen = { out: '', err: '', events: [] };
    child.stdout?.on('data', (d) => { seen.out += d; act('out', String(d)); });
    child.stderr?.on('data', (d) => { seen.err += d; });
    for (const e of ['spawn', 'error', 'message', 'disconnect', 'exit', 'close']) {
      child.on(e, (...a) => {
        seen.events.push([e, ...a.map((x) => (x instanceof Error ? `${x.message} ${x.code}` : x))].filter((x) => x !== undefined));
        act(e, a[0]);
        if (e === 'close') { console.log(name, JSON.stringify(seen)); done(); }
      });
    }
  });
}

async function later() {
  const echo = spawn('node', ['echo.js']);
  echo.stdin.write('hello');
  echo.stdin.end(' world');
  await watch('stdin', echo);
  await watch('args', spawn('node', ['-e', 'console.log(process.argv.slice(1), process.execArgv)', 'a', 'b c']));
  await watch('missing', spawn('no-such-program', ['x']));
  await watch('shell', spawn('echo "$0" one | cat; exit 9', { shell: true }));
  const talk = fork('talk.js', ['x']);
  await watch('fork', talk, (e, m) => { if (e === 'message' && m === 'ready') { talk.send({ a: [1, null, 'b'] }); talk.send('stop'); } });
  const up = spawn('node', ['signal.js']);
  await watch('handled signal', up, (e) => { if (e === 'out' && up.exitCode === null && !up.killed) console.log('kill', up.kill()); });
  const asleep = spawn('node', ['-e', 'setInterval(() => {}, 1000); console.log(1)']);
  await watch('killed', asleep, (e) => { if (e === 'out') asleep.kill('SIGKILL'); });
  await new Promise((done) => exec('cat | tr a-z A-Z', (e, out, err) => { console.log('exec', e, JSON.stringify(out), JSON.stringify(err)); done(); }).stdin.end('piped'));
  await new Promise((done) => exec('echo part; exit 6', (e, out) => { console.log('exec fails', e.message, e.code, e.killed, e.signal, e.cmd, JSON.stringify(out)); done(); }));
  await new Promise((done) => execFile('node', ['-p', '1 + 1'], (e, out) => { console.log('execFile', e, JSON.stringify(out)); done(); }));
  const waited = await require('util').promisify(exec)('echo promised');
  console.log(waited);
}

sync();
later().then(() => { process.chdir('/'); fs.rmSync(R, { recursive: true }); });
