// Binding `config`: what this build of Node has. Intl is the harness's own (intl.js).
(function () {
  'use strict';
  return {
    isDebugBuild: false, openSSLIsBoringSSL: false, hasOpenSSL: true, fipsMode: true, hasIntl: true, hasTracing: true,
    hasNodeOptions: true, hasInspector: true, noBrowserGlobals: false, bits: 64,
    getDefaultLocale: () => 'en-US',
  };
})
