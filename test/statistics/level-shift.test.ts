import t, { type Test } from 'tap';
import { levelShift, twoLevelShifts, type LevelShift } from '../../src/statistics/level-shift.js';
import { agrees, createNormal, series, shuffled, steps } from './series.js';

function compared(t: Test, x: ArrayLike<number>, y: ArrayLike<number>): LevelShift {
  const shift = levelShift(x, y);
  if (shift.kind === 'insufficient') return t.bailout('insufficient') as never;
  return shift;
}

/** Eight values about 0, then eight about 10. */
const stepped = [0.4, -0.3, 0.1, 0.2, -0.5, 0.3, 0, -0.2, 10.1, 9.8, 10.3, 9.7, 10, 10.2, 9.9, 10.4];

t.test('the BIC gain of a step, worked by hand', async (t) => {
  // Eight values, mean 3.5, Syy 74, Sxx 42, Sxy 50: the line leaves 74 − 50²/42 = 304/21 = 14.476.
  // Levels 0.5 and 6.5: each value is 0.5 off, the step leaves 8 · 0.25 = 2.
  // 8 ln(304/21 ÷ 2) − ln 8 = 8 · 1.979358 − 2.079442 = 13.755423.
  const shift = compared(t, steps(8), [0, 1, 0, 1, 6, 7, 6, 7]);
  t.match(shift, { index: 4, before: 0.5, after: 6.5, n: 8 });
  t.ok(agrees(shift.bicGain, 8 * Math.log(152 / 21) - Math.log(8)), `${shift.bicGain}`);
  t.ok(agrees(shift.bicGain, 13.75542, 5), `${shift.bicGain}`);
});

t.test('the BIC gain of a line, worked by hand', async (t) => {
  // Mean 2.5, Syy 17, Sxx 5, Sxy 9: the line leaves 17 − 81/5 = 0.8. The best step, 0.5 to 4.5, leaves 4 · 0.25 = 1.
  // 4 ln 0.8 − ln 4 = −0.892574 − 1.386294 = −2.278869.
  const shift = compared(t, steps(4), [0, 1, 4, 5]);
  t.match(shift, { index: 2, before: 0.5, after: 4.5, n: 4 });
  t.ok(agrees(shift.bicGain, -2.278868566, 9), `${shift.bicGain}`);
});

t.test('a step down is one too, of the same gain', async (t) => {
  const down = compared(t, steps(8), [7, 6, 7, 6, 1, 0, 1, 0]);
  t.match(down, { index: 4, before: 6.5, after: 0.5 });
  t.ok(agrees(down.bicGain, 8 * Math.log(152 / 21) - Math.log(8)));
});

t.test('its criterion is Yao’s: the place of the step costs ln n, and is found', async (t) => {
  // Means, or level and slope, are two parameters in either model, so that only the place is left to pay for: with equal
  // remainders the gain is −ln n. 0 0 1 1 0 0: the line is level and leaves 4/3; the best steps, after 2 or before the
  // last 2, leave 4 · 0.25 = 1: 6 ln(4/3) − ln 6.
  const small = compared(t, steps(6), [0, 0, 1, 1, 0, 0]);
  t.ok(agrees(small.bicGain, 6 * Math.log(4 / 3) - Math.log(6)), `${small.bicGain}`);
  // The estimate is consistent: with more values it errs less often, on either side.
  const normal = createNormal(71);
  const wrong = (n: number): number => {
    let count = 0;
    for (let run = 0; run < 100; run += 1) {
      const step = compared(
        t,
        steps(n),
        series(n, (i) => (i < n / 2 ? 0 : 2) + normal()),
      );
      const line = compared(
        t,
        steps(n),
        series(n, (i) => (4 * i) / n + normal()),
      );
      if (!(step.bicGain > 0) || Math.abs(step.index - n / 2) > 3) count += 1;
      if (line.bicGain > 0) count += 1;
    }
    return count;
  };
  const [few, many] = [wrong(16), wrong(200)];
  t.ok(many < few / 4, `${few} of 200 with 16 values, ${many} with 200`);
});

t.test('shift and scale of either axis do not matter', async (t) => {
  const plain = compared(t, steps(16), stepped);
  t.equal(plain.index, 8);
  for (const [byX, toX, byY, toY] of [
    [1, 1_790_000_000_000, 1, 0],
    [1000, -3, 1, 0],
    [1e-3, 0, 1, 1e9],
    [1, 0, 4096, 3e7],
    [7, 12, 1e-6, -1],
  ] as const) {
    const moved = compared(
      t,
      series(16, (i) => byX * i + toX),
      stepped.map((value) => byY * value + toY),
    );
    t.equal(moved.index, plain.index);
    t.ok(agrees(moved.bicGain, plain.bicGain, 6), `x ${byX}, ${toX}, y ${byY}, ${toY}: ${moved.bicGain}`);
    t.ok(agrees(moved.after, byY * plain.after + toY), `${moved.after}`);
  }
  const mirrored = compared(
    t,
    steps(16),
    stepped.map((value) => -value),
  );
  t.ok(agrees(mirrored.bicGain, plain.bicGain), 'nor does the sign');
  const backwards = compared(
    t,
    series(16, (i) => -i),
    stepped,
  );
  t.ok(agrees(backwards.bicGain, plain.bicGain), 'nor which way x runs');
});

t.test('the order of the pairs does not matter', async (t) => {
  const plain = compared(t, steps(16), stepped);
  for (const seed of [1, 2, 3]) {
    const order = shuffled(16, seed);
    const other = compared(
      t,
      order,
      order.map((i) => stepped[i]!),
    );
    t.same(other, plain, `seed ${seed}`);
  }
  // Two values of each x, in either order: a step lies between two x, never within one.
  const x = [0, 0, 1, 1, 2, 2, 3, 3];
  const one = compared(t, x, [0, 9, 0, 1, 9, 10, 9, 10]);
  const other = compared(t, x, [9, 0, 1, 0, 10, 9, 10, 9]);
  t.same(one, other);
  t.equal(one.index, 4);
});

t.test('a flat series has neither', async (t) => {
  for (const level of [0, 7, 0.1, 1 / 3, 123_456_789.7]) {
    const flat = compared(
      t,
      steps(13),
      series(13, () => level),
    );
    t.equal(flat.bicGain, 0, `${level}`);
    t.ok(agrees(flat.before, level) && agrees(flat.after, level), `${flat.before}, ${flat.after}`);
  }
});

t.test('a model that fits exactly wins by what rounding allows, not without bounds', async (t) => {
  const step = compared(
    t,
    steps(20),
    series(20, (i) => (i < 8 ? 0.1 : 0.7)),
  );
  t.equal(step.index, 8);
  t.ok(step.bicGain > 100 && step.bicGain < 20 * Math.log(1e6), `${step.bicGain}`);
  const line = compared(
    t,
    steps(20),
    series(20, (i) => 0.3 * i),
  );
  t.ok(line.bicGain < -100 && line.bicGain > -20 * Math.log(1e6) - Math.log(20), `${line.bicGain}`);
});

t.test('under four pairs nothing is said, nor when all x are one', async (t) => {
  t.same(levelShift([], []), { kind: 'insufficient', n: 0 });
  t.same(levelShift(steps(3), [0, 0, 5]), { kind: 'insufficient', n: 3 });
  t.same(levelShift(steps(9), [0, 0, 5]), { kind: 'insufficient', n: 3 });
  t.same(levelShift([2, 2, 2, 2, 2], steps(5)), { kind: 'insufficient', n: 5 });
  t.equal(levelShift(steps(4), [0, 0, 5, 5]).kind, 'comparison');
});

t.test('the BIC gain of two steps, worked by hand', async (t) => {
  // Mean 6, each level 0.5 off on either side: 6 · 0.25 = 1.5 are left. Deviations −6.5 −5.5 −0.5 0.5 5.5 6.5: Syy 145.5,
  // Sxx 17.5, Sxy 16.25 + 8.25 + 0.25 + 0.25 + 8.25 + 16.25 = 49.5: the line leaves 145.5 − 49.5²/17.5 = 5.485714.
  // 6 ln(5.485714 ÷ 1.5) − 3 ln 6 = 6 · 1.296673 − 5.375278 = 2.404762.
  const shift = twoLevelShifts(steps(6), [-0.5, 0.5, 5.5, 6.5, 11.5, 12.5]);
  if (shift.kind === 'insufficient') return t.fail('insufficient');
  t.match(shift, { before: 0, after: 12, n: 6 });
  const line = 145.5 - 49.5 ** 2 / 17.5;
  t.ok(agrees(shift.bicGain, 6 * Math.log(line / 1.5) - 3 * Math.log(6)), `${shift.bicGain}`);
  t.ok(agrees(shift.bicGain, 2.40476, 4), `${shift.bicGain}`);
});

function gain(y: ArrayLike<number>): number {
  const shift = twoLevelShifts(steps(30), y);
  return shift.kind === 'insufficient' ? Number.NaN : shift.bicGain;
}

t.test('two steps explain two steps, and a slope is not two steps', async (t) => {
  const normal = createNormal(5);
  const stairs = series(30, (i) => 10 * Math.floor(i / 10) + normal());
  const slope = series(30, (i) => i + normal());
  t.ok(gain(stairs) > 20, `${gain(stairs)}`);
  t.ok(compared(t, steps(30), stairs).bicGain < 0, 'which one step does not');
  t.ok(gain(slope) < -10, `${gain(slope)}`);
  const moved = twoLevelShifts(
    steps(30),
    stairs.map((value) => 4096 * value + 3e7),
  );
  t.ok(
    moved.kind === 'comparison' && agrees(moved.bicGain, gain(stairs), 6),
    'shift and scale do not matter',
  );
  t.equal(gain(series(30, () => 7)), 0, 'a flat series has neither');
  t.same(twoLevelShifts(steps(5), [0, 0, 5, 5, 9]), { kind: 'insufficient', n: 5 });
  const repeated = twoLevelShifts([0, 0, 0, 1, 1, 1, 2, 2, 2], [0, 9, 0, 5, 5, 5, 9, 0, 9]);
  t.match(repeated, { before: 3, after: 6 }, 'a step lies between two x, never within one');
});

t.test('pairs that are not finite are left out', async (t) => {
  const plain = compared(t, steps(16), stepped);
  const x = [...steps(16)];
  const y = [...stepped];
  x.splice(5, 0, Number.NaN, 4.5, 4.6);
  y.splice(5, 0, 3, Number.NaN, Number.POSITIVE_INFINITY);
  x.push(Number.NEGATIVE_INFINITY);
  y.push(0);
  t.same(compared(t, x, y), plain);
  t.same(levelShift(steps(5), [0, Number.NaN, 1, Number.NaN, 2]), { kind: 'insufficient', n: 3 });
});
