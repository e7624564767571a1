// Binding `crypto`: hashes, random bytes, ciphers and keys.
(function (host, ctx) {
  'use strict';
  const CLASSES = [
    'Hash', 'Hmac', 'Sign', 'Verify', 'CipherBase', 'DiffieHellman', 'DiffieHellmanGroup', 'ECDH', 'KeyObjectHandle',
    'X509Certificate', 'RandomBytesJob', 'RandomPrimeJob', 'CheckPrimeJob', 'HashJob', 'HmacJob', 'SignJob', 'PBKDF2Job', 'ScryptJob',
    'HKDFJob', 'SecretKeyGenerateJob', 'RsaKeyPairGenJob', 'DsaKeyPairGenJob', 'EcKeyPairGenJob', 'NidKeyPairGenJob', 'DhKeyPairGenJob',
    'AESCipherJob', 'RSACipherJob', 'ECDHBitsJob', 'ECDHConvertKey', 'DHBitsJob', 'DHKeyExportJob', 'ECKeyExportJob', 'RSAKeyExportJob',
  ];
  const FUNCTIONS = [
    'oneShotDigest', 'getHashes', 'getCachedHashId', 'timingSafeEqual', 'getCiphers', 'getCipherInfo', 'getCurves', 'getSSLCiphers',
    'publicEncrypt', 'publicDecrypt', 'privateEncrypt', 'privateDecrypt', 'signOneShot', 'verifyOneShot', 'statelessDH',
    'certVerifySpkac', 'certExportPublicKey', 'certExportChallenge', 'getBundledRootCertificates', 'getOpenSSLSecLevelCrypto',
  ];
  class NativeKeyObject {
    constructor(handle) { this.handle = handle; }
  }
  return ctx.placeholder('crypto', {
    classes: CLASSES,
    functions: FUNCTIONS,
    values: {
      SecureContext: ctx.SecureContext,
      createNativeKeyObjectClass: (fn) => fn(NativeKeyObject),
      getFipsCrypto: () => 0, setFipsCrypto() {}, testFipsCrypto: () => false, setEngine: () => true, getCachedAliases: () => ({}),
      startLoadingCertificatesOffThread() {}, resetRootCertStore() {}, getExtraCACertificates: () => [],
      getSystemCACertificates: () => [], getUserRootCertificates: () => [], getRootCertificates: () => [], secureHeapUsed: () => undefined,
      kCryptoJobAsync: 0, kCryptoJobSync: 1, kKeyObject: 0, kKeyTypeSecret: 0, kKeyTypePublic: 1, kKeyTypePrivate: 2,
      kKeyFormatDER: 0, kKeyFormatPEM: 1, kKeyFormatJWK: 2, kKeyEncodingPKCS1: 0, kKeyEncodingPKCS8: 1, kKeyEncodingSPKI: 2,
      kKeyEncodingSEC1: 3, kSigEncDER: 0, kSigEncP1363: 1, kWebCryptoKeyFormatRaw: 0, kWebCryptoKeyFormatPKCS8: 1,
      kWebCryptoKeyFormatSPKI: 2, kWebCryptoKeyFormatJWK: 3, kWebCryptoCipherEncrypt: 0, kWebCryptoCipherDecrypt: 1,
    },
  });
})
