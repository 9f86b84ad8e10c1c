import Fastify from 'fastify';
import t, { type Test } from 'tap';
import type { LeakAnswer } from '../../examples/demo/answer.js';
import { kindAt, KINDS, rateAt, weightAt } from '../../examples/demo/mix.js';
import { Progress } from '../../examples/demo/progress.js';
import { Traffic } from '../../examples/demo/traffic.js';
import { watch } from '../../examples/demo/watch.js';
import { buildShop } from '../../examples/shop/app.js';
import { plantedLeak } from '../../examples/shop/planted.js';

const named: LeakAnswer = {
  verdict: 'leaking',
  suspects: { routes: [{ route: 'GET /a' }], sites: [{ function: 'a', file: 'a.ts', line: 1 }] },
};

t.test('the mix drifts without losing any kind of request', async (t) => {
  for (const kind of KINDS) {
    const weights = Array.from({ length: 120 }, (_, seconds) => weightAt(kind, seconds));
    t.ok(Math.min(...weights) > 0, kind);
    t.ok(Math.max(...weights) > 2 * Math.min(...weights), `${kind} drifts`);
  }
  t.equal(kindAt(0, 10), KINDS[0]);
  t.equal(kindAt(0.999_999, 10), KINDS.at(-1));
  t.not(rateAt(100, 0), rateAt(100, 20));
});

t.test('traffic reaches every route, in an order that works, and stops cleanly', async (t) => {
  const app = await buildShop({ leak: false });
  t.teardown(() => app.close());
  const hit = new Set<string>();
  app.addHook('onResponse', async (request) => {
    hit.add(`${request.method} ${request.routeOptions.url ?? 'none'}`);
  });
  const traffic = new Traffic(await app.listen({ port: 0 }), 600);
  traffic.start();
  const wanted = 11;
  while (hit.size < wanted || traffic.counts.answered < 900 || traffic.counts.aborted === 0) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await traffic.stop();
  t.match(traffic.counts, { failed: 0, lastFailure: undefined });
  t.ok(hit.has(plantedLeak().route));
  const { answered } = traffic.counts;
  await new Promise((resolve) => setTimeout(resolve, 60));
  t.equal(traffic.counts.answered, answered);
});

t.test('an answer that is not the expected one is counted and kept for the record', async (t) => {
  const app = await buildShop({ leak: false, size: { products: 12, customers: 4, orders: 10 } });
  const traffic = new Traffic(await app.listen({ port: 0 }), 300);
  traffic.start();
  while (traffic.counts.failed === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  t.match(traffic.counts.lastFailure, /(GET|POST) .* answered 404 instead of 20\d/);
  await app.close();
  await traffic.stop();
  t.match(traffic.counts.lastFailure, /(GET|POST) /);
});

/** A server that gives these answers one after the other, the last one for good; a number is an error status. */
async function answering(t: Test, answers: (LeakAnswer | number)[]) {
  const app = Fastify();
  app.get('/metrics', (_request, reply) =>
    reply.send('memory_heap_used_bytes 1\nmemory_heap_floor_bytes 2\n'),
  );
  app.get('/memory/leak-detection', (_request, reply) => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return typeof answer === 'number' ? reply.code(answer).send({}) : reply.send(answer);
  });
  t.teardown(() => app.close());
  const origin = await app.listen({ port: 0 });
  const shown: string[] = [];
  const progress = new Progress({ isTTY: true, write: (text) => shown.push(text) });
  const counts = { answered: 1, aborted: 0, failed: 0, skipped: 0 };
  const run = {
    shop: { origin, ended: undefined },
    traffic: { counts },
    progress,
    limitSeconds: 60,
    pollMs: 5,
  };
  return { run, shown };
}

t.test('the watch ends when a leak has been named with route and site', async (t) => {
  const unnamed = { ...named, suspects: {} };
  const { run, shown } = await answering(t, [
    { verdict: 'stable' },
    500,
    { verdict: 'growing' },
    unnamed,
    named,
  ]);
  const watched = await watch(run, new AbortController().signal);
  t.same(watched.answer, named);
  t.same([...watched.verdictsOnTheWay], ['stable', 'growing', 'leaking']);
  t.match(shown.at(-1), /heap 1 B · floor 2 B · verdict so far: leaking/);
});

t.test('the watch ends when the time is up, however much is known', async (t) => {
  const { run } = await answering(t, [{ verdict: 'stable' }]);
  const watched = await watch({ ...run, limitSeconds: 0.05 }, new AbortController().signal);
  t.same(watched.answer, { verdict: 'stable' });
});

t.test('the watch gives up on a shop that is silent, gone, or no longer wanted', async (t) => {
  const { run } = await answering(t, [503]);
  const interruption = new AbortController();
  await t.rejects(watch(run, interruption.signal), /leak-detection answered 503/);
  await t.rejects(
    watch({ ...run, shop: { ...run.shop, ended: 'by SIGKILL' } }, interruption.signal),
    /by SIGKILL/,
  );
  interruption.abort();
  await t.rejects(watch(run, interruption.signal), { name: 'AbortError' });
});
