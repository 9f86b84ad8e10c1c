import { gammaQuantile } from './gamma.js';

/** A value with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** In whole numbers, as bytes are shown. */
export function roundedEstimate({ value, low, high }: Estimate): Estimate {
  return { value: Math.round(value), low: Math.round(low), high: Math.round(high) };
}

const countOf = (count: number): number => (count > 0 && Number.isFinite(count) ? count : 0);

/**
 * The exact interval of the mean of a Poisson variable of which `count` events were seen: half the χ² quantiles
 * with 2k and 2k + 2 degrees of freedom. Garwood, "Fiducial Limits for the Poisson Distribution", Biometrika 28
 * (1936). Covers at least 95 %, more for small counts. A count that is negative or not finite is 0.
 */
export function poissonInterval(count: number): Estimate {
  const value = countOf(count);
  return {
    value,
    low: value === 0 ? 0 : gammaQuantile(value, 0.025),
    high: gammaQuantile(value + 1, 0.975),
  };
}

/**
 * The interval of the difference `after − before` of two independent estimates from their own intervals: the
 * distances to the bounds that face each other are added as squares, as variances are.
 * MOVER: Zou & Donner, Statistics in Medicine 27 (2008). An approximation, but one that stays
 * skewed where the counts are small; for large counts it is the normal interval.
 * If both readings share events (objects alive in both), it is wider than necessary.
 */
export function differenceInterval(before: Estimate, after: Estimate): Estimate {
  const value = after.value - before.value;
  return {
    value,
    low: value - Math.hypot(after.value - after.low, before.high - before.value),
    high: value + Math.hypot(after.high - after.value, before.value - before.low),
  };
}

/**
 * The interval of sampled live bytes. A profiler that samples every so many bytes on average sees a Poisson
 * number of samples; each stands for `bytes / samples`. Exact as {@link poissonInterval} where the objects of the
 * site have one size; where sizes differ widely it is too narrow.
 *
 * @param samplingIntervalBytes Mean bytes between samples: bounds what a site without any sample may hold.
 */
export function sampledBytesInterval(samples: number, bytes: number, samplingIntervalBytes = 0): Estimate {
  const count = poissonInterval(samples);
  const value = countOf(bytes);
  const bytesPerSample = count.value > 0 ? value / count.value : countOf(samplingIntervalBytes);
  const known = count.value > 0 ? value : 0;
  return { value: known, low: count.low * bytesPerSample, high: count.high * bytesPerSample };
}
