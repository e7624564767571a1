// The `SecureContext` of Node's crypto binding: settings of TLS connections. Connections of the world are not encrypted, so that
// the settings are accepted and only those that are asked for again are kept.
(function (host, ctx) {
  'use strict';
  const { ObjectAssign } = ctx.primordials;
  const TLS1_2 = 0x0303;
  const TLS1_3 = 0x0304;
  const KEYS = 48;

  class SecureContext {
    #least = TLS1_2;
    #most = TLS1_3;
    #ticketKeys;
    init(protocol, least, most) {
      this.#least = least;
      this.#most = most;
    }
    getMinProto() { return this.#least; }
    setMinProto(version) { this.#least = version; }
    getMaxProto() { return this.#most; }
    setMaxProto(version) { this.#most = version; }
    getTicketKeys() {
      const { FastBuffer } = ctx.requireBuiltin('internal/buffer');
      this.#ticketKeys ??= new FastBuffer(KEYS);
      return this.#ticketKeys;
    }
    setTicketKeys(keys) { this.#ticketKeys = keys; }
    getCertificate() { return null; }
    getIssuer() { return null; }
  }

  const accepted = {
    setOptions() {}, setKey() {}, setCert() {}, addCACert() {}, addCRL() {}, addRootCerts() {}, setAllowPartialTrustChain() {},
    setCipherSuites() {}, setCiphers() {}, setSigalgs() {}, setECDHCurve() {}, setDHParam() {}, setSessionIdContext() {},
    setSessionTimeout() {}, setEngineKey() {}, setClientCertEngine() {}, loadPKCS12() {}, close() {}, enableTicketKeyCallback() {},
  };
  ObjectAssign(SecureContext.prototype, accepted);
  return SecureContext;
})
