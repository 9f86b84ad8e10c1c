import t from 'tap';
import { beyond, leftOver } from './left-over.js';

t.test('only what is new counts, each time that it is', async (t) => {
  t.same(beyond(['a', 'b'], ['a', 'b', 'c']), [], 'fewer is no leak');
  t.same(beyond(['a', 'a', 'd'], ['a', 'b']), ['a', 'd']);
});

t.test('what is about to close is waited for, what stays is told', async (t) => {
  let looks = 0;
  t.same(await leftOver(() => ((looks += 1) < 3 ? ['pipe'] : []), []), []);
  t.same(await leftOver(() => ['pipe'], [], 30), ['pipe']);
});
