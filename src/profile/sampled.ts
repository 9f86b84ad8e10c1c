import { sampledBytesInterval, type Estimate } from '../statistics/poisson.js';

/** Sampled allocations; those too large for V8 to miss are counted separately. */
export interface Sampled {
  bytes: number;
  samples: number;
  largeBytes: number;
  largeSamples: number;
}

/**
 * V8 samples an allocation of `s` bytes with probability `1 − e^(−s/interval)`; from four intervals on that is more
 * than 98 %, and scaling adds nothing: the sample is the allocation.
 */
const LARGE_INTERVALS = 4;

export const none = (): Sampled => ({ bytes: 0, samples: 0, largeBytes: 0, largeSamples: 0 });

export function sampledOf(bytes: number, samplingIntervalBytes: number): Sampled {
  const large = bytes >= LARGE_INTERVALS * samplingIntervalBytes;
  return { bytes, samples: 1, largeBytes: large ? bytes : 0, largeSamples: large ? 1 : 0 };
}

export function addSampled(into: Sampled, from: Sampled, weight: number): void {
  into.bytes += from.bytes * weight;
  into.samples += from.samples * weight;
  into.largeBytes += from.largeBytes * weight;
  into.largeSamples += from.largeSamples * weight;
}

/** Poisson for the small allocations; the large ones are exact. */
export function intervalOf({ bytes, samples, largeBytes, largeSamples }: Sampled): Estimate {
  const smallSamples = Math.max(Math.round(samples - largeSamples), 0);
  const small = sampledBytesInterval(smallSamples, Math.max(bytes - largeBytes, 0));
  const large = Math.max(largeBytes, 0);
  return { value: small.value + large, low: small.low + large, high: small.high + large };
}
