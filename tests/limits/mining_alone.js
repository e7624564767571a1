// Computes for ever without a call into the host.
let state = 1;
for (;;) state = (state * 1103515245 + 12345) >>> 0;
