// One HTTP/1 message while it is read: what its first line and its fields say.
(function (ctx, rules) {
  'use strict';
  const {
    ArrayPrototypeIndexOf, ArrayPrototypePush, Number, RegExpPrototypeExec, StringPrototypeIncludes, StringPrototypeIndexOf,
    StringPrototypeToLowerCase,
  } = ctx.primordials;

  const REQUEST_LINE = /^([A-Z-]+) +([^ ]+)(?: +HTTP\/(\d)\.(\d))?$/;
  const STATUS_LINE = /^HTTP\/(\d)\.(\d) +(\d{3})(?: (.*))?$/;

  class Message {
    headers = [];
    trailers = [];
    // Of the body; -1 when it is not stated.
    length = -1;
    isChunked = false;
    isUpgrade = false;
    isConnect = false;
    hasNoBody = false;
    keepsAlive = false;
    method;
    url;
    status;
    reason;
    major = 1;
    minor = 1;
    #connection = '';
    #upgrade = false;
    #encoding = '';

    addHeader(line) {
      const { 0: name, 1: value } = rules.field(line);
      ArrayPrototypePush(this.headers, name, value);
      switch (StringPrototypeToLowerCase(name)) {
        case 'content-length':
          if (this.length >= 0) throw rules.failure('HPE_UNEXPECTED_CONTENT_LENGTH', 'Content-Length already present');
          if (this.#encoding !== '') {
            throw rules.failure('HPE_INVALID_CONTENT_LENGTH', 'Content-Length can\'t be present with Transfer-Encoding', name.length + 1);
          }
          this.length = rules.contentLength(value, StringPrototypeIndexOf(line, value, name.length + 1));
          break;
        case 'transfer-encoding':
          if (this.length >= 0) {
            throw rules.failure('HPE_INVALID_TRANSFER_ENCODING', 'Transfer-Encoding can\'t be present with Content-Length', name.length + 1);
          }
          this.#encoding = StringPrototypeToLowerCase(value);
          break;
        case 'connection':
          this.#connection += `,${StringPrototypeToLowerCase(value)}`;
          break;
        case 'upgrade':
          this.#upgrade = true;
          break;
        default:
      }
    }

    addTrailer(line) {
      const { 0: name, 1: value } = rules.field(line);
      ArrayPrototypePush(this.trailers, name, value);
    }

    #says(word) { return StringPrototypeIncludes(this.#connection, word); }

    // All fields are known.
    finish() {
      this.isChunked = StringPrototypeIncludes(this.#encoding, 'chunked');
      const isRequest = this.method !== undefined;
      this.isUpgrade = (this.#upgrade && this.#says('upgrade') && (isRequest || this.status === 101)) || this.isConnect;
      this.hasNoBody = !isRequest && (this.status < 200 || this.status === 204 || this.status === 304);
      const hasEnd = isRequest || this.hasNoBody || this.isChunked || this.length >= 0;
      const wants = this.major > 1 || this.minor > 0 ? !this.#says('close') : this.#says('keep-alive');
      this.keepsAlive = wants && hasEnd;
    }
  }

  function request(line, methods) {
    const parts = RegExpPrototypeExec(REQUEST_LINE, line);
    const message = new Message();
    message.method = parts === null ? -1 : ArrayPrototypeIndexOf(methods, parts[1]);
    if (message.method < 0) throw rules.failure('HPE_INVALID_METHOD', 'Invalid method encountered', 0);
    message.isConnect = parts[1] === 'CONNECT';
    message.url = parts[2];
    message.major = Number(parts[3] ?? 0);
    message.minor = Number(parts[4] ?? 9);
    return message;
  }

  function response(line) {
    const parts = RegExpPrototypeExec(STATUS_LINE, line);
    if (parts === null) throw rules.failure('HPE_INVALID_CONSTANT', rules.EXPECTED, 0);
    const message = new Message();
    message.major = Number(parts[1]);
    message.minor = Number(parts[2]);
    message.status = Number(parts[3]);
    message.reason = parts[4] ?? '';
    return message;
  }

  return { request, response };
})
