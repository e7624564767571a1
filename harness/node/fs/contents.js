// Opening, reading and writing. `position` is null, -1 or undefined for where the descriptor stands.
(function (host, ctx) {
  'use strict';
  const { Number, NumberIsInteger, TypedArrayPrototypeSet, TypedArrayPrototypeSubarray, Uint8Array } = ctx.primordials;
  const { files } = ctx;
  const { failure, isErrno } = files;

  const EAGAIN = -11;
  const EISDIR = -21;
  const CHUNK = 512 * 1024;

  const place = (position) => {
    const number = typeof position === 'bigint' ? Number(position) : position;
    return NumberIsInteger(number) && number >= 0 ? number : -1;
  };

  // Reads at once when there is something to read, or when an empty pipe gets something.
  function readLater(fd, length, position, done) {
    const bytes = host.call('fs.read', fd, length, position, false);
    if (bytes !== EAGAIN) {
      done(bytes);
      return;
    }
    const key = `fd:${fd}`;
    ctx.handles.add(key, () => {
      ctx.handles.remove(key);
      readLater(fd, length, position, done);
    });
  }

  // Spreads bytes over buffers; returns how many there were, or the errno.
  function spread(bytes, targets) {
    if (isErrno(bytes)) return bytes;
    let from = 0;
    for (let i = 0; i < targets.length && from < bytes.length; i++) {
      const part = TypedArrayPrototypeSubarray(bytes, from, from + targets[i].length);
      TypedArrayPrototypeSet(targets[i], part);
      from += part.length;
    }
    return bytes.length;
  }

  function readInto(fd, targets, position, req) {
    let length = 0;
    for (let i = 0; i < targets.length; i++) length += targets[i].length;
    const at = place(position);
    if (!files.isLater(req)) return files.run(req, () => spread(host.call('fs.read', fd, length, at, true), targets), failure('read'));
    return files.start(req, (done) => readLater(fd, length, at, (bytes) => done(spread(bytes, targets))), failure('read'));
  }

  function listOf(buffers) {
    const list = [];
    for (let i = 0; i < buffers.length; i++) list[i] = ctx.bytesOf(buffers[i]);
    return list;
  }

  function joined(list) {
    let length = 0;
    for (let i = 0; i < list.length; i++) length += list[i].length;
    const all = new Uint8Array(length);
    let offset = 0;
    for (let i = 0; i < list.length; i++) {
      TypedArrayPrototypeSet(all, list[i], offset);
      offset += list[i].length;
    }
    return all;
  }

  // `context` takes the failure of a synchronous call in place of a throw.
  function write(fd, bytes, position, req, context) {
    const act = () => host.call('fs.write', fd, bytes, place(position));
    if (files.isLater(req) || context === undefined) return files.run(req, act, failure('write'));
    const result = act();
    if (isErrno(result)) {
      context.errno = result;
      context.syscall = 'write';
      return undefined;
    }
    return result;
  }

  const textBytes = (text, encoding) => host.bytesFrom(files.encodingOf(encoding ?? 'utf8'), text);

  function readAll(fd) {
    const parts = [];
    for (;;) {
      const bytes = host.call('fs.read', fd, CHUNK, -1, true);
      if (isErrno(bytes)) return bytes;
      if (bytes.length === 0) return parts.length === 1 ? parts[0] : joined(parts);
      parts[parts.length] = bytes;
    }
  }

  // The common flag, for reading only, takes one call in place of three.
  function contentsOf(path, flags) {
    if (typeof path === 'number') {
      const bytes = readAll(path);
      if (isErrno(bytes)) throw ctx.uvException(bytes, 'read');
      return bytes;
    }
    const where = files.textOf(path);
    if (flags === undefined || flags === 0) {
      const bytes = host.call('fs.readFile', where);
      if (bytes === EISDIR) throw ctx.uvException(bytes, 'read');
      if (isErrno(bytes)) throw ctx.uvException(bytes, 'open', where);
      return bytes;
    }
    const fd = host.call('fs.open', where, flags, 0o666);
    if (isErrno(fd)) throw ctx.uvException(fd, 'open', where);
    const bytes = readAll(fd);
    host.call('fs.close', fd);
    if (isErrno(bytes)) throw ctx.uvException(bytes, 'read');
    return bytes;
  }

  function writeWhole(fd, bytes) {
    for (let offset = 0; offset < bytes.length;) {
      const written = host.call('fs.write', fd, TypedArrayPrototypeSubarray(bytes, offset), -1);
      if (isErrno(written)) return written;
      offset += written;
    }
    return 0;
  }

  function writeFileUtf8(path, text, flags, mode) {
    const bytes = host.utf8Encode(text);
    const isOwn = typeof path !== 'number';
    const where = isOwn ? files.textOf(path) : undefined;
    const fd = isOwn ? host.call('fs.open', where, flags, mode) : path;
    if (isErrno(fd)) throw ctx.uvException(fd, 'open', where);
    const result = writeWhole(fd, bytes);
    if (isOwn) host.call('fs.close', fd);
    if (isErrno(result)) throw ctx.uvException(result, 'write');
  }

  function open(path, flags, mode, req) {
    const where = files.textOf(path);
    return files.run(req, () => host.call('fs.open', where, flags, mode), failure('open', where));
  }

  const onFd = (verb, syscall) => (fd, req) => files.run(req, () => host.call(verb, fd), failure(syscall));

  return {
    open,
    close: onFd('fs.close', 'close'),
    fsync: onFd('fs.sync', 'fsync'),
    fdatasync: onFd('fs.sync', 'fdatasync'),
    read: (fd, buffer, offset, length, position, req) =>
      readInto(fd, [TypedArrayPrototypeSubarray(ctx.bytesOf(buffer), offset, offset + length)], position, req),
    readBuffers: (fd, buffers, position, req) => readInto(fd, listOf(buffers), position, req),
    writeBuffer: (fd, buffer, offset, length, position, req, context) =>
      write(fd, TypedArrayPrototypeSubarray(ctx.bytesOf(buffer), offset, offset + length), position, req, context),
    writeBuffers: (fd, buffers, position, req) => write(fd, joined(listOf(buffers)), position, req),
    writeString: (fd, text, position, encoding, req, context) => write(fd, textBytes(text, encoding), position, req, context),
    readFileUtf8(path, flags) {
      const bytes = contentsOf(path, flags);
      return host.bytesSlice('utf8', bytes, 0, bytes.length);
    },
    writeFileUtf8,
  };
})
