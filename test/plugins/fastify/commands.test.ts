import t from 'tap';
import { withCommands } from '../../../plugins/fastify/commands.js';
import { nextSteps } from '../../../src/answers/next-step.js';
import { resolveOptions } from '../../../src/config/resolve.js';

const expectedCosts = () => ({ gcPauseMs: 30, profileReadMs: 40 });
const next = nextSteps({ options: resolveOptions({}, {}), expectedCosts }, ['profileDelta', 'pprof', 'gc']);
const base = 'http://127.0.0.1:3000';

function commands(reached: Parameters<typeof withCommands>[1]): (string | undefined)[] {
  const { next: steps } = withCommands({ next }, reached) as { next: typeof next };
  return steps.map(({ curl }) => curl);
}

t.test('every command can be pasted', async (t) => {
  t.same(commands({ base, usesToken: false, role: undefined }), [
    `curl -s '${base}/memory/profile?seconds=30&format=text'`,
    `curl -s '${base}/debug/pprof/heap' -o heap.pb.gz && go tool pprof -http=: heap.pb.gz`,
    `curl -s -X POST '${base}/memory/gc'`,
  ]);
  t.equal(
    commands({ base: 'https://host/api', usesToken: true, role: 'operate' })[2],
    `curl -s -X POST -H "Authorization: Bearer $TIDEMARK_TOKEN" 'https://host/api/memory/gc'`,
    'the token itself is never printed',
  );
});

t.test(
  'what the caller may not do is left out, and the parts of an answer get their commands too',
  async (t) => {
    t.equal(commands({ base, usesToken: false, role: 'read' }).length, 2);
    const reached = { base, usesToken: false, role: undefined };
    const answer = withCommands({ verdict: { next }, list: [1], next: [] }, reached);
    t.match(answer, { verdict: { next: [{ curl: /^curl/ }, {}, {}] }, list: [1], next: [] });
    t.equal(withCommands('text', reached), 'text');
  },
);
