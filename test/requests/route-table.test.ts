import t from 'tap';
import { throughFrame } from '../../src/requests/own-frame.js';
import { createRouteTable, OVERFLOW_ROW, UNMATCHED_ROW } from '../../src/requests/route-table.js';
import { createRouteFrame, rowOfFrame } from '../../src/requests/route-frame.js';

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

t.test('a wrapped handler passes everything on, and its stack names the row', async (t) => {
  const host = {};
  let stack = '';
  const handler = function (this: unknown, request: number, reply: number) {
    stack = new Error('where').stack ?? '';
    return { host: this === host, sum: request + reply };
  };
  const wrapped = throughFrame(handler, createRouteFrame(7));
  t.same(wrapped.call(host, 1, 2), { host: true, sum: 3 });
  t.match(stack, 'tidemark:route/7');
  t.throws(
    () =>
      throughFrame(() => {
        throw new RangeError('mine');
      }, createRouteFrame(7))(),
    RangeError,
  );
});

t.test('only frames of the wrapper name a row', async (t) => {
  t.equal(rowOfFrame('tidemark:route/7'), 7);
  t.equal(rowOfFrame('file:///app/tidemark:route/7'), undefined);
  t.equal(rowOfFrame('tidemark:route/x'), undefined);
  t.equal(rowOfFrame('tidemark:route/'), undefined);
  t.equal(rowOfFrame(''), undefined);
});
