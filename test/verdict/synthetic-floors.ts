import type { FloorPoint } from '../../src/verdict/floors/floor-series.js';
import { createRandom } from '../../src/statistics/random.js';
import type { Surroundings } from '../../src/verdict/floors/surroundings.js';

export const MiB = 1024 * 1024;
/** Wall clock at second 0 of a series. */
export const startMs = Date.UTC(2026, 0, 1);

export interface FloorShape {
  readonly points: number;
  /** Between two floors; 10 by default. */
  readonly everySeconds?: number;
  /** Floor of the heap at a time, after so many requests. */
  readonly heap: (seconds: number, requests: number) => number;
  readonly external?: (seconds: number, requests: number) => number;
  /** Requests a second at a time; 50 by default. */
  readonly traffic?: (seconds: number) => number;
  /** Standard deviation of what is added to the heap's floor. */
  readonly noiseBytes?: number;
  readonly seed?: number;
  /** What the sampler saw at the floor; nothing by default, and 0 where nothing is said. */
  readonly around?: (seconds: number, requests: number) => Partial<Surroundings>;
  /** Committed and not used; 0 by default. */
  readonly emptyBytes?: (seconds: number) => number;
}

const nothing: Surroundings = {
  inFlight: 0,
  connections: 0,
  requestsPerSecond: 0,
  gcSeconds: 0,
  allocatedBytes: 0,
};

/** Floors as a detector would have seen them, with seeded normal noise (Box and Muller 1958). */
export function floors(shape: FloorShape): FloorPoint[] {
  const { points, everySeconds = 10, heap, noiseBytes = 0.1 * MiB } = shape;
  const { external = () => 5 * MiB, traffic = () => 50, around, emptyBytes = () => 0 } = shape;
  const random = createRandom(shape.seed ?? 1);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let requests = 0;
  return Array.from({ length: points }, (_, i) => {
    const seconds = i * everySeconds;
    if (i > 0) requests += traffic(seconds) * everySeconds;
    const heapBytes = heap(seconds, requests) + noiseBytes * normal();
    return {
      atMs: startMs + seconds * 1000,
      monotonicMs: seconds * 1000,
      heapBytes,
      externalBytes: external(seconds, requests),
      tenuredBytes: heapBytes,
      committedBytes: heapBytes + emptyBytes(seconds),
      requests: Math.round(requests),
      ...(around && { around: { ...nothing, ...around(seconds, requests) } }),
    };
  });
}
