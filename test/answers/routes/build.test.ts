import t from 'tap';
import { textOf } from '../../../src/answers/render/text.js';
import { routesBlocks } from '../../../src/answers/routes/blocks.js';
import { buildRoutes, type RouteSort } from '../../../src/answers/routes/build.js';
import { scriptedCore } from '../helpers/scripted-core.js';

t.test('routes are sorted as asked, and cut', async (t) => {
  const { core, clock } = scriptedCore({ profile: { enabled: false }, requestProfiling: { probability: 1 } });
  const recorder = core.recorder!;
  const serve = (pattern: string, requests: number, ms: number): void => {
    const row = recorder.addRoute('GET', pattern);
    for (let i = 0; i < requests; i += 1) {
      const record = recorder.begin(row);
      core.deep!.begin(record);
      clock.advance(ms);
      core.deep!.end(record, row, 200);
      recorder.end(record, i === 0 ? 0 : 200);
    }
  };
  serve('/fast', 30, 1);
  serve('/slow', 3, 500);
  recorder.addRoute('GET', '/never');
  recorder.begin(recorder.addRoute('GET', '/open'));
  const listed = (sort: RouteSort, limit = 10) => buildRoutes(core, recorder, { sort, limit }).routes;
  t.same(
    listed('requests').map(({ route }) => route),
    ['GET /fast', 'GET /slow', 'GET /open'],
    'a route that was never asked is not there',
  );
  t.equal(listed('duration')[0]?.route, 'GET /slow');
  t.equal(listed('duration', 1).length, 1);
  t.equal(listed('retained').length, 3);
  t.equal(listed('delta').length, 3);
  const [slow] = listed('duration');
  t.match(slow, { requests: 3, inFlight: 0, statuses: { '2xx': 2, aborted: 1 } });
  t.ok(Math.abs(slow!.duration!.p50Ms / 500 - 1) < 0.1);
  t.match(listed('requests')[2], { requests: 0, inFlight: 1, statuses: {} });
  t.notOk('duration' in listed('requests')[2]!);
  const { deepSamples } = buildRoutes(core, recorder, { sort: 'requests', limit: 2 });
  t.match(deepSamples, { taken: 33, newest: [{ route: 'GET /slow', durationMs: 500 }, {}] });
  t.equal(deepSamples?.newest.length, 2);
  t.match(textOf(routesBlocks(buildRoutes(core, recorder))), /GET \/fast/);
});
