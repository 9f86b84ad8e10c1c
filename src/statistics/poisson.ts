import { gammaQuantile } from './gamma.js';

/** An estimate with its interval, 95 % unless another confidence was asked for. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const unit = (confidence: number): number => (confidence > 0 && confidence < 1 ? confidence : 0.95);
const countOf = (count: number): number => (count > 0 && Number.isFinite(count) ? count : 0);

/**
 * The exact interval of the mean of a Poisson variable of which `count` events were seen: half the χ² quantiles
 * with 2k and 2k + 2 degrees of freedom. Garwood, "Fiducial Limits for the Poisson Distribution", Biometrika 28
 * (1936). Covers at least `confidence`, more for small counts. A count that is negative or not finite is 0, a
 * confidence outside (0, 1) is 0.95.
 */
export function poissonInterval(count: number, confidence = 0.95): Estimate {
  const value = countOf(count);
  const tail = (1 - unit(confidence)) / 2;
  return {
    value,
    low: value === 0 ? 0 : gammaQuantile(value, tail),
    high: gammaQuantile(value + 1, 1 - tail),
  };
}

/**
 * The interval of the difference `after − before` of two independent estimates from their own intervals: the
 * distances to the bounds that face each other are added as squares, as variances are.
 * MOVER: Zou & Donner, Statistics in Medicine 27 (2008). An approximation, but one that stays
 * skewed where the counts are small; for large counts it is the normal interval.
 * When both readings share events (what was alive in both), it is wider than need be.
 */
export function differenceInterval(before: Estimate, after: Estimate): Estimate {
  const value = after.value - before.value;
  return {
    value,
    low: value - Math.hypot(after.value - after.low, before.high - before.value),
    high: value + Math.hypot(after.high - after.value, before.value - before.low),
  };
}

/** {@link differenceInterval} of two Poisson counts with their exact intervals. */
export function poissonDifferenceInterval(before: number, after: number, confidence = 0.95): Estimate {
  return differenceInterval(poissonInterval(before, confidence), poissonInterval(after, confidence));
}

/** What a sampling profile reports for one site. */
export interface SampledBytes {
  readonly samples: number;
  /** Live bytes these samples stand for. */
  readonly bytes: number;
}

export interface SampledBytesOptions {
  readonly confidence?: number;
  /** Mean bytes between samples: bounds what a site without any sample may hold. Without it that bound is 0. */
  readonly samplingIntervalBytes?: number;
}

/**
 * The interval of sampled live bytes. A profiler that samples every so many bytes on average sees a Poisson
 * number of samples; each stands for `bytes / samples`. Exact as {@link poissonInterval} where the objects of the
 * site have one size; where sizes differ widely it is too narrow.
 */
export function sampledBytesInterval(
  samples: number,
  bytes: number,
  options: SampledBytesOptions = {},
): Estimate {
  const { confidence = 0.95, samplingIntervalBytes = 0 } = options;
  const count = poissonInterval(samples, confidence);
  const value = countOf(bytes);
  const bytesPerSample = count.value > 0 ? value / count.value : countOf(samplingIntervalBytes);
  const known = count.value > 0 ? value : 0;
  return { value: known, low: count.low * bytesPerSample, high: count.high * bytesPerSample };
}

/** How much the live bytes of a site grew between two readings, by {@link differenceInterval}. */
export function sampledGrowthInterval(
  before: SampledBytes,
  after: SampledBytes,
  options: SampledBytesOptions = {},
): Estimate {
  return differenceInterval(
    sampledBytesInterval(before.samples, before.bytes, options),
    sampledBytesInterval(after.samples, after.bytes, options),
  );
}
