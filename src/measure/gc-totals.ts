import type { GcEvent, GcHeap, GcKind } from './reading.js';

/**
 * Upper bounds of the pause histogram. They include prom-client's for `nodejs_gc_duration_seconds`, so that its dashboards
 * work; with those alone a pause of 0.15 s would look like one of nearly a second.
 */
export const gcPauseBucketsSeconds: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5,
];

export interface GcKindTotals {
  readonly count: number;
  readonly pauseSeconds: number;
  /** Pauses of at most each bound of {@link gcPauseBucketsSeconds}: cumulative, as Prometheus counts. */
  readonly bucketCounts: readonly number[];
  readonly reclaimedBytes: number;
}

export interface GcTotalsReading {
  readonly kinds: Readonly<Record<GcKind, GcKindTotals>>;
  readonly count: number;
  readonly pauseSeconds: number;
  readonly reclaimedBytes: number;
  /**
   * Estimate of what was allocated since the first collection: the growth of used heap from the end of each to the
   * start of the next. An underestimate, by what V8 frees in between while sweeping.
   */
  readonly allocatedBytes: number;
  /** Live memory after the newest major collection. */
  readonly lastMajor?: { readonly startMs: number; readonly after: GcHeap };
}

export interface GcTotals {
  /** Takes the events of a drain, in order; each event once. */
  add(events: readonly GcEvent[]): void;
  /** Everything since creation. Reading changes nothing. */
  read(): GcTotalsReading;
}

interface MutableKind {
  count: number;
  pauseSeconds: number;
  reclaimedBytes: number;
  readonly bucketCounts: number[];
}

/** Accumulates garbage collections into totals of fixed size. */
export function createGcTotals(): GcTotals {
  const kinds: Record<GcKind, MutableKind> = {
    major: emptyKind(),
    minor: emptyKind(),
    incremental: emptyKind(),
    weakcb: emptyKind(),
  };
  let allocatedBytes = 0;
  let lastUsedBytes: number | undefined;
  let lastMajor: { startMs: number; after: GcHeap } | undefined;
  return {
    add(events) {
      for (const event of events) {
        addEvent(kinds[event.kind], event);
        if (lastUsedBytes !== undefined)
          allocatedBytes += Math.max(0, event.before.usedBytes - lastUsedBytes);
        lastUsedBytes = event.after.usedBytes;
        if (event.kind === 'major') lastMajor = { startMs: event.startMs, after: event.after };
      }
    },
    read() {
      const all = Object.values(kinds);
      return {
        kinds: {
          major: copyOf(kinds.major),
          minor: copyOf(kinds.minor),
          incremental: copyOf(kinds.incremental),
          weakcb: copyOf(kinds.weakcb),
        },
        count: sum(all.map((kind) => kind.count)),
        pauseSeconds: sum(all.map((kind) => kind.pauseSeconds)),
        reclaimedBytes: sum(all.map((kind) => kind.reclaimedBytes)),
        allocatedBytes,
        ...(lastMajor === undefined ? {} : { lastMajor }),
      };
    },
  };
}

function addEvent(kind: MutableKind, event: GcEvent): void {
  const pauseSeconds = event.pauseMs / 1e3;
  kind.count += 1;
  kind.pauseSeconds += pauseSeconds;
  kind.reclaimedBytes += Math.max(0, event.before.usedBytes - event.after.usedBytes);
  for (const [index, bound] of gcPauseBucketsSeconds.entries()) {
    if (pauseSeconds <= bound) kind.bucketCounts[index] = (kind.bucketCounts[index] ?? 0) + 1;
  }
}

function emptyKind(): MutableKind {
  return { count: 0, pauseSeconds: 0, reclaimedBytes: 0, bucketCounts: gcPauseBucketsSeconds.map(() => 0) };
}

function copyOf(kind: MutableKind): GcKindTotals {
  return { ...kind, bucketCounts: [...kind.bucketCounts] };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
