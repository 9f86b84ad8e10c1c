import t from 'tap';
import { nextSteps, type StepName } from '../../src/answers/next-step.js';
import { resolveOptions } from '../../src/config/resolve.js';

const names: readonly StepName[] = [
  'verdict',
  'verdictGc',
  'stats',
  'history',
  'routes',
  'gc',
  'profile',
  'profileDelta',
  'pprof',
  'report',
  'optimize',
  'preflight',
];

const expectedCosts = () => ({ gcPauseMs: 30.2, profileReadMs: 41.9 });

t.test('every step says what it costs and who may take it', async (t) => {
  const steps = nextSteps({ options: resolveOptions({}, {}), expectedCosts }, names);
  t.same(
    steps.map(({ cost }) => cost.pauseMs),
    [0, 31, 0, 0, 0, 31, 42, 84, 42, 0, 0, 0],
  );
  t.same(
    steps.filter(({ role }) => role === 'operate').map(({ method, path }) => `${method} ${path}`),
    ['POST /memory/gc'],
  );
  const off = { enabled: false } as const;
  const options = resolveOptions(
    { profile: off, verdict: off, history: off, requests: off, snapshots: off },
    {},
  );
  t.same(
    nextSteps({ options, expectedCosts }, names).map(({ path }) => path),
    ['/memory/stats', '/memory/gc', '/memory/report', '/memory/optimize'],
    'what is switched off is not offered',
  );
});
