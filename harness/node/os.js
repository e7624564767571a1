// Binding `os`: what the made-up machine is.
(function (host, ctx) {
  'use strict';
  const { ArrayIsArray, ArrayPrototypePush } = ctx.primordials;
  const list = (value) => (ArrayIsArray(value) ? value : []);
  // The host sends rows; lib/os wants all their values in one list.
  const flat = (rows) => {
    const values = [];
    for (let i = 0; i < list(rows).length; i++) for (let j = 0; j < rows[i].length; j++) ArrayPrototypePush(values, rows[i][j]);
    return values;
  };

  // os.userInfo's strings arrive as text; `buffer` is asked for by an encoding option.
  function getUserInfo(options, failure) {
    const info = host.call('os.userinfo');
    if (!ArrayIsArray(info)) {
      failure.syscall = 'uv_os_get_passwd';
      failure.code = ctx.errname(info);
      failure.errno = info;
      failure.message = ctx.errmessage(info);
      return undefined;
    }
    const user = ctx.toObject(info);
    const encode = (text) => (options?.encoding === 'buffer' ? ctx.requireBuiltin('buffer').Buffer.from(text) : text);
    return {
      uid: user.uid, gid: user.gid, username: encode(user.username), homedir: encode(user.homedir),
      shell: user.shell === undefined ? null : encode(user.shell),
    };
  }

  return {
    getAvailableParallelism: () => host.call('os.parallelism') ?? 1,
    // Seven values for each: model, speed in MHz, and the times user, nice, sys, idle, irq in ms.
    getCPUs: () => flat(host.call('os.cpus')),
    getFreeMem: () => host.call('os.freemem'),
    getTotalMem: () => host.call('os.totalmem'),
    getHomeDirectory: () => host.call('os.homedir') ?? '/',
    getHostname: () => host.call('os.hostname') ?? 'localhost',
    // Seven values for each: name, address, netmask, family, mac, internal, scope id or -1.
    getInterfaceAddresses: () => flat(host.call('os.interfaces')),
    getLoadAvg(values) {
      const load = list(host.call('os.loadavg'));
      for (let i = 0; i < 3; i++) values[i] = load[i] ?? 0;
    },
    getPriority: () => 0,
    setPriority: () => 0,
    // [sysname, version, release, machine]; lib/os asks once, when it is loaded.
    getOSInformation: () => list(host.call('os.uname')),
    getUptime: () => host.call('os.uptime') ?? 1,
    getUserInfo,
    isBigEndian: false,
  };
})
