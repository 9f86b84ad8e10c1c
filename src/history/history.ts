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
   * Adds one reading taken at `at` (wall clock, epoch milliseconds) to every tier. A value that is missing or not finite
   * is absent. Allocates nothing.
   */
  record(at: number, values: Float64Array): void;
  query(query: HistoryQuery): HistoryResult;
  /** The names, in order. */
  readonly series: readonly string[];
  readonly tiers: readonly Tier[];
  /** Memory of all columns once they are full. */
  readonly bytes: number;
  /** Readings dropped because their time was not a date or in the past. */
  readonly droppedOutOfOrder: number;
  /** How often the clock was set back and the history moved with it. */
  readonly clockSteps: number;
}

/** The greatest time a Date can hold, either side of the epoch. */
const MAX_TIME = 8.64e15;
/** One reading from the past is an outlier; this many in a row mean that the clock was set back. */
const STRAYS = 3;

/**
 * The recent past in fixed memory: every reading goes into every tier, which keeps the exact minimum, maximum and last
 * value of each step.
 *
 * The wall clock may step, and rows must stay in order. A step forward leaves a gap. After a step back by up to two
 * intervals, readings go to the newest step until the clock has caught up. After a longer one, the first two readings are
 * dropped and counted; the third confirms the new clock, and the rows that are then in the future move back together,
 * keeping their order and distances.
 *
 * A timer that fires slightly late sometimes skips a step without having missed a reading. Such a reading, less than one
 * and a half intervals after the previous one, is added to both steps.
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

  /** Whether the reading is accepted; moves the rows if the clock was set back. */
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
