import type { Estimate } from '../verdict.js';
import { wilsonInterval } from '../../statistics/wilson.js';
import type { GrownSites } from './profile-sites.js';

/** How much of what a site held at one reading of the profile was still alive at a later one. */
export interface Survival {
  /** 0 to 1. */
  readonly share: Estimate;
  /** Between the two readings. */
  readonly seconds: number;
  /** Alive at the first reading: what the share rests on. */
  readonly samples: number;
}

/** The interval of fewer spans more than half of all shares. */
const LEAST_SAMPLES = 5;
/** What is handed from request to request dies within less. */
const LEAST_SECONDS = 20;

/**
 * Samples that a reading saw alive are recognised by their ordinals, so their survival is counted and not estimated from sums.
 * A leak keeps all; what expires loses its oldest first. Undefined where too little or too short was seen.
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
