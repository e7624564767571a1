// The syntax of HTTP/1 (RFC 9112) and the errors that Node reports where it is broken, with the codes of its parser.
(function (ctx) {
  'use strict';
  const {
    Error, NumberIsSafeInteger, NumberParseInt, RegExpPrototypeExec, StringPrototypeCharCodeAt, StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeTrim,
  } = ctx.primordials;

  const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
  const TOKEN_START = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]*/;
  const HEXADECIMAL = /^[0-9A-Fa-f]+$/;
  const DIGITS = /^[0-9]+$/;
  // Control characters but for the tab may not stand in a value.
  const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

  const START = 'HTTP/';
  const EXPECTED = 'Expected HTTP/, RTSP/ or ICE/';

  class Failure {
    constructor(code, reason, column) {
      this.code = code;
      this.reason = reason;
      this.column = column;
    }
  }
  // `column` is where in its line the message is broken, when that is known.
  const failure = (code, reason, column) => new Failure(code, reason, column);

  function toError(fault, bytesParsed) {
    const error = new Error(`Parse Error: ${fault.reason}`);
    error.bytesParsed = bytesParsed;
    error.code = fault.code;
    error.reason = fault.reason;
    return error;
  }

  const matches = (pattern, text) => RegExpPrototypeExec(pattern, text) !== null;

  function chunkSize(line) {
    const end = StringPrototypeIndexOf(line, ';');
    const digits = StringPrototypeTrim(end < 0 ? line : StringPrototypeSlice(line, 0, end));
    if (!matches(HEXADECIMAL, digits)) throw failure('HPE_INVALID_CHUNK_SIZE', 'Invalid character in chunk size', 0);
    const size = NumberParseInt(digits, 16);
    if (!NumberIsSafeInteger(size)) throw failure('HPE_INVALID_CHUNK_SIZE', 'Chunk size overflow');
    return size;
  }

  function contentLength(text, column) {
    if (!matches(DIGITS, text)) throw failure('HPE_INVALID_CONTENT_LENGTH', 'Invalid character in Content-Length', column);
    const length = NumberParseInt(text, 10);
    if (!NumberIsSafeInteger(length)) throw failure('HPE_INVALID_CONTENT_LENGTH', 'Content-Length overflow');
    return length;
  }

  // `Name: value` as a pair; the value without the white space around it.
  function field(line) {
    const at = StringPrototypeIndexOf(line, ':');
    const name = at < 0 ? line : StringPrototypeSlice(line, 0, at);
    if (at < 0 || !matches(TOKEN, name)) {
      throw failure('HPE_INVALID_HEADER_TOKEN', 'Invalid header token', RegExpPrototypeExec(TOKEN_START, name)[0].length);
    }
    const value = StringPrototypeTrim(StringPrototypeSlice(line, at + 1));
    if (!matches(VALUE, value)) throw failure('HPE_INVALID_HEADER_TOKEN', 'Invalid header value char');
    return [name, value];
  }

  // What cannot become the first line of a message is refused before its end has come.
  function checkStart(line, isRequest) {
    if (isRequest) {
      const letter = StringPrototypeCharCodeAt(line, 0);
      if (letter < 65 || letter > 90) throw failure('HPE_INVALID_METHOD', 'Invalid method encountered', 0);
      return;
    }
    const start = StringPrototypeSlice(line, 0, START.length);
    if (start !== StringPrototypeSlice(START, 0, start.length)) throw failure('HPE_INVALID_CONSTANT', EXPECTED, 0);
  }

  return { EXPECTED, failure, isFailure: (value) => value instanceof Failure, toError, checkStart, chunkSize, contentLength, field };
})
