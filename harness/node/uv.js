// Binding `uv`: libuv's error numbers, names and messages.
(function (host, ctx) {
  'use strict';
  const { SafeMap } = ctx.primordials;
  const binding = {
    errname: ctx.errname,
    getErrorMap() {
      const map = new SafeMap();
      for (let i = 0; i < ctx.uvErrors.length; i++) map.set(ctx.uvErrors[i][0], [ctx.uvErrors[i][1], ctx.uvErrors[i][2]]);
      return map;
    },
    getErrorMessage: ctx.errmessage,
  };
  for (let i = 0; i < ctx.uvErrors.length; i++) binding[`UV_${ctx.uvErrors[i][1]}`] = ctx.uvErrors[i][0];
  return binding;
})
