// The Serializer of the binding `serdes`.
(function (host, ctx, shared) {
  'use strict';
  const {
    ArrayBufferIsView, ArrayIsArray, ArrayPrototypePush, BigIntPrototypeValueOf, BooleanPrototypeValueOf, DataViewPrototypeGetBuffer,
    DatePrototypeGetTime, Error, FunctionPrototypeCall, FunctionPrototypeToString, MapPrototypeForEach, Number, NumberIsInteger, NumberPrototypeValueOf,
    ObjectGetOwnPropertyDescriptor, ObjectKeys, RegExpPrototypeGetFlags, RegExpPrototypeGetSource, SafeMap, SetPrototypeForEach,
    String, StringPrototypeCharCodeAt, StringPrototypeValueOf, SymbolPrototypeToString, TypedArrayPrototypeGetBuffer,
    Uint8Array,
  } = ctx.primordials;
  const { tags, Sink } = shared;
  const isIndex = (key) => String(key >>> 0) === key && key >>> 0 !== 0xffffffff;

  class Serializer {
    #sink = new Sink();
    #ids = new SafeMap();
    #transferred = new SafeMap();
    #viewsAreHostObjects = false;

    writeHeader() {
      this.#sink.byte(tags.version);
      this.#sink.byte(15);
    }
    writeValue(value) {
      this.#write(value);
      return true;
    }
    releaseBuffer() {
      const { bytes, length } = this.#sink;
      const { Buffer } = ctx.requireBuiltin('buffer');
      this.#sink = new Sink();
      return Buffer.from(bytes.buffer, 0, length);
    }
    transferArrayBuffer(id, buffer) { this.#transferred.set(buffer, id); }
    writeUint32(value) { this.#sink.varint(value >>> 0); }
    writeUint64(high, low) {
      let rest = (BigIntOf(high >>> 0) << 32n) | BigIntOf(low >>> 0);
      while (rest >= 0x80n) {
        this.#sink.byte(Number(rest & 0x7fn) | 0x80);
        rest >>= 7n;
      }
      this.#sink.byte(Number(rest));
    }
    writeDouble(value) { this.#sink.double(value); }
    writeRawBytes(source) { this.#sink.raw(ctx.bytesOf(source)); }
    _setTreatArrayBufferViewsAsHostObjects(flag) { this.#viewsAreHostObjects = flag; }

    #fail(value) {
      const text = typeof value === 'symbol' ? SymbolPrototypeToString(value)
        : typeof value === 'function' ? FunctionPrototypeToString(value) : `#<${host.constructorName(value)}>`;
      const message = `${text} could not be cloned.`;
      const make = this._getDataCloneError;
      throw typeof make === 'function' ? new make(message) : new Error(message);
    }
    #write(value) {
      const sink = this.#sink;
      switch (typeof value) {
        case 'undefined': return sink.byte(tags.undefined);
        case 'boolean': return sink.byte(value ? tags.true : tags.false);
        case 'number': return this.#number(value);
        case 'bigint':
          sink.byte(tags.bigint);
          return this.#bigint(value);
        case 'string': return this.#string(value);
        case 'symbol': return this.#fail(value);
        default: return value === null ? sink.byte(tags.null) : this.#object(value);
      }
    }
    #number(value) {
      const sink = this.#sink;
      if (NumberIsInteger(value) && value >= -1073741824 && value < 1073741824 && !(value === 0 && 1 / value < 0)) {
        sink.byte(tags.int32);
        sink.varint(((value << 1) ^ (value >> 31)) >>> 0);
      } else {
        sink.byte(tags.double);
        sink.double(value);
      }
    }
    #bigint(value) {
      let rest = value < 0n ? -value : value;
      const bytes = [];
      while (rest > 0n) {
        for (let i = 0; i < 8; i++) {
          ArrayPrototypePush(bytes, Number(rest & 0xffn));
          rest >>= 8n;
        }
      }
      this.#sink.varint(bytes.length * 2 + (value < 0n ? 1 : 0));
      this.#sink.raw(new Uint8Array(bytes));
    }
    #string(text) {
      const sink = this.#sink;
      let isLatin1 = true;
      for (let i = 0; i < text.length && isLatin1; i++) isLatin1 = StringPrototypeCharCodeAt(text, i) < 256;
      if (isLatin1) {
        sink.byte(tags.latin1);
        sink.varint(text.length);
        return sink.raw(host.bytesFrom('latin1', text));
      }
      const size = text.length * 2;
      // The text is aligned to two bytes.
      if ((sink.length + 1 + varintSize(size)) % 2 === 1) sink.byte(tags.padding);
      sink.byte(tags.twoByte);
      sink.varint(size);
      return sink.raw(host.bytesFrom('ucs2', text));
    }
    #object(value) {
      const sink = this.#sink;
      if (this.#ids.has(value)) {
        sink.byte(tags.reference);
        return sink.varint(this.#ids.get(value));
      }
      if (ArrayBufferIsView(value) && !this.#viewsAreHostObjects) {
        const buffer = host.typeOf(value) === 'DataView' ? DataViewPrototypeGetBuffer(value) : TypedArrayPrototypeGetBuffer(value);
        if (!this.#ids.has(buffer)) this.#object(buffer);
      }
      this.#ids.set(value, this.#ids.size);
      if (typeof value === 'function') return this.#fail(value);
      if (ArrayBufferIsView(value)) return this.#viewsAreHostObjects ? this.#hostObject(value) : this.#view(value);
      if (ArrayIsArray(value)) return this.#array(value);
      const writer = ctx.isPort(value) ? undefined : WRITERS[host.typeOf(value)];
      if (writer === undefined) return this.#hostObject(value);
      return writer(this.#tools, value);
    }
    #tools = {
      sink: () => this.#sink,
      write: (value) => this.#write(value),
      string: (text) => this.#string(text),
      bigint: (value) => this.#bigint(value),
      transferredId: (buffer) => this.#transferred.get(buffer),
      properties: (object, keys) => {
        for (let i = 0; i < keys.length; i++) {
          if (isIndex(keys[i])) this.#number(Number(keys[i]));
          else this.#string(keys[i]);
          this.#write(object[keys[i]]);
        }
        return keys.length;
      },
    };
    #hostObject(value) {
      const write = this._writeHostObject;
      if (typeof write !== 'function') return this.#fail(value);
      this.#sink.byte(tags.hostObject);
      return FunctionPrototypeCall(write, this, value);
    }
    #view(value) {
      const sink = this.#sink;
      sink.byte(tags.view);
      sink.byte(tags.views[host.typeOf(value)]);
      sink.varint(value.byteOffset);
      sink.varint(value.byteLength);
      sink.varint(0);
    }
    #array(value) {
      const sink = this.#sink;
      const { length } = value;
      const keys = ObjectKeys(value);
      const extra = keys.filter((key) => !isIndex(key));
      if (keys.length - extra.length === length) {
        sink.byte(tags.dense);
        sink.varint(length);
        for (let i = 0; i < length; i++) this.#write(value[i]);
        const count = this.#tools.properties(value, extra);
        sink.byte(tags.denseEnd);
        sink.varint(count);
      } else {
        sink.byte(tags.sparse);
        sink.varint(length);
        const count = this.#tools.properties(value, keys);
        sink.byte(tags.sparseEnd);
        sink.varint(count);
      }
      sink.varint(length);
    }
  }

  const BigIntOf = ctx.primordials.BigInt;
  const varintSize = (value) => (value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5);

  // Writers by the engine's class of an object.
  const WRITERS = {
    __proto__: null,
    Object({ sink, properties }, value) {
      sink().byte(tags.object);
      const count = properties(value, ObjectKeys(value));
      sink().byte(tags.objectEnd);
      sink().varint(count);
    },
    Date({ sink }, value) {
      sink().byte(tags.date);
      sink().double(DatePrototypeGetTime(value));
    },
    Boolean({ sink }, value) { sink().byte(BooleanPrototypeValueOf(value) ? tags.trueObject : tags.falseObject); },
    Number({ sink }, value) {
      sink().byte(tags.numberObject);
      sink().double(NumberPrototypeValueOf(value));
    },
    BigInt({ sink, bigint }, value) {
      sink().byte(tags.bigintObject);
      bigint(BigIntPrototypeValueOf(value));
    },
    String({ sink, string }, value) {
      sink().byte(tags.stringObject);
      string(StringPrototypeValueOf(value));
    },
    RegExp({ sink, string }, value) {
      sink().byte(tags.regexp);
      string(RegExpPrototypeGetSource(value));
      const letters = RegExpPrototypeGetFlags(value);
      let bits = 0;
      for (let i = 0; i < letters.length; i++) bits |= tags.regexpFlags[letters[i]] ?? 0;
      sink().varint(bits);
    },
    Map({ sink, write }, value) {
      const entries = [];
      MapPrototypeForEach(value, (item, key) => ArrayPrototypePush(entries, key, item));
      sink().byte(tags.map);
      for (let i = 0; i < entries.length; i++) write(entries[i]);
      sink().byte(tags.mapEnd);
      sink().varint(entries.length);
    },
    Set({ sink, write }, value) {
      const items = [];
      SetPrototypeForEach(value, (item) => ArrayPrototypePush(items, item));
      sink().byte(tags.set);
      for (let i = 0; i < items.length; i++) write(items[i]);
      sink().byte(tags.setEnd);
      sink().varint(items.length);
    },
    ArrayBuffer({ sink, transferredId }, value) {
      const id = transferredId(value);
      if (id !== undefined) {
        sink().byte(tags.transferred);
        sink().varint(id);
        return;
      }
      const bytes = new Uint8Array(value);
      sink().byte(tags.arrayBuffer);
      sink().varint(bytes.length);
      sink().raw(bytes);
    },
    Error({ sink, write, string }, error) {
      sink().byte(tags.error);
      const tag = tags.errorName[String(error.name)];
      if (tag !== undefined) sink().byte(tag);
      const message = ObjectGetOwnPropertyDescriptor(error, 'message');
      if (message !== undefined) {
        sink().byte(tags.errorMessage);
        string(String(message.value));
      }
      const cause = ObjectGetOwnPropertyDescriptor(error, 'cause');
      if (cause !== undefined && 'value' in cause) {
        sink().byte(tags.errorCause);
        write(cause.value);
      }
      if (typeof error.stack === 'string') {
        sink().byte(tags.errorStack);
        string(error.stack);
      }
      sink().byte(tags.errorEnd);
    },
  };
  return Serializer;
})
