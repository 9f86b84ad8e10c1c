import type { FloorPoint } from '../../src/verdict/floors/floor-series.js';
import { createRandom } from '../../src/statistics/random.js';
import { MiB, startMs } from './synthetic-floors.js';

export interface TrafficShape {
  readonly floors: number;
  readonly routes: number;
  /** Bytes that a request of a route leaves, by route. */
  readonly leaks?: Readonly<Record<number, number>>;
  readonly leakPerSecond?: number;
  /** Weight of a route in the traffic of a minute; drawn by lot by default, as real mixes wander. */
  readonly mix?: (route: number, minute: number) => number;
  readonly requestsPerSecond?: number;
  readonly everySeconds?: number;
  readonly noiseBytes?: number;
  /** Of a random walk of the floor, one step a floor. */
  readonly wanderBytes?: number;
  readonly seed?: number;
}

/** Floors with requests by route, seeded. */
export function traffic(shape: TrafficShape): FloorPoint[] {
  const { floors, routes, leaks = {}, leakPerSecond = 0, requestsPerSecond = 200, everySeconds = 8 } = shape;
  const { noiseBytes = 0.05 * MiB, wanderBytes = 0 } = shape;
  const random = createRandom(shape.seed ?? 1);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const drawn = new Map<number, number>();
  const mix =
    shape.mix ??
    ((route: number, minute: number) => {
      const key = minute * routes + route;
      const weight = drawn.get(key) ?? Math.exp(normal()) / (1 + (route % 10));
      drawn.set(key, weight);
      return weight;
    });
  const counts = new Float64Array(routes);
  let wandered = 0;
  return Array.from({ length: floors }, (_, i) => {
    const seconds = i * everySeconds;
    if (i > 0) {
      const weights = Array.from({ length: routes }, (_, route) => mix(route, Math.floor(seconds / 60)));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      for (let route = 0; route < routes; route += 1) {
        const mean = (requestsPerSecond * everySeconds * weights[route]!) / total;
        counts[route]! += shape.mix ? mean : Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
      }
    }
    wandered += wanderBytes * normal();
    const leaked = Object.entries(leaks).reduce(
      (sum, [route, bytes]) => sum + bytes * counts[Number(route)]!,
      0,
    );
    const heapBytes = 30 * MiB + leaked + leakPerSecond * seconds + wandered + noiseBytes * normal();
    return {
      atMs: startMs + seconds * 1000,
      monotonicMs: seconds * 1000,
      heapBytes,
      committedBytes: 100 * MiB,
      externalBytes: 5 * MiB,
      tenuredBytes: heapBytes,
      requests: Math.round(counts.reduce((sum, count) => sum + count, 0)),
      routeCounts: Uint32Array.from(counts),
    };
  });
}
