import t from 'tap';
import { textOf } from '../../src/answers/render/text.js';
import { verdictBlocks } from '../../src/answers/verdict/blocks.js';
import { buildVerdict } from '../../src/answers/verdict/build.js';
import { readContract } from '../helpers/contract.js';
import { call } from '../helpers/http.js';
import { leaking, seriesOf } from '../helpers/metrics-source.js';
import { plugged } from '../helpers/plugged-app.js';

class Order {
  readonly lines = ['a', 'b'];
}

t.test('a tracked class is in the statistics, the metrics, the text and the verdict', async (t) => {
  const kept: Order[] = [];
  const { app, base } = await plugged(
    t,
    (app) => {
      const Tracked = app.tidemark.trackClass(Order, { name: 'shop "order"' });
      app.get('/orders', async () => kept.push(new Tracked()));
    },
    { tidemark: { history: { intervalSeconds: 60 }, verdict: { gcProbe: 'off' } } },
  );
  for (let i = 0; i < 20; i += 1) await call(`${base}/orders`);
  const stats = await call(`${base}/memory/stats`);
  t.same(readContract().faults('GET /memory/stats', stats), []);
  t.match(stats.json, { instances: [{ class: 'shop "order"', created: 20, live: 20, sampleEvery: 1 }] });
  const text = await call(`${base}/memory/stats?format=text`);
  t.match(text.text, /instances\n +class .*\n +shop "order" +20 +20/);
  const { text: metrics } = await call(`${base}/metrics`);
  t.same(seriesOf(metrics, 'memory_tracked_instances'), {
    [String.raw`{class="shop \"order\""}`]: '20',
  });

  t.same(await app.tidemark.countInstances(), [{ class: 'shop "order"', count: 20 }]);
  t.match((await call(`${base}/memory/stats`)).json, { instances: [{ exact: { count: 20 } }] });
  t.ok(app.tidemarkParts.core.cost().pauseSeconds > 0, 'its pause is on the bill');

  const { core } = app.tidemarkParts;
  const { instances } = core;
  for (let floor = 1; floor <= 8; floor += 1) {
    for (let i = 0; i < 20; i += 1) await call(`${base}/orders`);
    instances.observe(1_000_000 + floor);
  }
  const nowMs = core.clock.wall();
  const judgement = { ...leaking, window: { ...leaking.window, fromMs: nowMs - 3_600_000, toMs: nowMs } };
  const verdict = buildVerdict(core, judgement);
  t.same(readContract().schemaFaults('Verdict', JSON.parse(JSON.stringify(verdict))), []);
  const [suspect] = verdict.suspects!.resources;
  t.match(suspect, { name: 'shop "order"', kind: 'class', size: 180 });
  t.ok(suspect!.growthPerSecond > 0);
  t.match(textOf(verdictBlocks(verdict)), /class +shop "order" has 180, and/);

  await app.close();
  t.equal(core.instances.size, 0, 'nothing survives the close');
  t.equal(kept.length, 180);
});

t.test('an exact count that cannot be afforded is refused', async (t) => {
  const { app } = await plugged(t, () => undefined, { tidemark: { cost: { pauseBudgetMsPerHour: 0 } } });
  app.tidemark.trackClass(Order);
  await t.rejects(app.tidemark.countInstances(), { code: 'TIDEMARK_ERR_COST_BUDGET' });
});
