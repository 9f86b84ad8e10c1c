import type { Clock } from '../base/clock.js';

/** Picks requests at random, with a bounded rate. */
export interface RequestSampler {
  /** Decides whether to pick the request that begins. */
  pick(): boolean;
  /** Adapts to the rate of requests since the last call. Call it every second. */
  adapt(): void;
}

export interface RequestSamplerOptions {
  /** Share of requests to pick at a low rate; 1 by default. */
  readonly probability?: number;
  /** Mean number picked per second at a high rate; at most twice as many, even in a burst. */
  readonly perSecond: number;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export function createRequestSampler(options: RequestSamplerOptions): RequestSampler {
  const { perSecond, clock, random } = options;
  const most = options.probability ?? 1;
  let probability = most;
  // The gap to the next picked request is geometric, so that the others pay one decrement and no random number.
  const gap = (): number =>
    probability >= 1 ? 1 : Math.ceil(Math.log(1 - random()) / Math.log(1 - probability)) || 1;
  let countdown = gap();
  let left = 2 * perSecond;
  let seen = 0;
  let adaptedMs = clock.monotonic();

  return {
    pick() {
      seen += 1;
      countdown -= 1;
      if (countdown > 0) return false;
      left -= 1;
      countdown = left > 0 ? gap() : Infinity;
      return true;
    },
    adapt() {
      const nowMs = clock.monotonic();
      const elapsedMs = Math.max(1000, nowMs - adaptedMs);
      probability = seen === 0 ? most : Math.min(most, (perSecond * elapsedMs) / (1000 * seen));
      countdown = gap();
      left = (2 * perSecond * elapsedMs) / 1000;
      seen = 0;
      adaptedMs = nowMs;
    },
  };
}
