'use strict';

module.exports = text => String(text).trim();
