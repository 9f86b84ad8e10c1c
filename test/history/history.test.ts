import t from 'tap';
import { createHistory, type History, type HistoryOptions } from '../../src/history/history.js';

const SERIES = ['heapUsedBytes', 'rssBytes'] as const;
/** A whole minute, so that all tiers begin a step here. */
const START = Date.UTC(2026, 0, 1);

function historyOf(options: Partial<HistoryOptions> = {}): History {
  return createHistory({ series: SERIES, intervalSeconds: 1, ...options });
}

/** One reading a second from `START`, with `heapUsedBytes` = second and `rssBytes` = −second. */
function fill(history: History, from: number, to: number): void {
  const values = new Float64Array(2);
  for (let second = from; second < to; second++) {
    values[0] = second;
    values[1] = -second;
    history.record(START + second * 1000, values);
  }
}

const seconds = (times: readonly number[]): number[] => times.map((time) => (time - START) / 1000);
const heap = (history: History, query: Parameters<History['query']>[0] = {}) =>
  history.query(query).series['heapUsedBytes']!;

t.test('24 hours of 24 series fit in 8 MB, and a full history holds just that', async (t) => {
  const series = Array.from({ length: 24 }, (_, i) => `s${i}`);
  const history = createHistory({ series, intervalSeconds: 1 });
  t.equal(history.bytes, (3600 + 2160 + 1440) * (1 + 24 * 3) * 8);
  t.ok(history.bytes <= 8e6);
  t.ok(history.tiers.some(({ stepSeconds, capacity }) => stepSeconds * capacity >= 86_400));
  const values = new Float64Array(24);
  for (let second = 0; second < 90_000; second++) {
    values.fill(second);
    history.record(START + second * 1000, values);
  }
  const day = history.query({});
  t.equal(day.tier.stepSeconds, 60);
  t.equal(day.times.length, 1440);
  t.equal(day.gaps, 0);
  t.equal(day.series['s23']!.last.at(-1), 89_999);
  t.equal(day.series['s23']!.min[0], 90_000 - 86_400);
});

t.test('every tier keeps the least, the greatest and the last value of a step exactly', async (t) => {
  const history = historyOf({ intervalSeconds: 10 });
  const bytes = [2 ** 40 + 1, 2 ** 40 - 1, 2 ** 40 + 3, 2 ** 40];
  for (const [i, value] of bytes.entries()) history.record(START + i * 1000, Float64Array.of(value, value));
  history.record(START + 10_000, Float64Array.of(5, 5));
  const { times, series } = history.query({});
  t.same(seconds(times), [0, 10]);
  t.same(series['heapUsedBytes'], { min: [2 ** 40 - 1, 5], max: [2 ** 40 + 3, 5], last: [2 ** 40, 5] });
});

t.test('the finest tier that still holds the range serves it, and says so', async (t) => {
  const history = historyOf();
  fill(history, 0, 8 * 3600);
  const serves = (agoSeconds: number): number =>
    history.query({ from: START + (8 * 3600 - agoSeconds) * 1000 }).tier.stepSeconds;
  t.equal(serves(60), 1);
  t.equal(serves(3600), 1);
  t.equal(serves(3601), 1, 'the step under way counts');
  t.equal(serves(3700), 10);
  t.equal(serves(6 * 3600), 10);
  t.equal(serves(7 * 3600), 60);
  t.equal(serves(100 * 3600), 60, 'the furthest back, where none reaches');
  t.equal(history.query({}).tier.stepSeconds, 60);
});

t.test('a young history is all in its finest tier', async (t) => {
  const history = historyOf();
  fill(history, 37, 100);
  const { tier, times, from, to } = history.query({ from: 0 });
  t.equal(tier.stepSeconds, 1);
  t.equal(times.length, 63);
  t.same(seconds([from, to]), [37, 100]);
});

t.test('a range takes the steps it touches, ends included', async (t) => {
  const history = historyOf();
  fill(history, 0, 60);
  const range = (from: number, to: number): number[] =>
    seconds(history.query({ from: START + from * 1000, to: START + to * 1000 }).times);
  t.same(range(10, 12), [10, 11, 12]);
  t.same(range(10.5, 11.5), [10, 11]);
  t.same(range(58, 1000), [58, 59]);
  t.same(range(20, 10), [], 'from after to');
  t.same(range(100, 200), [], 'after the newest');
  t.same(range(-200, -100), [], 'before the oldest');
});

t.test('a coarser step is aggregated from the tier, at whole multiples of itself', async (t) => {
  const history = historyOf();
  fill(history, 3, 25);
  const result = history.query({ stepSeconds: 10 });
  t.equal(result.tier.stepSeconds, 1);
  t.equal(result.stepSeconds, 10);
  t.same(seconds(result.times), [0, 10, 20]);
  t.same(result.series['heapUsedBytes'], { min: [3, 10, 20], max: [9, 19, 24], last: [9, 19, 24] });
  t.same(result.series['rssBytes'], { min: [-9, -19, -24], max: [-3, -10, -20], last: [-9, -19, -24] });
  t.equal(history.query({ stepSeconds: 2.5 }).stepSeconds, 3, 'raised to a multiple of the tier');
  t.equal(history.query({ stepSeconds: 0.1 }).stepSeconds, 1);
  for (const stepSeconds of [NaN, -5, Infinity]) t.equal(history.query({ stepSeconds }).stepSeconds, 1);
  t.equal(history.query({ stepSeconds: 1e300 }).times.length, 1);
});

t.test('never more points than asked for, and none of the values lost', async (t) => {
  const history = historyOf();
  fill(history, 7, 3007);
  for (const maxPoints of [2, 3, 10, 299, 300, 301, 2999]) {
    const { times, series, stepSeconds } = history.query({ maxPoints });
    t.ok(times.length <= maxPoints && times.length > maxPoints / 3, `${times.length} of ${maxPoints}`);
    t.equal(times[1]! - times[0]!, stepSeconds * 1000);
    t.equal(series['heapUsedBytes']!.min[0], 7);
    t.equal(series['heapUsedBytes']!.max.at(-1), 3006);
  }
  t.equal(history.query({ maxPoints: 3000 }).stepSeconds, 1);
  for (const maxPoints of [0, 1, -1]) t.ok(history.query({ maxPoints }).times.length <= 2);
  t.equal(history.query({ maxPoints: NaN }).times.length, 3000);
});

t.test('series are chosen by name; unknown names and an empty choice give none', async (t) => {
  const history = historyOf();
  fill(history, 0, 3);
  t.same(Object.keys(history.query({ series: ['rssBytes', 'nonsense'] }).series), ['rssBytes']);
  t.same(history.query({ series: [] }).series, {});
  t.same(Object.keys(history.query({}).series), [...SERIES]);
});

t.test('nothing recorded is an empty answer of the finest tier', async (t) => {
  const history = historyOf();
  t.same(history.query({ series: ['rssBytes'] }), {
    tier: { stepSeconds: 1 },
    stepSeconds: 1,
    from: 0,
    to: 0,
    times: [],
    series: { rssBytes: { min: [], max: [], last: [] } },
    gaps: 0,
  });
  t.match(history.query({ from: START }), { from: START, to: START });
  t.match(history.query({ to: START }), { from: START, to: START });
});

t.test('a gap stays a gap: null, counted, never interpolated', async (t) => {
  const history = historyOf();
  fill(history, 0, 3);
  fill(history, 6, 8);
  fill(history, 10, 11);
  const { times, series, gaps } = history.query({});
  t.same(seconds(times), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  t.same(series['heapUsedBytes']!.last, [0, 1, 2, null, null, null, 6, 7, null, null, 10]);
  t.equal(gaps, 2);
  t.equal(history.query({ stepSeconds: 20 }).gaps, 2, 'also where the step hides it');
});

t.test('a value that is missing or not finite is absent, and leaves the others alone', async (t) => {
  const history = historyOf({ intervalSeconds: 10 });
  history.record(START, Float64Array.of(NaN, 1));
  t.same(heap(history), { min: [null], max: [null], last: [null] });
  history.record(START + 1000, Float64Array.of(4, Infinity));
  history.record(START + 2000, Float64Array.of(3));
  history.record(START + 3000, Float64Array.of(NaN, NaN, 9));
  t.same(heap(history), { min: [3], max: [4], last: [3] });
  t.same(history.query({}).series['rssBytes'], { min: [1], max: [1], last: [1] });
  for (let step = 1; step <= 2160; step++) history.record(START + step * 10_000, Float64Array.of(NaN, NaN));
  const { last } = heap(history, { from: START + 10_000 });
  t.same(
    last,
    Array.from(last, () => null),
    'a slot that is used again forgets',
  );
  t.equal(last.length, 2160);
});

t.test('a timer that drifts over a step is no gap', async (t) => {
  const history = historyOf();
  for (let tick = 0; tick < 5000; tick++) {
    history.record(START + Math.floor(tick * 1000.9), Float64Array.of(tick, 0));
  }
  const { gaps, series } = history.query({ from: START + 4000_000 });
  t.equal(gaps, 0);
  t.notOk(series['heapUsedBytes']!.last.includes(null));
});

t.test('a clock that goes back a little waits in the newest step', async (t) => {
  const history = historyOf();
  fill(history, 0, 10);
  history.record(START + 7500, Float64Array.of(1000, 0));
  history.record(START + 8500, Float64Array.of(500, 0));
  history.record(START + 10_000, Float64Array.of(10, 0));
  t.same(seconds(history.query({}).times), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  t.match(heap(history, { from: START + 9000 }), { min: [9, 10], max: [1000, 10], last: [500, 10] });
  t.equal(history.droppedOutOfOrder, 0);
  t.equal(history.clockSteps, 0);
});

t.test('one reading from far in the past is a stray: dropped and counted', async (t) => {
  const history = historyOf();
  fill(history, 0, 100);
  history.record(START - 3_600_000, Float64Array.of(-1, -1));
  fill(history, 100, 102);
  history.record(START - 3_600_000, Float64Array.of(-1, -1));
  history.record(START - 3_600_000, Float64Array.of(-1, -1));
  fill(history, 102, 110);
  t.equal(history.droppedOutOfOrder, 3);
  t.equal(history.clockSteps, 0);
  t.equal(history.query({}).times.length, 110);
  t.equal(Math.min(...heap(history).min.map((value) => value!)), 0);
});

t.test('a clock that is set back takes the history with it: order and distances stay', async (t) => {
  const history = historyOf();
  fill(history, 0, 50);
  fill(history, 55, 100);
  // From second 100 on the clock shows an hour less.
  const values = new Float64Array(2);
  for (let second = 100; second < 110; second++) {
    values[0] = second;
    history.record(START + (second - 3600) * 1000, values);
  }
  t.equal(history.clockSteps, 1);
  t.equal(history.droppedOutOfOrder, 2);
  const { times, series, gaps } = history.query({});
  t.ok(times.every((time, i) => i === 0 || time === times[i - 1]! + 1000));
  t.ok(times.at(-1)! <= START + (109 - 3600) * 1000);
  const known = series['heapUsedBytes']!.last.filter((value) => value !== null);
  t.same(known, [
    ...Array.from({ length: 50 }, (_, i) => i),
    ...Array.from({ length: 45 }, (_, i) => 55 + i),
    ...Array.from({ length: 8 }, (_, i) => 102 + i),
  ]);
  t.equal(gaps, 2, 'the old one, and the reading that was not believed');
  for (const stepSeconds of [10, 60]) {
    const coarse = history.query({ stepSeconds });
    t.equal(coarse.series['heapUsedBytes']!.max.at(-1), 109);
    t.equal(coarse.series['heapUsedBytes']!.min[0], 0);
  }
});

t.test('a clock that leaps a year ahead and is set right leaves what was before where it was', async (t) => {
  const history = historyOf();
  const year = 365 * 86_400;
  fill(history, 0, 100);
  fill(history, year, year + 20);
  t.equal(
    history.query({}).times.length,
    20,
    'what is out of reach of the tier is not shown as a year of nulls',
  );
  fill(history, 120, 160);
  t.equal(history.clockSteps, 1);
  const { times, series } = history.query({});
  t.equal(times.length, 160);
  t.same(
    series['heapUsedBytes']!.last.slice(0, 100),
    Array.from({ length: 100 }, (_, i) => i),
  );
  t.equal(
    series['heapUsedBytes']!.last[120],
    year + 19,
    'the last of the leap, where the first disbelieved reading was',
  );
  t.equal(series['heapUsedBytes']!.last.at(-1), 159);
});

t.test('a leap ahead leaves every tier in reach of what it can answer', async (t) => {
  const history = historyOf();
  fill(history, 0, 100);
  fill(history, 2 * 3600, 2 * 3600 + 10);
  const all = history.query({});
  t.equal(all.tier.stepSeconds, 10, 'an hour of seconds does not reach back');
  t.equal(all.gaps, 1);
  t.equal(all.times.length, 721);
});

t.test('a time that is no date is dropped and counted', async (t) => {
  const history = historyOf();
  for (const at of [NaN, Infinity, -Infinity, 1e16]) history.record(at, Float64Array.of(1, 1));
  t.equal(history.droppedOutOfOrder, 4);
  t.same(history.query({}).times, []);
});

t.test('any sequence of clock steps leaves every tier ascending, aligned and bounded', async (t) => {
  const history = historyOf();
  let clock = START;
  let seed = 12_345;
  const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  const faults: string[] = [];
  for (let i = 0; i < 3000; i++) {
    clock += 1000 + (random() < 0.05 ? Math.round((random() - 0.5) * 10 ** (3 + 5 * random())) : 0);
    history.record(clock, Float64Array.of(i, i));
    if (i % 37 !== 0) continue;
    for (const stepSeconds of [1, 10, 60]) {
      const { times, series } = history.query({ from: clock - stepSeconds * 49_000, stepSeconds });
      const last = series['heapUsedBytes']!.last.filter((value) => value !== null);
      if (times.some((time) => time % (stepSeconds * 1000) !== 0)) faults.push('not aligned');
      if (last.some((value, k) => k > 0 && value < last[k - 1]!)) faults.push('not in order');
      if (times.length > 3600) faults.push('not bounded');
    }
  }
  t.same(faults, []);
  t.ok(history.clockSteps > 0);
});

/** Step and capacity of each tier. */
const tiersAt = (intervalSeconds: number) =>
  historyOf({ intervalSeconds }).tiers.map(({ stepSeconds, capacity }) => [stepSeconds, capacity]);

t.test('the first tier has the sampling interval; finer ones than that are merged into it', async (t) => {
  t.same(tiersAt(1), [
    [1, 3600],
    [10, 2160],
    [60, 1440],
  ]);
  t.same(
    tiersAt(0.5),
    [
      [0.5, 3600],
      [10, 2160],
      [60, 1440],
    ],
    'no more memory for a shorter interval',
  );
  t.same(tiersAt(5), [
    [5, 720],
    [10, 2160],
    [60, 1440],
  ]);
  t.same(tiersAt(10), [
    [10, 2160],
    [60, 1440],
  ]);
  t.same(
    tiersAt(15),
    [
      [15, 1440],
      [60, 1440],
    ],
    'as far back as the longest it replaces',
  );
  t.same(tiersAt(300), [[300, 288]]);
});
