import t from 'tap';
import { studentQuantile } from '../../src/statistics/student-quantile.js';

t.test('the tables are met within 1 %', async (t) => {
  // Abramowitz & Stegun, table 26.10.
  for (const [p, degreesOfFreedom, wanted] of [
    [0.975, 4, 2.776],
    [0.975, 10, 2.228],
    [0.95, 5, 2.015],
    [0.99, 6, 3.143],
    [0.975, 120, 1.98],
  ] as const) {
    t.ok(Math.abs(studentQuantile(p, degreesOfFreedom) / wanted - 1) < 0.01, `${p} of ${degreesOfFreedom}`);
  }
  t.ok(Math.abs(studentQuantile(0.025, 8) + studentQuantile(0.975, 8)) < 1e-9);
  t.ok(Number.isNaN(studentQuantile(0.975, 0)));
});
