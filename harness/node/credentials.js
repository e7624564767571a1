// Binding `credentials`: user and group ids, and the environment as Node's own code reads it.
(function (host, ctx) {
  'use strict';
  const { ArrayIsArray } = ctx.primordials;
  const number = (name) => () => host.call('process.id', name);
  const set = (name) => (id) => {
    const result = host.call('process.setid', name, id);
    if (typeof result === 'string') return 1;
    ctx.check(result, name);
    return 0;
  };
  return {
    // Only Node's own code asks this way.
    safeGetenv: (name) => ctx.getenv(name),
    getTempDir: () => ctx.getenv('TMPDIR') ?? '/tmp',
    implementsPosixCredentials: ctx.process.platform !== 'win32',
    getuid: number('uid'),
    geteuid: number('euid'),
    getgid: number('gid'),
    getegid: number('egid'),
    getgroups() {
      const groups = host.call('process.id', 'groups');
      return ArrayIsArray(groups) ? groups : [];
    },
    initgroups: () => { throw ctx.uvException(-1, 'initgroups'); },
    setgroups: () => { throw ctx.uvException(-1, 'setgroups'); },
    setegid: set('setegid'),
    seteuid: set('seteuid'),
    setgid: set('setgid'),
    setuid: set('setuid'),
  };
})
