import t from 'tap';
import { headline, type HeadlineFacts } from '../../../src/answers/report/headline.js';
import type { Suspects } from '../../../src/answers/verdict/schema.js';

const nowMs = Date.UTC(2026, 0, 2, 3, 3, 0);
const estimate = (value: number) => ({ value, low: value / 2, high: value * 2 });
const limit = { bytes: 512 * 1024 * 1024, source: 'cgroup' } as const;
const rising = {
  verdict: 'leaking',
  limit,
  growth: { bytesPerSecond: estimate(215_040), bytesPerRequest: estimate(900) },
  exhaustion: { at: '2026-01-02T03:41:00.000Z', inSeconds: estimate(38 * 60) },
  suspects: {
    routes: [
      {
        route: 'GET /orders/:id',
        bytesPerRequest: estimate(1126),
        share: 1,
        evidence: 'window',
        requests: 9,
        collinearWith: [],
      },
    ],
    sites: [{ function: 'remember', file: 'src/cache.ts', line: 42, column: 1 } as Suspects['sites'][number]],
    resources: [],
    holders: [],
  },
  ruledOut: [],
} as const satisfies HeadlineFacts['verdict'];

t.test('a leak is told in one sentence', async (t) => {
  t.equal(
    headline({ nowMs, verdict: rising }),
    'Leaking about 210.0 KiB/s (1.10 KiB a request) in GET /orders/:id, at src/cache.ts:42 remember; at this rate the limit of 512.0 MiB (cgroup) is met at 03:41 UTC, in 38 min 0 s.',
  );
  const later = { ...rising, exhaustion: { ...rising.exhaustion, at: '2026-01-04T03:41:00.000Z' } };
  t.match(headline({ nowMs, verdict: later }), 'is met at 2026-01-04 03:41 UTC', 'another day has its date');
});

t.test('what rises and is not decided says so, and what is unknown is left out', async (t) => {
  const { exhaustion: _, ...endless } = rising;
  const verdict = {
    ...endless,
    verdict: 'growing',
    decidedAt: '2026-01-02T03:12:00.000Z',
    suspects: { ...rising.suspects, routes: [], sites: [] },
  } as const;
  t.equal(
    headline({ nowMs, verdict }),
    'Growing by about 210.0 KiB/s (900 B a request), a leak or something that still fills, to be decided at 03:12 UTC.',
  );
  t.match(
    headline({ nowMs, verdict: { ...verdict, verdict: 'native-growth' } }),
    /^Memory outside the JavaScript heap/,
  );
});

t.test('calm verdicts say how full it is', async (t) => {
  const facts = { nowMs, heapUsedBytes: 51.2 * 1024 * 1024, limit };
  t.equal(
    headline({ ...facts, verdict: { verdict: 'stable', ruledOut: [] } }),
    'No leak: what stays after a garbage collection does not grow; 51.2 MiB of heap are in use, 10 % of the limit of 512.0 MiB (cgroup).',
  );
  for (const verdict of ['filling', 'load-following', 'churning', 'fragmented'] as const)
    t.match(headline({ nowMs, verdict: { verdict, ruledOut: [] } }), /^No leak.*\.$/);
  t.match(
    headline({
      nowMs,
      verdict: { verdict: 'insufficient-data', missing: ['2 more'], readyInSeconds: 20, ruledOut: [] },
    }),
    'Too little has been seen to say whether it leaks: 2 more (ready in about 20.0 s).',
  );
  t.match(headline(facts), /^No verdict, because verdict\.enabled is false; 51\.2 MiB/);
});
