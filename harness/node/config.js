// Binding `config`: what this build of Node has. No inspector; Intl is the harness's own (intl.js).
(function () {
  'use strict';
  return {
    isDebugBuild: false, openSSLIsBoringSSL: false, hasOpenSSL: true, fipsMode: true, hasIntl: true, hasTracing: true,
    hasNodeOptions: true, hasInspector: false, noBrowserGlobals: false, bits: 64,
    getDefaultLocale: () => 'en-US',
  };
})
