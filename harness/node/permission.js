// Binding `permission`: Node's permission model is off; the sandbox has its own.
(function () {
  'use strict';
  return { has: () => true };
})
