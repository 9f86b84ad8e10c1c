import t from 'tap';
import { loadShareOf, type LoadShare } from '../../../src/verdict/load/load-share.js';
import type { Surroundings } from '../../../src/verdict/floors/surroundings.js';
import { floors, MiB, type FloorShape } from '../synthetic-floors.js';

const base = 30 * MiB;

/** Floors of 10 s, and what they hold beside the base. */
function shareOf(
  points: number,
  heap: (at: number, requests: number) => number,
  around: (at: number) => Partial<Surroundings>,
  more: Partial<FloorShape> = {},
): LoadShare {
  const shape = { points, noiseBytes: 0.2 * MiB, ...more, around };
  return loadShareOf(floors({ ...shape, heap: (at, n) => base + heap(at, n) }), 'heap-floor', MiB);
}

const wave = (at: number): number => Math.round(40 + 30 * Math.sin(at / 35));
const waving = (at: number): Partial<Surroundings> => ({ inFlight: wave(at) });
const ramp = (at: number): number => Math.round(20 + at / 2);
const ramping = (at: number): Partial<Surroundings> => ({ connections: ramp(at) });
const bent = (at: number): number => Math.min(ramp(at), 140);

t.test('growth beside a wave of the load is the rest, on either axis', async (t) => {
  for (const [what, growth, traffic] of [
    ['by time', (at: number) => 0.02 * MiB * at, () => 50],
    ['by requests', (_: number, n: number) => 2048 * n, (at: number) => 20 + wave(at)],
  ] as const) {
    const share = shareOf(
      60,
      (at, n) => 0.3 * MiB * wave(at) + growth(at, n),
      (at) => ({ inFlight: wave(at) }),
      {
        traffic,
      },
    );
    if (share.kind !== 'some') return t.fail(`${what}: ${share.kind}`);
    t.ok(share.restRises, what);
    // The least load, 10, is what the floors without it stand at.
    const [first, last] = [share.rest[0]!, share.rest.at(-1)!];
    const expected = growth(590, last.requests);
    const risen = last.heapBytes - first.heapBytes;
    t.ok(Math.abs(risen / expected - 1) < 0.15, `${what}: ${risen / MiB} of ${expected / MiB} MiB`);
    t.ok(Math.abs(first.heapBytes - base - 3 * MiB) < 1.5 * MiB, `${first.heapBytes / MiB}`);
  }
});

const other = (at: number): number => Math.round(40 + 30 * Math.sin(at / 17 + 1));

t.test('the measure that explains most has the share', async (t) => {
  for (const [around, measure] of [
    [(at: number) => ({ inFlight: other(at), connections: wave(at) }), 'open connections'],
    [(at: number) => ({ inFlight: wave(at), connections: other(at) }), 'requests in flight'],
    [(at: number) => ({ inFlight: other(at), requestsPerSecond: wave(at) }), 'requests a second'],
  ] as const) {
    t.match(
      shareOf(60, (at) => 0.3 * MiB * wave(at), around),
      { kind: 'some', measure },
    );
  }
});

t.test('memory that only follows the load has no rising rest', async (t) => {
  const share = shareOf(
    60,
    (at) => 0.3 * MiB * wave(at),
    (at) => ({ inFlight: wave(at) }),
  );
  t.match(share, { kind: 'some', restRises: false });
});

t.test('a load that explains too little, or hardly anything in bytes, has no share', async (t) => {
  t.equal(shareOf(60, (at) => 0.02 * MiB * at, waving).kind, 'none');
  t.equal(shareOf(60, (at) => 0.01 * MiB * wave(at), waving, { noiseBytes: 1 }).kind, 'none', 'half a MiB');
  t.equal(shareOf(7, (at) => 0.3 * MiB * wave(at), waving).kind, 'none', 'seven floors');
  t.equal(shareOf(60, (at) => -0.3 * MiB * wave(at), waving).kind, 'none', 'what falls when it rises');
});

t.test('connections that rise together with memory leave its cause open', async (t) => {
  t.match(
    shareOf(60, (at) => 0.1 * MiB * ramp(at), ramping),
    {
      kind: 'unknown',
      measure: 'open connections',
    },
  );
  t.match(
    shareOf(
      60,
      (at) => 0.1 * MiB * bent(at),
      (at) => ({ connections: bent(at) }),
    ),
    { kind: 'some', restRises: false },
    'once they stop it is told',
  );
  t.equal(
    shareOf(
      60,
      (at) => 0.05 * MiB * at,
      (at) => ({ connections: bent(at) }),
    ).kind,
    'none',
    'and growth that goes on without them is its own',
  );
  t.match(
    shareOf(
      60,
      (at) => 0.1 * MiB * ramp(at),
      (at) => ({ inFlight: ramp(at) }),
    ),
    { kind: 'unknown', measure: 'requests in flight' },
    'requests that add up may be more work, or never answered',
  );
});

t.test('connections that only look like a cache that fills are no load', async (t) => {
  const kept = [4, 6, 6, 8, 9, 9, 9, 9, 9, 9, 9, 9, 9, 7];
  for (const seed of [1, 2, 3]) {
    const share = shareOf(
      14,
      (at) => 16 * MiB * (1 - Math.exp(-at / 40)),
      (at) => ({ connections: kept[at / 10]! }),
      { seed },
    );
    t.equal(share.kind, 'none', `seed ${seed}`);
  }
});

t.test('each signal has a share of its own', async (t) => {
  const points = floors({
    points: 60,
    heap: () => base,
    external: (at) => 5 * MiB + 0.3 * MiB * wave(at),
    around: (at) => ({ inFlight: wave(at) }),
  });
  t.equal(loadShareOf(points, 'heap-floor', MiB).kind, 'none');
  const share = loadShareOf(points, 'external-floor', MiB);
  if (share.kind !== 'some') return t.fail(share.kind);
  t.ok(share.rest.every((point, i) => point.heapBytes === points[i]!.heapBytes));
  t.ok(share.rest.every((point) => Math.abs(point.externalBytes - 8 * MiB) < 0.1 * MiB));
});
