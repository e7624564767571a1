// The end of a process: uncaught exceptions as Node reports them, and the exit.
//
//   ctx.triggerUncaughtException(error, fromPromise)   asks process._fatalException; reports and exits when unhandled
//   ctx.exit(code)            leaves the process at once; never returns
//   ctx.writeError(text)      text on file descriptor 2
//   ctx.sources               file name -> source, of what packages loaded, for the lines shown in reports
(function (host, ctx) {
  'use strict';
  const {
    Error, FunctionPrototypeCall, NumberParseInt, ObjectAssign, RegExpPrototypeExec, SafeMap, StringPrototypeRepeat,
    StringPrototypeSlice, StringPrototypeSplit,
  } = ctx.primordials;
  const { decorated_private_symbol, arrow_message_private_symbol } = ctx.privateSymbols;
  const kGenericUserError = 1;
  const kInvalidFatalExceptionMonkeyPatching = 6;
  const kExceptionInFatalExceptionHandler = 7;

  const sources = new SafeMap();

  const writeError = (text) => { host.call('fs.write', 2, host.utf8Encode(text), -1); };

  // Never returns: the host answers with a trap, and should it not, nothing of the package runs any more.
  function exit(code) {
    host.call('process.exit', code);
    throw new Error('process.exit returned');
  }

  const exitCode = (fallback) => (ctx.exitFields[2] ? ctx.exitFields[1] : fallback);

  // [file, line, column] of the place an error was thrown at: from the engine, or from the first frame of its stack.
  function position(error) {
    const known = host.errorPosition(error);
    if (known !== undefined) return known;
    const stack = isObject(error) ? error.stack : undefined;
    if (typeof stack !== 'string') return undefined;
    const frame = RegExpPrototypeExec(/\n {4}at (?:.* \()?((?:[A-Za-z]:)?[^:()\n]*):(\d+):(\d+)\)?(?=\n|$)/, stack);
    return frame === null ? undefined : [frame[1], NumberParseInt(frame[2]), NumberParseInt(frame[3])];
  }

  const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

  // `file:line`, the source line, and a caret under the column.
  function sourceContext(error, isRejection) {
    if (isObject(error) && error[arrow_message_private_symbol] !== undefined) return error[arrow_message_private_symbol];
    const place = position(error);
    if (place === undefined) return '';
    const { 0: file, 1: line, 2: column } = place;
    const source = sources.get(file);
    if (source === undefined) return '';
    const text = StringPrototypeSplit(source, '\n')[line - 1];
    if (text === undefined) return '';
    // An error is made in the operand of `throw`; Node points at the statement.
    const thrown = isRejection ? null : RegExpPrototypeExec(/^(.*\b|)throw\s+new\b/, StringPrototypeSlice(text, 0, column + 5));
    const indent = thrown === null ? column - 1 : thrown[1].length;
    return `${file}:${line}\n${text}\n${StringPrototypeRepeat(' ', indent > 0 ? indent : 0)}^\n`;
  }

  function describe(error) {
    if (!isObject(error)) {
      return `Uncaught:\n${inspect(error)}\n(Use \`node --trace-uncaught ...\` to show where the exception was thrown)`;
    }
    const { beforeInspector, afterInspector } = ctx.stackEnhancers;
    try {
      FunctionPrototypeCall(beforeInspector, undefined, error);
      const text = FunctionPrototypeCall(afterInspector, undefined, error);
      if (typeof text === 'string') return text;
    } catch {
      // A hostile error object: fall back to what it says of itself.
    }
    return typeof error.stack === 'string' ? error.stack : inspect(error);
  }

  const inspect = (value) => {
    try {
      return ctx.requireBuiltin('internal/util/inspect').inspect(value);
    } catch {
      return '<toString() threw exception>';
    }
  };

  function report(error, isRejection) {
    let header = '';
    try {
      if (!(isObject(error) && error[decorated_private_symbol] === true)) header = sourceContext(error, isRejection);
    } catch {
      // A hostile getter on the error: no header.
    }
    const text = describe(error);
    const separator = header === '' ? '' : '\n';
    writeError(`${header}${separator}${text}\n\nNode.js ${ctx.process.version}\n`);
  }

  function triggerUncaughtException(error, fromPromise) {
    const handler = ctx.process._fatalException;
    if (typeof handler !== 'function') {
      report(error);
      exit(kInvalidFatalExceptionMonkeyPatching);
    }
    let handled;
    try {
      handled = FunctionPrototypeCall(handler, ctx.process, error, fromPromise);
    } catch (second) {
      report(second);
      exit(kExceptionInFatalExceptionHandler);
    }
    if (handled !== false) return;
    report(error, fromPromise);
    exit(exitCode(kGenericUserError));
  }

  ObjectAssign(ctx, {
    exit, exitCode, writeError, triggerUncaughtException, sources, sourceContext, placeOf: position,
    // Replaced through the errors binding by lib/internal/errors.
    stackEnhancers: { beforeInspector() {}, afterInspector: (error) => error.stack },
  });
})
