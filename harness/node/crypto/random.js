// Random bytes from the world's seed, and comparison in constant time.
(function (host, ctx, common) {
  'use strict';
  const {
    ArrayBufferIsView, RangeError, TypeError, TypedArrayPrototypeGetBuffer, TypedArrayPrototypeGetByteLength,
    TypedArrayPrototypeGetByteOffset, TypedArrayPrototypeSet, Uint8Array,
  } = ctx.primordials;
  const { ask, bytes } = common;

  // The most that the host gives in one call.
  const PORTION = 65536;

  function fill(target) {
    const size = TypedArrayPrototypeGetByteLength(target);
    for (let offset = 0; offset < size; offset += PORTION) {
      const count = size - offset < PORTION ? size - offset : PORTION;
      TypedArrayPrototypeSet(target, ask('random', count), offset);
    }
  }

  class RandomBytesJob extends common.Job {
    constructor(mode, buffer, offset, size) {
      const view = bytes(buffer);
      const target = new Uint8Array(TypedArrayPrototypeGetBuffer(view), TypedArrayPrototypeGetByteOffset(view) + offset, size);
      super('RANDOMBYTESREQUEST', mode, () => fill(target));
    }
  }

  function comparable(value, name) {
    if (ArrayBufferIsView(value) || ctx.bindings.types.isAnyArrayBuffer(value)) return bytes(value);
    throw ctx.nodeError(TypeError, 'ERR_INVALID_ARG_TYPE',
                        `The "${name}" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView.`);
  }

  return {
    RandomBytesJob,
    secureBuffer: (size) => new Uint8Array(size),
    secureHeapUsed: () => undefined,
    timingSafeEqual(a, b) {
      const first = comparable(a, 'buf1');
      const second = comparable(b, 'buf2');
      if (TypedArrayPrototypeGetByteLength(first) !== TypedArrayPrototypeGetByteLength(second)) {
        throw ctx.nodeError(RangeError, 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH', 'Input buffers must have the same byte length');
      }
      return host.bytesCompare(first, second) === 0;
    },
  };
})
