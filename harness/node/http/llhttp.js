// What stands in for the WebAssembly module with which undici (Node's own, and the one from npm) reads answers: the same
// functions over the same kind of memory, in JavaScript. core/globals.js and builtins.js hand it out.
//
// undici copies a piece of an answer into the memory and calls llhttp_execute, which calls back with places in that piece. So
// names and values are told as far as they lie in it, while what a line means is read from a copy of the line.
(function (host, ctx, rules, messages) {
  'use strict';
  const {
    ArrayBuffer, MathMin, ObjectFreeze, RegExpPrototypeSymbolReplace, SafeMap, TypedArrayPrototypeIndexOf, Uint8Array,
  } = ctx.primordials;

  const OK = 0;
  const PAUSED = 21;
  const PAUSED_UPGRADE = 22;
  const USER = 24;
  // Numbers of the errors that rules.js reports.
  const ERRORS = {
    __proto__: null, HPE_STRICT: 2, HPE_UNEXPECTED_CONTENT_LENGTH: 4, HPE_INVALID_CONSTANT: 8, HPE_INVALID_HEADER_TOKEN: 10,
    HPE_INVALID_CONTENT_LENGTH: 11, HPE_INVALID_CHUNK_SIZE: 12, HPE_INVALID_EOF_STATE: 14,
  };
  const LF = 10;
  const CR = 13;
  const SPACE = 32;
  const TAB = 9;
  const COLON = 58;
  // The start of the memory holds the reason of the last error.
  const REASON = 8;
  const BASE = 1024;
  const isBlank = (byte) => byte === SPACE || byte === TAB || byte === CR;

  // A callback that wants the parser to stop.
  class Stop {
    constructor(code) { this.code = code; }
  }
  const obey = (answer) => {
    if (answer === PAUSED) throw new Stop(PAUSED);
    if (answer < 0 || answer > 2) throw new Stop(USER);
    return answer;
  };

  class Parser {
    state = 'start';
    position = 0;
    // The line that is being read, as far as it has come in.
    #line = '';
    // In a header line: before the colon, in the blanks after it, in the value.
    #part = 'name';
    #message;
    #missing = 0;
    constructor(id, env) {
      this.id = id;
      this.env = env;
    }

    // Reads `bytes`, which lie at `base` in the memory.
    execute(bytes, base) {
      let at = 0;
      while (at < bytes.length && this.state !== 'upgraded') {
        const from = at;
        if (this.state === 'fixed' || this.state === 'chunk' || this.state === 'until end') {
          const left = bytes.length - at;
          at += this.state === 'until end' ? left : MathMin(left, this.#missing);
          this.position = base + at;
          this.#body(base + from, at - from);
          continue;
        }
        const end = TypedArrayPrototypeIndexOf(bytes, LF, at);
        at = end < 0 ? bytes.length : end + 1;
        this.position = base + at;
        if (this.state === 'headers') this.#tell(bytes, from, end < 0 ? at : end, base, end >= 0);
        this.#line += host.bytesSlice('latin1', bytes, from, at);
        if (this.state === 'start') this.#checkStart();
        if (end >= 0) this.#takeLine(base + from);
      }
    }

    #checkStart() {
      // Empty lines before a message are passed over.
      if (this.#line !== '\n' && this.#line !== '\r' && this.#line !== '\r\n') rules.checkStart(this.#line, false);
    }

    // Tells the parts of a header line that lie between two places.
    #tell(bytes, from, to, base, isEnd) {
      const { env, id } = this;
      // The end of a line may be cut in two.
      while (to > from && (isEnd ? isBlank(bytes[to - 1]) : bytes[to - 1] === CR)) to--;
      if (this.#part === 'name') {
        if (this.#line === '' && to === from) return;
        const colon = TypedArrayPrototypeIndexOf(bytes, COLON, from);
        const found = colon >= 0 && colon < to;
        const end = found ? colon : to;
        if (end > from) obey(env.wasm_on_header_field(id, base + from, end - from));
        if (!found) return;
        this.#part = 'blank';
        from = end + 1;
      }
      if (this.#part === 'blank') {
        while (from < to && isBlank(bytes[from])) from++;
        if (from >= to && !isEnd) return;
        this.#part = 'value';
      }
      if (to > from || isEnd) obey(env.wasm_on_header_value(id, base + from, to > from ? to - from : 0));
    }

    #takeLine(start) {
      const line = RegExpPrototypeSymbolReplace(/\r?\n$/, this.#line, '');
      const { length } = this.#line;
      this.#line = '';
      this.#part = 'name';
      switch (this.state) {
        case 'start':
          if (line !== '') this.#begin(line, start, length);
          return;
        case 'headers':
          if (line === '') this.#headersComplete();
          else this.#message.addHeader(line);
          return;
        case 'chunk size':
          this.#missing = rules.chunkSize(line);
          this.state = this.#missing === 0 ? 'trailers' : 'chunk';
          return;
        case 'chunk end':
          if (line !== '') throw rules.failure('HPE_STRICT', 'Expected LF after chunk data');
          this.state = 'chunk size';
          return;
        default:
          if (line === '') this.#complete();
      }
    }

    #begin(line, start, length) {
      this.#message = messages.response(line);
      this.state = 'headers';
      obey(this.env.wasm_on_message_begin(this.id));
      const { reason } = this.#message;
      // Of a first line that came in pieces the reason is left out: it is not in this piece as a whole.
      if (length >= line.length && reason.length > 0 && this.position - start === length) {
        obey(this.env.wasm_on_status(this.id, start + line.length - reason.length, reason.length));
      }
    }

    #headersComplete() {
      const message = this.#message;
      message.finish();
      const answer = this.env.wasm_on_headers_complete(
        this.id, message.status, message.isUpgrade ? 1 : 0, message.keepsAlive ? 1 : 0);
      const skips = answer === 1 || answer === 2 || message.hasNoBody;
      this.#missing = message.length;
      if (answer === 2) this.state = 'upgraded';
      else if (skips) this.state = 'start';
      else if (message.isChunked) this.state = 'chunk size';
      else if (message.length > 0) this.state = 'fixed';
      else this.state = message.length === 0 ? 'start' : 'until end';
      obey(answer);
      if (this.state === 'start' || this.state === 'upgraded') obey(this.env.wasm_on_message_complete(this.id));
      if (this.state === 'upgraded') throw new Stop(PAUSED_UPGRADE);
    }

    #body(at, length) {
      const isDone = this.state !== 'until end' && (this.#missing -= length) === 0;
      const isChunk = this.state === 'chunk';
      if (isDone) this.state = isChunk ? 'chunk end' : 'complete';
      const answer = this.env.wasm_on_body(this.id, at, length);
      obey(answer);
      this.settle();
    }

    // A message whose body was the last thing that was told before a pause.
    settle() {
      if (this.state === 'complete') this.#complete();
    }

    #complete() {
      this.state = 'start';
      obey(this.env.wasm_on_message_complete(this.id));
    }

    finish() {
      if (this.state === 'until end') {
        this.#complete();
        return;
      }
      if (this.state !== 'start' || this.#line !== '') throw rules.failure('HPE_INVALID_EOF_STATE', 'Invalid EOF state');
    }
  }

  function instance(env) {
    const parsers = new SafeMap();
    let buffer = new ArrayBuffer(BASE);
    let last = 0;

    // Runs a step and turns what it throws into its number.
    function attempt(step) {
      try {
        step();
        return OK;
      } catch (error) {
        if (error instanceof Stop) return error.code;
        if (!rules.isFailure(error)) throw error;
        const text = new Uint8Array(buffer, REASON, BASE - REASON);
        host.bytesWrite('latin1', `${error.reason}\0`, text, 0, text.length);
        return ERRORS[error.code] ?? 1;
      }
    }

    return {
      memory: { get buffer() { return buffer; } },
      malloc(size) {
        buffer = new ArrayBuffer(BASE + size);
        return BASE;
      },
      free() {},
      llhttp_alloc() {
        parsers.set(++last, new Parser(last, env));
        return last;
      },
      llhttp_free(id) { parsers.delete(id); },
      llhttp_execute(id, at, length) {
        const parser = parsers.get(id);
        parser.position = at;
        return attempt(() => {
          parser.settle();
          parser.execute(new Uint8Array(buffer, at, length), at);
        });
      },
      llhttp_finish: (id) => attempt(() => parsers.get(id).finish()),
      llhttp_resume() {},
      llhttp_get_error_pos: (id) => parsers.get(id)?.position ?? 0,
      llhttp_get_error_reason: () => REASON,
    };
  }

  const MODULE = ObjectFreeze({ __proto__: null });
  return {
    compile: async () => MODULE,
    isModule: (value) => value === MODULE,
    instantiate: async (module, imports) => ({ exports: instance(imports.env) }),
  };
})
