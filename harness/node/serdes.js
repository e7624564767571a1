// Binding `serdes`: V8's serialization format, version 15 (v8.serialize, and messages to child processes and workers).
//
// One byte names what follows: see TAGS. Numbers are LEB128 varints, zigzag for signed ones, or little-endian doubles.
(function (host, ctx) {
  'use strict';
  const { Float64Array, SafeMap, TypedArrayPrototypeSet, Uint8Array } = ctx.primordials;
  const tags = {
    version: 0xff, padding: 0, undefined: 0x5f, null: 0x30, true: 0x54, false: 0x46, int32: 0x49, uint32: 0x55, double: 0x4e,
    bigint: 0x5a, latin1: 0x22, twoByte: 0x63, utf8: 0x53, reference: 0x5e, object: 0x6f, objectEnd: 0x7b, dense: 0x41, denseEnd: 0x24,
    sparse: 0x61, sparseEnd: 0x40, hole: 0x2d, date: 0x44, trueObject: 0x79, falseObject: 0x78, numberObject: 0x6e,
    bigintObject: 0x7a, stringObject: 0x73, regexp: 0x52, map: 0x3b, mapEnd: 0x3a, set: 0x27, setEnd: 0x2c, arrayBuffer: 0x42,
    transferred: 0x74, view: 0x56, shared: 0x75, error: 0x72, hostObject: 0x5c,
    errorName: {
      __proto__: null, EvalError: 0x45, RangeError: 0x52, ReferenceError: 0x46, SyntaxError: 0x53, TypeError: 0x54, URIError: 0x55,
    },
    errorMessage: 0x6d, errorCause: 0x63, errorStack: 0x73, errorEnd: 0x2e,
    views: {
      __proto__: null,
      Int8Array: 0x62, Uint8Array: 0x42, Uint8ClampedArray: 0x43, Int16Array: 0x77, Uint16Array: 0x57, Int32Array: 0x64,
      Uint32Array: 0x44, Float32Array: 0x66, Float64Array: 0x46, DataView: 0x3f, BigInt64Array: 0x71, BigUint64Array: 0x51,
    },
    regexpFlags: { __proto__: null, g: 1, i: 2, m: 4, y: 8, u: 16, s: 32, d: 128, v: 256 },
  };
  const double = new Float64Array(1);
  const doubleBytes = new Uint8Array(double.buffer);

  // Growing output.
  class Sink {
    bytes = new Uint8Array(256);
    length = 0;
    room(count) {
      if (this.length + count <= this.bytes.length) return;
      const larger = new Uint8Array((this.length + count) * 2);
      TypedArrayPrototypeSet(larger, this.bytes);
      this.bytes = larger;
    }
    byte(value) {
      this.room(1);
      this.bytes[this.length++] = value;
    }
    varint(value) {
      let rest = value;
      while (rest >= 0x80) {
        this.byte((rest % 128) + 128);
        rest = ctx.primordials.MathFloor(rest / 128);
      }
      this.byte(rest);
    }
    double(value) {
      double[0] = value;
      this.raw(doubleBytes);
    }
    raw(bytes) {
      this.room(bytes.length);
      TypedArrayPrototypeSet(this.bytes, bytes, this.length);
      this.length += bytes.length;
    }
  }

  const shared = { tags, Sink, double, doubleBytes, newMap: () => new SafeMap() };
  return {
    Serializer: ctx.load('serdes_write')(host, ctx, shared),
    Deserializer: ctx.load('serdes_read')(host, ctx, shared),
  };
})
