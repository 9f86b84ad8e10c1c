import t from 'tap';
import { createRequestSampler } from '../../src/requests/request-sampler.js';
import { createRandom } from '../../src/statistics/random.js';
import { scriptedClock } from '../helpers/scripted-clock.js';

function scripted(probability?: number) {
  const clock = scriptedClock();
  const sampler = createRequestSampler({
    perSecond: 100,
    clock,
    random: createRandom(7),
    ...(probability !== undefined && { probability }),
  });
  /** Requests of one second; how many of them were picked. */
  const second = (requests: number): number => {
    let picked = 0;
    for (let i = 0; i < requests; i += 1) if (sampler.pick()) picked += 1;
    clock.advance(1000);
    sampler.adapt();
    return picked;
  };
  return { clock, sampler, second };
}

t.test('of few requests all are picked', async (t) => {
  const { second } = scripted();
  for (let i = 0; i < 5; i += 1) t.equal(second(90), 90);
});

t.test('of many some hundred a second are, and all of few again', async (t) => {
  const { second } = scripted();
  t.equal(second(10_000), 200, 'the first second of a rush cannot take more than twice as many');
  const counts = Array.from({ length: 30 }, () => second(10_000));
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  // Four standard deviations of the mean of 30 binomial counts: 4 × √(100 / 30) = 7.3.
  t.ok(Math.abs(mean - 100) < 7.3, `${mean} a second`);
  t.ok(Math.max(...counts) <= 200);
  second(50);
  t.equal(second(50), 50);
});

t.test('a given share is not exceeded', async (t) => {
  const { second } = scripted(0.01);
  const picked = Array.from({ length: 100 }, () => second(1_000)).reduce((sum, count) => sum + count, 0);
  // Four standard deviations of a binomial count: 4 × √(100,000 × 0.01 × 0.99) = 126.
  t.ok(Math.abs(picked - 1_000) < 126, `${picked} of 100,000`);
});

t.test('where ticks are rare, the limit is that of the time between two', async (t) => {
  const { clock, sampler, second } = scripted();
  second(100_000);
  clock.advance(9_000);
  second(0);
  let picked = 0;
  for (let i = 0; i < 10_000; i += 1) if (sampler.pick()) picked += 1;
  t.equal(picked, 2_000, 'ten seconds were quiet, so all are picked, up to twice the number of ten seconds');
});
