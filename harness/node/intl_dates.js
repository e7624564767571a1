// Intl.DateTimeFormat for en-US, in the process's time zone or UTC.
(function (host, ctx, localeOf) {
  'use strict';
  const {
    ArrayPrototypeJoin, ArrayPrototypePush, Date, DatePrototypeGetDate, DatePrototypeGetDay, DatePrototypeGetFullYear, DatePrototypeGetHours,
    DatePrototypeGetMilliseconds, DatePrototypeGetMinutes, DatePrototypeGetMonth, DatePrototypeGetSeconds, DatePrototypeGetTime, DatePrototypeGetTimezoneOffset,
    DateNow, Number, NumberIsNaN, ObjectDefineProperty, RangeError, String, StringPrototypePadStart, StringPrototypeSlice,
  } = ctx.primordials;
  const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
  const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
  const MINUTE = 60000;
  const DATE_PARTS = ['weekday', 'year', 'month', 'day', 'dayPeriod'];
  const TIME_PARTS = ['hour', 'minute', 'second', 'fractionalSecondDigits'];
  const STYLES = {
    __proto__: null,
    full: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }, long: { year: 'numeric', month: 'long', day: 'numeric' },
    medium: { year: 'numeric', month: 'short', day: 'numeric' }, short: { year: '2-digit', month: 'numeric', day: 'numeric' },
  };

  const zone = () => ctx.info?.timezone ?? 'UTC';

  function resolve(options, defaults) {
    const given = { ...options };
    if (given.dateStyle !== undefined) ctx.primordials.ObjectAssign(given, STYLES[given.dateStyle]);
    if (given.timeStyle !== undefined) {
      ctx.primordials.ObjectAssign(given, { hour: 'numeric', minute: '2-digit' });
      if (given.timeStyle !== 'short') given.second = '2-digit';
      if (given.timeStyle === 'full' || given.timeStyle === 'long') given.timeZoneName = 'short';
    }
    const has = (names) => names.some((name) => given[name] !== undefined);
    const isBare = !has(DATE_PARTS) && !has(TIME_PARTS);
    if ((isBare && defaults !== 'time') || (defaults === 'date' && !has(DATE_PARTS))) {
      given.year = given.month = given.day = 'numeric';
    }
    if ((isBare && defaults !== 'date') || (defaults === 'time' && !has(TIME_PARTS))) {
      given.hour = 'numeric';
      given.minute = given.second = '2-digit';
    }
    return given;
  }

  // A date whose local getters show the wanted zone; zones other than UTC and the process's own are taken as the latter.
  function shifted(date, timeZone) {
    if (timeZone !== 'UTC' && timeZone !== 'GMT' && timeZone !== 'Etc/UTC') return date;
    return new Date(DatePrototypeGetTime(date) + DatePrototypeGetTimezoneOffset(date) * MINUTE);
  }

  const two = (value) => StringPrototypePadStart(String(value), 2, '0');
  const shown = (value, style) => (style === '2-digit' ? two(value % 100) : String(value));
  const named = (list, index, style) => (style === 'long' ? list[index] : style === 'narrow' ? list[index][0] : StringPrototypeSlice(list[index], 0, 3));

  function dateParts(date, options) {
    const parts = [];
    const add = (type, value) => ArrayPrototypePush(parts, { type, value });
    const literal = (value) => add('literal', value);
    const isText = options.month === 'long' || options.month === 'short' || options.month === 'narrow';
    const month = DatePrototypeGetMonth(date);
    if (options.weekday !== undefined) {
      add('weekday', named(DAYS, DatePrototypeGetDay(date), options.weekday));
      if (options.month !== undefined || options.day !== undefined || options.year !== undefined) literal(', ');
    }
    if (options.month !== undefined) {
      add('month', isText ? named(MONTHS, month, options.month) : shown(month + 1, options.month));
      if (options.day !== undefined) literal(isText ? ' ' : '/');
      else if (options.year !== undefined) literal(isText ? ' ' : '/');
    }
    if (options.day !== undefined) {
      add('day', shown(DatePrototypeGetDate(date), options.day));
      if (options.year !== undefined) literal(isText ? ', ' : '/');
    }
    if (options.year !== undefined) add('year', shown(DatePrototypeGetFullYear(date), options.year));
    return parts;
  }

  function timeParts(date, options) {
    const parts = [];
    const add = (type, value) => ArrayPrototypePush(parts, { type, value });
    const hours = DatePrototypeGetHours(date);
    const is24 = options.hour12 === false || options.hourCycle === 'h23' || options.hourCycle === 'h24';
    if (options.hour !== undefined) {
      const hour = is24 ? hours : hours % 12 === 0 ? 12 : hours % 12;
      add('hour', is24 || options.hour === '2-digit' ? two(hour) : String(hour));
    }
    if (options.minute !== undefined) {
      if (parts.length > 0) add('literal', ':');
      add('minute', parts.length > 0 || options.minute === '2-digit' ? two(DatePrototypeGetMinutes(date)) : String(DatePrototypeGetMinutes(date)));
    }
    if (options.second !== undefined) {
      if (parts.length > 0) add('literal', ':');
      add('second', parts.length > 0 || options.second === '2-digit' ? two(DatePrototypeGetSeconds(date)) : String(DatePrototypeGetSeconds(date)));
    }
    if (options.fractionalSecondDigits !== undefined) {
      add('literal', '.');
      add('fractionalSecond', StringPrototypeSlice(StringPrototypePadStart(String(DatePrototypeGetMilliseconds(date)), 3, '0'), 0, options.fractionalSecondDigits));
    }
    if (options.hour !== undefined && !is24) {
      // The space before AM and PM is a narrow no-break space since CLDR 42.
      add('literal', '\u202f');
      add('dayPeriod', hours < 12 ? 'AM' : 'PM');
    }
    if (options.timeZoneName !== undefined) {
      add('literal', ' ');
      add('timeZoneName', (options.timeZone ?? zone()) === 'UTC' ? 'UTC' : offsetName(date));
    }
    return parts;
  }

  function offsetName(date) {
    const minutes = -DatePrototypeGetTimezoneOffset(date);
    const size = minutes < 0 ? -minutes : minutes;
    const rest = size % 60 === 0 ? '' : `:${two(size % 60)}`;
    return minutes === 0 ? 'GMT' : `GMT${minutes < 0 ? '-' : '+'}${(size - (size % 60)) / 60}${rest}`;
  }

  function toParts(value, options) {
    const date = shifted(value, options.timeZone ?? zone());
    const first = dateParts(date, options);
    const second = timeParts(date, options);
    if (first.length > 0 && second.length > 0) {
      ArrayPrototypePush(first, { type: 'literal', value: options.dateStyle === 'full' || options.dateStyle === 'long' ? ' at ' : ', ' });
    }
    for (let i = 0; i < second.length; i++) ArrayPrototypePush(first, second[i]);
    return first;
  }
  const join = (parts) => ArrayPrototypeJoin(parts.map((part) => part.value), '');
  const formatDate = (date, options, defaults) => join(toParts(date, resolve(options, defaults)));

  const asDate = (value) => {
    const time = value === undefined ? DateNow() : Number(value);
    if (NumberIsNaN(time)) throw new RangeError('Invalid time value');
    return new Date(time);
  };

  class DateTimeFormat {
    #options;
    #locale;
    constructor(locales, options) {
      this.#locale = localeOf(locales);
      this.#options = resolve(options, 'date');
      const format = (value) => join(toParts(asDate(value), this.#options));
      ObjectDefineProperty(this, 'format', { __proto__: null, value: format, writable: true, configurable: true });
    }
    formatToParts(value) { return toParts(asDate(value), this.#options); }
    formatRange(start, end) { return `${this.format(start)} \u2013 ${this.format(end)}`; }
    formatRangeToParts(start, end) { return [{ type: 'literal', value: this.formatRange(start, end), source: 'shared' }]; }
    resolvedOptions() {
      return { locale: this.#locale, calendar: 'gregory', numberingSystem: 'latn', ...this.#options, timeZone: this.#options.timeZone ?? zone() };
    }
  }

  return { DateTimeFormat, formatDate };
})
