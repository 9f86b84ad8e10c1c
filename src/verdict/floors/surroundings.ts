import type { GcTotalsReading } from '../../measure/gc-totals.js';
import type { Sample } from '../../measure/reading.js';

/** What the sampler and the recorder saw at a tick that may explain a floor. */
export interface Look {
  readonly inFlight: number;
  readonly completedRequests: number;
  /** Open connections of clients. */
  readonly connections: number;
  readonly sample: Pick<Sample, 'monotonicMs' | 'heap' | 'rssBytes'>;
  readonly gc: Pick<GcTotalsReading, 'pauseSeconds' | 'allocatedBytes'>;
}

/** The state of the process at a floor. A field is absent where its probe failed. */
export interface Surroundings {
  readonly inFlight: number;
  /** Open connections of clients. */
  readonly connections: number;
  /** Over about the last ten seconds. */
  readonly requestsPerSecond: number;
  /** Time spent in collections since the start. */
  readonly gcSeconds: number;
  /** Allocated since the start. */
  readonly allocatedBytes: number;
  /**
   * RSS without committed heap and external memory: addons, the allocator, code. The minimum since the last floor,
   * because pages are returned late.
   */
  readonly nativeBytes?: number;
}

export interface SurroundingsTracker {
  look(look: Look): void;
  /** For the floors since the last call; undefined before the first look. */
  take(): Surroundings | undefined;
}

const RATE_SECONDS = 10;
/** Looks further apart than this have a pause of the process between them. */
const LONGEST_SECONDS = 150;

export function createSurroundings(): SurroundingsTracker {
  let last: Look | undefined;
  let rated: Look | undefined;
  let requestsPerSecond = 0;
  let nativeBytes = Number.POSITIVE_INFINITY;
  return {
    look(look) {
      // Two looks at the same instant give no rate; the second must not replace the first.
      if (rated === undefined || look.sample.monotonicMs > rated.sample.monotonicMs) {
        requestsPerSecond = nextRate(requestsPerSecond, rated, look);
        rated = look;
      }
      nativeBytes = Math.min(nativeBytes, nativeOf(look) ?? Number.POSITIVE_INFINITY);
      last = look;
    },
    take() {
      if (last === undefined) return undefined;
      const { inFlight, connections, gc } = last;
      const surroundings = {
        inFlight,
        connections,
        requestsPerSecond,
        gcSeconds: gc.pauseSeconds,
        allocatedBytes: gc.allocatedBytes,
        ...(Number.isFinite(nativeBytes) && { nativeBytes }),
      };
      nativeBytes = nativeOf(last) ?? Number.POSITIVE_INFINITY;
      return surroundings;
    },
  };
}

/** Exponentially weighted, so that no past rates are kept. */
function nextRate(rate: number, last: Look | undefined, look: Look): number {
  if (last === undefined) return rate;
  const seconds = (look.sample.monotonicMs - last.sample.monotonicMs) / 1000;
  if (seconds > LONGEST_SECONDS) return rate;
  // A count that was reset was 0 at some moment between.
  const completed = look.completedRequests - last.completedRequests;
  const now = (completed < 0 ? look.completedRequests : completed) / seconds;
  return now + (rate - now) * Math.exp(-seconds / RATE_SECONDS);
}

function nativeOf({ sample: { heap, rssBytes } }: Look): number | undefined {
  return heap === undefined || rssBytes === undefined
    ? undefined
    : rssBytes - heap.committedBytes - heap.externalBytes;
}
