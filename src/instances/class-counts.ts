import { countingClass, type AnyClass } from './counting-class.js';
import { createCountSeries, type CountSeries } from './count-series.js';
import { createSampledCounter, type SampledCounter } from './sampled-counter.js';

/** Up to this many registrations every instance of a class is watched; with each further this many, half as many. */
const EXACT_REGISTRATIONS = 8_192;

/** The state of one class. */
export interface ClassCounts {
  readonly name: string;
  readonly ctor: AnyClass;
  /** What the application constructs with. */
  readonly counting: AnyClass;
  readonly counter: SampledCounter;
  readonly series: CountSeries;
  /** Whether the points are exact counts, because none of its constructions was seen. */
  countedInHeap: boolean;
  /** The newest count by a walk through the heap. */
  exact: { readonly count: number; readonly atMs: number } | undefined;
}

/** One instance in this many is watched, given the registrations so far. */
export function sampleWeight(registrations: number): number {
  return 2 ** Math.min(20, Math.floor(registrations / EXACT_REGISTRATIONS));
}

export function createClassCounts(name: string, ctor: AnyClass, nowMs: () => number): ClassCounts {
  const series = createCountSeries();
  const counter = createSampledCounter({
    weightOf: sampleWeight,
    // The last finalization after a collection leaves the count at that floor.
    onFinalized: () => series.note(counter.live, nowMs()),
  });
  const counting = countingClass(ctor, (instance) => counter.add(instance));
  return { name, ctor, counting, counter, series, countedInHeap: false, exact: undefined };
}

/** The best estimate without a heap walk; undefined if no construction was ever seen. */
export function sizeOf({ counter, exact }: ClassCounts): number | undefined {
  return counter.created > 0 ? counter.live : exact?.count;
}
