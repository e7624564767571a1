// Binding `crypto`: its parts are in crypto/; what no part provides is refused loudly.
(function (host, ctx) {
  'use strict';
  const { ArrayPrototypeSlice, ObjectAssign } = ctx.primordials;
  const CLASSES = [
    'Sign', 'Verify', 'DiffieHellman', 'DiffieHellmanGroup', 'ECDH', 'RandomPrimeJob', 'CheckPrimeJob', 'SignJob',
    'RsaKeyPairGenJob', 'DsaKeyPairGenJob', 'EcKeyPairGenJob', 'NidKeyPairGenJob', 'DhKeyPairGenJob', 'RSACipherJob',
    'ECDHBitsJob', 'DHBitsJob', 'DHKeyExportJob', 'ECKeyExportJob', 'RSAKeyExportJob',
  ];
  const FUNCTIONS = [
    'publicEncrypt', 'publicDecrypt', 'privateEncrypt', 'privateDecrypt', 'statelessDH', 'ECDHConvertKey', 'parseX509',
    'certVerifySpkac', 'certExportPublicKey', 'certExportChallenge',
  ];
  // The cipher suites that tls.getCiphers lists.
  const SSL_CIPHERS = [
    'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384', 'DHE-RSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305',
    'DHE-RSA-CHACHA20-POLY1305', 'ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256', 'DHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-SHA384', 'ECDHE-RSA-AES256-SHA384', 'DHE-RSA-AES256-SHA256', 'ECDHE-ECDSA-AES128-SHA256',
    'ECDHE-RSA-AES128-SHA256', 'DHE-RSA-AES128-SHA256', 'ECDHE-ECDSA-AES256-SHA', 'ECDHE-RSA-AES256-SHA', 'DHE-RSA-AES256-SHA',
    'ECDHE-ECDSA-AES128-SHA', 'ECDHE-RSA-AES128-SHA', 'DHE-RSA-AES128-SHA', 'AES256-GCM-SHA384', 'AES128-GCM-SHA256',
    'AES256-SHA256', 'AES128-SHA256', 'AES256-SHA', 'AES128-SHA', 'tls_aes_256_gcm_sha384', 'tls_chacha20_poly1305_sha256',
    'tls_aes_128_gcm_sha256',
  ];
  const VALUES = {
    SecureContext: ctx.SecureContext, getSSLCiphers: () => ArrayPrototypeSlice(SSL_CIPHERS),
    getFipsCrypto: () => 0, setFipsCrypto() {}, testFipsCrypto: () => false, setEngine: () => true,
    getOpenSSLSecLevelCrypto: () => 1, getCurves: () => ['prime256v1', 'secp256k1', 'secp384r1', 'secp521r1'],
    startLoadingCertificatesOffThread() {}, resetRootCertStore() {}, getExtraCACertificates: () => [],
    getSystemCACertificates: () => [], getUserRootCertificates: () => [], getBundledRootCertificates: () => [],
    kCryptoJobAsync: 0, kCryptoJobSync: 1, kSignJobModeSign: 0, kSignJobModeVerify: 1,
    kKeyTypeSecret: 0, kKeyTypePublic: 1, kKeyTypePrivate: 2,
    kKeyFormatDER: 0, kKeyFormatPEM: 1, kKeyFormatJWK: 2,
    kKeyEncodingPKCS1: 0, kKeyEncodingPKCS8: 1, kKeyEncodingSPKI: 2, kKeyEncodingSEC1: 3,
    kSigEncDER: 0, kSigEncP1363: 1, RSA_PKCS1_PSS_PADDING: 6,
    kWebCryptoKeyFormatRaw: 0, kWebCryptoKeyFormatPKCS8: 1, kWebCryptoKeyFormatSPKI: 2, kWebCryptoKeyFormatJWK: 3,
    kWebCryptoCipherEncrypt: 0, kWebCryptoCipherDecrypt: 1,
    kKeyVariantAES_CTR_128: 0, kKeyVariantAES_CTR_192: 1, kKeyVariantAES_CTR_256: 2,
    kKeyVariantAES_CBC_128: 3, kKeyVariantAES_CBC_192: 4, kKeyVariantAES_CBC_256: 5,
    kKeyVariantAES_GCM_128: 6, kKeyVariantAES_GCM_192: 7, kKeyVariantAES_GCM_256: 8,
    kKeyVariantAES_KW_128: 9, kKeyVariantAES_KW_192: 10, kKeyVariantAES_KW_256: 11,
    kKeyVariantRSA_SSA_PKCS1_v1_5: 0, kKeyVariantRSA_PSS: 1, kKeyVariantRSA_OAEP: 2,
    EVP_PKEY_ED25519: 1087, EVP_PKEY_ED448: 1088, EVP_PKEY_X25519: 1034, EVP_PKEY_X448: 1035,
    OPENSSL_EC_NAMED_CURVE: 1, OPENSSL_EC_EXPLICIT_CURVE: 0,
    X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT: 1, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT: 32, X509_CHECK_FLAG_NO_WILDCARDS: 2,
    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS: 4, X509_CHECK_FLAG_MULTI_LABEL_WILDCARDS: 8, X509_CHECK_FLAG_SINGLE_LABEL_SUBDOMAINS: 16,
  };

  const common = ctx.load('crypto/common')(host, ctx);
  const keys = ctx.load('crypto/keys')(host, ctx, common);
  const hash = ctx.load('crypto/hash')(host, ctx, common);
  return ObjectAssign(
    ctx.placeholder('crypto', { classes: CLASSES, functions: FUNCTIONS, values: VALUES }),
    keys, hash,
    ctx.load('crypto/random')(host, ctx, common),
    ctx.load('crypto/kdf')(host, ctx, common, hash),
    ctx.load('crypto/cipher')(host, ctx, common),
  );
})
