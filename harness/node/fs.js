// Binding `fs`: files, each call one operation of the world. The parts are in fs/, the verbs of the host in
// src/guest/js/fs.
(function (host, ctx) {
  'use strict';
  const { ObjectAssign } = ctx.primordials;
  ctx.load('fs/requests')(host, ctx);
  const part = (name) => ctx.load(`fs/${name}`)(host, ctx);
  return ObjectAssign({}, part('stats'), part('contents'), part('paths'), part('handle'), part('copy'), {
    FSReqCallback: ctx.files.FSReqCallback,
    kUsePromises: ctx.files.kUsePromises,
  });
})
