// Binding `types`: exact checks of an object's kind by the engine's own class of it, which no package can fake.
(function (host, ctx) {
  'use strict';
  const kindIs = (name) => {
    const check = (value) => ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
      host.typeOf(value) === name;
    return check;
  };
  const isAny = (...names) => (value) => {
    if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
    const kind = host.typeOf(value);
    for (let i = 0; i < names.length; i++) if (names[i] === kind) return true;
    return false;
  };
  return {
    isExternal: () => false,
    isArgumentsObject: kindIs('Arguments'),
    isArrayBuffer: kindIs('ArrayBuffer'),
    isAsyncFunction: isAny('AsyncFunction', 'AsyncGeneratorFunction'),
    isBigIntObject: kindIs('BigInt'),
    isBooleanObject: kindIs('Boolean'),
    isDataView: kindIs('DataView'),
    isDate: kindIs('Date'),
    isGeneratorFunction: isAny('GeneratorFunction', 'AsyncGeneratorFunction'),
    isGeneratorObject: isAny('Generator', 'AsyncGenerator'),
    isMap: kindIs('Map'),
    isMapIterator: kindIs('Map Iterator'),
    isModuleNamespaceObject: kindIs('Module'),
    isNativeError: kindIs('Error'),
    isNumberObject: kindIs('Number'),
    isPromise: kindIs('Promise'),
    isProxy: (value) => ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
      host.typeOf(value) === 'Proxy' && !ctx.isHiddenProxy(value),
    isRegExp: kindIs('RegExp'),
    isSet: kindIs('Set'),
    isSetIterator: kindIs('Set Iterator'),
    isSharedArrayBuffer: kindIs('SharedArrayBuffer'),
    isStringObject: kindIs('String'),
    isSymbolObject: kindIs('Symbol'),
    isWeakMap: kindIs('WeakMap'),
    isWeakSet: kindIs('WeakSet'),
    isAnyArrayBuffer: isAny('ArrayBuffer', 'SharedArrayBuffer'),
    isBoxedPrimitive: isAny('Number', 'String', 'Boolean', 'BigInt', 'Symbol'),
  };
})
