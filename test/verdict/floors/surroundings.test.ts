import t from 'tap';
import { createRandom } from '../../../src/statistics/random.js';
import {
  createSurroundings,
  type Look,
  type Surroundings,
} from '../../../src/verdict/floors/surroundings.js';

const MiB = 1024 * 1024;

interface Seen {
  readonly seconds: number;
  readonly completed?: number;
  readonly inFlight?: number;
  readonly rss?: number | undefined;
  readonly connections?: number;
}

/** 40 MiB committed and 10 MiB external, so that 50 MiB of what is resident are not native. */
function look({ seconds, completed = 0, inFlight = 0, rss = 80 * MiB, connections = 0 }: Seen): Look {
  return {
    inFlight,
    connections,
    completedRequests: completed,
    sample: {
      monotonicMs: seconds * 1000,
      rssBytes: rss,
      heap: heapOf(40 * MiB, 10 * MiB),
    },
    gc: { pauseSeconds: seconds / 100, allocatedBytes: seconds * MiB },
  };
}

function heapOf(committedBytes: number, externalBytes: number): NonNullable<Look['sample']['heap']> {
  return {
    usedBytes: committedBytes / 2,
    committedBytes,
    limitBytes: 1024 * MiB,
    mallocedBytes: 0,
    externalBytes,
    nativeContexts: 1,
    detachedContexts: 0,
    spaces: [],
  };
}

/** What a floor would be given after ticks at which so many requests were completed. */
function after(ticks: readonly (readonly [seconds: number, completed: number])[]): Surroundings {
  const surroundings = createSurroundings();
  for (const [seconds, completed] of ticks) surroundings.look(look({ seconds, completed }));
  return surroundings.take()!;
}

const near = (actual: number, expected: number): boolean => Math.abs(actual - expected) < 1e-9;

t.test('nothing is known before the first look', async (t) => {
  t.equal(createSurroundings().take(), undefined);
});

t.test('a floor has the surroundings of the last look', async (t) => {
  const surroundings = createSurroundings();
  surroundings.look(look({ seconds: 100, inFlight: 90, connections: 90 }));
  surroundings.look(look({ seconds: 101, inFlight: 7, connections: 12 }));
  t.same(surroundings.take(), {
    inFlight: 7,
    connections: 12,
    requestsPerSecond: 0,
    gcSeconds: 1.01,
    allocatedBytes: 101 * MiB,
    nativeBytes: 30 * MiB,
  });
});

t.test('the rate is that of about ten seconds', async (t) => {
  // After ten seconds of 10 requests a second that followed on none: 10 (1 − 1/e) = 6.3212.
  t.ok(
    near(
      after([
        [0, 0],
        [10, 100],
      ]).requestsPerSecond,
      10 * (1 - Math.exp(-1)),
    ),
  );
  // And after ten more without any: 6.3212/e.
  t.ok(
    near(
      after([
        [0, 0],
        [10, 100],
        [20, 100],
      ]).requestsPerSecond,
      (10 * (1 - Math.exp(-1))) / Math.E,
    ),
  );
});

t.test('the timing of the ticks does not matter at a constant rate', async (t) => {
  const random = createRandom(5);
  for (const seconds of [3, 25, 140]) {
    const between = Array.from({ length: 40 }, () => random() * seconds).toSorted((a, b) => a - b);
    const ticks = [0, ...between, seconds].map((at) => [at, 70 * at] as const);
    const { requestsPerSecond } = after(ticks);
    const expected = 70 * (1 - Math.exp(-seconds / 10));
    t.ok(near(requestsPerSecond, expected), `${requestsPerSecond} after ${seconds} s`);
  }
});

t.test('requests before the first look do not count as traffic', async (t) => {
  t.equal(after([[5000, 1_000_000]]).requestsPerSecond, 0);
  const { requestsPerSecond } = after([
    [5000, 1_000_000],
    [5001, 1_000_020],
  ]);
  t.ok(near(requestsPerSecond, 20 * (1 - Math.exp(-0.1))), `${requestsPerSecond}`);
});

t.test('a count that is reset, two looks at once and a long pause do not distort the rate', async (t) => {
  const steady = Array.from({ length: 100 }, (_, i) => [i, 20 * i] as const);
  const before = after(steady).requestsPerSecond;
  const restarted = after([...steady, [100, 20]]).requestsPerSecond;
  t.ok(near(restarted, 20 + (before - 20) * Math.exp(-0.1)), `${restarted}`);
  t.equal(after([...steady, [99, 99_999]]).requestsPerSecond, before, 'no time, no rate');
  t.equal(after([...steady, [98, 99_999]]).requestsPerSecond, before, 'nor when time ran back');
  t.equal(
    after([...steady, [99, 1990], [100, 2000]]).requestsPerSecond,
    after([...steady, [100, 2000]]).requestsPerSecond,
    'what was answered before the second of them is not lost',
  );
  t.equal(
    after([...steady, [4000, 2000]]).requestsPerSecond,
    before,
    'nobody could ask while it stood still',
  );
  const resumed = after([...steady, [4000, 2000], [4001, 2020]]).requestsPerSecond;
  t.ok(near(resumed, restarted), 'and then it goes on from there');
});

t.test('native memory is the minimum since the last floor', async (t) => {
  const surroundings = createSurroundings();
  for (const rss of [90, 75, 110]) surroundings.look(look({ seconds: rss, rss: rss * MiB }));
  t.equal(surroundings.take()?.nativeBytes, 25 * MiB);
  t.equal(surroundings.take()?.nativeBytes, 60 * MiB, 'from the newest look on, when none came between');
  surroundings.look(look({ seconds: 120, rss: 130 * MiB }));
  t.equal(surroundings.take()?.nativeBytes, 60 * MiB, 'the look at the last floor counts for the next');
  surroundings.look(look({ seconds: 130, rss: 140 * MiB }));
  surroundings.look(look({ seconds: 140, rss: 135 * MiB }));
  t.equal(surroundings.take()?.nativeBytes, 80 * MiB, 'and for no other: a rise is seen');
});

t.test('committed heap and external memory are not native memory', async (t) => {
  const surroundings = createSurroundings();
  const seen = look({ seconds: 1, rss: 300 * MiB });
  surroundings.look({ ...seen, sample: { ...seen.sample, heap: heapOf(170 * MiB, 25 * MiB) } });
  t.equal(surroundings.take()?.nativeBytes, 105 * MiB);
});

t.test('a probe that failed leaves its field out, and nothing else', async (t) => {
  const seen = look({ seconds: 1, inFlight: 4 });
  const { rssBytes, heap, monotonicMs } = seen.sample;
  const taken = (sample: Look['sample']): Surroundings => {
    const surroundings = createSurroundings();
    surroundings.look({ ...seen, sample });
    return surroundings.take()!;
  };
  const rest = { inFlight: 4, connections: 0, requestsPerSecond: 0, gcSeconds: 0.01, allocatedBytes: MiB };
  t.same(taken({ monotonicMs, heap: heap!, rssBytes: rssBytes! }), { ...rest, nativeBytes: 30 * MiB });
  t.same(taken({ monotonicMs, heap: heap! }), rest);
  t.same(taken({ monotonicMs, rssBytes: rssBytes! }), rest);
  t.same(taken({ monotonicMs }), rest);
});
