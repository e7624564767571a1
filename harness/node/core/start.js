// Bootstrap (at snapshot time) and start (at run time).
(function (host, ctx) {
  'use strict';
  const {
    ArrayPrototypePush, FunctionPrototypeCall, ObjectAssign, StringPrototypeIndexOf, StringPrototypeRepeat, StringPrototypeSplit,
    globalThis,
  } = ctx.primordials;
  const { entry_point_promise_private_symbol, entry_point_module_private_symbol } = ctx.privateSymbols;
  const kUnsettledTopLevelAwait = 13;

  // Loaded into the snapshot, so that a package's require() of them costs nothing.
  const PRELOADED = ctx.load('tables/preloaded');

  const runLib = (id) => ctx.requireInternal(id);

  function bootstrap() {
    host.compileFunction(host.source('lib/internal/bootstrap/realm.js'), 'node:internal/bootstrap/realm', 0, 0,
                         ['process', 'getLinkedBinding', 'getInternalBinding', 'primordials'])(
      ctx.process, ctx.linkedBinding, ctx.getInternalBinding, ctx.primordials);
    for (const id of [
      'internal/bootstrap/node', 'internal/bootstrap/web/exposed-wildcard', 'internal/bootstrap/web/exposed-window-or-worker',
      'internal/bootstrap/switches/is_main_thread', 'internal/bootstrap/switches/does_own_process_state',
    ]) runLib(id);
    ctx.globals?.();
    for (const id of PRELOADED) ctx.requireBuiltin(id);
    // Some of them look at process.stderr; each process makes its own streams.
    ctx.bindings.process_methods.resetStdioForTesting();
    // lib/internal/options caches what it saw during bootstrap.
    ctx.requireBuiltin('internal/options').refreshOptions();
    ctx.bootstrapped = true;
  }

  // Which of lib/internal/main runs, as StartExecution in Node's C++ decides.
  function mainScript() {
    const { options, argv } = ctx.commandLine;
    if (argv[1] === 'inspect' || argv[1] === 'debug') return 'internal/main/inspect';
    if (options['--help']) return 'internal/main/print_help';
    if (options['--prof-process']) return 'internal/main/prof_process';
    if (options['--check']) return 'internal/main/check_syntax';
    if (options['--test']) return 'internal/main/test_runner';
    if (options['--watch']) return 'internal/main/watch_mode';
    if (options['[has_eval_string]'] && !options['--interactive']) return 'internal/main/eval_string';
    if (argv.length > 1 && argv[1] !== '-') return 'internal/main/run_main_module';
    if (options['--interactive'] || ctx.info.stdio?.[0] === 'TTY') return 'internal/main/repl';
    return 'internal/main/eval_stdin';
  }

  function runMain() {
    ctx.callbackScope(1, 0, ctx.process, () => {
      if (ctx.info.drive !== undefined) runDrive(ctx.toObject(ctx.info.drive));
      else runLib(mainScript());
    });
  }

  // The program of a phase that is no script of the package: importing its entry points, calling what it exports.
  function runDrive(drive) {
    if (drive.kind === 'worker') return ctx.drives.worker(host, ctx, drive);
    const { prepareMainThreadExecution, markBootstrapComplete } = ctx.requireBuiltin('internal/process/pre_execution');
    prepareMainThreadExecution(false);
    markBootstrapComplete();
    return ctx.drives[drive.kind](host, ctx, drive);
  }

  const emit = (name, code) => {
    ctx.callbackScope(1, 0, ctx.process, () => FunctionPrototypeCall(ctx.process.emit, ctx.process, name, code));
  };

  function unsettled() {
    const promise = globalThis[entry_point_promise_private_symbol];
    return promise !== undefined && host.promiseDetails(promise)[0] === 0;
  }

  // `:line`, the line and a caret, of the first line with `await` in it: the engine does not say where it waits.
  function firstAwait(url) {
    const lines = StringPrototypeSplit(ctx.sources.get(url) ?? '', '\n');
    for (let i = 0; i < lines.length; i++) {
      const column = StringPrototypeIndexOf(lines[i], 'await ');
      if (column >= 0) return `:${i + 1}\n${lines[i]}\n${StringPrototypeRepeat(' ', column)}^`;
    }
    return '';
  }

  function finish() {
    const pendingAwait = unsettled();
    ctx.process._exiting = true;
    emit('exit', ctx.exitCode(pendingAwait ? kUnsettledTopLevelAwait : 0));
    const code = ctx.exitCode(pendingAwait ? kUnsettledTopLevelAwait : 0);
    if (pendingAwait && !ctx.exitFields[2]) {
      const url = globalThis[entry_point_module_private_symbol]?.url ?? '';
      ctx.writeError(`Warning: Detected unsettled top-level await at ${url}${firstAwait(url)}\n\n\n`);
    }
    ctx.exit(code);
  }

  function start() {
    ctx.beginRun();
    if (ctx.commandLine.failed !== undefined) {
      ctx.writeError(`${ctx.commandLine.failed}\n`);
      ctx.exit(9);
    }
    if (ctx.commandLine.options['--version']) {
      host.call('fs.write', 1, host.utf8Encode(`${ctx.process.version}\n`), -1);
      ctx.exit(0);
    }
    runMain();
    do {
      ctx.loop.spin();
      emit('beforeExit', ctx.exitCode(0));
    } while (ctx.loop.alive());
    finish();
  }

  const drives = { __proto__: null };
  const driveNames = [];
  for (const kind of ctx.load('tables/drives')) {
    const name = `drive/${kind}`;
    if (host.source(`harness/${name}.js`) === undefined) continue;
    drives[kind] = ctx.load(name);
    ArrayPrototypePush(driveNames, kind);
  }

  ObjectAssign(ctx, { bootstrap, start, drives });
})
