// The structured clone algorithm, within one realm.
//
//   ctx.clone(value, transfer)     a deep copy; objects of the transfer list move instead
//   ctx.passable                   native handles that are immutable and passed by reference (blob data, key objects)
//   ctx.transferable               Map: native object -> function that moves it and returns the new object
//   ctx.dataCloneError(message)    the DOMException to throw
(function (host, ctx) {
  'use strict';
  const {
    Array, ArrayBufferIsView, ArrayIsArray, ArrayPrototypeIncludes, ArrayPrototypePush, BooleanPrototypeValueOf, DataView,
    DataViewPrototypeGetBuffer, DataViewPrototypeGetByteLength, DataViewPrototypeGetByteOffset, Date, DatePrototypeGetTime,
    Error, EvalError, FunctionPrototypeCall, FunctionPrototypeToString, Map, MapPrototypeForEach, MapPrototypeSet, NumberPrototypeValueOf, Object,
    ObjectAssign, ObjectDefineProperty, ObjectGetOwnPropertyDescriptor, ObjectKeys, RangeError, ReferenceError, RegExp,
    RegExpPrototypeGetFlags, RegExpPrototypeGetSource, SafeMap, SafeWeakMap, SafeWeakSet, Set, SetPrototypeAdd, SetPrototypeForEach,
    String, StringPrototypeValueOf, SymbolPrototypeToString, SyntaxError, TypeError, TypedArrayPrototypeGetBuffer,
    TypedArrayPrototypeGetByteLength, TypedArrayPrototypeGetByteOffset, TypedArrayPrototypeGetLength,
    TypedArrayPrototypeGetSymbolToStringTag, URIError, globalThis, BigIntPrototypeValueOf, Uint8Array,
    TypedArrayPrototypeSet, ArrayBuffer, ArrayBufferPrototypeGetByteLength,
  } = ctx.primordials;
  const { transfer_mode_private_symbol, untransferable_object_private_symbol } = ctx.privateSymbols;
  const { messaging_clone_symbol, messaging_deserialize_symbol, messaging_transfer_symbol } = ctx.perIsolateSymbols;
  const kTransferable = 1;
  const kCloneable = 2;
  const ERRORS = { __proto__: null, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
  const VIEWS = { __proto__: null };
  for (const name of ['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array',
    'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array', 'Float16Array']) VIEWS[name] = globalThis[name];

  const passable = new SafeWeakSet();
  const transferable = new SafeWeakMap();

  const dataCloneError = (message) => new (ctx.domException())(message, 'DataCloneError');
  const describe = (value) => {
    if (typeof value === 'symbol') return SymbolPrototypeToString(value);
    if (typeof value === 'function') return FunctionPrototypeToString(value);
    return `#<${host.constructorName(value)}>`;
  };
  const refuse = (value) => dataCloneError(`${describe(value)} could not be cloned.`);

  function copyBuffer(buffer) {
    const copy = new ArrayBuffer(ArrayBufferPrototypeGetByteLength(buffer));
    TypedArrayPrototypeSet(new Uint8Array(copy), new Uint8Array(buffer));
    return copy;
  }

  function copyView(view, visit) {
    if (ctx.bindings.types.isDataView(view)) {
      return new DataView(visit(DataViewPrototypeGetBuffer(view)), DataViewPrototypeGetByteOffset(view), DataViewPrototypeGetByteLength(view));
    }
    const View = VIEWS[TypedArrayPrototypeGetSymbolToStringTag(view)] ?? Uint8Array;
    const buffer = visit(TypedArrayPrototypeGetBuffer(view));
    if (TypedArrayPrototypeGetByteLength(view) === 0) return new View(0);
    return new View(buffer, TypedArrayPrototypeGetByteOffset(view), TypedArrayPrototypeGetLength(view));
  }

  function copyError(error, memo, visit) {
    const name = String(error.name);
    const copy = new (ERRORS[name] ?? Error)();
    memo.set(error, copy);
    for (const key of ['message', 'stack', 'cause']) {
      const descriptor = ObjectGetOwnPropertyDescriptor(error, key);
      if (descriptor === undefined && key !== 'stack') continue;
      const value = key === 'cause' ? visit(descriptor.value) : String(error[key]);
      ObjectDefineProperty(copy, key, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
    }
    return copy;
  }

  // Objects of Node's library say themselves how they are copied or moved.
  function copyHostObject(object, method, visit) {
    const { data, deserializeInfo } = object[method]();
    const copy = ctx.createDeserialized(deserializeInfo);
    copy[messaging_deserialize_symbol](visit(data));
    return copy;
  }

  function copyProperties(from, to, visit) {
    const keys = ObjectKeys(from);
    for (let i = 0; i < keys.length; i++) {
      ObjectDefineProperty(to, keys[i], {
        __proto__: null, value: visit(from[keys[i]]), writable: true, enumerable: true, configurable: true,
      });
    }
    return to;
  }

  const COPIERS = {
    __proto__: null,
    Date: (value) => new Date(DatePrototypeGetTime(value)),
    RegExp: (value) => new RegExp(RegExpPrototypeGetSource(value), RegExpPrototypeGetFlags(value)),
    Boolean: (value) => Object(BooleanPrototypeValueOf(value)),
    Number: (value) => Object(NumberPrototypeValueOf(value)),
    String: (value) => Object(StringPrototypeValueOf(value)),
    BigInt: (value) => Object(BigIntPrototypeValueOf(value)),
    ArrayBuffer: copyBuffer,
    SharedArrayBuffer: (value) => value,
    Map(value, memo, visit) {
      const copy = new Map();
      memo.set(value, copy);
      const entries = [];
      MapPrototypeForEach(value, (item, key) => ArrayPrototypePush(entries, key, item));
      for (let i = 0; i < entries.length; i += 2) MapPrototypeSet(copy, visit(entries[i]), visit(entries[i + 1]));
      return copy;
    },
    Set(value, memo, visit) {
      const copy = new Set();
      memo.set(value, copy);
      const items = [];
      SetPrototypeForEach(value, (item) => ArrayPrototypePush(items, item));
      for (let i = 0; i < items.length; i++) SetPrototypeAdd(copy, visit(items[i]));
      return copy;
    },
    Error: copyError,
  };

  function cloneObject(value, memo, visit) {
    if (typeof value === 'function') throw refuse(value);
    const mode = value[transfer_mode_private_symbol];
    if (mode !== undefined) {
      if ((mode & kCloneable) === 0) {
        throw (mode & kTransferable) !== 0 ? missingTransfer() : refuse(value);
      }
      return copyHostObject(value, messaging_clone_symbol, visit);
    }
    if (passable.has(value)) return value;
    if (transferable.has(value)) throw missingTransfer();
    if (ArrayBufferIsView(value)) return copyView(value, visit);
    const kind = host.typeOf(value);
    const copier = COPIERS[kind];
    if (copier !== undefined) return copier(value, memo, visit);
    if (ArrayIsArray(value) && kind !== 'Proxy') {
      const copy = new Array(value.length);
      memo.set(value, copy);
      return copyProperties(value, copy, visit);
    }
    if (kind !== 'Object' && kind !== 'Arguments') throw refuse(value);
    const copy = {};
    memo.set(value, copy);
    return copyProperties(value, copy, visit);
  }

  const missingTransfer = () => ctx.nodeError(
    TypeError, 'ERR_MISSING_TRANSFERABLE_IN_TRANSFER_LIST', 'Object that needs transfer was found in message but not listed in transferList');

  // Moves what the transfer list names, after the checks that must come before anything moved.
  function checkTransfer(transfer) {
    for (let i = 0; i < transfer.length; i++) {
      const object = transfer[i];
      const isKnown = object !== null && typeof object === 'object' && (host.typeOf(object) === 'ArrayBuffer' ||
        transferable.has(object) || (object[transfer_mode_private_symbol] & kTransferable) !== 0);
      if (!isKnown) throw ctx.nodeError(TypeError, 'ERR_INVALID_TRANSFER_OBJECT', 'Found invalid object in transferList');
      if (object[untransferable_object_private_symbol] !== undefined) throw dataCloneError('An ArrayBuffer is detached and could not be cloned.');
      for (let j = 0; j < i; j++) if (transfer[j] === object) throw dataCloneError('Transfer list contains duplicate ArrayBuffer');
    }
  }

  function move(object, visit) {
    if (host.typeOf(object) === 'ArrayBuffer') return host.detach(object);
    const mover = transferable.get(object);
    if (mover !== undefined) return mover();
    return copyHostObject(object, messaging_transfer_symbol, visit);
  }

  function clone(value, transfer = []) {
    checkTransfer(transfer);
    const memo = new SafeMap();
    const visit = (item) => {
      if ((typeof item !== 'object' || item === null) && typeof item !== 'function') {
        if (typeof item === 'symbol') throw refuse(item);
        return item;
      }
      if (memo.has(item)) return memo.get(item);
      if (transfer.length > 0 && ArrayPrototypeIncludes(transfer, item)) {
        // Copied now, moved at the end: a failure on the way must leave the original whole.
        const moved = host.typeOf(item) === 'ArrayBuffer' ? copyBuffer(item) : move(item, visit);
        memo.set(item, moved);
        return moved;
      }
      const copy = cloneObject(item, memo, visit);
      memo.set(item, copy);
      return copy;
    };
    const result = visit(value);
    for (let i = 0; i < transfer.length; i++) {
      if (host.typeOf(transfer[i]) === 'ArrayBuffer') host.detach(transfer[i]);
      else visit(transfer[i]);
    }
    return result;
  }

  ObjectAssign(ctx, {
    clone, passable, transferable, dataCloneError,
    createDeserialized: (info) => FunctionPrototypeCall(ctx.deserializerCreate, undefined, info),
    domException: () => ctx.perContextExports.DOMException ?? ctx.primordials.DOMException ?? globalThis.DOMException,
  });
})
