// Binding `http2`: HTTP/2, which the sandbox does not speak. The module loads, since many clients look at its constants.
(function (host, ctx) {
  'use strict';
  const { Float64Array, Uint32Array } = ctx.primordials;
  const ERRORS = [
    'NGHTTP2_NO_ERROR', 'NGHTTP2_PROTOCOL_ERROR', 'NGHTTP2_INTERNAL_ERROR', 'NGHTTP2_FLOW_CONTROL_ERROR', 'NGHTTP2_SETTINGS_TIMEOUT',
    'NGHTTP2_STREAM_CLOSED', 'NGHTTP2_FRAME_SIZE_ERROR', 'NGHTTP2_REFUSED_STREAM', 'NGHTTP2_CANCEL', 'NGHTTP2_COMPRESSION_ERROR',
    'NGHTTP2_CONNECT_ERROR', 'NGHTTP2_ENHANCE_YOUR_CALM', 'NGHTTP2_INADEQUATE_SECURITY', 'NGHTTP2_HTTP_1_1_REQUIRED',
  ];
  return ctx.placeholder('http2', {
    classes: ['Http2Session', 'Http2Stream'],
    functions: ['packSettings'],
    values: {
      constants: ctx.load('tables/http2_constants'),
      nameForErrorCode: ERRORS,
      sessionState: new Float64Array(9), streamState: new Float64Array(6), settingsBuffer: new Uint32Array(29),
      optionsBuffer: new Uint32Array(14), streamStats: new Float64Array(6), sessionStats: new Float64Array(9),
      kBitfield: 0, kSessionPriorityListenerCount: 1, kSessionFrameErrorListenerCount: 2, kSessionMaxInvalidFrames: 4,
      kSessionMaxRejectedStreams: 8, kSessionUint8FieldCount: 12, kSessionHasRemoteSettingsListeners: 0,
      kSessionRemoteSettingsIsUpToDate: 1, kSessionHasPingListeners: 2, kSessionHasAltsvcListeners: 3,
      nghttp2ErrorString: (code) => `error ${code}`,
      refreshDefaultSettings() {}, setCallbackFunctions() {},
    },
  });
})
