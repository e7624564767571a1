// Key objects. Secret keys are whole; public and private ones are refused loudly.
(function (host, ctx, common) {
  'use strict';
  const { RegExpPrototypeExec, TypeError, TypedArrayPrototypeGetByteLength, Uint8Array } = ctx.primordials;
  const { buffer, bytes, opensslError } = common;
  const SECRET = 0;
  const PEM = 1;

  class KeyObjectHandle {
    #secret;
    static secret(handle) { return handle.#secret; }
    static is(value) { return value !== null && typeof value === 'object' && #secret in value; }

    init(type, data, format) {
      if (type !== SECRET) throw this.#refuse(data, format);
      this.#secret = new Uint8Array(bytes(data));
    }
    // Text that is no key fails as in Node; a real key is something that the sandbox cannot use.
    #refuse(data, format) {
      const text = format === PEM ? host.bytesSlice('latin1', bytes(data), 0, TypedArrayPrototypeGetByteLength(bytes(data))) : '';
      if (format === PEM && RegExpPrototypeExec(/-----BEGIN [A-Z0-9 ]+-----/, text) === null) {
        return opensslError('1E08010C', 'DECODER routines', 'unsupported');
      }
      return ctx.unsupported('crypto', 'asymmetric key');
    }
    getSymmetricKeySize() { return TypedArrayPrototypeGetByteLength(this.#secret); }
    export() { return buffer(new Uint8Array(this.#secret)); }
    exportJwk(object) {
      object.kty = 'oct';
      object.k = host.bytesSlice('base64url', this.#secret, 0, TypedArrayPrototypeGetByteLength(this.#secret));
      return object;
    }
    initJwk(jwk) {
      if (jwk.kty !== 'oct') throw ctx.unsupported('crypto', 'asymmetric key');
      if (typeof jwk.k !== 'string') {
        throw ctx.nodeError(TypeError, 'ERR_CRYPTO_INVALID_JWK', 'Invalid JWK secret key format');
      }
      this.#secret = host.bytesFrom('base64url', jwk.k);
      return SECRET;
    }
    keyDetail(object) {
      object.length = TypedArrayPrototypeGetByteLength(this.#secret) * 8;
      return object;
    }
    equals(other) { return host.bytesCompare(this.#secret, other.#secret) === 0; }
    getAsymmetricKeyType() { throw ctx.unsupported('crypto', 'asymmetric key'); }
    checkEcKeyData() { throw ctx.unsupported('crypto', 'asymmetric key'); }
    initECRaw() { throw ctx.unsupported('crypto', 'asymmetric key'); }
    initEDRaw() { throw ctx.unsupported('crypto', 'asymmetric key'); }
  }
  const { secret, is } = KeyObjectHandle;
  delete KeyObjectHandle.secret;
  delete KeyObjectHandle.is;

  class NativeKeyObject {
    #handle;
    constructor(handle) { this.#handle = handle; }
    static handle(value) { return value !== null && typeof value === 'object' && #handle in value ? value.#handle : value; }
  }
  const { handle } = NativeKeyObject;
  delete NativeKeyObject.handle;

  // The bytes of a secret key, given as a key object, its handle or bytes.
  common.secret = (key) => {
    const inner = handle(key);
    return is(inner) ? secret(inner) : bytes(inner);
  };

  class SecretKeyGenJob extends common.Job {
    constructor(mode, bits) {
      super('KEYGENREQUEST', mode, () => {
        const key = new KeyObjectHandle();
        key.init(SECRET, common.ask('random', (bits - bits % 8) / 8));
        return key;
      });
    }
  }

  return {
    KeyObjectHandle, SecretKeyGenJob,
    createNativeKeyObjectClass: (make) => make(NativeKeyObject),
  };
})
