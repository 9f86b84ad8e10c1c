import type { VerdictName } from '../../src/verdict/verdict.js';
import { floors, MiB, startMs } from '../../test/verdict/synthetic-floors.js';
import type { Answer, Evidence, RunRecord } from './runner/record.js';
import type { Label } from './scenario.js';
import type { Series } from './server-messages.js';

export const ROUTE = 'POST /orders';
export const leakLabel: Label = {
  verdict: 'leaking',
  routes: [ROUTE],
  site: { file: 'collections/orders.ts', functions: ['remember'] },
  signal: 'heap-floor',
};

export const suspect = (
  route: string,
  bytes: number,
  evidence: Evidence = 'window',
): Answer['routes'][number] => ({
  route,
  evidence,
  bytesPerRequest: { value: bytes, low: bytes / 2, high: 2 * bytes },
  share: 1,
});

export function answer(seconds: number, verdict: VerdictName, more: Partial<Answer> = {}): Answer {
  return { seconds, verdict, routes: [], sites: [], ...more };
}

export const site = (file: string, name: string): Answer['sites'][number] => ({ file, function: name });
export const rightSites = [
  site('/app/parse.js', 'parse'),
  site('/app/bench/verdict/scenarios/collections/orders.ts', 'remember'),
];

/** A leak of 1 MiB every 10 s that was found and attributed correctly. */
export function record(more: Partial<RunRecord> = {}): RunRecord {
  const points = floors({ points: 10, heap: (at) => 30 * MiB + 0.1 * MiB * at, noiseBytes: 0 });
  return {
    name: 'orders',
    family: 'collections',
    seed: 1,
    label: leakLabel,
    fillHorizonSeconds: 45,
    startedMs: startMs,
    answers: [
      answer(10, 'insufficient-data'),
      answer(40, 'growing', { confidence: 0.96, routes: [suspect(ROUTE, 900)] }),
      answer(60, 'leaking', { confidence: 0.99, routes: [suspect(ROUTE, 1100)], sites: rightSites }),
    ],
    requests: { [ROUTE]: 6000, 'GET /orders': 100 },
    statuses: { 200: 6100 },
    unsent: 0,
    truth: { [ROUTE]: 1000 },
    series: seriesOf(points.map(({ heapBytes }) => heapBytes)),
    ...more,
  };
}

/** A floor every 10 s, and the used heap at the same moments. */
export function seriesOf(heapBytes: readonly number[]): Series {
  return {
    points: heapBytes.map((bytes, i) => ({
      atMs: startMs + 10_000 * i,
      monotonicMs: 10_000 * i,
      heapBytes: bytes,
      externalBytes: 5 * MiB,
      tenuredBytes: bytes,
      committedBytes: bytes,
      requests: 600 * i,
      routeCounts: [600 * i, i],
    })),
    heapUsed: heapBytes.map((bytes, i) => [startMs + 10_000 * i, bytes] as const),
  };
}

export const saw = [30, 34, 31, 35, 30, 34, 31, 35, 30, 34, 31, 35].map((one) => one * MiB);

export function innocent(more: Partial<RunRecord> = {}): RunRecord {
  return record({
    name: 'cache',
    family: 'caches',
    label: { verdict: 'stable', alsoRight: ['filling'] },
    answers: [answer(20, 'growing'), answer(60, 'stable', { confidence: 0.9 })],
    truth: {},
    series: seriesOf(saw),
    ...more,
  });
}
