// Binding `buffer`: the byte work behind Buffer. The loops are the engine's (host.bytes*); this file checks ranges as Node does.
(function (host, ctx) {
  'use strict';
  const {
    ArrayBuffer, MathMin, NumberMAX_SAFE_INTEGER, RangeError, StringPrototypeCharCodeAt, TypeError, TypedArrayPrototypeFill,
    TypedArrayPrototypeGetBuffer, TypedArrayPrototypeGetByteLength, TypedArrayPrototypeGetByteOffset,
    TypedArrayPrototypeReverse, TypedArrayPrototypeSet, Uint8Array, ArrayBufferIsView, DataViewPrototypeGetBuffer,
    DataViewPrototypeGetByteLength, DataViewPrototypeGetByteOffset,
  } = ctx.primordials;
  const { isDataView } = ctx.bindings.types;
  // What Node says; the engine refuses far smaller sizes with the error of a failed allocation.
  const kMaxLength = NumberMAX_SAFE_INTEGER;
  // In the order of lib/internal/util's encodingsMap.
  const ENCODINGS = ['ascii', 'utf8', 'base64', 'ucs2', 'latin1', 'hex', 'buffer', 'base64url'];
  const UCS2 = 3;

  // Any view as bytes, without touching a property that a package may have redefined.
  function bytesOf(value) {
    if (!ArrayBufferIsView(value)) return new Uint8Array(value);
    if (isDataView(value)) {
      return new Uint8Array(DataViewPrototypeGetBuffer(value), DataViewPrototypeGetByteOffset(value), DataViewPrototypeGetByteLength(value));
    }
    return new Uint8Array(TypedArrayPrototypeGetBuffer(value), TypedArrayPrototypeGetByteOffset(value),
                          TypedArrayPrototypeGetByteLength(value));
  }
  ctx.bytesOf = bytesOf;

  const outOfRange = (name) => ctx.nodeError(RangeError, 'ERR_OUT_OF_RANGE', `The value of "${name}" is out of range.`);

  function sliceFor(encoding) {
    return function (start, end) {
      const length = TypedArrayPrototypeGetByteLength(this);
      const from = start === undefined ? 0 : start;
      const to = end === undefined ? length : MathMin(end, length);
      if (from < 0 || from > length) throw outOfRange('start');
      return to <= from ? '' : host.bytesSlice(encoding, this, from, to);
    };
  }

  function write(encoding, target, text, offset, length) {
    if (typeof text !== 'string') {
      throw ctx.nodeError(TypeError, 'ERR_INVALID_ARG_TYPE', 'The "argument" argument must be of type string.');
    }
    const size = TypedArrayPrototypeGetByteLength(target);
    const from = offset === undefined ? 0 : offset;
    if (from > size) {
      throw ctx.nodeError(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', '"offset" is outside of buffer bounds');
    }
    const room = length === undefined ? size - from : MathMin(length, size - from);
    return room <= 0 ? 0 : host.bytesWrite(encoding, text, target, from, room);
  }
  const writeMethod = (encoding) => function (text, offset, length) { return write(encoding, this, text, offset, length); };
  const writeStatic = (encoding) => (target, text, offset, length) => write(encoding, target, text, offset, length);

  function fill(target, value, start, end, encoding) {
    const size = TypedArrayPrototypeGetByteLength(target);
    if (start > end || end > size) return -2;
    if (start === end) return undefined;
    let pattern;
    if (typeof value === 'string') {
      pattern = host.bytesFrom(encodingName(encoding), value);
    } else if (typeof value === 'number' || typeof value === 'boolean') {
      TypedArrayPrototypeFill(target, value & 255, start, end);
      return undefined;
    } else {
      pattern = bytesOf(value);
    }
    if (TypedArrayPrototypeGetByteLength(pattern) === 0) return -1;
    host.bytesFill(target, start, end, pattern);
    return undefined;
  }

  function encodingName(encoding) {
    const name = ctx.requireBuiltin('internal/util').normalizeEncoding(encoding) ?? 'utf8';
    return name === 'utf16le' ? 'ucs2' : name;
  }

  // Where a search starts, or -1: lib/buffer passes offsets of any sign and size.
  function startOffset(length, offset, needle, forward) {
    if (offset < 0) {
      if (offset + length >= 0) return length + offset;
      return forward || needle === 0 ? 0 : -1;
    }
    if (offset + needle <= length) return offset;
    if (needle === 0) return length;
    return forward ? -1 : length - 1;
  }

  function search(haystack, needle, offset, encoding, forward) {
    const length = TypedArrayPrototypeGetByteLength(haystack);
    const size = TypedArrayPrototypeGetByteLength(needle);
    const start = startOffset(length, offset, size, forward);
    if (size === 0) return start;
    if (length === 0 || start <= -1 || (forward && size + start > length) || size > length) return -1;
    if (encoding !== UCS2) return host.bytesIndexOf(haystack, needle, start, forward);
    // Whole code units only: a hit at an odd distance is none.
    let from = start;
    for (;;) {
      const found = host.bytesIndexOf(haystack, needle, from, forward);
      if (found < 0 || found % 2 === 0) return found;
      from = forward ? found + 1 : found - 1;
      if (from < 0 || from >= length) return -1;
    }
  }

  // With each group of `size` bytes reversed.
  function swap(size) {
    return (target) => {
      const bytes = bytesOf(target);
      const { length } = bytes;
      for (let i = 0; i + size <= length; i += size) {
        TypedArrayPrototypeReverse(new Uint8Array(TypedArrayPrototypeGetBuffer(bytes), TypedArrayPrototypeGetByteOffset(bytes) + i, size));
      }
      return target;
    };
  }

  function copy(source, target, targetStart, sourceStart, count) {
    const from = bytesOf(source);
    const part = new Uint8Array(TypedArrayPrototypeGetBuffer(from), TypedArrayPrototypeGetByteOffset(from) + sourceStart, count);
    TypedArrayPrototypeSet(bytesOf(target), part, targetStart);
    return count;
  }

  function btoa(text) {
    for (let i = 0; i < text.length; i++) if (StringPrototypeCharCodeAt(text, i) > 255) return -1;
    const bytes = host.bytesFrom('latin1', text);
    return host.bytesSlice('base64', bytes, 0, bytes.length);
  }

  // WHATWG forgiving base64: white space is ignored, padding optional, nothing else forgiven.
  function atob(text) {
    let clean = '';
    for (let i = 0; i < text.length; i++) {
      const code = StringPrototypeCharCodeAt(text, i);
      if (code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0c || code === 0x0d) continue;
      clean += text[i];
    }
    let { length } = clean;
    if (length % 4 === 0 && length > 0 && clean[length - 1] === '=') {
      length -= clean[length - 2] === '=' ? 2 : 1;
    }
    for (let i = 0; i < length; i++) {
      const code = StringPrototypeCharCodeAt(clean, i);
      const isAlphabet = (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) ||
        code === 43 || code === 47;
      if (!isAlphabet) return -2;
    }
    if (length % 4 === 1) return -1;
    const bytes = host.bytesFrom('base64', clean);
    return host.bytesSlice('latin1', bytes, 0, bytes.length);
  }

  const slices = {};
  for (const name of ['ascii', 'base64', 'base64url', 'latin1', 'hex', 'ucs2', 'utf8']) slices[`${name}Slice`] = sliceFor(name);

  return {
    setBufferPrototype(prototype) { ctx.bufferPrototype = prototype; },
    atob, btoa, copy, fill,
    byteLengthUtf8: (text) => host.utf8Length(text),
    compare: (a, b) => host.bytesCompare(a, b),
    compareOffset(source, target, targetStart, sourceStart, targetLength, sourceLength) {
      const a = bytesOf(source);
      const b = bytesOf(target);
      if (sourceStart > a.length) throw outOfRange('sourceStart');
      if (targetStart > b.length) throw outOfRange('targetStart');
      const part = (bytes, start, size) => new Uint8Array(TypedArrayPrototypeGetBuffer(bytes), TypedArrayPrototypeGetByteOffset(bytes) + start,
                                                          MathMin(size, bytes.length - start));
      return host.bytesCompare(part(a, sourceStart, sourceLength), part(b, targetStart, targetLength));
    },
    indexOfBuffer: (haystack, needle, offset, encoding, forward) => search(haystack, needle, offset, encoding, forward),
    indexOfNumber: (haystack, value, offset, forward) => search(haystack, new Uint8Array([value]), offset, 0, forward),
    indexOfString: (haystack, text, offset, encoding, forward) =>
      search(haystack, host.bytesFrom(ENCODINGS[encoding], text), offset, encoding, forward),
    copyArrayBuffer(target, targetOffset, source, sourceOffset, count) {
      TypedArrayPrototypeSet(new Uint8Array(target, targetOffset, count), new Uint8Array(source, sourceOffset, count));
    },
    createUnsafeArrayBuffer: (size) => new ArrayBuffer(size),
    getZeroFillToggle: () => undefined,
    swap16: swap(2), swap32: swap(4), swap64: swap(8),
    isUtf8: (input) => host.isUtf8(bytesOf(input)),
    isAscii: (input) => host.isAscii(bytesOf(input)),
    kMaxLength,
    kStringMaxLength: 536870888,
    ...slices,
    base64Write: writeMethod('base64'),
    base64urlWrite: writeMethod('base64url'),
    hexWrite: writeMethod('hex'),
    ucs2Write: writeMethod('ucs2'),
    asciiWriteStatic: writeStatic('latin1'),
    latin1WriteStatic: writeStatic('latin1'),
    utf8WriteStatic: writeStatic('utf8'),
  };
})
