// Intl.NumberFormat for en-US.
(function (host, ctx, localeOf) {
  'use strict';
  const {
    ArrayPrototypePush, MathAbs, MathMax, MathMin, Number, NumberIsFinite, NumberIsNaN, NumberPrototypeToFixed, NumberPrototypeToPrecision,
    NumberPrototypeToString, RegExpPrototypeSymbolReplace, String, StringPrototypeReplace, StringPrototypeSplit,
  } = ctx.primordials;
  const SYMBOLS = { __proto__: null, USD: '$', EUR: '\u20ac', GBP: '\u00a3', JPY: '\u00a5', INR: '\u20b9', CNY: 'CN\u00a5', KRW: '\u20a9' };
  const COMPACT = [[1e12, 'T', ' trillion'], [1e9, 'B', ' billion'], [1e6, 'M', ' million'], [1e3, 'K', ' thousand']];

  const group = (digits) => RegExpPrototypeSymbolReplace(/\B(?=(\d{3})+$)/g, digits, ',');

  // Without exponent, rounded to the digits asked for, trailing zeros beyond the minimum dropped.
  function digits(value, options) {
    const isCurrency = options.style === 'currency';
    const places = isCurrency ? (options.currency === 'JPY' || options.currency === 'KRW' ? 0 : 2) : 0;
    if (options.maximumSignificantDigits !== undefined) {
      const text = NumberPrototypeToString(Number(NumberPrototypeToPrecision(value, options.maximumSignificantDigits)));
      return StringPrototypeSplit(text, '.');
    }
    const least = options.minimumFractionDigits ?? MathMin(places, options.maximumFractionDigits ?? places);
    const most = options.maximumFractionDigits ?? MathMax(least, isCurrency ? places : options.style === 'percent' ? 0 : 3);
    const fixed = NumberPrototypeToFixed(value, MathMin(most, 100));
    let [whole, fraction = ''] = StringPrototypeSplit(fixed, '.');
    while (fraction.length > least && fraction[fraction.length - 1] === '0') fraction = fraction.slice(0, -1);
    while (whole.length < (options.minimumIntegerDigits ?? 1)) whole = `0${whole}`;
    return fraction === '' ? [whole] : [whole, fraction];
  }

  function compact(value, options) {
    for (const { 0: size, 1: short, 2: long } of COMPACT) {
      if (value < size) continue;
      const scaled = value / size;
      const shown = scaled < 100 ? Number(NumberPrototypeToPrecision(scaled, 2)) : Number(NumberPrototypeToFixed(scaled, 0));
      return String(shown) + (options.compactDisplay === 'long' ? long : short);
    }
    return String(value < 100 ? Number(NumberPrototypeToPrecision(value, 2)) : Number(NumberPrototypeToFixed(value, 0)));
  }

  function formatNumber(value, options) {
    if (typeof value === 'bigint') return group(String(value));
    if (NumberIsNaN(value)) return 'NaN';
    const isPercent = options.style === 'percent';
    const size = MathAbs(value) * (isPercent ? 100 : 1);
    let text;
    if (!NumberIsFinite(size)) text = '\u221e';
    else if (options.notation === 'compact') text = compact(size, options);
    else {
      const [whole, fraction] = digits(size, options);
      const shown = options.useGrouping === false ? whole : group(whole);
      text = fraction === undefined ? shown : `${shown}.${fraction}`;
    }
    if (isPercent) text += '%';
    if (options.style === 'currency') text = (SYMBOLS[options.currency] ?? `${options.currency}\u00a0`) + text;
    if (options.style === 'unit') text += ` ${StringPrototypeReplace(String(options.unit), /-/g, ' ')}${size === 1 ? '' : 's'}`;
    if (value < 0 || (value === 0 && 1 / value < 0)) return `-${text}`;
    return options.signDisplay === 'always' || (options.signDisplay === 'exceptZero' && value !== 0) ? `+${text}` : text;
  }

  class NumberFormat {
    #options;
    #locale;
    constructor(locales, options) {
      this.#locale = localeOf(locales);
      this.#options = { style: 'decimal', ...options };
      const format = (value) => formatNumber(typeof value === 'bigint' ? value : Number(value), this.#options);
      ctx.primordials.ObjectDefineProperty(this, 'format', { __proto__: null, value: format, configurable: true, writable: true });
    }
    formatToParts(value) {
      const parts = [];
      for (const piece of this.format(value).match(/\d+|[^\d]/g) ?? []) {
        const type = piece === ',' ? 'group' : piece === '.' ? 'decimal' : piece === '-' ? 'minusSign' : piece === '%' ? 'percentSign'
          : RegExpTest(piece) ? (parts.some((part) => part.type === 'decimal') ? 'fraction' : 'integer') : 'currency';
        ArrayPrototypePush(parts, { type, value: piece });
      }
      return parts;
    }
    formatRange(start, end) { return `${this.format(start)}\u2013${this.format(end)}`; }
    resolvedOptions() {
      return {
        locale: this.#locale, numberingSystem: 'latn', style: 'decimal', minimumIntegerDigits: 1, minimumFractionDigits: 0,
        maximumFractionDigits: 3, useGrouping: 'auto', notation: 'standard', signDisplay: 'auto', roundingIncrement: 1,
        roundingMode: 'halfExpand', roundingPriority: 'auto', trailingZeroDisplay: 'auto', ...this.#options,
      };
    }
  }
  const RegExpTest = (text) => ctx.primordials.RegExpPrototypeExec(/^\d+$/, text) !== null;

  return { NumberFormat, formatNumber };
})
