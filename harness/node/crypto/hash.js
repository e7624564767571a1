// Hashes and HMAC. Small data are kept here and hashed in one call; a context is opened on the host for large ones only.
(function (host, ctx, common) {
  'use strict';
  const {
    ArrayPrototypeSlice, Error, ObjectCreate, SafeMap, StringPrototypeStartsWith, StringPrototypeToLowerCase, StringPrototypeIncludes,
    TypedArrayPrototypeGetByteLength, TypedArrayPrototypeSet, Uint8Array,
  } = ctx.primordials;
  const { ask, bytes, encode, invalidDigest, opensslError } = common;

  // Bytes that are kept before a context is opened.
  const KEPT = 65536;

  // OpenSSL's names, as crypto.getHashes lists them, without those that the host does not compute (SM3).
  const NAMES = [
    'RSA-MD5', 'RSA-RIPEMD160', 'RSA-SHA1', 'RSA-SHA1-2', 'RSA-SHA224', 'RSA-SHA256', 'RSA-SHA3-224', 'RSA-SHA3-256',
    'RSA-SHA3-384', 'RSA-SHA3-512', 'RSA-SHA384', 'RSA-SHA512', 'RSA-SHA512/224', 'RSA-SHA512/256', 'blake2b512', 'blake2s256',
    'id-rsassa-pkcs1-v1_5-with-sha3-224', 'id-rsassa-pkcs1-v1_5-with-sha3-256', 'id-rsassa-pkcs1-v1_5-with-sha3-384',
    'id-rsassa-pkcs1-v1_5-with-sha3-512', 'md5', 'md5-sha1', 'md5WithRSAEncryption', 'ripemd', 'ripemd160', 'ripemd160WithRSA',
    'rmd160', 'sha1', 'sha1WithRSAEncryption', 'sha224', 'sha224WithRSAEncryption', 'sha256', 'sha256WithRSAEncryption',
    'sha3-224', 'sha3-256', 'sha3-384', 'sha3-512', 'sha384', 'sha384WithRSAEncryption', 'sha512', 'sha512-224',
    'sha512-224WithRSAEncryption', 'sha512-256', 'sha512-256WithRSAEncryption', 'sha512WithRSAEncryption', 'shake128', 'shake256',
    'ssl3-md5', 'ssl3-sha1',
  ];

  // [bytes of a digest, whether their number can be chosen] by name; false for no hash function.
  const known = new SafeMap();
  function info(name) {
    let entry = known.get(name);
    if (entry === undefined) {
      entry = ask('hashInfo', name) ?? false;
      if (entry === false && StringPrototypeIncludes(StringPrototypeToLowerCase(name), 'sm3')) ctx.unsupported('crypto', name);
      known.set(name, entry);
    }
    return entry;
  }

  // Data on the way to a digest. `open` and `whole` are the host's verbs; `key` is what they get besides the algorithm.
  class Pending {
    #algorithm;
    #open;
    #whole;
    #key;
    #kept = new Uint8Array(256);
    #length = 0;
    #context = 0;
    constructor(algorithm, open, whole, key) {
      this.#algorithm = algorithm;
      this.#open = open;
      this.#whole = whole;
      this.#key = key;
    }
    get algorithm() { return this.#algorithm; }
    static update(pending, data) {
      const length = TypedArrayPrototypeGetByteLength(data);
      if (pending.#context === 0 && pending.#length + length <= KEPT) return pending.#keep(data, length);
      if (pending.#context === 0) {
        const number = ask(pending.#open, pending.#algorithm, pending.#key);
        if (number < 0) return false;
        pending.#context = number;
        ask('hashUpdate', number, new Uint8Array(common.arrayBuffer(pending.#kept), 0, pending.#length));
      }
      return ask('hashUpdate', pending.#context, data) === undefined;
    }
    #keep(data, length) {
      let room = TypedArrayPrototypeGetByteLength(this.#kept);
      if (this.#length + length > room) {
        while (room < this.#length + length) room *= 4;
        const larger = new Uint8Array(room);
        TypedArrayPrototypeSet(larger, this.#kept);
        this.#kept = larger;
      }
      TypedArrayPrototypeSet(this.#kept, data, this.#length);
      this.#length += length;
      return true;
    }
    static finish(pending, length) {
      if (pending.#context !== 0) return ask('hashFinish', pending.#context, length);
      const data = new Uint8Array(common.arrayBuffer(pending.#kept), 0, pending.#length);
      return ask(pending.#whole, pending.#algorithm, pending.#key, data, length);
    }
    static copy(pending) {
      const twin = new Pending(pending.#algorithm, pending.#open, pending.#whole, pending.#key);
      twin.#kept = new Uint8Array(pending.#kept);
      twin.#length = pending.#length;
      if (pending.#context !== 0) twin.#context = ask('hashCopy', pending.#context);
      return twin;
    }
  }
  const { update, finish, copy } = Pending;

  const digestOf = (algorithm, data, length) => ask('digest', algorithm, undefined, data, length);

  class Hash {
    #pending;
    #length;
    #result;
    constructor(algorithm, length) {
      if (typeof algorithm !== 'string') {
        this.#pending = copy(algorithm.#pending);
        this.#length = length;
        algorithm = this.#pending.algorithm;
      } else {
        if (info(algorithm) === false) throw new Error('Digest method not supported');
        this.#pending = new Pending(algorithm, 'hashOpen', 'digest');
      }
      const entry = info(algorithm);
      if (length !== undefined && length !== entry[0] && !entry[1]) {
        throw opensslError('030000B2', 'digital envelope routines', 'not XOF or invalid length', 'ERR_OSSL_EVP_NOT_XOF_OR_INVALID_LENGTH');
      }
      this.#length = length;
    }
    update(data, encoding) { return update(this.#pending, bytes(data, encoding)); }
    digest(encoding) {
      this.#result ??= finish(this.#pending, this.#length);
      return encode(new Uint8Array(this.#result), encoding);
    }
  }

  class Hmac {
    #pending;
    init(algorithm, key) {
      const entry = info(algorithm);
      if (entry === false) throw invalidDigest(algorithm);
      if (entry[1]) {
        throw opensslError('03000082', 'digital envelope routines', 'invalid key length', 'ERR_OSSL_EVP_INVALID_KEY_LENGTH');
      }
      this.#pending = new Pending(algorithm, 'hmacOpen', 'hmac', common.secret(key));
    }
    update(data, encoding) { return update(this.#pending, bytes(data, encoding)); }
    digest(encoding) {
      const result = finish(this.#pending);
      if (typeof result === 'number') throw ctx.unsupported('crypto', `Hmac ${this.#pending.algorithm}`);
      return encode(result, encoding);
    }
  }

  class HashJob extends common.Job {
    constructor(mode, algorithm, data, length) {
      if (info(algorithm) === false) throw invalidDigest(algorithm);
      const copied = new Uint8Array(bytes(data));
      super('HASHREQUEST', mode, () => common.arrayBuffer(digestOf(algorithm, copied, length === undefined ? undefined : length / 8)));
    }
  }

  class HmacJob extends common.Job {
    constructor(mode, signMode, algorithm, key, data, signature) {
      if (info(algorithm) === false) throw invalidDigest(algorithm);
      const copied = new Uint8Array(bytes(data));
      const expected = signature === undefined ? undefined : new Uint8Array(bytes(signature));
      super('SIGNREQUEST', mode, () => {
        const mac = ask('hmac', algorithm, common.secret(key), copied);
        return signMode === 0 ? common.arrayBuffer(mac) : host.bytesCompare(mac, expected) === 0;
      });
    }
  }

  return {
    Hash, Hmac, HashJob, HmacJob,
    getHashes: () => ArrayPrototypeSlice(NAMES),
    getCachedAliases: () => ObjectCreate(null),
    oneShotDigest(algorithm, id, cache, input, encoding) {
      if (info(algorithm) === false) throw new Error(`Digest method ${algorithm} is not supported`);
      const result = digestOf(algorithm, bytes(input));
      return encode(result, encoding);
    },
    isDigest: (name) => info(name) !== false && !StringPrototypeStartsWith(name, 'shake'),
  };
})
