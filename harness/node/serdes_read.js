// The Deserializer of the binding `serdes`. Its input is hostile: every length is checked before it is used.
(function (host, ctx, shared) {
  'use strict';
  const {
    ArrayBuffer, ArrayPrototypePush, BigInt, DataView, Date, Error, FunctionPrototypeCall, Map, MapPrototypeSet, MathFloor, Number, Object,
    ObjectDefineProperty, RegExp, Set, SetPrototypeAdd, String, TypeError, TypedArrayPrototypeSet, TypedArrayPrototypeSubarray, Uint8Array,
    globalThis,
  } = ctx.primordials;
  const { tags, double, doubleBytes } = shared;
  const MAX_ARRAY = 2 ** 26;
  const Views = { __proto__: null };
  for (const name in tags.views) Views[tags.views[name]] = globalThis[name];
  const Errors = { __proto__: null };
  for (const name in tags.errorName) Errors[tags.errorName[name]] = globalThis[name];
  const invalid = () => new Error('Unable to deserialize cloned data.');

  class Deserializer {
    #bytes;
    #at = 0;
    #objects = [];
    #transferred = shared.newMap();
    #version = 0;
    #read;
    constructor(buffer) {
      if (!ctx.primordials.ArrayBufferIsView(buffer)) {
        throw ctx.nodeError(TypeError, 'ERR_INVALID_ARG_TYPE', 'buffer must be a TypedArray or a DataView');
      }
      this.buffer = buffer;
      this.#bytes = ctx.bytesOf(buffer);
      this.#read = {
        value: () => this.#value(), varint: () => this.#varint(), double: () => this.#double(), take: (count) => this.#take(count),
        string: () => this.#value(), keep: (object) => this.#keep(object), bigint: () => this.#bigint(),
        transferred: (id) => this.#transferred.get(id), object: (id) => this.#objects[id],
        properties: (object, end) => this.#properties(object, end), peek: () => this.#peek(), byte: () => this.#byte(),
      };
    }
    readHeader() {
      if (this.#peek() === tags.version) {
        this.#at++;
        this.#version = this.#varint();
        if (this.#version > 15) throw invalid();
      }
      return true;
    }
    readValue() { return this.#value(); }
    getWireFormatVersion() { return this.#version; }
    transferArrayBuffer(id, buffer) { this.#transferred.set(id, buffer); }
    readUint32() { return this.#varint() >>> 0; }
    readUint64() {
      let value = 0n;
      for (let shift = 0n; shift < 70n; shift += 7n) {
        const byte = this.#byte();
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) break;
      }
      return [Number((value >> 32n) & 0xffffffffn), Number(value & 0xffffffffn)];
    }
    readDouble() { return this.#double(); }
    _readRawBytes(length) {
      const start = this.#at;
      this.#take(length);
      return start;
    }

    #peek() { return this.#bytes[this.#at]; }
    #byte() {
      if (this.#at >= this.#bytes.length) throw invalid();
      return this.#bytes[this.#at++];
    }
    #take(count) {
      if (count > this.#bytes.length - this.#at) throw invalid();
      this.#at += count;
      return TypedArrayPrototypeSubarray(this.#bytes, this.#at - count, this.#at);
    }
    #varint() {
      let value = 0;
      let scale = 1;
      for (let i = 0; i < 5; i++) {
        const byte = this.#byte();
        value += (byte & 0x7f) * scale;
        if (byte < 0x80) return value;
        scale *= 128;
      }
      throw invalid();
    }
    #double() {
      TypedArrayPrototypeSet(doubleBytes, this.#take(8));
      return double[0];
    }
    #bigint() {
      const bits = this.#varint();
      const bytes = this.#take(MathFloor(bits / 2));
      let value = 0n;
      for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
      return bits % 2 === 1 ? -value : value;
    }
    #keep(object) {
      ArrayPrototypePush(this.#objects, object);
      return object;
    }
    #properties(object, end) {
      let count = 0;
      while (this.#peek() !== end) {
        const key = this.#value();
        if (typeof key === 'object') throw invalid();
        const value = this.#value();
        ObjectDefineProperty(object, typeof key === 'symbol' ? key : String(key), {
          __proto__: null, value, writable: true, enumerable: true, configurable: true,
        });
        count++;
      }
      this.#at++;
      if (this.#varint() !== count) throw invalid();
      return object;
    }
    #value() {
      let tag = this.#byte();
      while (tag === tags.padding) tag = this.#byte();
      if (tag === tags.hostObject) {
        const index = this.#objects.length;
        ArrayPrototypePush(this.#objects, undefined);
        const read = this._readHostObject;
        if (typeof read !== 'function') throw invalid();
        const object = FunctionPrototypeCall(read, this);
        this.#objects[index] = object;
        return host.typeOf(object) === 'SharedArrayBuffer' && this.#peek() === tags.view ? this.#view(object) : object;
      }
      const reader = READERS[tag];
      if (reader === undefined) throw invalid();
      const value = reader(this.#read);
      return value instanceof ArrayBuffer && this.#peek() === tags.view ? this.#view(value) : value;
    }
    #view(buffer) {
      this.#at++;
      const View = Views[this.#byte()];
      const offset = this.#varint();
      const size = this.#varint();
      if (this.#version >= 14) this.#varint();
      if (View === undefined) throw invalid();
      return this.#keep(new View(buffer, offset, View === DataView ? size : size / View.BYTES_PER_ELEMENT));
    }
  }

  const READERS = { __proto__: null };
  const on = (tag, reader) => { READERS[tag] = reader; };
  on(tags.undefined, () => undefined);
  on(tags.null, () => null);
  on(tags.true, () => true);
  on(tags.false, () => false);
  on(tags.int32, ({ varint }) => {
    const value = varint();
    return (value >>> 1) ^ -(value & 1);
  });
  on(tags.uint32, ({ varint }) => varint());
  on(tags.double, ({ double: read }) => read());
  on(tags.bigint, ({ bigint }) => bigint());
  const text = (encoding) => ({ varint, take }) => {
    const bytes = take(varint());
    return host.bytesSlice(encoding, bytes, 0, bytes.length);
  };
  on(tags.latin1, text('latin1'));
  on(tags.twoByte, text('ucs2'));
  on(tags.utf8, text('utf8'));
  on(tags.reference, ({ varint, object }) => {
    const value = object(varint());
    if (value === undefined) throw invalid();
    return value;
  });
  on(tags.object, ({ keep, properties }) => properties(keep({}), tags.objectEnd));
  on(tags.dense, ({ varint, keep, value, properties, peek, byte }) => {
    const length = varint();
    if (length > MAX_ARRAY) throw invalid();
    const array = keep([]);
    for (let i = 0; i < length; i++) {
      if (peek() === tags.hole) byte();
      else array[i] = value();
    }
    array.length = length;
    properties(array, tags.denseEnd);
    varint();
    return array;
  });
  on(tags.sparse, ({ varint, keep, properties }) => {
    const array = keep([]);
    array.length = varint();
    properties(array, tags.sparseEnd);
    varint();
    return array;
  });
  on(tags.date, ({ double: read, keep }) => keep(new Date(read())));
  on(tags.trueObject, ({ keep }) => keep(Object(true)));
  on(tags.falseObject, ({ keep }) => keep(Object(false)));
  on(tags.numberObject, ({ double: read, keep }) => keep(Object(read())));
  on(tags.bigintObject, ({ bigint, keep }) => keep(Object(bigint())));
  on(tags.stringObject, ({ string, keep }) => keep(Object(string())));
  on(tags.regexp, ({ string, varint, keep }) => {
    const source = string();
    const bits = varint();
    let flags = '';
    for (const letter in tags.regexpFlags) if ((bits & tags.regexpFlags[letter]) !== 0) flags += letter;
    return keep(new RegExp(source, flags));
  });
  on(tags.map, ({ keep, value, peek, byte, varint }) => {
    const map = keep(new Map());
    while (peek() !== tags.mapEnd) MapPrototypeSet(map, value(), value());
    byte();
    varint();
    return map;
  });
  on(tags.set, ({ keep, value, peek, byte, varint }) => {
    const set = keep(new Set());
    while (peek() !== tags.setEnd) SetPrototypeAdd(set, value());
    byte();
    varint();
    return set;
  });
  on(tags.arrayBuffer, ({ varint, take, keep }) => {
    const bytes = take(varint());
    const buffer = new ArrayBuffer(bytes.length);
    TypedArrayPrototypeSet(new Uint8Array(buffer), bytes);
    return keep(buffer);
  });
  on(tags.transferred, ({ varint, transferred, keep }) => {
    const buffer = transferred(varint());
    if (buffer === undefined) throw invalid();
    return keep(buffer);
  });
  on(tags.error, ({ keep, value, byte }) => {
    let Class = Error;
    const fields = [];
    const error = keep(new Error());
    for (let tag = byte(); tag !== tags.errorEnd; tag = byte()) {
      if (tag === tags.errorMessage) ArrayPrototypePush(fields, ['message', value()]);
      else if (tag === tags.errorCause) ArrayPrototypePush(fields, ['cause', value()]);
      else if (tag === tags.errorStack) ArrayPrototypePush(fields, ['stack', value()]);
      else if (Errors[tag] !== undefined) Class = Errors[tag];
      else throw invalid();
    }
    ctx.primordials.ObjectSetPrototypeOf(error, Class.prototype);
    for (let i = 0; i < fields.length; i++) {
      ObjectDefineProperty(error, fields[i][0], {
        __proto__: null, value: fields[i][1], writable: true, enumerable: false, configurable: true,
      });
    }
    return error;
  });
  return Deserializer;
})
