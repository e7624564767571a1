// Binding `cares_wrap`: the name service. The host answers at once; the package hears of it on a later turn.
(function (host, ctx) {
  'use strict';
  const {
    ArrayPrototypeMap, ObjectAssign, SafeMap, SafeSet, StringPrototypeIncludes, Uint8Array,
  } = ctx.primordials;

  const UV_EAI_NONAME = -3008;
  const UV_EINVAL = -22;
  // Seconds that the world's answers may be kept.
  const TTL = 300;

  class GetAddrInfoReqWrap extends ctx.AsyncWrap {
    constructor() { super('GETADDRINFOREQWRAP'); }
  }
  class GetNameInfoReqWrap extends ctx.AsyncWrap {
    constructor() { super('GETNAMEINFOREQWRAP'); }
  }
  class QueryReqWrap extends ctx.AsyncWrap {
    constructor() { super('QUERYWRAP'); }
  }

  function getaddrinfo(req, hostname, family) {
    const found = host.call('net.lookup', hostname, family);
    ctx.complete(req, typeof found === 'string' ? [UV_EAI_NONAME] : [null, found]);
    return 0;
  }

  // Names of the ports that code asks about.
  const SERVICES = { __proto__: null, 21: 'ftp', 22: 'ssh', 25: 'smtp', 53: 'domain', 80: 'http', 443: 'https' };

  function getnameinfo(req, address, port) {
    const names = host.call('net.reverse', address);
    ctx.complete(req, [null, typeof names === 'string' ? address : names[0], SERVICES[port] ?? `${port}`]);
    return 0;
  }

  // The records of one type as the callbacks of lib/internal/dns expect them.
  const address = ({ 1: value }) => value;
  const SHAPES = {
    __proto__: null,
    A: address, AAAA: address, NS: address, PTR: address, CNAME: address,
    MX: ({ 1: priority, 2: exchange }) => ({ exchange, priority }),
    SRV: ({ 1: port, 2: name }) => ({ name, port, priority: 10, weight: 5 }),
    TXT: ({ 1: text }) => [text],
    SOA: ({ 1: nsname, 2: hostmaster, 3: serial, 4: refresh, 5: retry, 6: expire, 7: minttl }) => (
      { nsname, hostmaster, serial, refresh, retry, expire, minttl }),
  };

  function anyRecord(record) {
    const { 0: type } = record;
    if (type === 'A' || type === 'AAAA') return { address: record[1], ttl: TTL, type };
    if (type === 'MX') return ObjectAssign(SHAPES.MX(record), { type });
    if (type === 'TXT') return { entries: [record[1]], type };
    return { value: record[1], type };
  }

  // The arguments of the callback.
  function shape(type, records) {
    if (type === 'ANY') return [null, ArrayPrototypeMap(records, anyRecord)];
    const shaped = ArrayPrototypeMap(records, SHAPES[type]);
    if (type === 'SOA') return [null, shaped[0]];
    return type === 'A' || type === 'AAAA' ? [null, shaped, ArrayPrototypeMap(records, () => TTL)] : [null, shaped];
  }

  class ChannelWrap extends ctx.AsyncWrap {
    #servers = [['127.0.0.53', 53]];
    #waiting = new SafeSet();
    constructor() { super('DNSCHANNEL'); }
    getServers() { return this.#servers; }
    setServers(servers) {
      this.#servers = ArrayPrototypeMap(servers, ({ 1: ip, 2: port }) => [ip, port]);
      return 0;
    }
    setLocalAddress() {}
    cancel() {
      this.#waiting.forEach((entry) => { entry.answer = ['ECANCELLED']; });
    }
    #finish(req, answer) {
      const entry = { answer };
      this.#waiting.add(entry);
      ctx.later(() => {
        this.#waiting.delete(entry);
        ctx.makeCallback(req, req.oncomplete, entry.answer);
      });
      return 0;
    }
    #query(type, req, name) {
      const records = host.call('net.resolve', name, type);
      return this.#finish(req, typeof records === 'string' ? [records] : shape(type, records));
    }
    queryAny(req, name) { return this.#query('ANY', req, name); }
    queryA(req, name) { return this.#query('A', req, name); }
    queryAaaa(req, name) { return this.#query('AAAA', req, name); }
    queryCaa(req, name) { return this.#query('CAA', req, name); }
    queryCname(req, name) { return this.#query('CNAME', req, name); }
    queryMx(req, name) { return this.#query('MX', req, name); }
    queryNaptr(req, name) { return this.#query('NAPTR', req, name); }
    queryNs(req, name) { return this.#query('NS', req, name); }
    queryPtr(req, name) { return this.#query('PTR', req, name); }
    querySoa(req, name) { return this.#query('SOA', req, name); }
    querySrv(req, name) { return this.#query('SRV', req, name); }
    queryTlsa(req, name) { return this.#query('TLSA', req, name); }
    queryTxt(req, name) { return this.#query('TXT', req, name); }
    getHostByAddr(req, ip) {
      if (canonicalizeIP(ip) === undefined) return UV_EINVAL;
      const names = host.call('net.reverse', ip);
      return this.#finish(req, typeof names === 'string' ? [names] : [null, names]);
    }
  }

  // The one way to write an address, and its bytes.
  const known = new SafeMap();
  function canonical(text) {
    if (known.has(text)) return known.get(text);
    const answer = host.quiet('net.canonical', text);
    const value = typeof answer === 'object' ? answer : undefined;
    if (known.size < 256) known.set(text, value);
    return value;
  }
  function canonicalizeIP(text) { return canonical(text)?.[0]; }
  function convertIpv6StringToBuffer(text) {
    return StringPrototypeIncludes(text, ':') ? new Uint8Array(canonical(text)?.[1] ?? []) : null;
  }

  const MESSAGES = {
    __proto__: null,
    ENODATA: 'DNS server returned answer with no data', ENOTFOUND: 'Domain name not found', ECANCELLED: 'DNS query cancelled',
  };
  const strerror = (code) => MESSAGES[code] ?? `Unknown error ${code}`;
  return {
    GetAddrInfoReqWrap, GetNameInfoReqWrap, QueryReqWrap, ChannelWrap, getaddrinfo, getnameinfo, canonicalizeIP,
    convertIpv6StringToBuffer, strerror,
    AI_ADDRCONFIG: 32, AI_ALL: 16, AI_V4MAPPED: 8, DNS_ORDER_VERBATIM: 0, DNS_ORDER_IPV4_FIRST: 1, DNS_ORDER_IPV6_FIRST: 2,
  };
})
