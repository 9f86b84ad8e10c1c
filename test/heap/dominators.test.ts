import t from 'tap';
import type { HeapGraph } from '../../src/heap/graph.js';
import { findDominators, type Dominators, retainedSizes } from '../../src/heap/passes/dominators.js';
import { markEdges } from '../../src/heap/passes/edge-marks.js';
import { dominatedNodes } from '../../src/heap/passes/dominated.js';
import { shallowSizes } from '../../src/heap/passes/shallow-sizes.js';
import { SnapshotBuilder } from './helpers/builder.js';
import { Reference } from './helpers/reference.js';
import { createRandom } from './helpers/random.js';

const ENTRY = ' / part of key (Key @21) -> value (Value @23) pair in WeakMap (table @77)';

function dominatorsOf(graph: HeapGraph): Dominators {
  return findDominators(graph, markEdges(graph));
}

function dominatorOf(builder: SnapshotBuilder): number[] {
  return [...dominatorsOf(builder.graph()).dominator];
}

t.test('a diamond is dominated by its top, a chain link by link', async (t) => {
  const b = new SnapshotBuilder();
  const [top, left, right, bottom, end] = ['top', 'left', 'right', 'bottom', 'end'].map((name) =>
    b.node(name),
  );
  b.edge(0, top!)
    .edge(top!, left!)
    .edge(top!, right!)
    .edge(left!, bottom!)
    .edge(right!, bottom!)
    .edge(bottom!, end!);
  t.same(dominatorOf(b), [0, 0, top, top, top, bottom]);
  const graph = b.graph();
  const retained = retainedSizes(graph.selfSize, dominatorsOf(graph));
  t.same([...retained], [50, 50, 10, 10, 20, 10]);
});

t.test('weak edges, edges to itself and shortcuts below the root hold nothing', async (t) => {
  const b = new SnapshotBuilder();
  const [a, weakly, shortly, held] = ['a', 'weakly', 'shortly', 'held'].map((name) => b.node(name));
  b.edge(0, a!)
    .edge(a!, weakly!, 'w', 'weak')
    .edge(a!, shortly!, 's', 'shortcut')
    .edge(a!, a!)
    .edge(a!, held!);
  t.same(dominatorOf(b), [0, 0, 0, 0, a], 'what only they lead to is the root’s');
});

t.test('the value of a WeakMap is held by its key and not by its table', async (t) => {
  const b = new SnapshotBuilder();
  const map = b.node('WeakMap');
  const table = b.node('', { kind: 'array', id: 77 });
  const key = b.node('Key', { id: 21 });
  const value = b.node('Value', { id: 23 });
  b.edge(0, map).edge(map, table, 'table', 'internal').edge(0, key);
  b.edge(table, value, `3${ENTRY}`, 'internal').edge(key, value, `4${ENTRY}`, 'internal');
  t.same(dominatorOf(b), [0, 0, map, 0, key]);
});

t.test('the runtime does not hold what the program can reach from its globals', async (t) => {
  const b = new SnapshotBuilder();
  const global = b.node('global');
  const gcRoots = b.node('(GC roots)', { kind: 'synthetic', size: 0 });
  const shared = b.node('Shared');
  const internal = b.node('Internal');
  b.edge(0, global, 'global', 'shortcut').edge(0, gcRoots, 1, 'element');
  b.edge(global, shared).edge(gcRoots, internal, 1, 'element').edge(internal, shared);
  t.same(dominatorOf(b), [0, 0, 0, global, gcRoots], 'without the rule it would be the root');
});

t.test('what nothing holds is the root’s with all below it, and a clique falls apart', async (t) => {
  const b = new SnapshotBuilder();
  const [orphan, child, first, second] = ['orphan', 'child', 'first', 'second'].map((name) => b.node(name));
  b.edge(orphan!, child!).edge(first!, second!).edge(second!, first!);
  t.same(dominatorOf(b), [0, 0, orphan, 0, 0]);
});

t.test('an object held by an orphan and by the program is held by neither alone', async (t) => {
  const b = new SnapshotBuilder();
  const [a, orphan, shared] = ['a', 'orphan', 'shared'].map((name) => b.node(name));
  b.edge(0, a!).edge(a!, shared!).edge(orphan!, shared!);
  t.same(dominatorOf(b), [0, 0, 0, 0]);
});

t.test('a path of 200,000 objects needs no stack', async (t) => {
  const b = new SnapshotBuilder();
  const length = 200_000;
  for (let i = 1; i <= length; i++) b.edge(b.node('Link') - 1, i);
  const graph = b.graph();
  const dominators = dominatorsOf(graph);
  t.equal(dominators.dominator[length], length - 1);
  t.equal(retainedSizes(graph.selfSize, dominators)[1], 10 * length);
});

t.test(
  'random graphs: dominators as by another algorithm, retained sizes as by taking each node away',
  async (t) => {
    for (let seed = 1; seed <= 120; seed++) {
      const random = createRandom(seed);
      const b = new SnapshotBuilder();
      const count = 2 + random(40);
      for (let i = 1; i < count; i++) b.node(`N${i}`, { size: 1 + random(100) });
      const kinds = ['property', 'internal', 'element', 'weak', 'shortcut', 'context', 'hidden'] as const;
      const edges = random(3 * count);
      for (let i = 0; i < edges; i++) {
        const kind = kinds[random(kinds.length)]!;
        const name = kind === 'element' || kind === 'hidden' ? i : `e${i}`;
        // Sparse graphs fall apart, dense ones have only the root: both ends are drawn.
        b.edge(random(4) === 0 ? 0 : random(count), random(count), name, kind);
      }
      const graph = b.graph();
      const reference = new Reference(b.raw());
      const dominators = dominatorsOf(graph);
      t.same([...dominators.dominator], reference.dominators(), `dominators, seed ${seed}`);
      const seen = new Set<number>();
      const inOrder = [...dominators.order].every((node) => {
        seen.add(node);
        return seen.has(dominators.dominator[node]!);
      });
      t.ok(inOrder && seen.size === count, `order, seed ${seed}`);
      const retained = retainedSizes(graph.selfSize, dominators);
      const unreachable = new Set(reference.unreachable());
      for (let node = 0; node < count; node++) {
        if (unreachable.has(node) || node === 0) continue;
        t.equal(retained[node], reference.retainedSize(node), `retained size of ${node}, seed ${seed}`);
      }
      const { first, node: below } = dominatedNodes(graph, dominators);
      for (let node = 0; node < count; node++) {
        const children = [...below.subarray(first[node], first[node + 1])];
        t.same(
          children,
          [...dominators.dominator.keys()].filter((c) => c !== 0 && dominators.dominator[c] === node),
        );
      }
    }
  },
);

t.test('helper arrays count for the one object they belong to', async (t) => {
  const b = new SnapshotBuilder();
  const global = b.node('global', { size: 1 });
  const map = b.node('Map', { size: 32 });
  const table = b.node('', { kind: 'array', size: 1000 });
  const inner = b.node('system / Foo', { kind: 'hidden', size: 100 });
  const other = b.node('Other', { size: 5 });
  const common = b.node('', { kind: 'array', size: 7 });
  const rooted = b.node('', { kind: 'array', size: 3 });
  b.edge(0, global, 'global', 'shortcut').edge(global, map).edge(global, other).edge(0, rooted, 2, 'element');
  b.edge(map, table, 'table', 'internal')
    .edge(table, inner, 1, 'hidden')
    .edge(map, common)
    .edge(other, common);
  t.same([...shallowSizes(b.graph())], [0, 1, 1132, 0, 0, 5, 7, 3], 'two owners, or the root, take nothing');

  const exposed = new SnapshotBuilder();
  const roots = exposed.node('(GC roots)', { kind: 'synthetic' });
  const owner = exposed.node('Owner');
  const array = exposed.node('', { kind: 'array', size: 99 });
  exposed.edge(0, roots, 1, 'element').edge(roots, owner).edge(owner, array);
  t.equal(shallowSizes(exposed.graph())[array], 99, 'a snapshot of internals is shown as it is');
});
