// The certificate that every server of the world shows: for the name it was asked for, from a public authority, valid now.
(function (host, ctx) {
  'use strict';
  const {
    ArrayPrototypeJoin, Date, DatePrototypeToUTCString, NumberPrototypeToString, RegExpPrototypeExec, StringPrototypeCharCodeAt,
    StringPrototypePadStart, StringPrototypeSlice, StringPrototypeToUpperCase,
  } = ctx.primordials;

  const DAY = 24 * 60 * 60 * 1000;
  const bytesOf = (length, name) => {
    const { FastBuffer } = ctx.requireBuiltin('internal/buffer');
    const bytes = new FastBuffer(length);
    let sum = 7;
    for (let i = 0; i < length; i++) {
      // A number that depends on the name, so that two servers do not have the same key.
      sum = (sum * 31 + StringPrototypeCharCodeAt(name, i % name.length) + i) & 0xffff;
      bytes[i] = sum >> 4;
    }
    return bytes;
  };
  const fingerprint = (length, name) => {
    const bytes = bytesOf(length, name);
    let text = '';
    for (let i = 0; i < length; i++) {
      const byte = StringPrototypePadStart(NumberPrototypeToString(bytes[i], 16), 2, '0');
      text += `${i > 0 ? ':' : ''}${StringPrototypeToUpperCase(byte)}`;
    }
    return text;
  };
  // `Nov 12 15:24:07 2024 GMT`, as OpenSSL writes dates.
  const date = (time) => {
    const parts = RegExpPrototypeExec(/, (\d\d) (\w+) (\d+) (.*) GMT/, DatePrototypeToUTCString(new Date(time)));
    const day = parts[1][0] === '0' ? ` ${StringPrototypeSlice(parts[1], 1)}` : parts[1];
    return `${parts[2]} ${day} ${parts[4]} ${parts[3]} GMT`;
  };

  // `name` is what the client asked for, `address` that of the server.
  return function certificate(name, address) {
    const now = host.clock() / 1000;
    const names = name === '' || name === undefined ? [] : [`DNS:${name}`];
    if (address !== undefined) names[names.length] = `IP Address:${address}`;
    const shown = name || address || 'localhost';
    return {
      subject: { __proto__: null, CN: shown },
      issuer: { __proto__: null, C: 'US', O: 'Example Trust Services', CN: 'E6' },
      subjectaltname: ArrayPrototypeJoin(names, ', '),
      ca: false,
      bits: 256,
      pubkey: bytesOf(65, shown),
      asn1Curve: 'prime256v1',
      nistCurve: 'P-256',
      valid_from: date(now - 30 * DAY),
      valid_to: date(now + 60 * DAY),
      fingerprint: fingerprint(20, shown),
      fingerprint256: fingerprint(32, shown),
      fingerprint512: fingerprint(64, shown),
      ext_key_usage: ['1.3.6.1.5.5.7.3.1'],
      serialNumber: '03A1B2C3D4E5F60718293A4B5C6D7E8F9001',
      raw: bytesOf(720, shown),
    };
  };
})
