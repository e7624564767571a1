// Binding `performance`: milestones on the virtual clock, and histograms.
(function (host, ctx) {
  'use strict';
  const {
    ArrayPrototypePush, ArrayPrototypeSort, BigInt, Float64Array, MathCeil, MathMax, MathSqrt, Number, Uint32Array,
  } = ctx.primordials;
  const constants = {
    NODE_PERFORMANCE_GC_MAJOR: 4, NODE_PERFORMANCE_GC_MINOR: 1, NODE_PERFORMANCE_GC_INCREMENTAL: 8, NODE_PERFORMANCE_GC_WEAKCB: 16,
    NODE_PERFORMANCE_GC_FLAGS_NO: 0, NODE_PERFORMANCE_GC_FLAGS_CONSTRUCT_RETAINED: 2, NODE_PERFORMANCE_GC_FLAGS_FORCED: 4,
    NODE_PERFORMANCE_GC_FLAGS_SYNCHRONOUS_PHANTOM_PROCESSING: 8, NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE: 16,
    NODE_PERFORMANCE_GC_FLAGS_ALL_EXTERNAL_MEMORY: 32, NODE_PERFORMANCE_GC_FLAGS_SCHEDULE_IDLE: 64,
  };
  const HIDDEN = {
    NODE_PERFORMANCE_ENTRY_TYPE_GC: 0, NODE_PERFORMANCE_ENTRY_TYPE_HTTP: 1, NODE_PERFORMANCE_ENTRY_TYPE_HTTP2: 2,
    NODE_PERFORMANCE_ENTRY_TYPE_NET: 3, NODE_PERFORMANCE_ENTRY_TYPE_DNS: 4,
    NODE_PERFORMANCE_MILESTONE_TIME_ORIGIN_TIMESTAMP: 0, NODE_PERFORMANCE_MILESTONE_TIME_ORIGIN: 1,
    NODE_PERFORMANCE_MILESTONE_ENVIRONMENT: 2, NODE_PERFORMANCE_MILESTONE_NODE_START: 3, NODE_PERFORMANCE_MILESTONE_V8_START: 4,
    NODE_PERFORMANCE_MILESTONE_LOOP_START: 5, NODE_PERFORMANCE_MILESTONE_LOOP_EXIT: 6,
    NODE_PERFORMANCE_MILESTONE_BOOTSTRAP_COMPLETE: 7,
  };
  const { ObjectDefineProperty } = ctx.primordials;
  for (const name in HIDDEN) ObjectDefineProperty(constants, name, { __proto__: null, value: HIDDEN[name], enumerable: false });

  // The origin's wall time in microseconds; all others in nanoseconds of process.hrtime's clock.
  const milestones = new Float64Array(8);
  milestones[HIDDEN.NODE_PERFORMANCE_MILESTONE_LOOP_EXIT] = -1;
  let origin = 0;
  ctx.atRun(() => {
    origin = host.clock();
    milestones[HIDDEN.NODE_PERFORMANCE_MILESTONE_TIME_ORIGIN_TIMESTAMP] = origin;
    for (let i = 1; i < 6; i++) milestones[i] = ctx.monotonic() * 1000;
  });

  class Histogram {
    #values = [];
    #exceeds = 0;
    #last = 0n;
    record(value) { ArrayPrototypePush(this.#values, Number(value)); }
    recordDelta() {
      const now = BigInt(ctx.monotonic()) * 1000n;
      if (this.#last > 0n) this.record(now - this.#last);
      this.#last = now;
    }
    #sorted() { return ArrayPrototypeSort(this.#values, (a, b) => a - b); }
    count() { return this.#values.length; }
    countBigInt() { return BigInt(this.#values.length); }
    min() { return this.#values.length === 0 ? 9223372036854776000 : this.#sorted()[0]; }
    minBigInt() { return this.#values.length === 0 ? 9223372036854775807n : BigInt(this.#sorted()[0]); }
    max() { return this.#values.length === 0 ? 0 : this.#sorted()[this.#values.length - 1]; }
    maxBigInt() { return BigInt(this.max()); }
    exceeds() { return this.#exceeds; }
    exceedsBigInt() { return BigInt(this.#exceeds); }
    mean() {
      let sum = 0;
      for (let i = 0; i < this.#values.length; i++) sum += this.#values[i];
      return sum / this.#values.length;
    }
    stddev() {
      const mean = this.mean();
      let sum = 0;
      for (let i = 0; i < this.#values.length; i++) sum += (this.#values[i] - mean) ** 2;
      return MathSqrt(sum / this.#values.length);
    }
    percentile(share) {
      if (this.#values.length === 0) return 0;
      return this.#sorted()[MathMax(0, MathCeil(share / 100 * this.#values.length) - 1)];
    }
    percentileBigInt(share) { return BigInt(this.percentile(share)); }
    percentiles(map) { map.set(100, this.max()); }
    percentilesBigInt(map) { map.set(100, this.maxBigInt()); }
    add(other) {
      const { length } = other.#values;
      for (let i = 0; i < length; i++) ArrayPrototypePush(this.#values, other.#values[i]);
    }
    reset() { this.#values = []; }
    start() {}
    stop() {}
  }
  ctx.Histogram = Histogram;

  return {
    constants, milestones, Histogram,
    observerCounts: new Uint32Array(5),
    now: () => (host.clock() - origin) / 1000,
    loopIdleTime: () => 0,
    uvMetricsInfo: () => [0, 0, 0],
    getTimeOrigin: () => 0,
    getTimeOriginTimestamp: () => origin / 1000,
    createELDHistogram: () => new Histogram(),
    markBootstrapComplete() {
      ctx.isPrepared = true;
      milestones[HIDDEN.NODE_PERFORMANCE_MILESTONE_BOOTSTRAP_COMPLETE] = ctx.monotonic() * 1000;
    },
    setupObservers() {}, installGarbageCollectionTracking() {}, removeGarbageCollectionTracking() {}, notify() {},
  };
})
