import t from 'tap';
import type { Suspects } from '../../src/verdict/attribution/suspects.js';
import type { Judgement } from '../../src/verdict/verdict.js';
import { createVerdictLog } from '../../src/verdict/verdict-log.js';

const waiting: Judgement = { verdict: 'insufficient-data', missing: ['a floor'], ruledOut: [] };
const rising = (verdict: 'growing' | 'leaking', bytesPerSecond: number): Judgement => ({
  verdict,
  confidence: 0.9,
  signal: 'heap-floor',
  window: { fromMs: 0, toMs: 1, majorGcs: 5, requests: 10 },
  growth: { bytesPerSecond: { value: bytesPerSecond, low: 1, high: 1e6 } },
  ruledOut: [],
});
const found = {
  routes: [{ route: 'GET /a' }],
  sites: [{ file: 'src/a.js', line: 4, function: 'keep' }],
} as unknown as Suspects;

t.test('a change is recorded once, and updated while it lasts', async (t) => {
  const log = createVerdictLog();
  log.note(waiting, 1);
  log.note(waiting, 2);
  log.note(rising('growing', 10.4), 3);
  log.note(rising('growing', 20.4), 4, found);
  log.note(rising('growing', 30.4), 5, { routes: [], sites: [] });
  log.note(rising('leaking', 40), 6);
  t.strictSame(log.changes, [
    { atMs: 1, verdict: 'insufficient-data' },
    {
      atMs: 3,
      verdict: 'growing',
      confidence: 0.9,
      bytesPerSecond: 30,
      route: 'GET /a',
      site: 'src/a.js:4 keep',
    },
    { atMs: 6, verdict: 'leaking', confidence: 0.9, bytesPerSecond: 40 },
  ]);
});

t.test('it is bounded, and drops the oldest', async (t) => {
  const log = createVerdictLog(3);
  for (let i = 0; i < 10; i += 1) log.note(i % 2 === 0 ? waiting : rising('growing', 1), i);
  t.same(
    log.changes.map(({ atMs }) => atMs),
    [7, 8, 9],
  );
  t.equal(log.dropped, 7);
});

t.test('judging for the log is spaced by ten seconds, or by a thousand times what it took', async (t) => {
  let nowMs = 0;
  let asked = 0;
  const clock = { wall: () => 5000 + nowMs, monotonic: () => nowMs };
  const source = {
    costMs: 1,
    judgement(): Judgement {
      asked += 1;
      nowMs += this.costMs;
      return waiting;
    },
    suspects: () => found,
  };
  const log = createVerdictLog();
  const until = (endMs: number): number => {
    const before = asked;
    for (; nowMs < endMs; nowMs += 1000) log.follow(source, clock);
    return asked - before;
  };
  t.equal(until(59_000), 6);
  t.same(log.changes[0], { atMs: 5001, verdict: 'insufficient-data' });
  source.costMs = 60;
  t.equal(until(179_000), 2, 'a dear verdict is asked for once a minute');
});
