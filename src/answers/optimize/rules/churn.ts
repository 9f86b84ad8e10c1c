import { percent } from '../../render/phrases.js';
import { formatBytes } from '../../render/units.js';
import { gcShareOf } from '../../report/recent.js';
import type { SuggestionRule } from '../facts.js';

const LARGE_BYTES = 1024 * 1024;
const HIGH_GC_SHARE = 0.05;
const DOMINANT = 0.5;
/** Medians of fewer requests are unreliable. */
const LEAST_REQUESTS = 20;
const MOST = 3;

/** Routes that allocate much per request, by the heap deltas of requests that ran alone. */
export const churn: SuggestionRule = ({ routes, recent }) => {
  const share = gcShareOf(recent) ?? 0;
  const rows = routes
    .filter((row) => row.heapDelta !== undefined && row.requests >= LEAST_REQUESTS)
    .map(({ route, requests, heapDelta }) => ({ route, requests, typical: Math.max(0, heapDelta!.p50Bytes) }))
    .toSorted((a, b) => b.typical * b.requests - a.typical * a.requests);
  const total = rows.reduce((sum, row) => sum + row.typical * row.requests, 0);
  return rows
    .map((row) => ({ ...row, part: total > 0 ? (row.typical * row.requests) / total : 0 }))
    .filter(
      ({ typical, part }) =>
        typical >= LARGE_BYTES || (share >= HIGH_GC_SHARE && part >= DOMINANT && rows.length > 1),
    )
    .slice(0, MOST)
    .map(({ route, requests, typical, part }) => ({
      severity: share >= HIGH_GC_SHARE ? ('warning' as const) : ('info' as const),
      title: `Allocate less in ${route}`,
      evidence: `${formatBytes(typical)} a request (median of those that ran alone), ${requests} requests, ${percent(part)} of what routes allocate; garbage collection takes ${percent(share)} of the time`,
      action:
        'Stream instead of building the whole answer, select fewer columns or rows, and avoid copying and re-parsing; /memory/profile?seconds=30 names lines.',
      impactBytes: Math.round(typical),
    }));
};
