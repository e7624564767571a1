// The parts of fs.cpSync that Node has in C++.
(function (host, ctx) {
  'use strict';
  const { Error, StringPrototypeEndsWith, StringPrototypeSlice, StringPrototypeLastIndexOf, StringPrototypeStartsWith } = ctx.primordials;
  const { files } = ctx;

  const S_IFMT = 0o170000;
  const S_IFDIR = 0o040000;
  const S_IFIFO = 0o010000;
  const S_IFSOCK = 0o140000;
  const S_IFLNK = 0o120000;
  const MODE = 1;
  const INODE = 7;
  const ENOENT = -2;

  const refuse = (code, message) => ctx.nodeError(Error, code, message);
  const typeOf = (stats) => stats[MODE] & S_IFMT;
  const isDirectory = (stats) => typeOf(stats) === S_IFDIR;
  const join = (folder, name) => (StringPrototypeEndsWith(folder, '/') ? `${folder}${name}` : `${folder}/${name}`);

  function parent(path) {
    const end = StringPrototypeLastIndexOf(path, '/');
    return end > 0 ? StringPrototypeSlice(path, 0, end) : end === 0 ? '/' : '.';
  }

  function stats(path, isDereferenced) {
    const result = host.call(isDereferenced ? 'fs.stat' : 'fs.lstat', path);
    if (!files.isErrno(result)) return result;
    if (result === ENOENT) return undefined;
    throw ctx.uvException(result, isDereferenced ? 'stat' : 'lstat', path);
  }

  function checkBoth(from, to, source, target) {
    if (source[INODE] === target[INODE] && source[0] === target[0]) {
      throw refuse('ERR_FS_CP_EINVAL', `src and dest cannot be the same ${to}`);
    }
    if (isDirectory(source) && !isDirectory(target)) {
      throw refuse('ERR_FS_CP_DIR_TO_NON_DIR', `Cannot overwrite non-directory ${to} with directory ${from}`);
    }
    if (!isDirectory(source) && isDirectory(target)) {
      throw refuse('ERR_FS_CP_NON_DIR_TO_DIR', `Cannot overwrite directory ${to} with non-directory ${from}`);
    }
  }

  function cpSyncCheckPaths(src, dest, isDereferenced, isRecursive) {
    const [from, to] = [files.textOf(src), files.textOf(dest)];
    const source = stats(from, isDereferenced);
    if (source === undefined) throw ctx.uvException(ENOENT, isDereferenced ? 'stat' : 'lstat', from);
    const target = stats(to, isDereferenced);
    if (target !== undefined) checkBoth(from, to, source, target);
    // From here on Node names a directory with a slash at its end.
    const folder = join(from, '');
    if (isDirectory(source) && StringPrototypeStartsWith(`${to}/`, folder)) {
      throw refuse('ERR_FS_CP_EINVAL', `Cannot copy ${folder} to a subdirectory of self ${to}`);
    }
    if (isDirectory(source) && !isRecursive) {
      throw refuse('ERR_FS_EISDIR', `Recursive option not enabled, cannot copy a directory: ${folder}`);
    }
    if (typeOf(source) === S_IFSOCK) throw refuse('ERR_FS_CP_SOCKET', `Cannot copy a socket file: ${to}`);
    if (typeOf(source) === S_IFIFO) throw refuse('ERR_FS_CP_FIFO_PIPE', `Cannot copy a FIFO pipe: ${to}`);
    if (target === undefined) ctx.check(host.call('fs.mkdirs', parent(to), 0o777), 'mkdir', parent(to));
  }

  function keepTimes(from, to) {
    const values = stats(from, true);
    // Seconds and nanoseconds of access and modification stand after the first ten numbers.
    ctx.check(host.call('fs.utimes', to, values[10] + values[11] / 1e9, values[12] + values[13] / 1e9), 'utime', to);
  }

  function copyOne(from, to, mode, isTimed) {
    ctx.check(host.call('fs.copyFile', from, to, mode), 'copyfile', from, to);
    if (isTimed) keepTimes(from, to);
  }

  function cpSyncOverrideFile(src, dest, mode, isTimed) {
    const [from, to] = [files.textOf(src), files.textOf(dest)];
    ctx.check(host.call('fs.unlink', to), 'unlink', to);
    copyOne(from, to, mode, isTimed);
  }

  function copyLink(from, to, how) {
    let target = ctx.check(host.call('fs.readlink', from), 'readlink', from);
    if (!how.isVerbatim && !StringPrototypeStartsWith(target, '/')) target = ctx.requireBuiltin('path').resolve(parent(from), target);
    if (stats(to, false) !== undefined) ctx.check(host.call('fs.unlink', to), 'unlink', to);
    ctx.check(host.call('fs.symlink', target, to), 'symlink', target, to);
  }

  function copyEntry(from, to, how) {
    const source = stats(from, how.isDereferenced);
    if (source === undefined) throw ctx.uvException(ENOENT, 'stat', from);
    if (isDirectory(source)) return copyTree(from, to, how);
    if (typeOf(source) === S_IFLNK) return copyLink(from, to, how);
    if (stats(to, false) !== undefined) {
      if (how.isForced) return cpSyncOverrideFile(from, to, 0, how.isTimed);
      if (how.isStrict) throw refuse('ERR_FS_CP_EEXIST', `[ERR_FS_CP_EEXIST]: Target already exists: cp returned EEXIST (${to} already exists)`);
      return undefined;
    }
    return copyOne(from, to, 0, how.isTimed);
  }

  function copyTree(from, to, how) {
    ctx.check(host.call('fs.mkdirs', to, 0o777), 'mkdir', to);
    const list = ctx.check(host.call('fs.readdir', from), 'scandir', from);
    for (let i = 0; i < list.length; i += 2) copyEntry(join(from, list[i]), join(to, list[i]), how);
  }

  return {
    cpSyncCheckPaths, cpSyncOverrideFile,
    cpSyncCopyDir(src, dest, isForced, isDereferenced, isStrict, isVerbatim, isTimed) {
      copyTree(files.textOf(src), files.textOf(dest), { __proto__: null, isForced, isDereferenced, isStrict, isVerbatim, isTimed });
    },
  };
})
