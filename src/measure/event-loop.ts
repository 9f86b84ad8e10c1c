import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { EventLoopReading } from './reading.js';

/** The parts of a `node:perf_hooks` delay histogram that are read; nanoseconds. */
export interface DelayHistogram {
  readonly count: number;
  readonly mean: number;
  readonly max: number;
  readonly min?: number;
  readonly stddev?: number;
  percentile(percentile: number): number;
  reset(): void;
  enable(): boolean;
  disable(): boolean;
}

/** Cumulative times of the loop, as `performance.eventLoopUtilization()` gives them. */
export interface LoopTimes {
  readonly idle: number;
  readonly active: number;
}

export interface EventLoopSource {
  createHistogram(resolutionMs: number): DelayHistogram;
  times(): LoopTimes;
  /** Milliseconds that never step back. */
  now(): number;
  /** Calls `fire` once after `delayMs`, without keeping the process alive; returns what cancels it. */
  after(delayMs: number, fire: () => void): () => void;
}

export interface EventLoopProbe {
  start(): void;
  stop(): void;
  /** Reads the interval since the last reading and begins the next. Absent when stopped or nothing was measured. */
  read(): EventLoopReading | undefined;
}

const systemEventLoop: EventLoopSource = {
  createHistogram: (resolution) => monitorEventLoopDelay({ resolution }),
  times: () => performance.eventLoopUtilization(),
  now: () => performance.now(),
  after(delayMs, fire) {
    const timer = setTimeout(fire, delayMs).unref();
    return () => clearTimeout(timer);
  },
};

/** 50 wake-ups a second: half the cost of the usual 10 ms, and shorter pauses are not worth reporting. */
const eventLoopResolutionMs = 20;

interface Running {
  readonly histogram: DelayHistogram;
  times: LoopTimes;
  cancelFirst: () => void;
  /** The first delay of the interval; absent until its timer fires. */
  firstMs?: number;
}

/**
 * Measures event-loop delay and utilization per interval. Reading ends the interval, so the probe has one owner, the
 * sampler; everyone else reads the sampler's result.
 *
 * Node's histogram loses its position when it is reset: a block that begins before its next tick is not recorded (measured
 * on Node 20), and the sampler's own work falls just there. One timer an interval measures this first delay, which is
 * added to the others.
 */
export function createEventLoopProbe(
  source: EventLoopSource = systemEventLoop,
  resolutionMs: number = eventLoopResolutionMs,
): EventLoopProbe {
  let running: Running | undefined;

  function measureFirst(state: Running): void {
    const fromMs = source.now();
    state.cancelFirst();
    delete state.firstMs;
    state.cancelFirst = source.after(resolutionMs, () => {
      state.firstMs = source.now() - fromMs;
    });
  }

  return {
    start() {
      if (running !== undefined) return;
      const histogram = source.createHistogram(resolutionMs);
      histogram.enable();
      running = { histogram, times: source.times(), cancelFirst: () => {} };
      measureFirst(running);
    },
    stop() {
      running?.histogram.disable();
      running?.cancelFirst();
      running = undefined;
    },
    read() {
      if (running === undefined || running.histogram.count === 0) return undefined;
      const { histogram, times: before, firstMs } = running;
      const now = source.times();
      const activeMs = now.active - before.active;
      const totalMs = activeMs + now.idle - before.idle;
      const reading: EventLoopReading = {
        ...delaysOf(histogram, firstMs),
        utilization: totalMs > 0 ? Math.min(1, Math.max(0, activeMs / totalMs)) : 0,
        resolutionMs,
      };
      histogram.reset();
      running.times = now;
      measureFirst(running);
      return reading;
    },
  };
}

type Delays = Omit<EventLoopReading, 'utilization' | 'resolutionMs'>;

function delaysOf(histogram: DelayHistogram, firstMs: number | undefined): Delays {
  const { count, min, stddev } = histogram;
  const meanMs = histogram.mean / 1e6;
  const first = firstMs ?? 0;
  const all = { count, meanMs, stddevMs: (stddev ?? 0) / 1e6 };
  const { meanMs: delayMeanMs, stddevMs } = firstMs === undefined ? all : joinValue(all, firstMs);
  const percentileMs = (percentile: number): number => histogram.percentile(percentile) / 1e6;
  return {
    delayMeanMs,
    delayP50Ms: percentileMs(50),
    // Of fewer than 10 values the 90th percentile is the greatest, of fewer than 100 the 99th.
    delayP90Ms: count < 9 ? Math.max(percentileMs(90), first) : percentileMs(90),
    delayP99Ms: count < 99 ? Math.max(percentileMs(99), first) : percentileMs(99),
    delayMaxMs: Math.max(histogram.max / 1e6, first),
    ...(min !== undefined && { delayMinMs: Math.min(min / 1e6, firstMs ?? Infinity) }),
    ...(stddev !== undefined && { delayStddevMs: stddevMs }),
  };
}

interface Moments {
  readonly count: number;
  readonly meanMs: number;
  readonly stddevMs: number;
}

/** Mean and standard deviation with one more value (Welford, 1962). */
function joinValue({ count, meanMs, stddevMs }: Moments, valueMs: number): Moments {
  const joined = meanMs + (valueMs - meanMs) / (count + 1);
  const squares = stddevMs ** 2 * count + (valueMs - meanMs) * (valueMs - joined);
  return { count: count + 1, meanMs: joined, stddevMs: Math.sqrt(squares / (count + 1)) };
}
