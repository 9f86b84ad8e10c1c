import t from 'tap';
import { regressRoutes, type RouteRegression } from '../../../src/verdict/attribution/route-regression.js';
import { MiB } from '../synthetic-floors.js';
import { traffic, type TrafficShape } from '../traffic.js';

const seeds = Array.from({ length: 100 }, (_, i) => i + 1);
const slow = { everySeconds: 9, requestsPerSecond: 100 };

function runs(shape: TrafficShape): RouteRegression[] {
  return seeds.map((seed) => {
    const result = regressRoutes(traffic({ ...slow, ...shape, seed }), 'heap-floor');
    if (result.kind !== 'regression') throw new Error(`only ${result.floors} floors`);
    return result;
  });
}

const sureOf = ({ routes }: RouteRegression) => routes.filter(({ isSure }) => isSure);

/** Runs in which a route was named with certainty although neither it nor one that is alike leaks. */
function wrong(results: readonly RouteRegression[], leaking: readonly number[]): number {
  return results.filter((result) =>
    sureOf(result).some(
      ({ route, collinearWith }) => ![route, ...collinearWith].some((one) => leaking.includes(one)),
    ),
  ).length;
}

const alone = (results: readonly RouteRegression[], route: number): RouteRegression[] =>
  results.filter((result) => {
    const [first, ...more] = sureOf(result);
    return more.length === 0 && first?.route === route && first.collinearWith.length === 0;
  });

t.test('exact floors name the route from six on, with its bytes', async (t) => {
  for (const floors of [6, 12, 23]) {
    const right = alone(runs({ floors, routes: 10, leaks: { 2: 4096 }, noiseBytes: 0 }), 2);
    t.equal(right.length, seeds.length, `${floors} floors`);
    for (const { routes } of right) t.ok(Math.abs(routes[0]!.bytesPerRequest.value / 4096 - 1) < 1e-3);
  }
});

t.test('enough floors with little noise name the route', async (t) => {
  const right = alone(runs({ floors: 16, routes: 4, leaks: { 2: 4096 } }), 2);
  t.ok(right.length >= 70, `${right.length} of 100`);
  const covered = right.filter(({ routes }) => {
    const { low, high } = routes[0]!.bytesPerRequest;
    return low <= 4096 && 4096 <= high;
  });
  t.ok(covered.length >= 0.9 * right.length, `${covered.length} intervals hold the truth`);
});

t.test('whatever the noise, hardly ever a route that does not leak', async (t) => {
  for (const routes of [4, 10]) {
    for (const floors of [6, 12, 23]) {
      for (const noise of [
        { noiseBytes: 1024 },
        { noiseBytes: 0.3 * MiB },
        { noiseBytes: 1024, wanderBytes: 0.1 * MiB },
      ]) {
        const shape = { routes, floors, ...noise };
        const text = `${routes} routes, ${floors} floors, ${JSON.stringify(noise)}`;
        const one = wrong(runs({ ...shape, leaks: { 2: 4096 } }), [2]);
        t.ok(one <= 5, `${one} of 100: one leak, ${text}`);
        const two = wrong(runs({ ...shape, leaks: { 1: 4096, 2: 2048 } }), [1, 2]);
        t.ok(two <= 5, `${two} of 100: two leaks, ${text}`);
        const timer = wrong(runs({ ...shape, leakPerSecond: 200_000 }), []);
        t.ok(timer <= 5, `${timer} of 100: a timer, ${text}`);
      }
    }
  }
});

t.test('a timer is known by its regularity', async (t) => {
  const results = runs({ floors: 12, routes: 6, leakPerSecond: 200_000, noiseBytes: 1024, everySeconds: 7 });
  t.equal(results.filter(({ routes }) => routes.length > 0).length, 0);
  t.ok(results.filter(({ clockShare }) => clockShare === 1).length >= 95);
});

t.test('two leaks are both named where the floors are exact', async (t) => {
  const results = runs({ floors: 16, routes: 6, leaks: { 1: 4096, 4: 2048 }, noiseBytes: 256 });
  const both = results.filter(
    (result) =>
      sureOf(result)
        .map(({ route }) => route)
        .toSorted()
        .join() === '1,4',
  );
  t.ok(both.length >= 80, `${both.length} of 100`);
  const near = both.filter(({ routes }) =>
    routes.every(
      ({ route, bytesPerRequest }) => Math.abs(bytesPerRequest.value / (route === 1 ? 4096 : 2048) - 1) < 0.1,
    ),
  );
  t.ok(near.length >= 0.95 * both.length);
});

t.test('memory that is returned late affects one floor, not the answer', async (t) => {
  const points = traffic({ ...slow, floors: 14, routes: 4, leaks: { 2: 4096 }, noiseBytes: 1024 });
  const late = points.map((point, i) =>
    i === 7 ? { ...point, heapBytes: point.heapBytes + 12 * MiB } : point,
  );
  t.match(regressRoutes(late, 'heap-floor'), { routes: [{ route: 2, isSure: true, collinearWith: [] }] });
});

t.test('native memory is compared with the requests up to the previous floor', async (t) => {
  const points = traffic({ ...slow, floors: 14, routes: 4, leaks: { 2: 4096 }, noiseBytes: 1024 });
  const around = { inFlight: 0, connections: 0, requestsPerSecond: 100, gcSeconds: 0, allocatedBytes: 0 };
  const native = points.map((point, i) => ({
    ...point,
    around: { ...around, nativeBytes: points[Math.max(0, i - 1)]!.heapBytes },
  }));
  const result = regressRoutes(native, 'native-remainder');
  t.match(result, { routes: [{ route: 2, isSure: true }] });
  if (result.kind === 'regression') {
    t.ok(Math.abs(result.routes[0]!.bytesPerRequest.value / 4096 - 1) < 0.01);
  }
  t.match(
    regressRoutes(points, 'native-remainder'),
    { kind: 'insufficient' },
    'unknown remainders do not count',
  );
});

t.test('a thousand routes cost little', async (t) => {
  const points = traffic({ ...slow, floors: 23, routes: 1000, leaks: { 17: 20_480 }, noiseBytes: 64 });
  regressRoutes(points, 'heap-floor');
  const before = process.cpuUsage();
  t.match(regressRoutes(points, 'heap-floor'), { routes: [{ route: 17, isSure: true }] });
  const { user, system } = process.cpuUsage(before);
  const cpuMs = (user + system) / 1000;
  // 5 ms on the machine of the accuracy table. CPU time, because other work may share the machine of the tests.
  t.ok(cpuMs < 60, `${cpuMs.toFixed(1)} ms`);
});
