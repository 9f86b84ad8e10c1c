import t from 'tap';
import { median } from '../../src/statistics/median.js';

t.test('the median of an odd and of an even number of values', async (t) => {
  t.equal(median([5, 1, 3]), 3);
  t.equal(median([4, 1, 3, 2]), 2.5);
  t.ok(Number.isNaN(median([])));
});
