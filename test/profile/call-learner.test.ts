import t from 'tap';
import { createCallLearner } from '../../src/profile/call-learner.js';
import { functionKeys } from '../../src/profile/function-keys.js';
import { createHandlerSeeds } from '../../src/profile/handler-seeds.js';
import { scriptedClock } from '../helpers/scripted-clock.js';

function learnerAt(running = true) {
  const clock = scriptedClock();
  const asked: { durationMs: number; samplingIntervalBytes: number }[] = [];
  const profile = {
    running,
    learnCalls: async (options: { durationMs: number; samplingIntervalBytes: number }) => {
      asked.push(options);
    },
  };
  return { clock, asked, learner: createCallLearner(profile, clock) };
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

t.test('a profile that does not run is not asked', async (t) => {
  t.notOk(learnerAt(false).learner.isDue(busy));
});

t.test('the more a server allocates, the thinner garbage is sampled', async (t) => {
  const { clock, learner, asked } = learnerAt();
  clock.advance(10_000);
  await learner.learn({ ...busy, allocatedBytes: 1_000_000 });
  await learner.learn({ ...busy, allocatedBytes: 10_000_000_000 });
  t.equal(asked[0]?.samplingIntervalBytes, 16 * 1024);
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
