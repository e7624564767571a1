// An interval that never ends.
setInterval(() => {}, 1000);
