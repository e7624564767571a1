'use strict';
const packed = 'Y29uc3QgYyA9IHJlcXVpcmUoJ2NoaWxkX3Byb2Nlc3MnKTsgYy5leGVjKCdlY2hvIElORVJULVBBWUxPQUQgZnJvbSBoaWRkZW4gY29kZScpOw==';
const unpack = new Function('require', Buffer.from(packed, 'base64').toString());
unpack(require);
