// The callbacks, promises and streams of fs: results, errors and the order of events.
const fs = require('fs'), fsp = fs.promises, { pipeline } = require('stream/promises');
const R = '/tmp/fs-parity'; fs.mkdirSync(R); process.chdir(R);
const show = (e) => `${e.name} ${e.message} ${JSON.stringify({ ...e })}`;
const cb = (name, f) => new Promise((ok) => { try { f((...a) => { console.log(name, '->', a.length, ...a.map((x) => (x instanceof Error ? show(x) : x))); ok(); }); } catch (e) { console.log(name, 'throws', e.code, e.message); ok(); } });
const p = async (name, f) => { try { console.log(name, '=>', await f()); } catch (e) { console.log(name, '!!', show(e)); } };
async function callbacks() {
  await cb('mkdir', (k) => fs.mkdir('d', k));
  await cb('mkdirp', (k) => fs.mkdir('d/e/f', { recursive: true }, k));
  await cb('mkdir again', (k) => fs.mkdir('d', k));
  await cb('writeFile', (k) => fs.writeFile('a', 'text', k));
  await cb('readFile', (k) => fs.readFile('a', 'utf8', k));
  await cb('readFile buf', (k) => fs.readFile('a', k));
  await cb('readFile missing', (k) => fs.readFile('zz', k));
  await cb('readFile dir', (k) => fs.readFile('d', k));
  await cb('appendFile', (k) => fs.appendFile('a', '+', k));
  await cb('access', (k) => fs.access('a', k));
  await cb('access missing', (k) => fs.access('zz', k));
  await cb('exists', (k) => fs.exists('a', k));
  await cb('stat', (k) => fs.stat('a', (e, s) => k(e, s.size, s.isFile())));
  await cb('stat big', (k) => fs.stat('a', { bigint: true }, (e, s) => k(e, s.size, typeof s.atimeNs)));
  await cb('stat missing', (k) => fs.stat('zz', k));
  await cb('lstat missing', (k) => fs.lstat('zz', k));
  await cb('readdir', (k) => fs.readdir('.', k));
  await cb('readdir types', (k) => fs.readdir('.', { withFileTypes: true }, (e, l) => k(e, l.map((d) => d.name + d.isDirectory()))));
  await cb('readdir rec', (k) => fs.readdir('.', { recursive: true }, k));
}

async function moreCallbacks() {
  await cb('rename', (k) => fs.rename('a', 'b', k));
  await cb('rename missing', (k) => fs.rename('zz', 'b', k));
  await cb('copyFile', (k) => fs.copyFile('b', 'c', k));
  await cb('copyFile missing', (k) => fs.copyFile('zz', 'c', k));
  await cb('symlink', (k) => fs.symlink('b', 'l', k));
  await cb('readlink', (k) => fs.readlink('l', k));
  await cb('realpath', (k) => fs.realpath('l', k));
  await cb('realpath native', (k) => fs.realpath.native('l', k));
  await cb('link', (k) => fs.link('b', 'h', k));
  await cb('chmod', (k) => fs.chmod('b', 0o600, k));
  await cb('utimes', (k) => fs.utimes('b', 1, 2, k));
  await cb('truncate', (k) => fs.truncate('b', 2, k));
  await cb('unlink', (k) => fs.unlink('h', k));
  await cb('unlink missing', (k) => fs.unlink('h', k));
  await cb('rmdir', (k) => fs.rmdir('d/e/f', k));
  await cb('rm', (k) => fs.rm('d', { recursive: true }, k));
  await cb('rm missing', (k) => fs.rm('d', { recursive: true }, k));
  await cb('mkdtemp', (k) => fs.mkdtemp('t-', (e, n) => k(e, n.length)));
  await cb('open', (k) => fs.open('b', 'r+', (e, fd) => { fs.read(fd, Buffer.alloc(5), 0, 5, 0, (e, n, b) => { fs.write(fd, 'zz', 1, (e2, n2, s) => { fs.fstat(fd, (e3, st) => { fs.close(fd, (e4) => k(e, n, b, e2, n2, s, e3, st.size, e4)); }); }); }); }));
  await cb('open missing', (k) => fs.open('zz', k));
  await cb('read badfd', (k) => fs.read(999, Buffer.alloc(1), 0, 1, null, k));
  await cb('close badfd', (k) => fs.close(999, k));
  await cb('cp', (k) => fs.cp('b', 'cp1', k));
  await cb('opendir', (k) => fs.opendir('.', (e, d) => d.read((e2, x) => d.close((e3) => k(e, e2, typeof x.name, e3)))));
  await cb('opendir missing', (k) => fs.opendir('zz', k));
  await cb('writev', (k) => fs.open('wv', 'w', (e, fd) => fs.writev(fd, [Buffer.from('x'), Buffer.from('yz')], (e, n, b) => fs.close(fd, () => k(e, n, b.length)))));
  await cb('nocb', () => fs.readFile('a'));
}

async function promises() {
  await p('p readFile', () => fsp.readFile('b', 'latin1'));
  await p('p readFile missing', () => fsp.readFile('zz'));
  await p('p readFile dir', () => fsp.readFile('.'));
  await p('p writeFile', () => fsp.writeFile('pw', 'abc'));
  await p('p appendFile', () => fsp.appendFile('pw', 'def'));
  await p('p stat', async () => (await fsp.stat('pw')).size);
  await p('p stat big', async () => (await fsp.stat('pw', { bigint: true })).size);
  await p('p stat missing', () => fsp.stat('zz'));
  await p('p access', () => fsp.access('pw'));
  await p('p access missing', () => fsp.access('zz'));
  await p('p mkdirp', () => fsp.mkdir('m/n/o', { recursive: true }));
  await p('p readdir', async () => (await fsp.readdir('.', { recursive: true })).filter((n) => !/^[tq]-/.test(n)));
  await p('p readdir types', async () => (await fsp.readdir('.', { withFileTypes: true })).filter((d) => !/^[tq]-/.test(d.name)).map((d) => d.name + d.isFile()));
  await p('p rename missing', () => fsp.rename('zz', 'y'));
  await p('p copyFile', () => fsp.copyFile('pw', 'pc'));
  await p('p symlink', () => fsp.symlink('pw', 'pl'));
  await p('p readlink', () => fsp.readlink('pl'));
  await p('p realpath', () => fsp.realpath('pl'));
  await p('p lstat', async () => (await fsp.lstat('pl')).isSymbolicLink());
  await p('p chmod', () => fsp.chmod('pw', 0o644));
  await p('p utimes', () => fsp.utimes('pw', 1, 1));
  await p('p truncate', () => fsp.truncate('pw', 1));
}

async function morePromises() {
  await p('p unlink', () => fsp.unlink('pc'));
  await p('p unlink missing', () => fsp.unlink('pc'));
  await p('p rmdir', () => fsp.rmdir('m/n/o'));
  await p('p rm', () => fsp.rm('m', { recursive: true }));
  await p('p rm missing', () => fsp.rm('m'));
  await p('p mkdtemp', async () => (await fsp.mkdtemp('q-')).length);
  await p('p cp', () => fsp.cp('pw', 'pcp'));
  await p('p cp dir', async () => { await fsp.mkdir('s/t', { recursive: true }); await fsp.writeFile('s/t/u', '1'); await fsp.cp('s', 's2', { recursive: true }); return fsp.readdir('s2', { recursive: true }); });
  await p('p statfs', async () => Object.keys(await fsp.statfs('.')));
}

async function handles() {
  await p('handle', async () => {
    const h = await fsp.open('hf', 'w+'); const out = [h.constructor.name, typeof h.fd];
    out.push((await h.write('hello')).bytesWritten, (await h.write(Buffer.from('xyz'), 0, 2, 1)).bytesWritten);
    const b = Buffer.alloc(10); const r = await h.read(b, 0, 10, 0); out.push(r.bytesRead, String(b.subarray(0, r.bytesRead)));
    out.push((await h.stat()).size, await h.readFile('utf8')); await h.truncate(2); await h.sync(); await h.datasync(); await h.chmod(0o600); await h.utimes(1, 1);
    await h.appendFile('!!'); out.push((await h.writev([Buffer.from('1'), Buffer.from('2')])).bytesWritten); out.push((await h.readv([Buffer.alloc(3)], 0)).bytesRead);
    await h.close(); out.push(h.fd, fs.readFileSync('hf', 'latin1')); await h.close().catch((e) => out.push(e.code)); try { await h.read(b) } catch (e) { out.push(e.code, e.syscall, e.message) } return out;
  });
  await p('handle lines', async () => { await fsp.writeFile('lines', 'a\nb\nc'); const h = await fsp.open('lines'); const l = []; for await (const x of h.readLines()) l.push(x); return l; });
  await p('handle using read', async () => { const h = await fsp.open('lines'); const r = await h.read({ length: 2 }); await h.close(); return [r.bytesRead, r.buffer.length]; });
  await p('open missing', () => fsp.open('zz'));
  await p('dir iter', async () => { const n = []; for await (const d of await fsp.opendir('.')) n.push(d.name); return n.length > 5; });
}

async function streams() {
  await p('stream', async () => { await pipeline(fs.createReadStream('lines', { encoding: 'utf8' }), async function* (s) { for await (const c of s) yield c.toUpperCase(); }, fs.createWriteStream('up')); return fs.readFileSync('up', 'utf8'); });
  await p('stream range', async () => { let t = ''; for await (const c of fs.createReadStream('lines', { start: 1, end: 3, highWaterMark: 1 })) t += c + '|'; return t; });
  await p('stream missing', () => new Promise((ok, no) => fs.createReadStream('zz').on('error', no).on('data', () => {})));
  await p('wstream missing', () => new Promise((ok, no) => fs.createWriteStream('zz/a').on('error', no).end('x')));
  await p('wstream events', () => new Promise((ok) => { const ev = []; const w = fs.createWriteStream('ws', { flags: 'a' }); for (const e of ['open', 'ready', 'finish', 'close']) w.on(e, () => { ev.push(e); if (e === 'close') ok([ev, w.bytesWritten, fs.readFileSync('ws', 'utf8')]); }); w.write('1'); w.write(Buffer.from('2')); w.end('3'); }));
  await p('rstream events', () => new Promise((ok) => { const ev = []; const w = fs.createReadStream('ws'); for (const e of ['open', 'ready', 'data', 'end', 'close']) w.on(e, () => { ev.push(e); if (e === 'close') ok([ev, w.bytesRead]); }); }));
  await p('handle stream', async () => { const h = await fsp.open('ws'); let t = ''; for await (const c of h.createReadStream()) t += c; return t; });
  await p('webstream', async () => { const h = await fsp.open('ws'); let n = 0; for await (const c of h.readableWebStream()) n += c.byteLength; await h.close(); return n; });
  await p('watch', async () => { const w = fs.watch('ws'); w.close(); const ac = new AbortController(); ac.abort(); try { for await (const x of fsp.watch('ws', { signal: ac.signal })) ; } catch (e) { return e.name; } });
  await p('watch missing', () => fs.watch('zz'));
  await p('watchFile', () => new Promise((ok) => { fs.watchFile('zz', { interval: 20 }, (c, q) => { fs.unwatchFile('zz'); ok([c.mtimeMs, q.size, c.isFile()]); }); }));
  await p('glob', async () => { const n = []; for await (const x of fsp.glob('s/**/*')) n.push(x); return n.sort(); });
  await p('large', async () => { const b = Buffer.alloc(3 << 20, 7); await fsp.writeFile('big', b); return (await fsp.readFile('big')).equals(b); });
}

(async () => {
  await callbacks();
  await moreCallbacks();
  await promises();
  await morePromises();
  await handles();
  await streams();
  const order = []; fs.stat('.', () => order.push('cb')); setImmediate(() => order.push('imm')); process.nextTick(() => order.push('tick')); Promise.resolve().then(() => order.push('micro')); await fsp.stat('.'); await new Promise((r) => setTimeout(r, 5)); console.log(order.slice(0, 2), order.length);
  process.chdir('/'); fs.rmSync(R, { recursive: true });
})();
