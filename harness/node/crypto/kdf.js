// Key derivation: PBKDF2, scrypt and HKDF.
(function (host, ctx, common, hash) {
  'use strict';
  const { RangeError, Uint8Array } = ctx.primordials;
  const { ask, bytes, arrayBuffer, invalidDigest } = common;
  // errno of parameters that the algorithm does not allow.
  const EINVAL = -22;

  const copied = (value) => new Uint8Array(bytes(value));

  // The host refuses what would take too long; that is in the trace.
  const derived = (key) => {
    if (typeof key === 'number') throw common.failed('Deriving bits failed');
    return arrayBuffer(key);
  };

  class PBKDF2Job extends common.Job {
    constructor(mode, password, salt, iterations, length, digest) {
      if (!hash.isDigest(digest)) throw invalidDigest(digest);
      const input = [copied(password), copied(salt)];
      super('PBKDF2REQUEST', mode, () => derived(ask('pbkdf2', digest, input[0], input[1], iterations, length)));
    }
  }

  class HKDFJob extends common.Job {
    constructor(mode, digest, key, salt, info, length) {
      if (!hash.isDigest(digest)) throw invalidDigest(digest);
      const input = [common.secret(key), copied(salt), copied(info)];
      if (ask('hkdf', digest, input[0], input[1], input[2], length) === EINVAL) {
        throw ctx.nodeError(RangeError, 'ERR_CRYPTO_INVALID_KEYLEN', 'Invalid key length');
      }
      super('DERIVEBITSREQUEST', mode, () => derived(ask('hkdf', digest, input[0], input[1], input[2], length)));
    }
  }

  const invalidScrypt = (why) => ctx.nodeError(RangeError, 'ERR_CRYPTO_INVALID_SCRYPT_PARAMS', `Invalid scrypt params${why}`);

  class ScryptJob extends common.Job {
    constructor(mode, password, salt, cost, block, parallel, memory, length) {
      const isPower = cost > 1 && (cost & (cost - 1)) === 0;
      if (!isPower || block === 0 || parallel === 0 || block * parallel >= 2 ** 30) throw invalidScrypt('');
      if (128 * block * (cost + parallel + 2) > memory) {
        throw invalidScrypt(': error:030000AC:digital envelope routines::memory limit exceeded');
      }
      const input = [copied(password), copied(salt)];
      super('SCRYPTREQUEST', mode, () => derived(ask('scrypt', input[0], input[1], cost, block, parallel, length)));
    }
  }

  return { PBKDF2Job, HKDFJob, ScryptJob };
})
