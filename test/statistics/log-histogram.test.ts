import t from 'tap';
import {
  createLogLayout,
  createSignedLogLayout,
  quantileFromCounts,
  totalCount,
  type LogLayout,
} from '../../src/statistics/log-histogram.js';
import { quantile } from '../../src/statistics/quantile.js';
import { createRandom } from '../../src/statistics/random.js';
import { createNormal, series } from './series.js';

const durations = createLogLayout({ min: 10, max: 3.6e9, precision: 0.06 });
const deltas = createSignedLogLayout({ min: 64, max: 2 ** 34, precision: 0.06 });

function count(layout: LogLayout, values: ArrayLike<number>, offset = 0): Uint32Array {
  const counts = new Uint32Array(offset + layout.buckets);
  for (let i = 0; i < values.length; i++) counts[offset + layout.index(values[i]!)]!++;
  return counts;
}

/** The buckets that break a rule. */
const faults = (layout: LogLayout, holds: (i: number) => boolean): number[] =>
  Array.from({ length: layout.buckets }, (_, i) => i).filter((i) => !holds(i));

t.test('buckets join without gaps, ascend, and hold their own middle and lower end', async (t) => {
  for (const layout of [durations, deltas]) {
    t.same(
      faults(layout, (i) => layout.lower(i) < layout.upper(i)),
      [],
    );
    t.same(
      faults(layout, (i) => i === 0 || layout.lower(i) === layout.upper(i - 1)),
      [],
    );
    t.same(
      faults(layout, (i) => layout.index(layout.middle(i)) === i),
      [],
    );
  }
  t.same(
    faults(durations, (i) => durations.index(durations.lower(i)) === i),
    [],
  );
});

function bucketsInOctave(precision: number): number {
  const layout = createLogLayout({ min: 1, max: 1024, precision });
  return layout.index(512) - layout.index(256);
}

t.test('a precision of 0.06 takes 8 buckets an octave, 0.031 takes 16', async (t) => {
  t.equal(bucketsInOctave(0.06), 8);
  t.equal(bucketsInOctave(0.031), 16);
  t.equal(bucketsInOctave(0.34), 1);
  t.equal(bucketsInOctave(1e-4), 8192);
  t.ok(durations.buckets < 240, 'ten microseconds to an hour in under a kilobyte');
});

t.test('the middle of its bucket is within the precision of any value in range', async (t) => {
  const random = createRandom(81);
  for (const precision of [0.34, 0.06, 0.01]) {
    const layout = createLogLayout({ min: 1e-3, max: 1e12, precision });
    let worst = 0;
    for (let i = 0; i < 5000; i++) {
      const value = 1e-3 * 10 ** (15 * random());
      worst = Math.max(worst, Math.abs(layout.middle(layout.index(value)) - value) / value);
    }
    t.ok(worst <= precision, `${worst}`);
  }
});

t.test('what is out of range, or no number, is counted at an end and never outside', async (t) => {
  const last = durations.buckets - 1;
  for (const value of [0, -0, -5, 9, NaN, -Infinity]) t.equal(durations.index(value), 0);
  for (const value of [3.6e9, 1e12, Infinity]) t.equal(durations.index(value), last);
  t.equal(durations.index(10), 1);
  t.equal(durations.middle(0), 0);
  t.equal(durations.lower(-1), 0);
  t.equal(durations.upper(last), durations.lower(last + 5), 'past the end is the end');
});

t.test('a signed layout is its own mirror image about one bucket for nothing', async (t) => {
  const zero = (deltas.buckets - 1) / 2;
  for (const value of [0, -0, 10, -10, NaN]) t.equal(deltas.index(value), zero);
  t.equal(deltas.middle(zero), 0);
  t.equal(deltas.lower(zero), -deltas.upper(zero));
  for (const value of [64, 100, 4096, 1e9, 1e300]) {
    t.equal(deltas.index(-value) + deltas.index(value), 2 * zero);
    t.equal(deltas.middle(deltas.index(-value)), -deltas.middle(deltas.index(value)));
  }
  t.equal(deltas.index(-Infinity), 0);
  t.equal(deltas.index(Infinity), deltas.buckets - 1);
});

t.test('quantiles from counters are those of the values, within the precision', async (t) => {
  const normal = createNormal(82);
  const values = series(20_000, () => Math.exp(9 + 1.5 * normal()));
  const offset = 3 * durations.buckets;
  const counts = count(durations, values, offset);
  t.equal(totalCount(durations, counts, offset), 20_000);
  for (const q of [0.01, 0.25, 0.5, 0.9, 0.99, 0.999]) {
    const exact = quantile(values, q);
    t.ok(Math.abs(quantileFromCounts(durations, counts, offset, q) / exact - 1) < 0.065, `${q}`);
  }
  t.ok(Number.isNaN(quantileFromCounts(durations, counts, 0, 0.5)), 'the rows before it are empty');
});

t.test('quantiles of signed values', async (t) => {
  const counts = count(deltas, [-8192, -100, 0, 0, 5000]);
  const at = (q: number): number => quantileFromCounts(deltas, counts, 0, q);
  t.ok(Math.abs(at(0) + 8192) < 8192 * 0.06);
  t.ok(Math.abs(at(0.4) + 100) < 6);
  t.equal(at(0.5), 0);
  t.ok(Math.abs(at(1) - 5000) < 300);
  t.equal(at(2), at(1));
  t.equal(at(-1), at(0));
  t.ok(Number.isNaN(at(NaN)));
});

t.test('a range or a precision that makes no sense is a RangeError', async (t) => {
  for (const [min, max, precision] of [
    [0, 10, 0.06],
    [10, 10, 0.06],
    [NaN, 10, 0.06],
    [1, Infinity, 0.06],
    [1, 10, 0],
    [1, 10, 0.5],
    [1, 10, NaN],
  ] as const) {
    t.throws(() => createLogLayout({ min, max, precision }), RangeError);
  }
});
