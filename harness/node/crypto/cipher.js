// Ciphers: the streams of createCipheriv and the one-shot jobs of WebCrypto.
(function (host, ctx, common) {
  'use strict';
  const {
    ArrayIsArray, ArrayPrototypePush, ArrayPrototypeSlice, Error, RangeError, RegExpPrototypeExec, StringPrototypeToLowerCase,
    TypeError, TypedArrayPrototypeGetByteLength, TypedArrayPrototypeSet, TypedArrayPrototypeSubarray, Uint8Array,
  } = ctx.primordials;
  const { ask, bytes, buffer, opensslError } = common;
  const EMPTY = new Uint8Array(0);
  const DEFAULT_TAG = 16;

  // Names of OpenSSL that the host does not have: loud when used.
  const FOREIGN = /^(aes-?(128|192|256)-?(ccm|ocb|xts|wrap|cbc-hmac|cfb1|wrap-pad)|aria|camellia|sm4|des-ede|des-ede3-cfb1|des3-wrap|id-(aes|smime))/;

  const NAMES = [];
  for (const bits of ['128', '192', '256']) {
    for (const mode of ['cbc', 'cfb', 'cfb8', 'ctr', 'ecb', 'gcm', 'ofb']) ArrayPrototypePush(NAMES, `aes-${bits}-${mode}`);
    ArrayPrototypePush(NAMES, `aes${bits}`, `id-aes${bits}-GCM`);
  }
  for (const name of ['', '-cbc', '-cfb', '-cfb8', '-ecb', '-ofb']) ArrayPrototypePush(NAMES, `des-ede3${name}`);
  ArrayPrototypePush(NAMES, 'des3', 'chacha20', 'chacha20-poly1305');

  // [name, nid, mode, block, iv, key, whether there is a tag]
  const infoOf = (name) => {
    const info = ask('cipherInfo', name);
    if (!ArrayIsArray(info) && RegExpPrototypeExec(FOREIGN, StringPrototypeToLowerCase(name)) !== null) {
      throw ctx.unsupported('crypto', `cipher ${name}`);
    }
    return ArrayIsArray(info) ? info : undefined;
  };

  const invalidTag = (length) => ctx.nodeError(TypeError, 'ERR_CRYPTO_INVALID_AUTH_TAG', `Invalid authentication tag length: ${length}`);
  const isTagLength = (mode, length) => (mode === 'gcm' ? length === 4 || length === 8 || (length >= 12 && length <= 16)
    : length >= 1 && length <= 16);

  function failure(kind) {
    if (kind === 'length') return opensslError('1C80006B', 'Provider routines', 'wrong final block length');
    if (kind === 'padding') return opensslError('1C800064', 'Provider routines', 'bad decrypt');
    return new Error('Unsupported state or unable to authenticate data');
  }

  class CipherBase {
    #isEncryption;
    #cipher = 0;
    #info;
    #tagLength;
    #tag;
    #isDone = false;
    constructor(isEncryption) { this.#isEncryption = isEncryption; }

    initiv(name, key, iv, tagLength) {
      const info = infoOf(name);
      if (info === undefined) throw ctx.nodeError(Error, 'ERR_CRYPTO_UNKNOWN_CIPHER', 'Unknown cipher');
      const mode = info[2];
      const hasTag = info[6];
      const vector = iv === null ? EMPTY : bytes(iv);
      const length = TypedArrayPrototypeGetByteLength(vector);
      const fits = mode === 'gcm' ? length > 0 : length === info[4];
      if (!fits) throw ctx.nodeError(TypeError, 'ERR_CRYPTO_INVALID_IV', 'Invalid initialization vector');
      if (hasTag && tagLength !== undefined && tagLength !== -1 && !isTagLength(mode, tagLength)) throw invalidTag(tagLength);
      const secret = common.secret(key);
      if (TypedArrayPrototypeGetByteLength(secret) !== info[5]) {
        throw ctx.nodeError(RangeError, 'ERR_CRYPTO_INVALID_KEYLEN', 'Invalid key length');
      }
      const cipher = ask('cipherOpen', name, secret, vector, this.#isEncryption);
      if (cipher < 0) throw common.failed('Cannot create cipher');
      this.#cipher = cipher;
      this.#info = info;
      this.#tagLength = tagLength === undefined || tagLength === -1 ? undefined : tagLength;
    }

    update(data, encoding) {
      if (this.#isDone) throw new Error('Trying to add data in unsupported state');
      return buffer(ask('cipherUpdate', this.#cipher, bytes(data, encoding)));
    }

    final() {
      if (this.#isDone) throw ctx.nodeError(Error, 'ERR_CRYPTO_INVALID_STATE', 'Invalid state');
      this.#isDone = true;
      const end = ask('cipherFinish', this.#cipher, this.#isEncryption ? undefined : this.#tag);
      if (!ArrayIsArray(end)) throw failure(end);
      if (end[1] !== undefined) this.#tag = TypedArrayPrototypeSubarray(end[1], 0, this.#tagLength ?? DEFAULT_TAG);
      return buffer(end[0]);
    }

    setAutoPadding(pads) {
      if (this.#isDone) return false;
      ask('cipherPadding', this.#cipher, pads);
      return true;
    }

    getAuthTag() {
      return this.#isDone && this.#isEncryption && this.#tag !== undefined ? buffer(new Uint8Array(this.#tag)) : undefined;
    }

    setAuthTag(tag) {
      if (this.#isDone || this.#isEncryption || !this.#info[6] || this.#tag !== undefined) return false;
      const value = bytes(tag);
      const length = TypedArrayPrototypeGetByteLength(value);
      const fits = this.#tagLength === undefined ? isTagLength(this.#info[2], length) : length === this.#tagLength;
      if (!fits) throw invalidTag(length);
      this.#tag = new Uint8Array(value);
      return true;
    }

    setAAD(data) {
      if (this.#isDone || !this.#info[6]) return false;
      ask('cipherAdd', this.#cipher, bytes(data));
      return true;
    }
  }

  function join(first, second) {
    const length = TypedArrayPrototypeGetByteLength(first);
    const all = new Uint8Array(length + TypedArrayPrototypeGetByteLength(second));
    TypedArrayPrototypeSet(all, first);
    TypedArrayPrototypeSet(all, second, length);
    return all;
  }

  const VARIANTS = ['ctr', 'cbc', 'gcm', 'kw'];
  const SIZES = [128, 192, 256];

  class AESCipherJob extends common.Job {
    // kKeyVariantAES_* count modes by three key lengths; the last arguments are the vector, the tag or its length, and
    // the additional data.
    constructor(mode, direction, key, data, variant, vector, tag, additional) {
      const kind = VARIANTS[(variant - variant % 3) / 3];
      if (kind === 'kw') throw ctx.unsupported('crypto', 'AES-KW');
      const name = `aes-${SIZES[variant % 3]}-${kind}`;
      const input = new Uint8Array(bytes(data));
      const isEncryption = direction === 0;
      super('CIPHERREQUEST', mode, () => {
        const cipher = ask('cipherOpen', name, common.secret(key), bytes(vector), isEncryption);
        if (cipher < 0) throw opensslError('03000082', 'digital envelope routines', 'invalid key length', 'ERR_OSSL_EVP_INVALID_KEY_LENGTH');
        if (additional !== undefined) ask('cipherAdd', cipher, bytes(additional));
        const output = ask('cipherUpdate', cipher, input);
        const end = ask('cipherFinish', cipher, kind === 'gcm' && !isEncryption ? bytes(tag) : undefined);
        if (!ArrayIsArray(end)) throw failure(end);
        const whole = join(output, end[0]);
        return common.arrayBuffer(end[1] === undefined ? whole : join(whole, TypedArrayPrototypeSubarray(end[1], 0, tag)));
      });
    }
  }

  function getCipherInfo(object, nameOrNid, keyLength, ivLength) {
    let info;
    if (typeof nameOrNid === 'number') {
      for (let i = 0; i < NAMES.length && info === undefined; i++) {
        const entry = infoOf(NAMES[i]);
        if (entry[1] === nameOrNid) info = entry;
      }
    } else {
      const entry = ask('cipherInfo', nameOrNid);
      info = ArrayIsArray(entry) ? entry : undefined;
    }
    if (info === undefined || (keyLength !== undefined && keyLength !== info[5])) return undefined;
    let vector = info[4];
    if (ivLength !== undefined) {
      if (info[2] === 'gcm' ? ivLength < 1 : ivLength !== vector) return undefined;
      vector = ivLength;
    }
    object.mode = info[2];
    object.name = info[0];
    object.nid = info[1];
    if (info[3] !== 0) object.blockSize = info[3];
    if (vector !== 0) object.ivLength = vector;
    object.keyLength = info[5];
    return object;
  }

  return { CipherBase, AESCipherJob, getCipherInfo, getCiphers: () => ArrayPrototypeSlice(NAMES) };
})
