// Binding `options`: Node's command line. Adds `ctx.commandLine` at run: { options, argv, execArgv, failed }.
(function (host, ctx) {
  'use strict';
  const {
    ArrayPrototypePush, ArrayPrototypeUnshift, Number, NumberIsInteger, ObjectAssign, RegExpPrototypeExec,
    SafeMap, StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeStartsWith,
  } = ctx.primordials;
  const kBoolean = 2;
  const kInteger = 3;
  const kUInteger = 4;
  const kString = 5;
  const kHostPort = 6;
  const kStringList = 7;

  const table = ctx.load('tables/cli_options');
  const known = new SafeMap();
  for (const row of table.options) known.set(row[0], { type: row[1], envVarSettings: row[2], value: row[3], defaultIsTrue: row[4] });
  // AsyncLocalStorage is built on the engine's continuation data, which is what this option chooses in Node 22.
  known.get('--experimental-async-context-frame').value = true;
  const aliases = new SafeMap();
  for (const row of table.aliases) aliases.set(row[0], row[1]);
  // What V8 takes, and packages pass to child processes: accepted without effect.
  const V8_OPTIONS = /^--(?:max[-_]|stack[-_]|expose[-_]gc|no[-_]opt|jitless|harmony|allow[-_]natives|trace[-_]|gc[-_]|optimize|interpreted)/;

  // The values as Node's library reads them, with the negated form of each switch. Made while the snapshot is taken; a
  // process changes its own copy in place.
  const options = { __proto__: null };
  const negated = (name) => `--no-${StringPrototypeSlice(name, 2)}`;
  function set(name, value) {
    options[name] = value;
    if (known.get(name).type === kBoolean) options[negated(name)] = !value;
  }
  known.forEach((option, name) => set(name, option.type === kStringList ? [] : option.value));

  function parseValue(option, name, text) {
    if (option.type === kInteger || option.type === kUInteger) {
      const number = Number(text);
      if (!NumberIsInteger(number)) return { error: `${name} must be an integer` };
      return { value: number };
    }
    if (option.type === kHostPort) {
      const port = Number(RegExpPrototypeExec(/(\d*)$/, text)[1]);
      return { value: { host: '127.0.0.1', port: port === 0 ? 9229 : port } };
    }
    return { value: text };
  }

  // Takes the option at the front of `rest` off, with its value; returns an error text or undefined.
  function parseOne(rest, execArgv) {
    let argument = rest.shift();
    ArrayPrototypePush(execArgv, argument);
    const equals = StringPrototypeStartsWith(argument, '--') ? StringPrototypeIndexOf(argument, '=') : -1;
    let inline;
    if (equals > 0) {
      inline = StringPrototypeSlice(argument, equals + 1);
      argument = StringPrototypeSlice(argument, 0, equals);
    }
    const expansion = aliases.get(inline === undefined ? argument : `${argument}=`) ?? aliases.get(argument);
    if (expansion !== undefined && expansion[0] !== argument) {
      for (let i = expansion.length - 1; i > 0; i--) ArrayPrototypeUnshift(rest, { implied: expansion[i] });
      argument = expansion[0];
    }
    return apply(argument, inline, rest, execArgv);
  }

  function apply(argument, inline, rest, execArgv) {
    const isNegated = StringPrototypeStartsWith(argument, '--no-') && !known.has(argument);
    const name = isNegated ? `--${StringPrototypeSlice(argument, 5)}` : argument;
    const option = known.get(name);
    if (option === undefined) {
      return RegExpPrototypeExec(V8_OPTIONS, argument) === null ? `bad option: ${argument}` : undefined;
    }
    if (option.type === kBoolean) {
      set(name, !isNegated);
      // `-p code`: --print takes the next argument as the code, as --eval does.
      if (name === '--print' && rest.length > 0 && typeof rest[0] === 'string' && rest[0][0] !== '-') {
        return apply('--eval', inline, rest, execArgv);
      }
      return undefined;
    }
    if (option.type < kBoolean) return undefined;
    let text = inline;
    if (text === undefined) {
      if (rest.length === 0 || (typeof rest[0] === 'string' && rest[0][0] === '-' && rest[0].length > 1 && name !== '--eval')) {
        return `${argument} requires an argument`;
      }
      text = rest.shift();
      ArrayPrototypePush(execArgv, text);
    }
    const parsed = parseValue(option, name, text);
    if (parsed.error !== undefined) return parsed.error;
    if (option.type === kStringList) ArrayPrototypePush(options[name], parsed.value);
    else set(name, parsed.value);
    if (name === '--eval') set('[has_eval_string]', true);
    return undefined;
  }

  function parse(list, execArgv) {
    const rest = [];
    for (let i = 0; i < list.length; i++) ArrayPrototypePush(rest, list[i]);
    while (rest.length > 0) {
      if (typeof rest[0] === 'object') {
        const { implied } = rest.shift();
        const error = apply(implied, undefined, rest, execArgv);
        if (error !== undefined) return { error, rest };
        continue;
      }
      if (rest[0] === '--') {
        rest.shift();
        break;
      }
      if (rest[0] === '-' || rest[0][0] !== '-') break;
      const error = parseOne(rest, execArgv);
      if (error !== undefined) return { error, rest };
    }
    return { error: undefined, rest };
  }

  // NODE_OPTIONS: words separated by blanks, double quotes keep blanks, a backslash escapes within them.
  function words(text) {
    const list = [];
    let word = '';
    let isQuoted = false;
    for (let i = 0; i < text.length; i++) {
      const char = text[i];
      if (char === '\\' && isQuoted && i + 1 < text.length) word += text[++i];
      else if (char === '"') isQuoted = !isQuoted;
      else if (char === ' ' && !isQuoted) {
        if (word !== '') ArrayPrototypePush(list, word);
        word = '';
      } else word += char;
    }
    if (word !== '') ArrayPrototypePush(list, word);
    return list;
  }

  ctx.atRun((info) => {
    const execArgv = [];
    const fromEnvironment = ctx.getenv('NODE_OPTIONS');
    let failed;
    if (typeof fromEnvironment === 'string' && fromEnvironment !== '') {
      const result = parse(words(fromEnvironment), []);
      if (result.error !== undefined) failed = `${info.execPath}: ${result.error} in NODE_OPTIONS`;
    }
    const list = [];
    const given = info.execArgv ?? [];
    for (let i = 0; i < given.length; i++) ArrayPrototypePush(list, given[i]);
    for (let i = 1; i < (info.argv?.length ?? 0); i++) ArrayPrototypePush(list, info.argv[i]);
    const { error, rest } = parse(list, execArgv);
    if (error !== undefined) failed = `${info.execPath}: ${error}`;
    ArrayPrototypeUnshift(rest, info.argv?.[0] ?? 'node');
    ctx.commandLine = { options, argv: rest, execArgv, failed };
  });

  function getCLIOptionsInfo() {
    const options = new SafeMap();
    known.forEach((option, name) => options.set(name, {
      __proto__: null, helpText: '', envVarSettings: option.envVarSettings, type: option.type, defaultIsTrue: option.defaultIsTrue,
    }));
    return { options, aliases };
  }

  return {
    getCLIOptionsValues: () => options,
    getCLIOptionsInfo,
    getEmbedderOptions: () => ({
      __proto__: null, shouldNotRegisterESMLoader: false, noGlobalSearchPaths: false, noBrowserGlobals: false,
      hasEmbedderPreload: false,
    }),
    getEnvOptionsInputType: () => new SafeMap(),
    envSettings: { kAllowedInEnvvar: 0, kDisallowedInEnvvar: 1 },
    types: ObjectAssign({}, {
      kNoOp: 0, kV8Option: 1, kBoolean, kInteger, kUInteger, kString, kHostPort, kStringList,
    }),
  };
})
