import { queryRings, type HistoryQuery, type HistoryResult } from './query.js';
import { Ring } from './ring.js';
import { tiersFor, type Tier } from './tiers.js';

export type { HistoryQuery, HistoryResult, HistorySeries } from './query.js';
export type { Tier } from './tiers.js';

export interface HistoryOptions {
  /** Names, in the order of the values that are recorded. */
  readonly series: readonly string[];
  /** How often `record` will be called. */
  readonly intervalSeconds: number;
}

export interface History {
  /**
   * Files one reading taken at `at` (wall clock, epoch milliseconds) in every tier. A value that is missing or not
   * finite is absent. Allocates nothing.
   */
  record(at: number, values: Float64Array): void;
  query(query: HistoryQuery): HistoryResult;
  /** The names, in order. */
  readonly series: readonly string[];
  readonly tiers: readonly Tier[];
  /** Memory of all columns once they are full. */
  readonly bytes: number;
  /** Readings thrown away because their time was not a date or lay in the past. */
  readonly droppedOutOfOrder: number;
  /** How often the clock was found to have been set back, and the history relabelled. */
  readonly clockSteps: number;
}

/** The greatest time a Date can hold, either side of the epoch. */
const MAX_TIME = 8.64e15;
/** One reading from the past is a stray; so many in a row are a clock that was set back. */
const STRAYS = 3;

/**
 * The recent past in fixed memory: every reading goes into every tier, where the least, the greatest and the last
 * value of a step are kept exactly.
 *
 * The wall clock may step, and rows must stay in order. Forward, it leaves a gap, and a gap stays a gap. Back by no
 * more than two intervals, readings are filed under the newest step until the clock has caught up. Back by
 * more, the first two readings are dropped and counted; with the third the new clock is believed, and the rows that
 * it puts into the future are relabelled: they move back together, so that order and distances stay true.
 *
 * A timer that fires late by a hair now and then skips a step without having missed a reading. Such a reading,
 * less than one and a half intervals after the one before, is filed under both steps.
 */
export function createHistory(options: HistoryOptions): History {
  const series = [...options.series];
  const tiers = tiersFor(options.intervalSeconds);
  const rings = tiers.map(
    ({ stepSeconds, capacity }) => new Ring(Math.round(stepSeconds * 1000), capacity, series.length),
  );
  const intervalMs = options.intervalSeconds * 1000;
  let newestAt = -Infinity;
  let behind = 0;
  let behindFrom = Infinity;
  let droppedOutOfOrder = 0;
  let clockSteps = 0;

  /** Whether the reading may be filed, having relabelled the rows if it takes the clock back. */
  const accept = (at: number): boolean => {
    if (!(Math.abs(at) <= MAX_TIME)) return false;
    if (at >= newestAt - 2 * intervalMs) {
      behind = 0;
      behindFrom = Infinity;
      return true;
    }
    behind++;
    behindFrom = Math.min(behindFrom, at);
    if (behind < STRAYS) return false;
    for (const ring of rings) ring.moveBack(Math.floor(behindFrom / ring.stepMs) * ring.stepMs);
    clockSteps++;
    behind = 0;
    behindFrom = Infinity;
    newestAt = -Infinity;
    return true;
  };

  const file = (ring: Ring, time: number, values: Float64Array): void => {
    const step = Math.floor(time / ring.stepMs) * ring.stepMs;
    const skipped = step - ring.newest === 2 * ring.stepMs && time - newestAt < 1.5 * intervalMs;
    if (skipped) ring.file(step - ring.stepMs, values);
    ring.file(step, values);
  };

  return {
    series,
    tiers,
    bytes: rings.reduce((sum, ring) => sum + ring.bytes, 0),
    get droppedOutOfOrder() {
      return droppedOutOfOrder;
    },
    get clockSteps() {
      return clockSteps;
    },
    record(at, values) {
      if (!accept(at)) {
        droppedOutOfOrder++;
        return;
      }
      const time = Math.max(at, newestAt);
      for (const ring of rings) file(ring, time, values);
      newestAt = time;
    },
    query: (query) => queryRings(rings, series, query),
  };
}
