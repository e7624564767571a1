// Calls on paths and the attributes of descriptors.
(function (host, ctx) {
  'use strict';
  const { Error } = ctx.primordials;
  const { files } = ctx;
  const { failure, textOf } = files;

  // A verb on one path and up to two numbers; the request comes after these.
  const onPath = (verb, syscall, numbers) => (path, first, second, third) => {
    const where = textOf(path);
    const req = numbers === 0 ? first : numbers === 1 ? second : third;
    return files.run(req, () => quiet(host.call(verb, where, numbers > 0 ? first : undefined, numbers > 1 ? second : undefined)),
                     failure(syscall, where));
  };

  const onFd = (verb, syscall, numbers) => (fd, first, second, third) =>
    files.run(numbers === 1 ? second : third, () => quiet(host.call(verb, fd, first, numbers > 1 ? second : undefined)), failure(syscall));

  // An answer without a value is undefined, whatever the host says.
  const quiet = (result) => (files.isErrno(result) ? result : undefined);

  const onTwo = (verb, syscall) => (from, to, req) => {
    const [source, target] = [textOf(from), textOf(to)];
    return files.run(req, () => quiet(host.call(verb, source, target)), failure(syscall, source, target));
  };

  // Answers with a path, in the encoding that is asked for.
  const toPath = (verb, syscall, shown = (path) => path) => (path, encoding, req) => {
    const where = textOf(path);
    return files.run(req, () => files.encoded(host.call(verb, where), encoding), failure(syscall, shown(where)));
  };

  function mkdir(path, mode, recursive, req) {
    const where = textOf(path);
    return files.run(req, () => {
      const made = host.call(recursive ? 'fs.mkdirs' : 'fs.mkdir', where, mode);
      return recursive || files.isErrno(made) ? made : undefined;
    }, failure('mkdir', where));
  }

  function readdir(path, encoding, withTypes, req) {
    const where = textOf(path);
    return files.run(req, () => {
      const list = host.call('fs.readdir', where);
      if (files.isErrno(list)) return list;
      const names = [];
      const types = [];
      for (let i = 0; i + 1 < list.length; i += 2) {
        names[names.length] = files.encoded(list[i], encoding);
        types[types.length] = list[i + 1];
      }
      return withTypes ? [names, types] : names;
    }, failure('scandir', where));
  }

  function symlink(target, path, flags, req) {
    const [to, where] = [textOf(target), textOf(path)];
    return files.run(req, () => quiet(host.call('fs.symlink', to, where)), failure('symlink', to, where));
  }

  function copyFile(from, to, mode, req) {
    const [source, target] = [textOf(from), textOf(to)];
    return files.run(req, () => quiet(host.call('fs.copyFile', source, target, mode)), failure('copyfile', source, target));
  }

  // The first of the names that Node tries for a package without `exports`, by its number; see lib/internal/modules/esm/resolve.
  // `folder` ends with a separator.
  function legacyMainResolve(folder, main, base) {
    const { fileURLToPath } = ctx.requireBuiltin('internal/url');
    const isFile = (name) => host.quiet('fs.kind', `${folder}${name}`) === 0;
    if (typeof main === 'string') {
      const ends = ['', '.js', '.json', '.node', '/index.js', '/index.json', '/index.node'];
      for (let i = 0; i < ends.length; i++) if (isFile(`${main}${ends[i]}`)) return i;
    }
    const names = ['index.js', 'index.json', 'index.node'];
    for (let i = 0; i < names.length; i++) if (isFile(names[i])) return 7 + i;
    const from = base === undefined ? '' : ` imported from ${fileURLToPath(base)}`;
    throw ctx.nodeError(Error, 'ERR_MODULE_NOT_FOUND', `Cannot find package '${folder}'${from}`);
  }

  return {
    access: onPath('fs.access', 'access', 1),
    existsSync: (path) => host.call('fs.exists', textOf(path)) === true,
    rename: onTwo('fs.rename', 'rename'),
    link: onTwo('fs.link', 'link'),
    symlink, copyFile, mkdir, readdir,
    unlink: onPath('fs.unlink', 'unlink', 0),
    rmdir: onPath('fs.rmdir', 'rmdir', 0),
    readlink: toPath('fs.readlink', 'readlink'),
    realpath: toPath('fs.realpath', 'realpath'),
    mkdtemp: toPath('fs.mkdtemp', 'mkdtemp', (prefix) => `${prefix}XXXXXX`),
    chmod: onPath('fs.chmod', 'chmod', 1),
    chown: onPath('fs.chown', 'chown', 2),
    lchown: onPath('fs.lchown', 'lchown', 2),
    utimes: onPath('fs.utimes', 'utime', 2),
    lutimes: onPath('fs.lutimes', 'lutime', 2),
    fchmod: onFd('fs.fchmod', 'fchmod', 1),
    fchown: onFd('fs.fchown', 'fchown', 2),
    futimes: onFd('fs.futimes', 'futime', 2),
    ftruncate: onFd('fs.ftruncate', 'ftruncate', 1),
    // These two are asked by the loader of modules for thousands of paths, and are not recorded.
    internalModuleStat(receiver, path) {
      const result = host.quiet('fs.kind', textOf(path ?? receiver));
      return typeof result === 'number' ? result : -2;
    },
    getFormatOfExtensionlessFile(path) {
      const result = host.quiet('fs.format', textOf(path));
      return result === 1 ? 1 : 0;
    },
    legacyMainResolve,
  };
})
