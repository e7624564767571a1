// Binding `errors`: the hooks of lib/internal/errors into stack traces and uncaught exceptions.
(function (host, ctx) {
  'use strict';
  const {
    ErrorPrototypeToString, FunctionPrototypeToString, RegExpPrototypeExec, String, StringPrototypeSlice, StringPrototypeSplit,
  } = ctx.primordials;

  function noSideEffectsToString(value) {
    if (typeof value === 'string') return value;
    if (typeof value === 'symbol' || (typeof value !== 'object' && typeof value !== 'function')) return String(value);
    if (value === null) return 'null';
    if (typeof value === 'function') return FunctionPrototypeToString(value);
    if (ctx.bindings.types.isNativeError(value)) return ErrorPrototypeToString(value);
    return `#<${host.constructorName(value)}>`;
  }

  // The source line of an error's first frame and where the call in it starts; the engine's column lies within the call.
  function getErrorSourcePositions(error) {
    const place = ctx.placeOf(error);
    const line = place === undefined ? undefined : StringPrototypeSplit(ctx.sources.get(place[0]) ?? '', '\n')[place[1] - 1];
    if (line === undefined || line === '') return { sourceLine: '', scriptResourceName: '', lineNumber: 0, startColumn: 0 };
    const before = StringPrototypeSlice(line, 0, place[2] - 1);
    const callee = RegExpPrototypeExec(/[\w$.?]+\(?$/, before);
    const startColumn = callee === null ? place[2] - 1 : before.length - callee[0].length;
    return { sourceLine: line, scriptResourceName: place[0], lineNumber: place[1], startColumn };
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
    getErrorSourcePositions,
    exitCodes: {
      __proto__: null,
      kNoFailure: 0, kGenericUserError: 1, kInternalJSParseError: 3, kInternalJSEvaluationFailure: 4, kV8FatalError: 5,
      kInvalidFatalExceptionMonkeyPatching: 6, kExceptionInFatalExceptionHandler: 7, kInvalidCommandLineArgument: 9,
      kBootstrapFailure: 10, kInvalidCommandLineArgument2: 12, kUnsettledTopLevelAwait: 13, kStartupSnapshotFailure: 14,
      kAbort: 134,
    },
  };
})
