import t from 'tap';
import { buildGc } from '../../../src/answers/gc/build.js';
import type { Collection } from '../../../src/measure/collect.js';
import { leaking } from '../../helpers/metrics-source.js';
import { heapOf, scriptedCore } from '../helpers/scripted-core.js';

const space = (name: string, usedBytes: number) => ({
  name,
  usedBytes,
  committedBytes: 0,
  availableBytes: 0,
});
const run = (before: number, after: number): Collection => ({
  before: heapOf(before, [space('old_space', before), space('gone_space', 7)]),
  after: heapOf(after, [space('old_space', after)]),
  pauseMs: 12,
});

t.test('a collection is told run by run and space by space', async (t) => {
  const { core } = scriptedCore({ verdict: { enabled: false } });
  const answer = buildGc(core, [run(100, 60), run(61, 59)], undefined);
  t.match(answer, {
    runs: [
      { pauseMs: 12, usedBytes: 60, reclaimedBytes: 40 },
      { usedBytes: 59, reclaimedBytes: 2 },
    ],
    before: { usedBytes: 100 },
    after: { usedBytes: 59 },
    reclaimedBytes: 41,
    spaces: [
      { name: 'old_space', beforeBytes: 100, afterBytes: 59, reclaimedBytes: 41 },
      { name: 'gone_space', afterBytes: 0, reclaimedBytes: 7 },
    ],
  });
  t.notOk('verdict' in answer);
  const judged = buildGc(scriptedCore().core, [run(100, 60)], leaking);
  t.match(judged, { verdict: { verdict: 'insufficient-data', confidenceBefore: leaking.confidence } });
  t.notOk('confidenceAfter' in judged.verdict!);
});
