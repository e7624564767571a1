// Binding `http_parser`: the HTTP/1 parser.
(function (host, ctx) {
  'use strict';
  const METHODS = [
    'DELETE', 'GET', 'HEAD', 'POST', 'PUT', 'CONNECT', 'OPTIONS', 'TRACE', 'COPY', 'LOCK', 'MKCOL', 'MOVE', 'PROPFIND',
    'PROPPATCH', 'SEARCH', 'UNLOCK', 'BIND', 'REBIND', 'UNBIND', 'ACL', 'REPORT', 'MKACTIVITY', 'CHECKOUT', 'MERGE', 'M-SEARCH',
    'NOTIFY', 'SUBSCRIBE', 'UNSUBSCRIBE', 'PATCH', 'PURGE', 'MKCALENDAR', 'LINK', 'UNLINK', 'SOURCE', 'QUERY',
  ];
  const binding = ctx.placeholder('http_parser', {
    classes: ['HTTPParser', 'ConnectionsList'], values: { methods: METHODS, allMethods: METHODS },
  });
  ctx.primordials.ObjectAssign(binding.HTTPParser, {
    REQUEST: 1, RESPONSE: 2, kOnMessageBegin: 0, kOnHeaders: 1, kOnHeadersComplete: 2, kOnBody: 3, kOnMessageComplete: 4,
    kOnExecute: 5, kOnTimeout: 6, kLenientNone: 0, kLenientAll: 255,
  });
  return binding;
})
