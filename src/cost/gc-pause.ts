/** What the expensive operations are expected to cost in this process now, milliseconds of pause. */
export interface ExpectedCosts {
  readonly gcPauseMs: number;
  readonly profileReadMs: number;
}

/** What the next full collection is expected to cost. */
export interface GcPause {
  /** So many full collections were paid for, whoever asked: the next is expected to be like them. */
  paid(pauseMs: number, collections: number): void;
  /** Milliseconds; predicted from the used heap until one was paid for. */
  expectedMs(heapUsedBytes: number | undefined): number;
}

/** A full mark-compact took 0.7 to 3.6 ms a MiB of live heap on the machines it was measured on. */
const PREDICTED_MS_PER_BYTE = 2 / (1024 * 1024);
const PREDICTED_LEAST_MS = 5;

export function createGcPause(): GcPause {
  let measuredMs: number | undefined;
  return {
    paid(pauseMs, collections) {
      const eachMs = pauseMs / collections;
      measuredMs = measuredMs === undefined ? eachMs : 0.5 * (measuredMs + eachMs);
    },
    expectedMs: (heapUsedBytes = 0) =>
      measuredMs ?? Math.max(PREDICTED_LEAST_MS, heapUsedBytes * PREDICTED_MS_PER_BYTE),
  };
}
