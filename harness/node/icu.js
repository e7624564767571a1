// Binding `icu`: string widths for terminals, and the decoders behind TextDecoder and buffer.transcode.
(function (host, ctx) {
  'use strict';
  const {
    ArrayPrototypeJoin, SafeMap, StringFromCharCode, StringPrototypeCodePointAt, StringPrototypeSlice, TypeError, Uint8Array,
    TypedArrayPrototypeSet,
  } = ctx.primordials;
  const FLAG_FLUSH = 1;
  const FLAG_FATAL = 2;
  const FLAG_IGNORE_BOM = 4;
  const U_ILLEGAL_ARGUMENT_ERROR = 1;

  // Bytes 0x80-0x9f of windows-1252; the rest is Latin-1.
  const WINDOWS_1252 = '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
    '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';
  ctx.decodeSingleByte = (encoding, bytes) => {
    if (encoding !== 'windows-1252') return host.bytesSlice('latin1', bytes, 0, bytes.length);
    const parts = [];
    for (let i = 0; i < bytes.length; i++) {
      parts[i] = bytes[i] >= 0x80 && bytes[i] < 0xa0 ? WINDOWS_1252[bytes[i] - 0x80] : StringFromCharCode(bytes[i]);
    }
    return ArrayPrototypeJoin(parts, '');
  };

  const KINDS = new SafeMap([
    ['utf-8', 'utf8'], ['utf8', 'utf8'], ['utf-16le', 'ucs2'], ['utf-16be', 'utf16be'], ['us-ascii', 'latin1'],
    ['iso-8859-1', 'latin1'], ['latin1', 'latin1'], ['windows-1252', 'windows-1252'],
  ]);

  class Converter {
    #kind;
    #flags;
    #held = new Uint8Array(0);
    #started = false;
    constructor(kind, flags) {
      this.#kind = kind;
      this.#flags = flags;
    }
    decode(input, flags, name) {
      const fresh = ctx.bytesOf(input);
      let bytes = new Uint8Array(this.#held.length + fresh.length);
      TypedArrayPrototypeSet(bytes, this.#held);
      TypedArrayPrototypeSet(bytes, fresh, this.#held.length);
      const flush = (flags & FLAG_FLUSH) !== 0;
      const keep = flush ? 0 : this.#openBytes(bytes);
      this.#held = new Uint8Array(bytes.buffer, bytes.length - keep, keep);
      bytes = new Uint8Array(bytes.buffer, 0, bytes.length - keep);
      if ((this.#flags & FLAG_FATAL) !== 0 && !this.#valid(bytes)) {
        this.#started = false;
        throw ctx.nodeError(TypeError, 'ERR_ENCODING_INVALID_ENCODED_DATA', `The encoded data was not valid for encoding ${name}`);
      }
      let text = this.#text(bytes);
      if (!this.#started && text.length > 0) {
        if ((this.#flags & FLAG_IGNORE_BOM) === 0 && text[0] === '\ufeff') text = StringPrototypeSlice(text, 1);
        this.#started = true;
      }
      if (flush) this.#started = false;
      return text;
    }
    #openBytes(bytes) {
      if (this.#kind === 'ucs2' || this.#kind === 'utf16be') return bytes.length % 2;
      if (this.#kind !== 'utf8') return 0;
      for (let back = 1; back <= 3 && back <= bytes.length; back++) {
        const byte = bytes[bytes.length - back];
        if ((byte & 0xc0) === 0x80) continue;
        const need = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
        return need > back ? back : 0;
      }
      return 0;
    }
    #valid(bytes) {
      if (this.#kind === 'utf8') return host.isUtf8(bytes);
      return (this.#kind !== 'ucs2' && this.#kind !== 'utf16be') || bytes.length % 2 === 0;
    }
    #text(bytes) {
      if (this.#kind === 'windows-1252') return ctx.decodeSingleByte('windows-1252', bytes);
      if (this.#kind !== 'utf16be') return host.bytesSlice(this.#kind, bytes, 0, bytes.length);
      const swapped = new Uint8Array(bytes.length);
      for (let i = 0; i + 1 < bytes.length; i += 2) {
        swapped[i] = bytes[i + 1];
        swapped[i + 1] = bytes[i];
      }
      return host.bytesSlice('ucs2', swapped, 0, swapped.length);
    }
  }

  // East Asian wide and emoji ranges, two columns each; marks and format characters, none.
  const isWide = (code) => (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0x303e) ||
    (code >= 0x3041 && code <= 0xa4cf && code !== 0x303f) || (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) || (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) || (code >= 0x1f300 && code <= 0x1f64f) || (code >= 0x1f680 && code <= 0x1f6ff) ||
    (code >= 0x1f900 && code <= 0x1f9ff) || (code >= 0x20000 && code <= 0x3fffd);
  const isZero = (code) => code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x300 && code <= 0x36f) ||
    (code >= 0x200b && code <= 0x200f) || (code >= 0x20d0 && code <= 0x20ff) || (code >= 0xfe00 && code <= 0xfe0f) ||
    (code >= 0xfe20 && code <= 0xfe2f) || (code >= 0xe0100 && code <= 0xe01ef) || code === 0xad || code === 0xfeff;

  function getStringWidth(text) {
    let width = 0;
    for (let i = 0; i < text.length; i++) {
      const code = StringPrototypeCodePointAt(text, i);
      if (code > 0xffff) i++;
      if (!isZero(code)) width += isWide(code) ? 2 : 1;
    }
    return width;
  }

  const NAMES = { __proto__: null, utf8: 'utf8', ucs2: 'ucs2', utf16le: 'ucs2', latin1: 'latin1', binary: 'latin1', ascii: 'ascii' };
  function transcode(source, from, to) {
    if (NAMES[from] === undefined || NAMES[to] === undefined) return -U_ILLEGAL_ARGUMENT_ERROR;
    const text = host.bytesSlice(NAMES[from], source, 0, source.length);
    const bytes = host.bytesFrom(NAMES[to], narrow(text, NAMES[to]));
    return ctx.requireBuiltin('buffer').Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  // ICU writes '?' for what a narrower encoding cannot say.
  function narrow(text, encoding) {
    const limit = encoding === 'latin1' ? 0xff : encoding === 'ascii' ? 0x7f : 0x10ffff;
    if (limit === 0x10ffff) return text;
    let result = '';
    for (let i = 0; i < text.length; i++) {
      const code = StringPrototypeCodePointAt(text, i);
      result += code <= limit ? text[i] : '?';
      if (code > 0xffff) i++;
    }
    return result;
  }

  return {
    getStringWidth, transcode,
    icuErrName: (code) => (code === -U_ILLEGAL_ARGUMENT_ERROR ? 'U_ILLEGAL_ARGUMENT_ERROR' : `U_ERROR_${code}`),
    getConverter(name, flags) {
      const kind = KINDS.get(name);
      if (kind === undefined) {
        host.call('guest.unsupported', 'icu', `converter ${name}`);
        return undefined;
      }
      return new Converter(kind, flags);
    },
    decode: (converter, input, flags, name) => converter.decode(input, flags, name),
    hasConverter: (name) => KINDS.has(name),
    toASCII: (domain) => host.quiet('url.domainToAscii', domain) ?? '',
    toUnicode: (domain) => host.quiet('url.domainToUnicode', domain) ?? '',
  };
})
