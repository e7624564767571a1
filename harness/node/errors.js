// Binding `errors`: the hooks of lib/internal/errors into stack traces and uncaught exceptions.
(function (host, ctx) {
  'use strict';
  const { ErrorPrototypeToString, FunctionPrototypeToString, String } = ctx.primordials;

  function noSideEffectsToString(value) {
    if (typeof value === 'string') return value;
    if (typeof value === 'symbol' || (typeof value !== 'object' && typeof value !== 'function')) return String(value);
    if (value === null) return 'null';
    if (typeof value === 'function') return FunctionPrototypeToString(value);
    if (ctx.bindings.types.isNativeError(value)) return ErrorPrototypeToString(value);
    return `#<${host.constructorName(value)}>`;
  }

  return {
    // The engine formats stacks itself, as Node's default would.
    setPrepareStackTraceCallback() {},
    setGetSourceMapErrorSource() {},
    setSourceMapsEnabled() {},
    setMaybeCacheGeneratedSourceMap() {},
    setEnhanceStackForFatalException(beforeInspector, afterInspector) {
      ctx.stackEnhancers = { beforeInspector, afterInspector };
    },
    noSideEffectsToString,
    triggerUncaughtException: ctx.triggerUncaughtException,
    getErrorSourcePositions: () => undefined,
    exitCodes: {
      __proto__: null,
      kNoFailure: 0, kGenericUserError: 1, kInternalJSParseError: 3, kInternalJSEvaluationFailure: 4, kV8FatalError: 5,
      kInvalidFatalExceptionMonkeyPatching: 6, kExceptionInFatalExceptionHandler: 7, kInvalidCommandLineArgument: 9,
      kBootstrapFailure: 10, kInvalidCommandLineArgument2: 12, kUnsettledTopLevelAwait: 13, kStartupSnapshotFailure: 14,
      kAbort: 134,
    },
  };
})
