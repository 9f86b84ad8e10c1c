import t from 'tap';
import { attributeHeap, joined } from '../../../src/verdict/attribution/heap-attribution.js';
import type { RouteRegression } from '../../../src/verdict/attribution/route-regression.js';
import type { RouteGrowth } from '../../../src/verdict/attribution/window-attribution.js';
import type { Estimate } from '../../../src/verdict/verdict.js';
import { MiB } from '../synthetic-floors.js';
import { about, follows, grew, regression } from './witnesses.js';

/** 1,000 bytes a second for 100 s, 100 requests of each route: 1,000 bytes a request for one that does it all. */
function attribute(
  grown: readonly RouteGrowth[] | undefined,
  found?: RouteRegression,
  perRequest: (route: number) => Estimate | undefined = () => undefined,
  outsideBytes = 0,
) {
  return attributeHeap({
    bytesPerSecond: about(1000),
    retained: grown && { routes: grown, outsideBytes, seconds: 100, requests: () => 100 },
    regression: found,
    perRequest,
  });
}

t.test('floors name the route if windows found nothing', async (t) => {
  const wanted = [{ index: 4, evidence: 'regression', bytesPerRequest: about(1000, 0.1) }];
  t.match(attribute(undefined, regression([follows(4)])), wanted);
  t.match(attribute([], regression([follows(4)])), wanted);
  t.match(attribute([grew(undefined, MiB)], regression([follows(4)])), wanted);
  const alike = attribute(undefined, regression([follows(4, { collinearWith: [5, 6], isSure: false })]));
  t.match(alike, [{ index: 4, collinearWith: [5, 6] }]);
  t.same(attribute(undefined, { ...regression([]) }), []);
});

t.test('floors do not overrule windows that name a route clearly', async (t) => {
  const routes = attribute([grew(1, MiB)], regression([follows(4)]));
  t.equal(routes.length, 1);
  t.match(routes, [{ index: 1, evidence: 'window', collinearWith: [] }]);
  const alike = regression([follows(4, { collinearWith: [1] })]);
  t.match(attribute([grew(1, MiB)], alike), [{ index: 1, evidence: 'window', collinearWith: [] }]);
});

t.test('windows and floors that agree give a narrower interval', async (t) => {
  const alone = attribute([grew(1, MiB)])[0]!.bytesPerRequest;
  const both = attribute([grew(1, MiB)], regression([follows(1)]))[0]!.bytesPerRequest;
  t.equal(both.value, 1000);
  t.ok(both.high - both.low < alone.high - alone.low);
  t.ok(both.high - both.low < 200, 'also than the floors alone');
  // Variances 1 : 4, so the first weighs four times as much.
  const weighed = joined({ value: 100, low: 90, high: 110 }, { value: 110, low: 90, high: 130 });
  t.equal(weighed.value, 102);
  t.ok(Math.abs(weighed.high - (102 + Math.sqrt(80))) < 1e-9);
  const contradicted = { value: 100, low: 99, high: 101 };
  t.equal(joined(contradicted, about(200, 0.01)), contradicted);
});

t.test('floors add a second route that windows could not name', async (t) => {
  const routes = attribute(
    [grew(1, 0.6 * MiB), grew(undefined, 0.4 * MiB)],
    regression([follows(1, { share: 0.6 }), follows(2, { share: 0.4 })]),
  );
  t.match(routes, [
    { index: 1, evidence: 'window' },
    { index: 2, evidence: 'regression' },
  ]);
  t.ok(Math.abs(routes.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9);
});

t.test('only floors name a route if work outside requests leaves most', async (t) => {
  const grown = [grew(undefined, MiB), grew(1, 0.5 * MiB)];
  t.same(attribute(grown, undefined, undefined, MiB), []);
  t.match(attribute(grown, regression([follows(1)]), undefined, MiB), [{ index: 1, evidence: 'window' }]);
  t.match(attribute(grown, undefined, undefined, 0.5 * MiB), [{ index: 1 }], 'a third is not most');
});

t.test('a few samples beside growth over time name no route', async (t) => {
  const grown = [grew(undefined, MiB), grew(1, 0.1 * MiB)];
  t.same(attribute(grown, regression([], 1)), []);
  t.same(attribute(grown), []);
  t.match(attribute(grown, regression([follows(1)])), [{ index: 1 }], 'unless the floor follows the route');
});

t.test('unlinked growth is attributed to the routes, without the part that follows time', async (t) => {
  const grown = [grew(1, 0.6 * MiB), grew(undefined, 0.4 * MiB)];
  const value = (found?: RouteRegression): number =>
    Math.round(attribute(grown, found)[0]!.bytesPerRequest.value);
  t.equal(value(), 1000);
  t.equal(value(regression([], 1)), 600);
  t.ok(attribute(grown)[0]!.bytesPerRequest.low < 600, 'without the word of the floors it is unsure');
});

t.test('the smaller the linked part, the less of the rest is attributed', async (t) => {
  const value = (linked: number): number =>
    Math.round(
      attribute([grew(1, linked * MiB), grew(undefined, (1 - linked) * MiB)])[0]!.bytesPerRequest.value,
    );
  // Linked, and of the rest as much as half of the growth was linked: 0.4 + 0.6 × 0.4 / 0.5.
  t.equal(value(0.4), 880);
  t.equal(value(0.25), 625);
  t.equal(value(0.6), 1000);
  const unsure = regression([follows(1, { isSure: false, collinearWith: [2] })]);
  const routes = attribute([grew(1, 0.4 * MiB), grew(undefined, 0.6 * MiB)], unsure);
  t.equal(Math.round(routes[0]!.bytesPerRequest.value), 880, 'floors that are unsure do not tell');
});

t.test('sampling noise cancels', async (t) => {
  const noise = [grew(2, 0.1 * MiB, { relative: 3 }), grew(3, 0.1 * MiB, { relative: 3 })];
  const fallen: RouteGrowth = { ...grew(5, 0), growthBytes: { value: -0.2 * MiB, low: -MiB, high: MiB } };
  const [first, ...more] = attribute([grew(1, MiB), ...noise, fallen]);
  t.equal(first?.bytesPerRequest.value, 1000);
  t.equal(more.length, 0);
});

t.test('weighs the bytes per request of windows with those of the floors', async (t) => {
  const byFloors = attribute([grew(1, MiB)])[0]!.bytesPerRequest;
  t.same(byFloors, about(1000, 0.3));
  const value = (direct: Estimate): Estimate =>
    attribute([grew(1, MiB)], undefined, (route) => (route === 1 ? direct : undefined))[0]!.bytesPerRequest;
  // Half widths of 150 and 300: variances 1 : 4.
  t.equal(value({ value: 900, low: 750, high: 1050 }).value, 920);
  const contradicted = { value: 3000, low: 2900, high: 3100 };
  t.same(value(contradicted), contradicted, 'where they contradict each other the window is believed');
});
