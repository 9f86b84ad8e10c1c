import t from 'tap';
import { analyzeHeap } from '../../src/heap/analysis.js';
import { compareHeaps, type HeapComparison } from '../../src/heap/comparison/compare.js';
import { takeFootprint } from '../../src/heap/comparison/footprint.js';
import { IdentityTable } from '../../src/heap/comparison/identity-table.js';
import { SnapshotBuilder } from './helpers/builder.js';

async function compare(...heaps: SnapshotBuilder[]): Promise<HeapComparison> {
  const analyses = await Promise.all(heaps.map((heap) => analyzeHeap(heap.graph())));
  return compareHeaps(analyses.slice(0, -1).map(takeFootprint), analyses.at(-1)!);
}

/** A global with two holders of the same items, `count` of them, and much that does not change. */
function sharing(count: number): SnapshotBuilder {
  const b = new SnapshotBuilder();
  const global = b.node('global', { id: 3 });
  const byId = b.node('Array', { id: 5 });
  const byName = b.node('Array', { id: 7 });
  b.edge(0, global, 'global', 'shortcut').edge(global, byId, 'byId').edge(global, byName, 'byName');
  for (let i = 0; i < 100; i++) b.edge(global, b.node('Constant', { id: 1001 + 2 * i }), `c${i}`);
  for (let i = 0; i < count; i++) {
    const item = b.node('Item', { size: 100, id: 10_001 + 2 * i });
    b.edge(byId, item, i, 'element').edge(byName, item, i, 'element');
  }
  return b;
}

/** A Store whose one page is another object in each snapshot, with `items` rows. */
function paged(items: number): SnapshotBuilder {
  const b = new SnapshotBuilder();
  let above = b.node('global', { id: 3 });
  b.edge(0, above, 'global', 'shortcut');
  for (const [i, name] of ['App', 'Service', 'Store'].entries()) {
    const next = b.node(name, { id: 5 + 2 * i });
    b.edge(above, next, name.toLowerCase());
    above = next;
  }
  // A new wrapper each time: what is below it belongs to the Store.
  const page = b.node('Page', { id: 501 + 2 * items });
  b.edge(above, page, 'page');
  for (let i = 0; i < items; i++) b.edge(page, b.node('Row', { size: 100, id: 1001 + 2 * i }), i, 'element');
  return b;
}

t.test('items that two collections hold are found at both, though neither retains them', async (t) => {
  const { matchedBy, holders } = await compare(sharing(20), sharing(60));
  t.equal(matchedBy, 'ids');
  const found = holders.filter(({ object }) => object.class === 'Array');
  t.same(
    found.map(({ path, ownGrowthBytes, sharedGrowthBytes, entries }) => [
      path!.text,
      ownGrowthBytes,
      sharedGrowthBytes,
      entries,
    ]),
    [
      ['globalThis.byId → Array', 0, 4000, { before: 20, after: 60 }],
      ['globalThis.byName → Array', 0, 4000, { before: 20, after: 60 }],
    ],
  );
});

t.test('growth is that of the last object that was there before', async (t) => {
  const { holders, classes } = await compare(paged(10), paged(20), paged(50));
  t.equal(holders.length, 1);
  t.match(holders[0], {
    object: { class: 'Store' },
    ownGrowthBytes: 4000,
    retainedGrowthBytes: 4000,
    retainedBytes: [1020, 2020, 5020],
    steady: true,
    gained: [{ class: 'Page', count: 1 }],
  });
  t.same(
    classes.map((row) => [
      row.class,
      row.countBefore,
      row.countAfter,
      row.objects!.new.count,
      row.objects!.gone.count,
    ]),
    [['Row', 10, 50, 40, 0]],
    'a class that only changed its objects did not grow',
  );
});

t.test('what shrinks is no holder, and what comes back is not steady', async (t) => {
  t.same((await compare(sharing(60), sharing(20))).holders, []);
  const { holders } = await compare(sharing(20), sharing(100), sharing(60));
  t.notOk(holders.some(({ steady, object }) => steady && object.class === 'global'));
});

t.test('an identity that two nodes have is found as neither, and none is none', async (t) => {
  const key = Uint32Array.of(7, 9, 7, 0, 9, 5);
  const check = Uint32Array.of(1, 1, 1, 0, 2, 0);
  const table = new IdentityTable({ key, check });
  t.equal(table.find(7, 1), -1);
  t.equal(table.find(9, 1), 1);
  t.equal(table.find(9, 2), 4);
  t.equal(table.find(5, 0), 5);
  t.equal(table.find(5, 1), -1);
  t.equal(table.find(0, 0), -1);
});
