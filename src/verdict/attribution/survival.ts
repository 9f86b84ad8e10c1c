import type { Estimate } from '../verdict.js';
import { wilsonInterval } from '../../statistics/wilson.js';
import type { GrownSites } from './profile-sites.js';

/** Share of the samples at a site in one reading of the profile that a later one still finds. */
export interface Survival {
  /** 0 to 1. */
  readonly share: Estimate;
  /** Between the two readings. */
  readonly seconds: number;
  /** Alive at the first reading: what the share rests on. */
  readonly samples: number;
}

/** With fewer samples, the interval spans more than half of the range. */
const LEAST_SAMPLES = 5;
/** Memory that is passed between requests is freed sooner. */
const LEAST_SECONDS = 20;

/**
 * Ordinals identify the samples of a reading, so survival is counted and not estimated from sums. A leak keeps all samples;
 * a store that expires entries loses its oldest first. Undefined with too few samples or too short a time.
 */
export function survivalAt(
  key: string,
  { since, latest, sites }: Pick<GrownSites, 'since' | 'latest' | 'sites'>,
): Survival | undefined {
  const seconds = (latest.monotonicMs - since.monotonicMs) / 1000;
  const samples = Math.round(since.mark.cells.get(key)?.live.samples ?? 0);
  const now = sites.find((one) => one.site.key === key);
  if (now === undefined || samples < LEAST_SAMPLES || seconds < LEAST_SECONDS) return undefined;
  return { share: wilsonInterval(now.liveSamples - now.newLiveSamples, samples), seconds, samples };
}
