import t from 'tap';
import {
  blockBootstrap,
  type BootstrapIntervals,
  type BootstrapOptions,
} from '../../src/statistics/bootstrap.js';
import { createRandom } from '../../src/statistics/random.js';
import { createNormal, series } from './series.js';

function meanOf(values: Float64Array, options: Partial<BootstrapOptions> = {}) {
  return blockBootstrap({
    n: values.length,
    size: 1,
    seed: 1,
    statistic: (rows, out) => {
      out[0] = rows.reduce((sum, row) => sum + values[row]!, 0) / rows.length;
    },
    ...options,
  });
}

function intervalsOf(...args: Parameters<typeof meanOf>): BootstrapIntervals {
  const result = meanOf(...args);
  if (result.kind !== 'intervals') throw new Error(`insufficient: ${result.n}`);
  return result;
}

const widthOf = ({ low, high }: BootstrapIntervals): number => high[0]! - low[0]!;

t.test('a seeded generator repeats itself, is uniform, and differs between seeds', async (t) => {
  const [first, again, other] = [createRandom(7), createRandom(7), createRandom(8)];
  const drawn = series(20_000, () => first());
  t.same(
    drawn.slice(0, 100),
    series(100, () => again()),
  );
  t.not(drawn[0], other());
  t.ok(drawn.every((value) => value >= 0 && value < 1));
  const counts = new Uint32Array(10);
  for (const value of drawn) counts[Math.floor(value * 10)]!++;
  // χ² with nine degrees of freedom is above 27.9 once in a thousand times.
  t.ok(counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0) < 27.9);
});

t.test('the interval of a mean of independent values is about ±1.96 σ/√n', async (t) => {
  const normal = createNormal(61);
  const values = series(200, () => 10 + 3 * normal());
  const result = intervalsOf(values);
  const expected = (2 * 1.96 * 3) / Math.sqrt(200);
  t.ok(Math.abs(widthOf(result) / expected - 1) < 0.2);
  t.ok(result.low[0]! < 10.5 && result.high[0]! > 9.5);
});

t.test('blocks keep serial correlation, so the interval of a correlated series is wider', async (t) => {
  const normal = createNormal(62);
  let level = 0;
  const values = series(300, () => (level = 0.8 * level + normal()));
  const blocks = widthOf(intervalsOf(values));
  const mean = values.reduce((sum, value) => sum + value, 0) / 300;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 299;
  const independent = 2 * 1.96 * Math.sqrt(variance / 300);
  t.ok(blocks > 1.4 * independent, `${blocks} against ${independent}`);
});

t.test('every draw has as many rows as there are, in runs of n^(1/3)', async (t) => {
  const seen = new Set<number>();
  meanOf(new Float64Array(10), {
    statistic: (rows, out) => {
      out[0] = 0;
      for (const row of rows) seen.add(row);
      const run = [...rows.subarray(0, 3)];
      t.same(run, [run[0], (run[0]! + 1) % 10, (run[0]! + 2) % 10]);
      t.equal(rows.length, 10);
    },
  });
  t.equal(seen.size, 10);
});

t.test('the same seed gives the same interval', async (t) => {
  const normal = createNormal(63);
  const values = series(40, () => normal());
  t.same(meanOf(values), meanOf(values));
  t.notSame(meanOf(values), meanOf(values, { seed: 2 }));
});

t.test('too few rows, or too few finite replicates, are insufficient', async (t) => {
  t.match(meanOf(new Float64Array(3)), { kind: 'insufficient', n: 3 });
  t.equal(meanOf(new Float64Array(9), { size: 0 }).kind, 'insufficient');
  let calls = 0;
  const sometimes = meanOf(new Float64Array(9), {
    size: 2,
    statistic: (_, out) => {
      out[0] = 1;
      if (calls++ < 10) out[1] = 1;
    },
  });
  t.match(sometimes, { kind: 'insufficient', n: 9 });
});
