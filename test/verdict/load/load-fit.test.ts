import t from 'tap';
import { fitLoad, type LoadFit } from '../../../src/verdict/load/load-fit.js';
import type { Surroundings } from '../../../src/verdict/floors/surroundings.js';
import { floors, MiB, type FloorShape } from '../synthetic-floors.js';

const base = 30 * MiB;
const EVERY_SECONDS = 10;

type Loads = Partial<Record<'inFlight' | 'connections' | 'requestsPerSecond', readonly number[]>>;

const at = <T>(values: readonly T[], seconds: number): T => values[Math.round(seconds / EVERY_SECONDS)]!;

const MEASURES = {
  inFlight: 'requests in flight',
  connections: 'open connections',
  requestsPerSecond: 'requests a second',
} as const;

/** Floors in MiB above a base, beside the loads at the same moments; the first of these is the measure. */
function fitted(
  aboveMiB: readonly number[],
  loads: Loads,
  more: Partial<FloorShape> = {},
): LoadFit | undefined {
  return fitLoad(
    floors({
      points: aboveMiB.length,
      noiseBytes: 0,
      heap: (seconds) => base + at(aboveMiB, seconds) * MiB,
      around: (seconds): Partial<Surroundings> => ({
        ...(loads.inFlight && { inFlight: at(loads.inFlight, seconds) }),
        ...(loads.connections && { connections: at(loads.connections, seconds) }),
        ...(loads.requestsPerSecond && { requestsPerSecond: at(loads.requestsPerSecond, seconds) }),
      }),
      ...more,
    }),
    MEASURES[Object.keys(loads)[0] as keyof Loads],
  );
}

const perUnit = ({ swingBytes, from, to }: LoadFit): number => swingBytes / (to - from);

const near = (actual: number, expected: number): boolean =>
  Math.abs(actual - expected) <= 1e-9 * Math.abs(expected);

const waves = [10, 30, 20, 10, 40, 20, 10, 30];

t.test('a fit worked by hand', async (t) => {
  // Load 0 10 0 10 0 10, floors 1 9 −1 11 0 10: the errors 1 −1 −1 1 0 0 have the mean 0 at either load, so that the slope
  // is 1; 4 squares are left of 6 · 25 + 4 = 154.
  const fit = fitted([1, 9, -1, 11, 0, 10], { inFlight: [0, 10, 0, 10, 0, 10] });
  if (fit === undefined) return t.fail('nothing fitted');
  t.match(fit, { measure: 'requests in flight', from: 0, to: 10 });
  t.ok(near(fit.swingBytes, 10 * MiB), `${fit.swingBytes}`);
  t.ok(near(fit.r2, 150 / 154), `${fit.r2}`);
});

t.test('memory that follows the load exactly is fully explained, by any measure', async (t) => {
  const above = waves.map((one) => one / 2);
  for (const [loads, measure] of [
    [{ inFlight: waves }, 'requests in flight'],
    [{ connections: waves }, 'open connections'],
    [{ requestsPerSecond: waves }, 'requests a second'],
  ] as const) {
    const fit = fitted(above, loads);
    t.match(fit, { measure, from: 10, to: 40 });
    t.ok(near(fit!.r2, 1) && near(perUnit(fit!), MiB / 2), measure);
  }
});

t.test('external memory counts as much as the heap', async (t) => {
  const fit = fitted(
    waves.map(() => 0),
    { inFlight: waves },
    { external: (seconds) => waves[seconds / EVERY_SECONDS]! * MiB },
  );
  t.ok(near(perUnit(fit!), MiB) && near(fit!.r2, 1));
});

const only = (requestsPerSecond: readonly number[]): string | undefined =>
  fitted(requestsPerSecond, { requestsPerSecond })?.measure;

t.test('a rate has to fall after it rose, by a third of its range', async (t) => {
  t.equal(only([0, 20, 40, 50, 55, 58, 59, 60]), undefined, 'as every rate does at the start');
  t.equal(only([0, 20, 40, 50, 60, 58, 52, 45]), undefined, 'a dent is not enough');
  t.equal(only([60, 50, 40, 30, 20, 10, 5, 0]), undefined, 'nor a fall alone');
  t.equal(only([0, 20, 40, 50, 60, 58, 52, 39]), 'requests a second');
  t.equal(
    only([60, 30, 0, 20, 40, 60, 50, 30]),
    'requests a second',
    'a fall before it does not count against it',
  );
});

t.test('load that hardly changes explains nothing', async (t) => {
  const scaled = (from: number, by: number): readonly number[] => waves.map((one) => from + by * (one - 10));
  t.equal(fitted(waves, { inFlight: scaled(100, 1) }), undefined, '100 to 130 is not half as much again');
  t.ok(fitted(waves, { inFlight: scaled(60, 1) }), '60 to 90 is');
  t.equal(fitted(waves, { inFlight: scaled(1, 0.1) }), undefined, '1 to 4 is hardly anything');
  t.ok(fitted(waves, { inFlight: scaled(0, 1 / 6) }), '0 to 5 is');
  t.equal(fitted(waves, { inFlight: waves.map(() => 0) }), undefined);
  t.equal(fitted(waves, { connections: waves.map(() => 50) }), undefined);
});

t.test('memory that falls as the load rises, or is constant, is not explained by it', async (t) => {
  t.equal(
    fitted(
      waves.map((one) => -one),
      { inFlight: waves },
    ),
    undefined,
  );
  t.equal(
    fitted(
      waves.map(() => 0),
      { inFlight: waves },
    ),
    undefined,
  );
});

t.test('too few floors, or floors without surroundings, are not explained', async (t) => {
  t.equal(fitted(waves.slice(0, 5), { inFlight: waves.slice(0, 5) }), undefined);
  t.ok(fitted(waves.slice(0, 6), { inFlight: waves.slice(0, 6) }));
  const shape: FloorShape = {
    points: 8,
    noiseBytes: 0,
    heap: (at) => base + waves[at / EVERY_SECONDS]! * MiB,
  };
  t.equal(fitLoad(floors(shape), 'requests in flight'), undefined);
  const seen = floors({ ...shape, around: (at) => ({ inFlight: waves[at / EVERY_SECONDS]! }) });
  const { around: _, ...unseen } = seen[3]!;
  t.equal(fitLoad(seen.with(3, unseen), 'requests in flight'), undefined, 'one that is missing could be any');
  t.equal(fitLoad([], 'requests in flight'), undefined);
});

t.test('units and the zero of the floors do not matter', async (t) => {
  const above = [11, 29, 22, 10, 41, 19, 9, 31];
  const plain = fitted(above, { inFlight: waves })!;
  const other = fitted(
    above.map((one) => 3 * one + 500),
    { inFlight: waves.map((one) => 2 * one) },
    { everySeconds: EVERY_SECONDS },
  )!;
  t.ok(near(other.r2, plain.r2));
  t.ok(near(perUnit(other), 1.5 * perUnit(plain)));
});
