// Binding `string_decoder`: decodes a stream of chunks; the state (incomplete character, counts) lives in the caller's buffer.
(function (host, ctx) {
  'use strict';
  const { TypedArrayPrototypeSet, TypedArrayPrototypeSubarray, Uint8Array, MathMin } = ctx.primordials;
  const kIncompleteStart = 0;
  const kMissing = 4;
  const kBuffered = 5;
  const kEncoding = 6;
  const ENCODINGS = ['ascii', 'utf8', 'base64', 'utf16le', 'latin1', 'hex', 'buffer', 'base64url'];
  const name = (state) => {
    const encoding = ENCODINGS[state[kEncoding]];
    return encoding === 'utf16le' ? 'ucs2' : encoding === 'buffer' ? 'utf8' : encoding;
  };

  // How many bytes the last character of `bytes` still misses, and how many of it are there.
  function utf8Tail(bytes) {
    const size = bytes.length;
    for (let back = 1; back <= MathMin(3, size); back++) {
      const byte = bytes[size - back];
      if ((byte & 0xc0) === 0x80) continue;
      const need = byte >= 0xf0 && byte <= 0xf4 ? 4 : byte >= 0xe0 && byte < 0xf0 ? 3 : byte >= 0xc2 && byte < 0xe0 ? 2 : 1;
      if (need <= back || (back > 1 && !isSecond(byte, bytes[size - back + 1]))) return [0, 0];
      return [need - back, back];
    }
    return [0, 0];
  }

  // The lead bytes with a narrower range of second bytes: an impossible pair is an error at once, not an open character.
  function isSecond(lead, second) {
    if (lead === 0xe0) return second >= 0xa0;
    if (lead === 0xed) return second < 0xa0;
    if (lead === 0xf0) return second >= 0x90;
    if (lead === 0xf4) return second < 0x90;
    return true;
  }

  function tail(encoding, bytes) {
    const size = bytes.length;
    if (encoding === 'utf8') return utf8Tail(bytes);
    if (encoding === 'ucs2') {
      if (size % 2 === 1) return [1, 1];
      // A high surrogate waits for its partner.
      if (size >= 2 && (bytes[size - 1] & 0xfc) === 0xd8) return [2, 2];
      return [0, 0];
    }
    if (encoding === 'base64' || encoding === 'base64url') {
      const rest = size % 3;
      return rest === 0 ? [0, 0] : [3 - rest, rest];
    }
    return [0, 0];
  }

  function decode(state, chunk) {
    if (typeof chunk === 'string') return chunk;
    const encoding = name(state);
    const fresh = ctx.bytesOf(chunk);
    const held = state[kBuffered];
    let all = fresh;
    if (held > 0) {
      all = new Uint8Array(held + fresh.length);
      for (let i = 0; i < held; i++) all[i] = state[kIncompleteStart + i];
      TypedArrayPrototypeSet(all, fresh, held);
    }
    const { 0: missing, 1: kept } = tail(encoding, all);
    const end = all.length - kept;
    for (let i = 0; i < kept; i++) state[kIncompleteStart + i] = all[end + i];
    state[kMissing] = missing;
    state[kBuffered] = kept;
    return end === 0 ? '' : host.bytesSlice(encoding, all, 0, end);
  }

  function flush(state) {
    const encoding = name(state);
    let held = state[kBuffered];
    if (encoding === 'ucs2' && held % 2 === 1) held--;
    state[kMissing] = 0;
    state[kBuffered] = 0;
    if (held === 0) return '';
    return host.bytesSlice(encoding, TypedArrayPrototypeSubarray(state, kIncompleteStart, kIncompleteStart + held), 0, held);
  }

  return {
    encodings: ENCODINGS, decode, flush,
    kIncompleteCharactersStart: 0, kIncompleteCharactersEnd: 4, kMissingBytes: 4, kBufferedBytes: 5, kEncodingField: 6,
    kNumFields: 7, kSize: 7,
  };
})
