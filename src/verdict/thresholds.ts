/**
 * What the rules compare with. Each has a meaning of its own; the pace, the bytes, the step and the stall are what a fit to the
 * corpus chose, whichever family of scenarios was kept from it;
 * `npm run bench:verdict -- --replay FILE --hold-out` shows what other values would have done to scenarios that had
 * no part in choosing them.
 */
export interface Thresholds {
  /** A rise is steady while its later half is at least this fast, relative to its earlier half. */
  readonly steadyPace: number;
  /** Beyond this the rise began, or changed, within the run: the run began later. */
  readonly onsetPace: number;
  /** Of the Mann–Kendall test, one-sided. */
  readonly level: number;
  /** More than a process gains in its first minutes when nothing leaks and its own code is left out; see `floorOf`. */
  readonly materialBytes: number;
  /** A rise below this share of the floor may be code, caches of the runtime and the like. */
  readonly materialShare: number;
  /** By how much one step has to explain a rise better than a line does (BIC) to be all there was. */
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
