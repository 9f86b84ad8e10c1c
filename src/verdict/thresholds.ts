/**
 * The limits of the rules. Pace, bytes, step and stall are fitted to the corpus, and the fit gives the same values
 * whichever family of scenarios is held out; `npm run bench:verdict -- --replay FILE --hold-out` shows how other values do
 * on scenarios that were held out.
 */
export interface Thresholds {
  /** A rise is steady while its later half is at least this fast relative to its earlier half. */
  readonly steadyPace: number;
  /** A later half faster than this means that the rise began, or changed, within the run. */
  readonly onsetPace: number;
  /** Of the Mann–Kendall test, one-sided. */
  readonly level: number;
  /** More than a healthy process gains in its first minutes, its own code excluded; see `floorOf`. */
  readonly materialBytes: number;
  /** A rise below this share of the floor may be code or the runtime's own caches. */
  readonly materialShare: number;
  /** A rise is one step, not growth, if a step explains it better than a line by this much (BIC). */
  readonly stepGain: number;
  /** A rise has stalled when it goes on at less than this share of its rate. */
  readonly stallPace: number;
  /** Share of the variance of the floors that the load has to explain. */
  readonly loadR2: number;
}

export const defaultThresholds: Thresholds = {
  steadyPace: 0.5,
  onsetPace: 3,
  level: 0.025,
  materialBytes: 1024 * 1024,
  materialShare: 0.005,
  stepGain: 0,
  stallPace: 0.3,
  loadR2: 0.8,
};
