import t from 'tap';
import { buildHealth } from '../../../src/answers/health/build.js';
import type { SamplerProbes } from '../../../src/measure/sampler.js';
import { heapOf, majorGc, MiB, scriptedCore } from '../helpers/scripted-core.js';

/** Health where so much of 100 MiB is used. */
function healthAt(usedMiB: number, others: SamplerProbes = {}) {
  const { core } = scriptedCore(
    {},
    { heap: () => heapOf(usedMiB * MiB), memoryLimitBytes: 100 * MiB, ...others },
  );
  return buildHealth(core);
}

const nearlyAll = () => ({ open: 95, limit: 100 });

t.test('health is graded by the share of the limit', async (t) => {
  t.match(healthAt(10), {
    status: 'ok',
    score: 100,
    memory: { status: 'ok', usedRatio: 0.1, limitSource: 'configured' },
    verdict: 'insufficient-data',
  });
  t.match(healthAt(80), { status: 'warning', score: 82, memory: { status: 'warning' } });
  t.match(healthAt(95), { status: 'critical', score: 73, memory: { status: 'critical' } });
  t.match(healthAt(300), { status: 'critical', score: 70 }, 'the score knows no more than full');
});

t.test('descriptors count as memory does, and what cannot be read is absent', async (t) => {
  t.match(healthAt(10, { descriptors: nearlyAll }), {
    status: 'critical',
    memory: { status: 'ok' },
    resources: { status: 'critical', descriptors: { open: 95 } },
  });
  const { core } = scriptedCore();
  const blind = buildHealth(core);
  t.match(blind, { status: 'ok', score: 100, resources: { status: 'ok' } });
  t.notOk('eventLoop' in blind || 'usedRatio' in blind.memory);
});

t.test('a busy event loop and a leak are warnings', async (t) => {
  const reading = { delayMeanMs: 1, delayP50Ms: 1, delayP99Ms: 90, delayMaxMs: 99, utilization: 0.99 };
  const eventLoop = { start: () => undefined, stop: () => undefined, read: () => reading };
  t.match(healthAt(10, { eventLoop }), {
    status: 'warning',
    eventLoop: { status: 'warning', delayP99Ms: 90, utilization: 0.99 },
  });

  const { core, clock, collections, tick } = scriptedCore({
    verdict: { fillHorizonSeconds: 60, gcProbe: 'off' },
    profile: { enabled: false },
  });
  const scores: unknown[] = [];
  for (let i = 1; i <= 12; i += 1) {
    clock.advance(10_000);
    collections.push(majorGc(clock.monotonic(), (30 + 5 * i) * MiB));
    await tick();
    scores.push(`${String(buildHealth(core).verdict)} ${String(buildHealth(core).score)}`);
  }
  t.equal(scores[4], 'growing 95');
  t.equal(scores.at(-1), 'leaking 80');
  t.equal(buildHealth(core).status, 'warning');
});
