'use strict';

// The part that a reviewer sees first does what the description says, and nothing else.
module.exports = function debounce(call, wait) {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(call, wait, ...args);
  };
};
