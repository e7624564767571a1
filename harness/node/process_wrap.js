// Binding `process_wrap`: child processes.
//
//   ctx.children.words(stdio, ways)   what `proc.spawn` needs to know of each descriptor
//   ctx.children.signalName(number)   such as `SIGTERM`; null for 0
(function (host, ctx) {
  'use strict';
  const { ObjectKeys, String } = ctx.primordials;
  const UV_ESRCH = -3;

  const signals = ctx.bindings.constants.os.signals;
  const names = { __proto__: null };
  const keys = ObjectKeys(signals);
  // Some numbers have two names: the first is the usual one.
  for (let i = 0; i < keys.length; i++) names[signals[keys[i]]] ??= keys[i];

  // libuv makes every pipe a socket in both directions; here the standard streams have one, as programs use them.
  function word(entry, index) {
    switch (entry.type) {
      case 'ignore': return 'ignore';
      case 'pipe':
      case 'overlapped':
        if (entry.ipc || index > 2) return 'both';
        return index === 0 ? 'reads' : 'writes';
      case 'wrap': return String(entry.handle.fd);
      default: return String(entry.fd ?? index);
    }
  }

  function words(stdio) {
    const list = [];
    for (let i = 0; i < stdio.length; i++) list[i] = word(stdio[i], i);
    return list;
  }

  const isPipe = (entry) => entry.type === 'pipe' || entry.type === 'overlapped';

  ctx.children = { words, isPipe, signalName: (number) => (number === 0 ? null : names[number] ?? 'SIGKILL') };

  class Process extends ctx.HandleWrap {
    #pid = 0;
    constructor() { super('PROCESSWRAP'); }
    spawn(options) {
      const stdio = options.stdio ?? [];
      const ways = words(stdio);
      const reply = host.call('proc.spawn', options.file, options.args ?? [], options.cwd, options.envPairs, ways,
                              !!options.detached, true);
      if (typeof reply === 'number') return reply;
      this.#pid = this.pid = reply[0];
      for (let i = 0; i < stdio.length; i++) {
        if (isPipe(stdio[i])) ctx.pipes.adopt(stdio[i].handle, reply[i + 1], ways[i] !== 'both');
      }
      ctx.attach(this, `pid:${this.#pid}`, (event) => {
        ctx.detach(this);
        this.#pid = 0;
        ctx.makeCallback(this, this.onexit, [event[2], ctx.children.signalName(event[3]) ?? '']);
      });
      return 0;
    }
    kill(signal) {
      if (this.#pid === 0) return UV_ESRCH;
      return host.call('process.kill', this.#pid, signal) ?? 0;
    }
  }

  return { Process };
})
