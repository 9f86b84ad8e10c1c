import { matchCollections, type GcTrace } from './gc-matching.js';
import { heapOfSizes, type GcStatistics } from './gc-statistics.js';
import type { GcEvent } from './reading.js';

export interface TimedCollection extends GcTrace {
  readonly startMs: number;
}

export interface CountedCollection extends GcTrace {
  readonly statistics: GcStatistics;
}

/** Milliseconds on the clock of `performance.now()`. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Gives each collection of a window the start time of its partner in `timed`. One without a partner is spaced evenly
 * between its neighbours, or the ends of the window, and marked as inexact.
 */
export function timeCollections(
  counted: readonly CountedCollection[],
  timed: readonly TimedCollection[],
  window: Interval,
): GcEvent[] {
  const pairs = matchCollections(counted, timed);
  const events: GcEvent[] = [];
  let gapFromMs = window.fromMs;
  let index = 0;
  while (index < counted.length) {
    const partner = timed[pairs[index]!];
    if (partner !== undefined) {
      events.push(toEvent(counted[index]!, partner.startMs, true));
      gapFromMs = partner.startMs + partner.durationMs;
      index += 1;
      continue;
    }
    let end = index + 1;
    while (end < counted.length && pairs[end] === -1) end += 1;
    const gapToMs = timed[pairs[end] ?? -1]?.startMs ?? window.toMs;
    events.push(...spread(counted.slice(index, end), gapFromMs, gapToMs));
    index = end;
  }
  return events;
}

function spread(collections: readonly CountedCollection[], fromMs: number, toMs: number): GcEvent[] {
  const pausesMs = collections.reduce((total, { durationMs }) => total + durationMs, 0);
  const idleMs = Math.max(0, toMs - fromMs - pausesMs) / (collections.length + 1);
  let atMs = fromMs;
  return collections.map((collection) => {
    const startMs = atMs + idleMs;
    atMs = startMs + collection.durationMs;
    return toEvent(collection, startMs, false);
  });
}

function toEvent(collection: CountedCollection, startMs: number, exactTime: boolean): GcEvent {
  return {
    kind: collection.kind,
    startMs,
    exactTime,
    pauseMs: collection.durationMs,
    before: heapOfSizes(collection.statistics.beforeGC),
    after: heapOfSizes(collection.statistics.afterGC),
  };
}
