// Binding `cares_wrap`: the name service.
(function (host, ctx) {
  'use strict';
  // lib/internal/dns/utils makes the default resolver while the snapshot is taken.
  class ChannelWrap {
    getServers() { return []; }
    setServers() { return 0; }
    setLocalAddress() {}
    cancel() {}
  }
  return ctx.placeholder('cares_wrap', {
    classes: ['GetAddrInfoReqWrap', 'GetNameInfoReqWrap', 'QueryReqWrap'],
    functions: ['getaddrinfo', 'getnameinfo', 'canonicalizeIP', 'strerror'],
    values: {
      ChannelWrap,
      AI_ADDRCONFIG: 32, AI_ALL: 16, AI_V4MAPPED: 8, DNS_ORDER_VERBATIM: 0, DNS_ORDER_IPV4_FIRST: 1, DNS_ORDER_IPV6_FIRST: 2,
    },
  });
})
