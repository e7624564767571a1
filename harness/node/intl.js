// Intl for the locale en-US: what common calls need, without locale data.
//
// Adds `ctx.intl` and `ctx.patchLocaleMethods()`, which routes the toLocale* methods of the builtins through it.
(function (host, ctx) {
  'use strict';
  const {
    ArrayIsArray, ArrayPrototypeJoin, ArrayPrototypeMap, ArrayPrototypePush, Number, ObjectAssign,
    ObjectDefineProperty, RangeError, RegExpPrototypeExec, String, StringPrototypeCodePointAt, StringPrototypeNormalize,
    StringPrototypeReplace, StringPrototypeSlice, StringPrototypeToLowerCase, SymbolIterator, SymbolToStringTag, globalThis,
    MathAbs, NumberIsNaN,
  } = ctx.primordials;
  const LOCALE = 'en-US';

  const canonical = (locales) => {
    const list = locales === undefined ? [] : ArrayIsArray(locales) ? locales : [locales];
    return ArrayPrototypeMap(list, (locale) => {
      const tag = String(locale);
      if (RegExpPrototypeExec(/^[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*$/, tag) === null) {
        throw new RangeError('Incorrect locale information provided');
      }
      return tag;
    });
  };
  const localeOf = (locales) => canonical(locales)[0] ?? LOCALE;
  const define = (target, name, value) => ObjectDefineProperty(target, name, {
    __proto__: null, value, writable: true, enumerable: false, configurable: true,
  });

  // Intl's constructors may be called without `new`.
  function callable(name, Class) {
    const wrapper = { [name]: function (...args) { return new Class(...args); } }[name];
    wrapper.prototype = Class.prototype;
    define(Class.prototype, 'constructor', wrapper);
    ObjectDefineProperty(Class.prototype, SymbolToStringTag, { __proto__: null, value: `Intl.${name}`, configurable: true });
    define(wrapper, 'supportedLocalesOf', (locales) => canonical(locales));
    return wrapper;
  }

  // Order as in the root collation: letters without case and marks first, then marks, then lower before upper case.
  const strip = (text) => StringPrototypeReplace(StringPrototypeNormalize(text, 'NFD'), /[\u0300-\u036f]/g, '');
  const rank = (code) => {
    if ((code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a) || code > 0x7f) return code + 0x10000;
    return code;
  };
  function compareKeys(a, b, isNumeric) {
    let i = 0;
    let j = 0;
    while (i < a.length && j < b.length) {
      if (isNumeric) {
        const x = RegExpPrototypeExec(/^\d+/, StringPrototypeSlice(a, i));
        const y = RegExpPrototypeExec(/^\d+/, StringPrototypeSlice(b, j));
        if (x !== null && y !== null) {
          if (Number(x[0]) !== Number(y[0])) return Number(x[0]) < Number(y[0]) ? -1 : 1;
          i += x[0].length;
          j += y[0].length;
          continue;
        }
      }
      const p = rank(StringPrototypeCodePointAt(a, i++));
      const q = rank(StringPrototypeCodePointAt(b, j++));
      if (p !== q) return p < q ? -1 : 1;
    }
    return i < a.length ? 1 : j < b.length ? -1 : 0;
  }
  function collate(a, b, options) {
    const [x, y] = [String(a), String(b)];
    if (x === y) return 0;
    const { sensitivity = 'variant', numeric = false } = options ?? {};
    const base = compareKeys(StringPrototypeToLowerCase(strip(x)), StringPrototypeToLowerCase(strip(y)), numeric);
    if (base !== 0 || sensitivity === 'base') return base;
    if (sensitivity !== 'case') {
      const marks = compareKeys(StringPrototypeToLowerCase(x), StringPrototypeToLowerCase(y), numeric);
      if (marks !== 0 || sensitivity === 'accent') return marks;
    }
    // Upper case sorts after lower case.
    for (let i = 0; i < x.length && i < y.length; i++) {
      if (x[i] !== y[i]) return StringPrototypeToLowerCase(x[i]) === x[i] ? -1 : 1;
    }
    return x.length - y.length;
  }

  class Collator {
    #options;
    #locale;
    constructor(locales, options) {
      this.#locale = localeOf(locales);
      this.#options = ObjectAssign({}, options);
      this.compare = (a, b) => collate(a, b, this.#options);
      ObjectDefineProperty(this, 'compare', { __proto__: null, enumerable: false });
    }
    resolvedOptions() {
      return {
        locale: this.#locale, usage: 'sort', sensitivity: 'variant', ignorePunctuation: false, collation: 'default', numeric: false,
        caseFirst: 'false', ...this.#options,
      };
    }
  }

  class PluralRules {
    #type;
    #locale;
    constructor(locales, options) {
      this.#locale = localeOf(locales);
      this.#type = options?.type ?? 'cardinal';
    }
    select(value) {
      const number = MathAbs(Number(value));
      if (this.#type !== 'ordinal') return number === 1 ? 'one' : 'other';
      const [one, ten] = [number % 10, number % 100];
      if (one === 1 && ten !== 11) return 'one';
      if (one === 2 && ten !== 12) return 'two';
      return one === 3 && ten !== 13 ? 'few' : 'other';
    }
    selectRange(start, end) { return this.select(end ?? start); }
    resolvedOptions() {
      return { locale: this.#locale, type: this.#type, pluralCategories: this.#type === 'ordinal' ? ['few', 'one', 'two', 'other'] : ['one', 'other'] };
    }
  }

  class ListFormat {
    #options;
    constructor(locales, options) { this.#options = { type: 'conjunction', style: 'long', ...options }; }
    format(list) {
      const items = [];
      for (const item of list) ArrayPrototypePush(items, String(item));
      const word = this.#options.type === 'disjunction' ? 'or' : this.#options.style === 'long' ? 'and' : '&';
      if (this.#options.type === 'unit') return ArrayPrototypeJoin(items, ', ');
      if (items.length <= 2) return ArrayPrototypeJoin(items, ` ${word} `);
      const last = items.pop();
      return `${ArrayPrototypeJoin(items, ', ')}, ${word} ${last}`;
    }
    formatToParts(list) { return [{ type: 'literal', value: this.format(list) }]; }
    resolvedOptions() { return { locale: LOCALE, ...this.#options }; }
  }

  class RelativeTimeFormat {
    #options;
    constructor(locales, options) { this.#options = { style: 'long', numeric: 'always', numberingSystem: 'latn', ...options }; }
    format(value, unit) {
      const name = StringPrototypeReplace(String(unit), /s$/, '');
      const number = Number(value);
      if (this.#options.numeric === 'auto' && name === 'day' && MathAbs(number) <= 1) {
        return number === 0 ? 'today' : number < 0 ? 'yesterday' : 'tomorrow';
      }
      const text = `${formatNumber(MathAbs(number), {})} ${name}${MathAbs(number) === 1 ? '' : 's'}`;
      return number < 0 || (number === 0 && 1 / number < 0) ? `${text} ago` : `in ${text}`;
    }
    formatToParts(value, unit) { return [{ type: 'literal', value: this.format(value, unit) }]; }
    resolvedOptions() { return { locale: LOCALE, ...this.#options }; }
  }

  // Grapheme clusters by the rules that matter in practice: marks, joiners, variation selectors, flags and skin tones.
  const EXTENDS = /^[\p{M}\u200d\ufe0e\ufe0f\u{1f3fb}-\u{1f3ff}\u{e0020}-\u{e007f}]/u;
  function* segments(text, granularity) {
    const pattern = granularity === 'word' ? /[\p{L}\p{N}_'\u2019]+|\s+|[^]/gu : granularity === 'sentence' ? /[^.!?]+[.!?]*\s*|[.!?]+\s*/gu : /[^]/gu;
    let open;
    for (const match of text.matchAll(pattern)) {
      const part = match[0];
      const isFlag = (char) => RegExpPrototypeExec(/^[\u{1f1e6}-\u{1f1ff}]$/u, char) !== null;
      if (granularity === 'grapheme' && open !== undefined) {
        const isJoined = RegExpPrototypeExec(EXTENDS, part) !== null || open.segment.endsWith('\u200d') ||
          (part === '\n' && open.segment === '\r') || (isFlag(part) && isFlag(open.segment));
        if (isJoined) {
          open.segment += part;
          continue;
        }
      }
      if (open !== undefined) yield open;
      open = { segment: part, index: match.index, input: text };
      if (granularity === 'word') open.isWordLike = RegExpPrototypeExec(/[\p{L}\p{N}]/u, part) !== null;
    }
    if (open !== undefined) yield open;
  }

  class Segmenter {
    #granularity;
    constructor(locales, options) { this.#granularity = options?.granularity ?? 'grapheme'; }
    segment(input) {
      const text = String(input);
      const granularity = this.#granularity;
      return {
        [SymbolIterator]: () => segments(text, granularity),
        containing(index = 0) {
          for (const item of segments(text, granularity)) if (index < item.index + item.segment.length) return item;
          return undefined;
        },
      };
    }
    resolvedOptions() { return { locale: LOCALE, granularity: this.#granularity }; }
  }

  class DisplayNames {
    #options;
    constructor(locales, options) { this.#options = ObjectAssign({}, options); }
    of(code) { return this.#options.fallback === 'none' ? undefined : String(code); }
    resolvedOptions() { return { locale: LOCALE, style: 'long', fallback: 'code', ...this.#options }; }
  }

  class Locale {
    #tag;
    constructor(tag, options) {
      this.#tag = canonical(tag)[0] ?? LOCALE;
      const parts = this.#tag.split(/[-_]/);
      ObjectAssign(this, { language: parts[0], region: options?.region ?? parts.find((part, i) => i > 0 && part.length === 2) });
    }
    get baseName() { return this.#tag; }
    maximize() { return this; }
    minimize() { return this; }
    toString() { return this.#tag; }
  }

  const { NumberFormat, formatNumber } = ctx.load('intl_numbers')(host, ctx, localeOf);
  const { DateTimeFormat, formatDate } = ctx.load('intl_dates')(host, ctx, localeOf);

  const intl = {};
  const classes = { Collator, PluralRules, ListFormat, RelativeTimeFormat, Segmenter, DisplayNames, Locale, NumberFormat, DateTimeFormat };
  for (const name in classes) define(intl, name, callable(name, classes[name]));
  define(intl, 'getCanonicalLocales', (locales) => canonical(locales));
  define(intl, 'supportedValuesOf', () => []);
  ObjectDefineProperty(intl, SymbolToStringTag, { __proto__: null, value: 'Intl', configurable: true });

  ctx.intl = intl;
  ctx.patchLocaleMethods = () => {
    const { Date, Number: NumberClass, String: StringClass, BigInt: BigIntClass } = globalThis;
    const method = (target, name, fn) => define(target, name, fn);
    method(NumberClass.prototype, 'toLocaleString', function toLocaleString(locales, options) { return formatNumber(Number(this), options ?? {}); });
    method(BigIntClass.prototype, 'toLocaleString', function toLocaleString() { return StringPrototypeReplace(String(this), /\B(?=(\d{3})+$)/g, ','); });
    method(StringClass.prototype, 'localeCompare', function localeCompare(other, locales, options) { return collate(this, other, options); });
    const date = (defaults) => function (locales, options) {
      return NumberIsNaN(+this) ? 'Invalid Date' : formatDate(this, options, defaults);
    };
    method(Date.prototype, 'toLocaleString', date('all'));
    method(Date.prototype, 'toLocaleDateString', date('date'));
    method(Date.prototype, 'toLocaleTimeString', date('time'));
  };
})
