import t from 'tap';
import { createAllocationTotals } from '../../src/profile/allocation-totals.js';
import { buildCallTree } from '../../src/profile/call-tree.js';
import { buildCellTable, markOf, type ProfileMark } from '../../src/profile/cell-table.js';
import {
  createFrameClassifier,
  frameKey,
  packageOf,
  PROFILER_URL,
  type Frame,
} from '../../src/profile/frames.js';
import { siteGrowth } from '../../src/profile/growth.js';
import { liveStacks } from '../../src/profile/live-stacks.js';
import type { RawProfile } from '../../src/profile/raw-profile.js';
import { siteOf } from '../../src/profile/site.js';
import { profileOf, samplesOf, type BuiltSample } from './profile-builder.js';

const mark = (profile: RawProfile): ProfileMark => markOf(buildCellTable(liveStacks(profile)));

const HANDLER = 'server@node:http:1 > hook@node_modules/fastify/hooks.js:9 > handle@a.js:5';

function frame(url: string, extra: Partial<Frame> = {}): Frame {
  return { functionName: 'f', url, scriptId: '9', line: 1, column: 2, ...extra };
}

t.test('frames are told apart by where their function lives', async (t) => {
  const classify = createFrameClassifier(['file:///app/node_modules/tidemark/lib/']);
  const kinds: [Frame, string][] = [
    [frame('file:///app/src/a.js'), 'application'],
    [frame('/app/src/a.cjs'), 'application'],
    [frame('evalmachine.<anonymous>'), 'application'],
    [frame('file:///app/node_modules/pg/lib/pool.js'), 'package'],
    [frame('node:internal/timers'), 'node'],
    [frame('file:///app/node_modules/tidemark/lib/tidemark.js'), 'tidemark'],
    [frame('tidemark:profiler'), 'profiler'],
    [frame(''), 'generated'],
    [frame('', { scriptId: '0' }), 'vm'],
  ];
  for (const [given, kind] of kinds) t.equal(classify(given).kind, kind, given.url);
  t.equal(classify(frame('/app/node_modules/@scope/x/node_modules/@a/b/i.js')).packageName, '@a/b');
  t.equal(packageOf('/app/node_modules/.pnpm/pg@8/node_modules/pg/lib/i.js'), 'pg');
  t.equal(packageOf('C:\\app\\node_modules\\pg\\index.js'), 'pg');
  t.equal(packageOf('/app/node_modules/'), undefined);
  t.equal(frameKey(frame('x')), '9:1:2');
  t.equal(frameKey(frame('', { scriptId: '0', functionName: 'set' })), '0:set');
  t.equal(
    createFrameClassifier()(frame(new URL('../../src/profile/site.js', import.meta.url).href)).kind,
    'tidemark',
    'the files that run are known as our own',
  );
});

t.test('the call tree keeps one row a node, one frame a function, and a bound', async (t) => {
  const profile = profileOf([
    { stack: 'a@a.js:1 > b@a.js:2 > a@a.js:1', bytes: 10, ordinal: 1 },
    { stack: 'a@a.js:1 > set', bytes: 20, ordinal: 2 },
  ]);
  const tree = buildCallTree(profile.head);
  t.equal(tree.parent.length, 5);
  t.equal(tree.frames.length, 4, 'root, a, b and set');
  t.equal(tree.parent[0], -1);
  t.match(
    tree.frames.find(({ functionName }) => functionName === 'b'),
    { line: 2, column: 9 },
  );
  t.match(
    tree.frames.find(({ functionName }) => functionName === 'set'),
    { line: 0, column: 0 },
  );
  t.equal(tree.rowOf(999), 0);

  const bounded = buildCallTree(profile.head, { maxNodes: 2 });
  t.equal(bounded.parent.length, 2);
  t.equal(bounded.droppedNodes, 3);
  for (const { nodeId } of profile.samples)
    t.ok(bounded.rowOf(nodeId) <= 1, 'samples count for a kept caller');
});

t.test('the site is the deepest function of the application, else of a package', async (t) => {
  const sites: [string, string, string][] = [
    [`${HANDLER} > push@node_modules/pool/i.js:3 > set`, 'handle', 'application'],
    ['main@a.js:1 > log@b.js:7 > write@node:fs:3', 'log', 'application'],
    ['x@node:net:1 > parse@node_modules/qs/i.js:2 > y@new:3', 'parse', 'package'],
    ['hook@a.js:2 > send@node_modules/fastify/r.js:2', 'hook', 'application'],
    ['log@node_modules/x/i.js:2 > read@node:fs:2', 'log', 'package'],
    ['x@node:net:1 > set', '(node)', 'node'],
    ['(GC)', '(vm)', 'vm'],
    ['y@new:3', '(vm)', 'vm'],
  ];
  for (const [stack, functionName, kind] of sites) {
    const live = liveStacks(profileOf([{ stack, bytes: 8, ordinal: 1 }]));
    t.match(siteOf(live.stack(live.rows[0] ?? 0)), { functionName, kind }, stack);
  }
});

t.test('growth is what is new and alive less what died, site by site', async (t) => {
  const leak = `${HANDLER} > remember@cache.js:42`;
  const churn = 'server@node:http:1 > refresh@b.js:7';
  const before = mark(profileOf([...samplesOf(leak, 10, 1), ...samplesOf(churn, 100, 100)]));
  const after = profileOf(
    [...samplesOf(leak, 10, 1), ...samplesOf(leak, 90, 300), ...samplesOf(churn, 100, 500)],
    { takenAtMs: 9000 },
  );
  const growth = siteGrowth(before, after);
  t.match(growth, {
    fromMs: 2000,
    toMs: 9000,
    restarted: false,
    liveBytes: 200 * 1024,
    newLiveBytes: 190 * 1024,
  });

  const [first, second] = growth.sites;
  t.match(first, {
    site: { functionName: 'remember', line: 42 },
    liveSamples: 100,
    newLiveSamples: 90,
    newLiveBytes: 90 * 1024,
    growthBytes: { value: 90 * 1024 },
    share: 1,
  });
  // Garwood's 95 % interval of 90 events is 72.4 to 110.6; nothing died.
  t.ok(first && Math.abs(first.growthBytes.low / 1024 - 72.4) < 0.1, `${first?.growthBytes.low}`);
  t.equal(first?.stack[0]?.functionName, 'remember');
  t.match(second, {
    site: { functionName: 'refresh' },
    newLiveSamples: 100,
    growthBytes: { value: 0 },
    share: 0,
  });
  t.ok(second && second.growthBytes.low < -20 * 1024 && second.growthBytes.high > 20 * 1024);
});

t.test('what has died is taken from its site, and what has died altogether is no site', async (t) => {
  const here = 'first@a.js:1 > keep@a.js:3';
  const there = 'second@a.js:2 > keep@a.js:3';
  const gone = 'second@a.js:2 > other@a.js:9';
  const before = mark(
    profileOf([...samplesOf(here, 5, 1), ...samplesOf(there, 20, 10), ...samplesOf(gone, 5, 40)]),
  );
  const growth = siteGrowth(before, profileOf([...samplesOf(here, 5, 1), ...samplesOf(here, 30, 60)]));
  t.match(growth.sites, [{ site: { functionName: 'keep' }, growthBytes: { value: 10 * 1024 } }]);
  t.equal(growth.sites.length, 1);
});

t.test('a site that is new beyond what all can have grown by has replaced what it held', async (t) => {
  const refresh = 'timer@node:timers:1 > refresh@b.js:7';
  const leak = `${HANDLER} > remember@cache.js:42`;
  const before = mark(profileOf(samplesOf(leak, 10, 1)));
  const after = profileOf([
    ...samplesOf(leak, 10, 1),
    ...samplesOf(leak, 20, 50),
    ...samplesOf(refresh, 400, 100),
  ]);
  t.match(siteGrowth(before, after).sites[0], { site: { functionName: 'refresh' }, share: 400 / 420 });
  const growth = siteGrowth(before, after, { mostBytes: 40 * 1024 });
  t.match(growth.sites, [{ site: { functionName: 'remember' }, share: 1 }]);
  t.equal(growth.newLiveBytes, 420 * 1024, 'it is alive all the same');
  // Garwood's 95 % interval of 400 events begins at 361.8.
  const few = siteGrowth(before, after, { mostBytes: 370 * 1024 });
  t.equal(few.sites.length, 2, 'what may be all of the rise by chance of the sampling stays');
});

t.test('allocations too large to be missed add no uncertainty', async (t) => {
  const stack = 'table@a.js:3';
  const before = mark(profileOf([{ stack, bytes: 100_000, ordinal: 1 }]));
  const { sites } = siteGrowth(before, profileOf([{ stack, bytes: 200_000, ordinal: 2 }]));
  t.match(sites[0]?.growthBytes, { value: 100_000, low: 100_000, high: 100_000 });
});

t.test('without a mark everything is growth; after an interruption what came since is', async (t) => {
  const stack = 'keep@a.js:3';
  const profile = profileOf(samplesOf(stack, 4, 1), { epoch: 2 });
  const all = siteGrowth(undefined, profile);
  t.match(all, { fromMs: undefined, restarted: false, sites: [{ newLiveSamples: 4 }] });
  const since = siteGrowth(mark(profileOf(samplesOf(stack, 9, 1))), profile);
  t.match(since, { fromMs: 2000, restarted: true, sites: [{ growthBytes: { value: 4096 } }] });
  t.match(siteGrowth(undefined, profileOf([])), { sites: [], liveBytes: 0 });
});

t.test('a caller names the callees that V8 may have inlined into it', async (t) => {
  const { sites } = siteGrowth(
    undefined,
    profileOf([
      ...samplesOf('handle@a.js:1 > build@b.js:2', 3, 1),
      ...samplesOf('handle@a.js:1 > build@b.js:2 > name@c.js:3', 2, 10),
      ...samplesOf('handle@a.js:1', 50, 20),
      ...samplesOf('elsewhere@d.js:1', 9, 90),
    ]),
  );
  t.match(sites[0], {
    site: { functionName: 'handle' },
    callees: [{ functionName: 'build' }, { functionName: 'name' }],
  });
  t.equal(sites[0]?.callees.length, 2);
});

t.test('what readings hold themselves is counted apart', async (t) => {
  const profile = profileOf([
    { stack: 'main@a.js:1 > read@own.js:3', bytes: 4000, ordinal: 1 },
    { stack: 'main@a.js:1 > keep@b.js:3', bytes: 500, ordinal: 2 },
  ]);
  const own = JSON.parse(JSON.stringify(profile).replace('file:///app/own.js', PROFILER_URL)) as RawProfile;
  t.match(siteGrowth(undefined, own), { ownLiveBytes: 4000, liveBytes: 500, sites: [{ share: 1 }] });
});

t.test('cells beyond the bound are summed, the lightest first', async (t) => {
  const built: BuiltSample[] = Array.from({ length: 20 }, (_, index) => ({
    stack: `f${index}@a.js:${index + 1}`,
    bytes: 1000 + index,
    ordinal: index + 1,
  }));
  const table = buildCellTable(liveStacks(profileOf(built)), { maxCells: 5, maxFrames: 1 });
  t.equal(table.cells.length, 5);
  const names = siteGrowth(undefined, table, { maxSites: 3 }).sites.map(({ site }) => site.functionName);
  t.strictSame(names, ['(other)', 'f19', 'f18']);
  t.ok(table.cells.every(({ stack }) => stack.length <= 1));
});

t.test('allocation totals only rise, count each sample once, and are bounded', async (t) => {
  const totals = createAllocationTotals({ maxStacks: 2 });
  const stack = 'a@a.js:1 > b@a.js:2';
  totals.add(profileOf(samplesOf(stack, 3, 1)));
  totals.add(profileOf([...samplesOf(stack, 1, 3), ...samplesOf(stack, 2, 10)]));
  t.match(totals.totals(), [
    { samples: 5, bytes: 5 * 1024, stack: [{ functionName: 'b' }, { functionName: 'a' }] },
  ]);
  totals.add(profileOf([]));
  totals.add(profileOf(samplesOf(stack, 1, 4)));
  t.equal(totals.totals()[0]?.samples, 5, 'an older sample was counted before');
  totals.add(liveStacks(profileOf(samplesOf(stack, 1, 1), { epoch: 2 })));
  t.equal(totals.totals()[0]?.samples, 6, 'ordinals begin anew when sampling does');

  totals.add(profileOf(samplesOf('b@a.js:2 > a@a.js:1', 1, 20), { epoch: 2 }));
  totals.add(profileOf(samplesOf('a@a.js:1', 1, 30), { epoch: 2 }));
  totals.add(profileOf(samplesOf('c@a.js:1', 1, 40), { epoch: 2 }));
  t.equal(totals.totals().length, 3);
  t.equal(totals.overflowBytes, 2048);
  t.equal(totals.totals().at(-1)?.stack.length, 0);
});
