// Binding `encoding_binding`: TextEncoder, and the fast paths of TextDecoder.
(function (host, ctx) {
  'use strict';
  const { StringPrototypeSlice, TypeError, Uint32Array } = ctx.primordials;
  // [code units read, bytes written] of the last encodeInto.
  const encodeIntoResults = new Uint32Array(2);

  function encodeInto(text, target) {
    const written = host.bytesWrite('utf8', text, target, 0, target.length);
    encodeIntoResults[1] = written;
    if (written === host.utf8Length(text)) encodeIntoResults[0] = text.length;
    // A string of replacement characters has as many code units as the text it came from.
    else encodeIntoResults[0] = host.bytesSlice('utf8', target, 0, written).length;
  }

  const invalid = (name) => ctx.nodeError(TypeError, 'ERR_ENCODING_INVALID_ENCODED_DATA',
                                          `The encoded data was not valid for encoding ${name}`);

  function decodeUTF8(input, ignoreBOM, fatal) {
    const bytes = ctx.bytesOf(input);
    if (fatal && !host.isUtf8(bytes)) throw invalid('utf-8');
    const text = host.bytesSlice('utf8', bytes, 0, bytes.length);
    return !ignoreBOM && text[0] === '\ufeff' ? StringPrototypeSlice(text, 1) : text;
  }

  return {
    encodeInto, encodeIntoResults,
    encodeUtf8String: (text) => host.bytesFrom('utf8', text),
    decodeUTF8,
    decodeWindows1252: (input) => ctx.decodeSingleByte('windows-1252', ctx.bytesOf(input)),
    decodeLatin1(input) {
      const bytes = ctx.bytesOf(input);
      return host.bytesSlice('latin1', bytes, 0, bytes.length);
    },
    toASCII: (domain) => host.quiet('url.domainToAscii', domain) ?? '',
    toUnicode: (domain) => host.quiet('url.domainToUnicode', domain) ?? '',
  };
})
