import t from 'tap';
import { createCallLearner } from '../../src/profile/call-learner.js';
import { functionKeys } from '../../src/profile/function-keys.js';
import { createHandlerSeeds } from '../../src/profile/handler-seeds.js';
import type { CallSampling } from '../../src/profile/profiler-lease.js';
import { scriptedClock } from '../helpers/scripted-clock.js';

const COARSEST = 512 * 1024;

function learnerAt(running = true, unlinked: number[] = []) {
  const clock = scriptedClock();
  const asked: CallSampling[] = [];
  const profile = {
    running,
    samplingIntervalBytes: COARSEST,
    learnCalls: async (options: CallSampling) => {
      asked.push(options);
      return unlinked.shift() ?? 0;
    },
  };
  return { clock, asked, profile, learner: createCallLearner(profile, clock, COARSEST) };
}

const busy = { completedRequests: 1000, allocatedBytes: 0, unlinkedShare: 0 };

t.test('calls are learned once there is traffic, and then only for growth that has no route', async (t) => {
  const { clock, learner } = learnerAt();
  t.notOk(learner.isDue({ ...busy, completedRequests: 3 }), 'nothing to learn from');
  t.ok(learner.isDue(busy));
  await learner.learn(busy);
  t.notOk(learner.isDue(busy), 'all growth is linked');
  t.notOk(learner.isDue({ ...busy, unlinkedShare: 0.9 }), 'too soon');
  clock.advance(301_000);
  t.notOk(learner.isDue({ ...busy, unlinkedShare: 0.1 }));
  t.ok(learner.isDue({ ...busy, unlinkedShare: 0.9 }));
});

t.test('functions whose callers were not met are looked for once more', async (t) => {
  for (const [unlinked, rounds] of [
    [[], 1],
    [[2, 0], 2],
    [[2, 2, 2], 2],
  ] as const) {
    const { learner, asked } = learnerAt(true, [...unlinked]);
    await learner.learn(busy);
    t.equal(asked.length, rounds);
  }
});

t.test('a profile that does not run is not asked', async (t) => {
  t.notOk(learnerAt(false).learner.isDue(busy));
});

t.test('what stays is sampled as finely as a few hundred samples a second allow', async (t) => {
  const { learner, asked } = learnerAt();
  await learner.learn(busy);
  const { intervalAfter } = asked[0]!;
  t.equal(intervalAfter!(1024 * 1024), 16 * 1024, 'of a quiet server finely');
  t.equal(intervalAfter!(600 * 100_000), 100_000, '600 samples a second');
  t.equal(intervalAfter!(1e9), COARSEST, 'never more coarsely than asked');
});

t.test('a server that allocates much more than the sampling was chosen for is looked at again', async (t) => {
  const { clock, learner, profile } = learnerAt();
  await learner.learn(busy);
  profile.samplingIntervalBytes = 16 * 1024;
  clock.advance(301_000);
  const after = (bytesPerSecond: number) => ({ ...busy, allocatedBytes: 301 * bytesPerSecond });
  t.notOk(learner.isDue(after(600 * 16 * 1024)));
  t.ok(learner.isDue(after(6000 * 16 * 1024)));
  profile.samplingIntervalBytes = COARSEST;
  t.notOk(learner.isDue(after(300_000 * 16 * 1024)), 'it is as coarse as it may be');
});

t.test('the more a server allocates, the thinner garbage is sampled', async (t) => {
  const { clock, learner, asked } = learnerAt();
  clock.advance(10_000);
  await learner.learn({ ...busy, allocatedBytes: 1_000_000 });
  await learner.learn({ ...busy, allocatedBytes: 10_000_000_000 });
  t.equal(asked[0]?.samplingIntervalBytes, 4 * 1024);
  // 1 GB/s over 4 s in 4,000 samples.
  t.equal(asked[1]?.samplingIntervalBytes, 1_000_000);
});

async function handler(): Promise<void> {}

t.test('handlers are located in batches, bound ones by their target', async (t) => {
  const seeded: [string, number][] = [];
  const seeds = createHandlerSeeds({
    links: { seed: (key, route) => seeded.push([key, route]) },
    locate: functionKeys,
  });
  const [own] = functionKeys([handler]);
  for (let route = 0; route < 20; route += 1)
    seeds.add(route, route % 2 === 0 ? handler : handler.bind(null));
  seeds.add(20, Math.max as never);
  seeds.work();
  t.equal(seeded.length, 16, 'one batch a call');
  seeds.work();
  seeds.work();
  t.equal(seeded.length, 20, 'a built-in function has no place');
  t.ok(seeded.every(([key]) => key === own));
});
