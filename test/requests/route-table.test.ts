import t from 'tap';
import { createRouteTable, OVERFLOW_ROW, UNMATCHED_ROW } from '../../src/requests/route-table.js';

t.test('a route has one row, whoever names it', async (t) => {
  const table = createRouteTable(10);
  const orders = table.add('GET', '/orders/:id');
  t.equal(table.add('GET', '/orders/:id'), orders);
  t.not(table.add('PUT', '/orders/:id'), orders);
  t.same(table.identity(orders), { method: 'GET', pattern: '/orders/:id' });
  t.equal(table.label(orders), 'GET /orders/:id');
  t.equal(table.size, 4, 'with the two rows that are always there');
});

t.test('a full table shares one row among the rest, and counts them', async (t) => {
  const table = createRouteTable(2);
  const first = table.add('GET', '/1');
  table.add('GET', '/2');
  t.equal(table.add('GET', '/3'), OVERFLOW_ROW);
  t.equal(table.add('GET', '/4'), OVERFLOW_ROW);
  t.equal(table.add('GET', '/1'), first, 'a known one keeps its own');
  t.match(table, { size: table.capacity, dropped: 2 });
});

t.test('rows that are no route have names that no pattern can have', async (t) => {
  const table = createRouteTable(1);
  t.equal(table.label(UNMATCHED_ROW), '__unmatched__');
  t.equal(table.label(OVERFLOW_ROW), '__overflow__');
  t.equal(table.label(99), '__unknown__');
  t.equal(table.identity(99), undefined);
});
