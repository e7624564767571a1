'use strict';

/** Pads a text on the left to a width. */
exports.padStart = (text, width, fill = ' ') => String(text).padStart(width, fill);

/** Pads a text on the right to a width. */
exports.padEnd = (text, width, fill = ' ') => String(text).padEnd(width, fill);
