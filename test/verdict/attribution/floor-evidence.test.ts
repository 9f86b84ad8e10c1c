import t from 'tap';
import { attributeByWindows } from '../../../src/verdict/attribution/window-attribution.js';
import { floorEvidence } from '../../../src/verdict/attribution/floor-evidence.js';
import type { FloorPoint } from '../../../src/verdict/floors/floor-series.js';
import type { Rising } from '../../../src/verdict/verdict.js';
import { MiB } from '../synthetic-floors.js';
import { traffic } from '../traffic.js';
import { about, grew } from './witnesses.js';

const rising = (points: readonly FloorPoint[]): Rising => ({
  verdict: 'leaking',
  confidence: 0.99,
  signal: 'heap-floor',
  window: { fromMs: points[0]!.atMs, toMs: points.at(-1)!.atMs, majorGcs: points.length, requests: 1 },
  growth: { bytesPerSecond: about(1) },
  ruledOut: [],
});

/** Route 1 leaks 1,000 bytes a request; its traffic comes late, ten times what it was. */
const lateTraffic = (floors: number) =>
  traffic({
    floors,
    routes: 3,
    everySeconds: 10,
    noiseBytes: 0,
    leaks: { 1: 1000 },
    mix: (route, minute) => (route === 1 && minute < 1 ? 0.1 : 1),
  });

t.test('growth is taken from the actual traffic, not from the mean rate', async (t) => {
  const points = lateTraffic(12);
  const { span } = floorEvidence(points, rising(points));
  t.ok(Math.abs(span!.risenWith([{ route: 1, weight: 1 }]) / (1000 * span!.requests(1)) - 1) < 1e-3);
  t.ok(
    Math.abs(span!.risenWith([{ route: 1, weight: 7 }]) / (1000 * span!.requests(1)) - 1) < 1e-3,
    'any unit',
  );
  t.ok(Number.isNaN(span!.risenWith([{ route: 9, weight: 1 }])), 'a route without traffic tells nothing');
});

t.test('windows give the proportions, floors the amount', async (t) => {
  const points = traffic({ floors: 12, routes: 3, noiseBytes: 0, leaks: { 1: 3000, 2: 1000 } });
  const { span } = floorEvidence(points, rising(points));
  const [n1, n2] = [span!.requests(1), span!.requests(2)];
  const routes = [grew(1, (3 * n1 * MiB) / (3 * n1 + n2)), grew(2, (n2 * MiB) / (3 * n1 + n2))];
  const told = attributeByWindows({ routes, outsideBytes: 0, ...span! }, about(1), undefined).routes;
  t.same(
    told.map(({ index, bytesPerRequest }) => [index, Math.round(bytesPerRequest.value / 10)]),
    [
      [1, 300],
      [2, 100],
    ],
  );
});
