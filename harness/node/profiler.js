// Binding `profiler`: coverage, which is never collected here.
(function () {
  'use strict';
  return { setCoverageDirectory() {}, setSourceMapCacheGetter() {}, takeCoverage() {}, stopCoverage() {}, endCoverage() {} };
})
