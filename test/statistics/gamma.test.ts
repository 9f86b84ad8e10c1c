import t from 'tap';
import {
  gammaQuantile,
  logGamma,
  lowerGamma,
  upperGamma,
  normalUpperTail,
} from '../../src/statistics/gamma.js';
import { normalQuantile } from '../../src/statistics/normal-quantile.js';
import { agrees } from './series.js';

t.test('ln Γ agrees with ln (x − 1)! and with reference values', async (t) => {
  t.ok(agrees(logGamma(5), Math.log(24), 14));
  t.ok(agrees(logGamma(0.5), Math.log(Math.PI) / 2, 13));
  t.ok(agrees(logGamma(0.1), 2.252712651734206, 13));
  t.ok(agrees(logGamma(1e6), 12815504.56914761, 14));
});

t.test('the incomplete gamma function in closed cases', async (t) => {
  // P(1, x) = 1 − e⁻ˣ; Q(2, x) = (1 + x)e⁻ˣ.
  for (const x of [0.01, 0.5, 1, 3, 20]) {
    t.ok(agrees(lowerGamma(1, x), -Math.expm1(-x), 13));
    t.ok(agrees(upperGamma(2, x), (1 + x) * Math.exp(-x), 12));
    t.ok(Math.abs(lowerGamma(2.5, x) + upperGamma(2.5, x) - 1) < 1e-14);
  }
  t.equal(lowerGamma(3, 0), 0);
  t.equal(upperGamma(3, -1), 1);
  t.equal(upperGamma(3, Infinity), 0);
  t.ok(Number.isNaN(lowerGamma(3, NaN)));
  t.ok(Number.isNaN(upperGamma(3, NaN)));
});

t.test('gamma quantiles agree with SciPy 1.17 and invert the distribution', async (t) => {
  t.ok(agrees(gammaQuantile(0.01, 0.3), 2.917417191745957e-53));
  t.ok(agrees(gammaQuantile(0.5, 1e-6), 7.853981633978593e-13));
  t.ok(agrees(gammaQuantile(0.5, 0.999), 5.413783085331366));
  t.ok(agrees(gammaQuantile(50, 0.01), 35.03244746269989));
  for (const shape of [0.3, 1, 7, 400]) {
    for (const p of [1e-4, 0.1, 0.5, 0.99]) t.ok(agrees(lowerGamma(shape, gammaQuantile(shape, p)), p));
  }
  t.equal(gammaQuantile(3, 0), 0);
  t.equal(gammaQuantile(3, 1), Infinity);
  t.ok(Number.isNaN(gammaQuantile(3, NaN)));
  t.ok(Number.isNaN(gammaQuantile(0, 0.5)));
});

t.test('normal quantiles agree with SciPy 1.17 in the middle and far out', async (t) => {
  t.equal(normalQuantile(0.5), 0);
  t.ok(agrees(normalQuantile(0.975), 1.959963984540054, 14));
  t.ok(agrees(normalQuantile(0.3), -0.5244005127080409, 14));
  t.ok(agrees(normalQuantile(0.001), -3.090232306167813, 14));
  t.ok(agrees(normalQuantile(1e-10), -6.361340902404056, 14));
  t.ok(agrees(normalQuantile(1e-20), -9.2623400897984, 14));
  t.equal(normalQuantile(0), -Infinity);
  t.equal(normalQuantile(1), Infinity);
  t.ok(Number.isNaN(normalQuantile(NaN)));
});

t.test('normal tails agree with SciPy 1.17 and with the quantile', async (t) => {
  t.equal(normalUpperTail(0), 0.5);
  t.ok(agrees(normalUpperTail(1), 0.15865525393145707, 13));
  t.ok(agrees(normalUpperTail(10), 7.61985302416047e-24, 12));
  t.ok(agrees(normalUpperTail(-1), 0.8413447460685429, 13));
  for (const p of [0.01, 0.2, 0.7]) t.ok(agrees(normalUpperTail(-normalQuantile(p)), p, 12));
});
