import t from 'tap';
import {
  attributeOffHeap,
  type OffHeapInput,
} from '../../../src/verdict/attribution/off-heap-attribution.js';
import type { RouteGrowth } from '../../../src/verdict/attribution/window-attribution.js';
import { about, follows, grew, regression } from './witnesses.js';

/** 5,000 bytes a second for 100 s, 100 requests of each route. */
const attribute = (grown: readonly RouteGrowth[] | undefined, more: Partial<OffHeapInput> = {}) =>
  attributeOffHeap({
    bytesPerSecond: about(5000, 0.1),
    seconds: 100,
    retained: grown && { routes: grown, outsideBytes: 0, seconds: 100, requests: () => 100 },
    regression: { kind: 'insufficient', floors: 4 },
    other: undefined,
    ...more,
  });

t.test('wrappers in the heap do not overrule the floors', async (t) => {
  const routes = attribute([grew(1, 50_000)], { regression: regression([follows(4)]) });
  t.match(routes, [{ index: 4, evidence: 'regression', bytesPerRequest: about(1000, 0.1) }]);
  t.equal(routes.length, 1);
});

t.test('the other signal may name the route; its bytes are those of the judged one', async (t) => {
  const routes = attribute(undefined, { regression: regression([]), other: regression([follows(4)]) });
  t.match(routes, [{ index: 4, bytesPerRequest: { value: 5000, low: 4500, high: 5500 } }]);
  const noise = regression([follows(4, { bytesPerRequest: about(20) })]);
  t.same(attribute(undefined, { regression: regression([]), other: noise }), [], 'unless it hardly rose');
});

t.test('windows choose among routes that the floors cannot distinguish', async (t) => {
  const alike = regression([follows(4, { collinearWith: [1, 5] })]);
  t.match(attribute([grew(1, 50_000)], { regression: alike }), [
    { index: 1, collinearWith: [], evidence: 'window', bytesPerRequest: { value: 5000 } },
  ]);
  t.match(attribute([grew(7, 50_000)], { regression: alike }), [{ index: 4, collinearWith: [1, 5] }]);
});

t.test('windows alone name a route if the floors name none and one route has enough samples', async (t) => {
  t.match(attribute([grew(1, 50_000), grew(undefined, 500_000)]), [
    { index: 1, share: 1, bytesPerRequest: { value: 5000, low: 4500, high: 5500 } },
  ]);
  t.match(attribute([grew(1, 60_000), grew(2, 20_000)]), [
    { index: 1, bytesPerRequest: { value: 5000, low: 0.75 * 4500 } },
  ]);
  t.same(attribute([grew(1, 50_000, { samples: 2 })]), [], 'two samples are stray');
  t.same(attribute([grew(1, 50_000), grew(2, 49_000), grew(3, 30_000)]), [], 'none stands out');
  t.same(
    attribute([grew(1, 50_000)], { regression: regression([], 1) }),
    [],
    'nor when it goes by the clock',
  );
});

t.test('no route is named when floors and windows contradict each other', async (t) => {
  const open = regression([follows(4, { isSure: false, collinearWith: [5] })]);
  t.same(attribute([grew(1, 50_000)], { regression: open }), []);
  t.match(attribute([grew(5, 50_000)], { regression: open }), [{ index: 5, collinearWith: [] }]);
  t.match(attribute(undefined, { regression: open }), [{ index: 4, collinearWith: [5] }]);
});
