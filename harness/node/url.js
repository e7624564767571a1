// Binding `url`: WHATWG URLs. The host parses; it answers [href, bytes of nine components] in the shape of ada's url_aggregator:
// protocol_end, username_end, host_start, host_end, port, pathname_start, search_start, hash_start, scheme_type, where a
// missing port, search or hash is 0xffffffff.
(function (host, ctx) {
  'use strict';
  const {
    ArrayIsArray, StringPrototypeReplaceAll, StringPrototypeSlice, StringPrototypeStartsWith, TypeError, TypedArrayPrototypeGetBuffer,
    TypedArrayPrototypeSet, Uint32Array, Uint8Array,
  } = ctx.primordials;
  const urlComponents = new Uint32Array(9);
  const componentBytes = new Uint8Array(TypedArrayPrototypeGetBuffer(urlComponents));

  function accept(reply) {
    if (!ArrayIsArray(reply)) return false;
    TypedArrayPrototypeSet(componentBytes, reply[1]);
    return reply[0];
  }

  function invalid(input, base) {
    const error = ctx.nodeError(TypeError, 'ERR_INVALID_URL', 'Invalid URL');
    error.input = input;
    if (base !== undefined) error.base = base;
    return error;
  }

  function parse(input, base, raise) {
    const href = accept(host.quiet('url.parse', input, base));
    if (href !== false) return href;
    if (raise) throw invalid(input, base);
    return undefined;
  }

  // The characters that a path may hold and a URL's path may not.
  function escapePath(path, isWindows) {
    let text = StringPrototypeReplaceAll(path, '%', '%25');
    if (!isWindows) text = StringPrototypeReplaceAll(text, '\\', '%5C');
    text = StringPrototypeReplaceAll(text, '\n', '%0A');
    text = StringPrototypeReplaceAll(text, '\r', '%0D');
    text = StringPrototypeReplaceAll(text, '\t', '%09');
    text = StringPrototypeReplaceAll(text, '?', '%3F');
    return StringPrototypeReplaceAll(text, '#', '%23');
  }

  function pathToFileURL(path, isWindows, hostname) {
    const text = escapePath(path, isWindows);
    const slashes = isWindows && !StringPrototypeStartsWith(text, '/') && hostname === undefined ? '/' : '';
    return parse(`file://${hostname ?? ''}${slashes}${text}`, undefined, true);
  }

  return {
    urlComponents, parse, pathToFileURL,
    canParse: (input, base) => ArrayIsArray(host.quiet('url.parse', input, base)),
    domainToASCII: (domain) => host.quiet('url.domainToAscii', domain) ?? '',
    domainToUnicode: (domain) => host.quiet('url.domainToUnicode', domain) ?? '',
    format: (href, fragment, unicode, search, auth) => host.quiet('url.format', href, fragment, unicode, search, auth),
    getOrigin(input) {
      const href = parse(input, undefined, true);
      return StringPrototypeSlice(href, 0, urlComponents[5]);
    },
    // action: 0 protocol, 1 host, 2 hostname, 3 port, 4 username, 5 password, 6 pathname, 7 search, 8 hash, 9 href
    update: (href, action, value) => accept(host.quiet('url.update', href, action, value)),
  };
})
