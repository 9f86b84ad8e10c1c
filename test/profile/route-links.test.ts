import t from 'tap';
import { siteGrowth } from '../../src/profile/growth.js';
import { liveStacks } from '../../src/profile/live-stacks.js';
import { createRouteLinks, type RouteLinks, type RouteShare } from '../../src/profile/route-links.js';
import type { ClassifiedFrame } from '../../src/profile/frames.js';
import { profileOf, samplesOf } from './profile-builder.js';

function stackOf(text: string): readonly ClassifiedFrame[] {
  const live = liveStacks(profileOf(samplesOf(text, 1, 1)));
  return live.stack(live.rows[0] ?? 0);
}

function resolve(links: RouteLinks, text: string): RouteShare[] {
  return links
    .resolve(stackOf(text))
    .map((share) => ({ ...share, weight: Math.round(share.weight * 100) / 100 }));
}

const keyOf = (text: string): string => stackOf(text)[0]?.key ?? '';

t.test('a stack that holds a route is that route', async (t) => {
  const links = createRouteLinks({ maxFunctions: 10 });
  t.strictSame(resolve(links, 'hook@a.js:1 > wrapper@route:3 > handle@a.js:5'), [
    { route: 3, weight: 1, evidence: 'stack' },
  ]);
  t.strictSame(resolve(links, 'handle@a.js:5'), [], 'and one that does not is nobody knows whose');
});

t.test('a resumed function belongs to the routes that were seen to call it, in proportion', async (t) => {
  const links = createRouteLinks({ maxFunctions: 10 });
  links.learn(
    profileOf([
      ...samplesOf('wrapper@route:1 > one@a.js:1 > store@b.js:1', 3, 1),
      ...samplesOf('hook@c.js:1 > wrapper@route:2 > store@b.js:1 > set', 1, 10),
    ]),
  );
  t.strictSame(resolve(links, 'tick@node:task:1 > store@b.js:1 > push'), [
    { route: 1, weight: 0.75, evidence: 'link' },
    { route: 2, weight: 0.25, evidence: 'link' },
  ]);
  t.strictSame(resolve(links, 'hook@c.js:1'), [], 'what went on to the handler serves every route');
});

t.test('evidence is followed through functions that were themselves resumed', async (t) => {
  const links = createRouteLinks({ maxFunctions: 10 });
  links.learn(
    profileOf([
      ...samplesOf('service@b.js:1 > store@b.js:9', 2, 1),
      ...samplesOf('wrapper@route:4 > handle@a.js:1 > service@b.js:1', 5, 10),
      ...samplesOf('timer@job.js:1 > store@b.js:9', 2, 20),
      ...samplesOf('ping@a.js:50 > pong@a.js:60', 1, 30),
      ...samplesOf('pong@a.js:60 > ping@a.js:50', 1, 40),
    ]),
  );
  t.strictSame(
    resolve(links, 'store@b.js:9'),
    [{ route: 4, weight: 0.5, evidence: 'link' }],
    'the half of a background job stays unlinked',
  );
  t.strictSame(resolve(links, 'ping@a.js:50'), [], 'a circle ends');
});

t.test('a helper below an unknown function proves nothing, a seeded handler does', async (t) => {
  const links = createRouteLinks({ maxFunctions: 10 });
  links.learn(profileOf(samplesOf('wrapper@route:1 > make@h.js:1', 4, 1)));
  t.strictSame(resolve(links, 'unknown@a.js:7 > make@h.js:1'), []);
  links.seed(keyOf('handle@a.js:9'), 6);
  t.match(resolve(links, 'unknown@a.js:7 > handle@a.js:9 > make@h.js:1'), [{ route: 6, weight: 1 }]);
  links.seed(keyOf('shared@a.js:11'), 7, 3);
  links.seed(keyOf('shared@a.js:11'), 8);
  t.match(resolve(links, 'shared@a.js:11'), [
    { route: 7, weight: 0.75 },
    { route: 8, weight: 0.25 },
  ]);
});

t.test('each sample teaches once, and the body of a module nothing', async (t) => {
  const links = createRouteLinks({ maxFunctions: 10 });
  const first = samplesOf('wrapper@route:1 > f@a.js:5', 2, 1);
  links.learn(profileOf(first));
  links.learn(profileOf([...first, ...samplesOf('wrapper@route:2 > f@a.js:5', 2, 10)]));
  t.match(resolve(links, 'f@a.js:5'), [{ weight: 0.5 }, { weight: 0.5 }]);
  links.learn(profileOf(samplesOf('wrapper@route:2 > f@a.js:5', 4, 1), { epoch: 2 }));
  t.match(resolve(links, 'f@a.js:5'), [
    { route: 2, weight: 0.75 },
    { route: 1, weight: 0.25 },
  ]);

  const body = profileOf(samplesOf('@main.js:1 > f@a.js:5', 50, 20), { epoch: 2 });
  const json = JSON.stringify(body).replaceAll('"columnNumber":8', '"columnNumber":0');
  const known = links.functions;
  links.learn(JSON.parse(json) as typeof body);
  t.equal(links.functions, known);
});

t.test('what is learned is bounded and counts what it dropped', async (t) => {
  const links = createRouteLinks({ maxFunctions: 2, maxRoots: 2 });
  links.learn(profileOf(samplesOf('wrapper@route:1 > a@a.js:1 > b@a.js:2 > c@a.js:3', 1, 1)));
  t.equal(links.functions, 2);
  t.equal(links.dropped, 1);
  for (const route of [2, 3, 4]) links.seed(keyOf('b@a.js:2'), route);
  t.equal(links.dropped, 3);
  links.seed(keyOf('new@a.js:90'), 5);
  t.equal(links.dropped, 4);
  t.strictSame(resolve(links, 'x@x.js:1 > new@a.js:90'), []);
});

t.test('growth without a route frame is shared out by the links, the rest stays unlinked', async (t) => {
  const links = createRouteLinks({ maxFunctions: 10 });
  links.learn(profileOf(samplesOf('wrapper@route:1 > store@b.js:1', 3, 1)));
  const growth = siteGrowth(
    undefined,
    profileOf([
      ...samplesOf('store@b.js:1', 30, 10),
      ...samplesOf('wrapper@route:1 > store@b.js:1', 10, 50),
      ...samplesOf('job@c.js:1', 10, 70),
    ]),
    { links },
  );
  t.match(growth.routes, [
    { route: 1, newLiveSamples: 40, stackShare: 0.25, share: 0.8 },
    { route: undefined, newLiveSamples: 10, stackShare: 0, share: 0.2 },
  ]);
  t.match(growth.sites, [
    { site: { functionName: 'store' }, routes: [{ route: 1, weight: 1, evidence: 'link' }] },
    { site: { functionName: 'job' }, routes: [] },
  ]);
});
