// Binding `block_list`: addresses and rules over them (net.BlockList, net.SocketAddress).
(function (host, ctx) {
  'use strict';
  const {
    ArrayPrototypePush, BigInt, NumberParseInt, StringPrototypeIncludes, StringPrototypeSplit,
  } = ctx.primordials;
  const AF_INET = 2;
  const AF_INET6 = 10;
  const MAPPED = 0xffff00000000n;

  const parse4 = (text) => {
    const parts = StringPrototypeSplit(text, '.');
    if (parts.length !== 4) return undefined;
    let value = 0n;
    for (let i = 0; i < 4; i++) value = (value << 8n) | BigInt(NumberParseInt(parts[i], 10) & 255);
    return value;
  };

  function parse6(text) {
    const halves = StringPrototypeSplit(text, '::');
    const groups = (half) => {
      const list = [];
      if (half === undefined || half === '') return list;
      const parts = StringPrototypeSplit(half, ':');
      for (let i = 0; i < parts.length; i++) {
        if (StringPrototypeIncludes(parts[i], '.')) {
          const value = parse4(parts[i]) ?? 0n;
          ArrayPrototypePush(list, value >> 16n, value & 0xffffn);
        } else ArrayPrototypePush(list, BigInt(NumberParseInt(parts[i], 16) & 0xffff));
      }
      return list;
    };
    const head = groups(halves[0]);
    const tail = groups(halves[1]);
    let value = 0n;
    for (let i = 0; i < 8; i++) {
      const group = i < head.length ? head[i] : i >= 8 - tail.length ? tail[i - (8 - tail.length)] : 0n;
      value = (value << 16n) | group;
    }
    return value;
  }

  // IPv4 as its IPv4-mapped IPv6 number, so that rules of one family meet mapped addresses of the other.
  const numberOf = (address) => (address.family === AF_INET ? MAPPED | (parse4(address.address) ?? 0n) : parse6(address.address));

  class SocketAddress {
    #detail;
    constructor(address, port, family, flowlabel) {
      if ((family === AF_INET ? parse4(address) : true) === undefined) {
        throw ctx.nodeError(ctx.primordials.TypeError, 'ERR_INVALID_ADDRESS', 'Invalid address');
      }
      this.#detail = { address, port, family, flowlabel: flowlabel ?? 0 };
    }
    detail(target) {
      target.address = this.#detail.address;
      target.port = this.#detail.port;
      target.family = this.#detail.family;
      target.flowlabel = this.#detail.flowlabel;
      return target;
    }
    legacyDetail() { return { address: this.#detail.address, port: this.#detail.port, family: this.#detail.family === AF_INET ? 'IPv4' : 'IPv6' }; }
    flowlabel() { return this.#detail.flowlabel; }
  }

  const read = (address) => address.detail({});
  const familyName = (address) => (address.family === AF_INET ? 'IPv4' : 'IPv6');

  class BlockList {
    #rules = [];
    addAddress(address) {
      const item = read(address);
      const value = numberOf(item);
      ArrayPrototypePush(this.#rules, { from: value, to: value, text: `Address: ${familyName(item)} ${item.address}` });
    }
    addRange(start, end) {
      const first = read(start);
      const last = read(end);
      const from = numberOf(first);
      const to = numberOf(last);
      if (from > to) return false;
      ArrayPrototypePush(this.#rules, { from, to, text: `Range: ${familyName(first)} ${first.address}-${last.address}` });
      return undefined;
    }
    addSubnet(network, prefix) {
      const item = read(network);
      const bits = BigInt(item.family === AF_INET ? 32 - prefix : 128 - prefix);
      const from = (numberOf(item) >> bits) << bits;
      ArrayPrototypePush(this.#rules, {
        from, to: from | ((1n << bits) - 1n), text: `Subnet: ${familyName(item)} ${item.address}/${prefix}`,
      });
    }
    check(address) {
      const value = numberOf(read(address));
      for (let i = 0; i < this.#rules.length; i++) {
        if (value >= this.#rules[i].from && value <= this.#rules[i].to) return true;
      }
      return false;
    }
    getRules() {
      const list = [];
      for (let i = this.#rules.length - 1; i >= 0; i--) ArrayPrototypePush(list, this.#rules[i].text);
      return list;
    }
  }

  return { BlockList, SocketAddress, AF_INET, AF_INET6 };
})
