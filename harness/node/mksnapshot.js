// Binding `mksnapshot`: Node's own snapshots. The sandbox's snapshot is taken outside of JavaScript, so that none is being built.
(function (host, ctx) {
  'use strict';
  const { Uint8Array } = ctx.primordials;
  return {
    setSerializeCallback() {}, setDeserializeCallback() {}, setDeserializeMainFunction() {}, runEmbedderPreload() {},
    compileSerializeMain() { throw ctx.unsupported('mksnapshot', 'compileSerializeMain'); },
    isBuildingSnapshotBuffer: new Uint8Array(1),
    anonymousMainPath: '__node_anonymous_main',
  };
})
