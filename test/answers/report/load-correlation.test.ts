import t from 'tap';
import { correlationsIn } from '../../../src/answers/report/load-correlation.js';

type Column = readonly (number | null)[];

function correlations(columns: Readonly<Record<string, Column>>) {
  const series = Object.fromEntries(
    Object.entries(columns).map(([name, last]) => [
      name,
      { min: [...last], max: [...last], last: [...last] },
    ]),
  );
  const found = correlationsIn({ series, stepSeconds: 10 });
  return (memory: string, load: string) => found.find((one) => one.memory === memory && one.load === load);
}
const column = (count: number, of: (i: number) => number | null): Column =>
  Array.from({ length: count }, (_, i) => of(i));
const wave = (i: number): number => Math.round(50 + 40 * Math.sin(i / 3));

t.test('a floor that follows the work in hand is told from one that grows with requests', async (t) => {
  const following = correlations({
    heapUsedBytes: column(60, (i) => 1e6 + 1e4 * wave(i)),
    heapFloorBytes: column(60, (i) => 1e6 + 5e3 * wave(i)),
    inFlight: column(60, wave),
    requests: column(60, (i) => 100 * i),
  });
  t.match(following('heapFloorBytes', 'inFlight'), {
    spearman: 1,
    pearson: 1,
    points: 60,
    words: 'the floor clearly rises and falls with the requests in flight',
  });
  t.match(following('heapUsedBytes', 'requestsPerSecond'), { points: 59, words: /did not vary/ });

  let [requests, floor] = [0, 0];
  const rates = column(60, wave);
  const leaking = correlations({
    requests: rates.map((rate) => (requests += rate!)),
    heapFloorBytes: rates.map((rate) => (floor += 100 * rate!)),
    heapUsedBytes: column(60, (i) => (i * 7919) % 101),
    inFlight: column(60, () => null),
  });
  t.match(leaking('heapFloorGrowthBytes', 'requestsPerSecond'), {
    spearman: 1,
    words: /^growth of the floor clearly/,
  });
  t.match(leaking('heapUsedBytes', 'requestsPerSecond'), { words: /hardly depends/ });
  t.match(leaking('heapFloorBytes', 'inFlight'), { points: 0, words: /too few points/ });
});

t.test('few points say nothing', async (t) => {
  const few = correlations({ heapUsedBytes: column(9, (i) => i), inFlight: column(9, (i) => i) });
  t.strictSame(few('heapUsedBytes', 'inFlight'), {
    memory: 'heapUsedBytes',
    load: 'inFlight',
    points: 9,
    stepSeconds: 10,
    words: 'too few points to say whether the heap in use goes with the requests in flight',
  });
});
