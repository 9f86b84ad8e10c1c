import t from 'tap';
import { isAllegation, standing } from '../../src/verdict/standing.js';
import { defaultThresholds } from '../../src/verdict/thresholds.js';
import type { Judgement, Rising } from '../../src/verdict/verdict.js';
import { base, judged } from './rules/classes.js';
import { floors, MiB, type FloorShape } from './synthetic-floors.js';

const RATE = 4096;
const leak: FloorShape = { points: 110, heap: (_, n) => base + RATE * n };

function calledAt(points: number): Rising {
  const judgement = judged(floors({ ...leak, points }));
  if (!isAllegation(judgement)) throw new Error(judgement.verdict);
  return judgement;
}

/** What the rules alone might say of a floor or two that bend the line. */
const unsure: Judgement = {
  verdict: 'stable',
  confidence: 0.9,
  window: { fromMs: 0, toMs: 0, majorGcs: 5, requests: 0 },
  growth: { bytesPerSecond: { value: 0, low: 0, high: 0 } },
  ruledOut: [],
};

t.test('a leak verdict is kept while the growth continues', async (t) => {
  const called = calledAt(80);
  const points = floors({ ...leak, points: 90 });
  const judgement = standing(called, unsure, points);
  t.match(judgement, { verdict: 'leaking', confidence: called.confidence, growth: called.growth });
  if (!isAllegation(judgement)) return;
  t.equal(judgement.window.toMs, points.at(-1)!.atMs, 'and its window goes on');
  t.equal(judgement.window.majorGcs, called.window.majorGcs + 10);
  t.equal(judgement.window.requests, 89 * 500);
});

t.test('it is withdrawn when the floor stops, falls, or the load explains it', async (t) => {
  const called = calledAt(80);
  const stopped = floors({ points: 95, heap: (at) => base + RATE * 50 * Math.min(at, 800) });
  t.equal(standing(called, unsure, stopped), unsure);
  const slower = floors({
    points: 95,
    heap: (at) => base + RATE * 50 * (at < 800 ? at : 800 + 0.4 * (at - 800)),
  });
  const half = { ...defaultThresholds, stallPace: 0.5 };
  t.equal(standing(called, unsure, slower, half), unsure, 'less than half of its rate is no going on');
  const fallen = floors({ points: 95, heap: (at) => (at < 800 ? base + RATE * 50 * at : base) });
  t.equal(standing(called, unsure, fallen), unsure);
  const explained = { ...unsure, verdict: 'load-following' } as Judgement;
  t.equal(standing(called, explained, floors({ ...leak, points: 90 })), explained);
});

t.test('a leak verdict of the rules is unchanged, as is one that never was', async (t) => {
  const points = floors({ ...leak, points: 90 });
  const now = judged(points);
  t.equal(standing(calledAt(80), now, points), now);
  t.equal(standing(undefined, unsure, points), unsure);
});

t.test('a leak per request waits for requests', async (t) => {
  const resting: FloorShape = {
    ...leak,
    points: 100,
    traffic: (at) => (at < 800 ? 50 : 0),
    noiseBytes: 0.01 * MiB,
  };
  t.match(standing(calledAt(80), unsure, floors(resting)), { verdict: 'leaking' });
});
