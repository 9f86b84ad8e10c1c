import t from 'tap';
import { analyzeHeap } from '../../src/heap/analysis.js';
import { UNREACHABLE, findDistances, SYSTEM_DISTANCE } from '../../src/heap/passes/distances.js';
import { tableLayout } from '../../src/heap/passes/collections.js';
import { summarize } from '../../src/heap/summary/summarize.js';
import { Top } from '../../src/heap/top.js';
import { SnapshotBuilder } from './helpers/builder.js';

t.test('distances count from the program’s globals, then from the root', async (t) => {
  const b = new SnapshotBuilder();
  const global = b.node('global');
  const near = b.node('Near');
  const far = b.node('Far');
  const roots = b.node('(GC roots)', { kind: 'synthetic' });
  const system = b.node('System');
  const weak = b.node('Weak');
  b.edge(0, roots, 1, 'element').edge(0, global, 'global', 'shortcut').edge(global, near).edge(near, far);
  b.edge(roots, system, 1, 'element').edge(roots, far, 2, 'element').edge(near, weak, 'w', 'weak');
  const { distance, via } = findDistances(b.graph());
  t.same([...distance], [SYSTEM_DISTANCE, 1, 2, 3, SYSTEM_DISTANCE + 1, SYSTEM_DISTANCE + 2, UNREACHABLE]);
  t.same([via[0], via[weak]], [0, 0]);
});

t.test('distances leave out shared descriptors and take the farther side of a WeakMap', async (t) => {
  const b = new SnapshotBuilder();
  const global = b.node('global');
  const descriptors = b.node('(map descriptors)', { kind: 'array' });
  const key = b.node('K');
  const skipped = b.node('Skipped');
  const table = b.node('', { kind: 'array', id: 77 });
  const weakKey = b.node('Key', { id: 21 });
  const middle = b.node('Middle');
  const value = b.node('Value', { id: 23 });
  const name = ' / part of key (Key @21) -> value (Value @23) pair in WeakMap (table @77)';
  b.edge(0, global, 'global', 'shortcut').edge(global, descriptors).edge(global, table).edge(global, middle);
  b.edge(descriptors, key, '2', 'internal').edge(descriptors, skipped, '4', 'internal');
  b.edge(middle, weakKey)
    .edge(table, value, `1${name}`, 'internal')
    .edge(weakKey, value, `2${name}`, 'internal');
  const { distance } = findDistances(b.graph());
  t.equal(distance[key], 3);
  t.equal(distance[skipped], UNREACHABLE);
  t.equal(distance[value], 4, 'one more than the key');
});

t.test('a class within itself is counted once', async (t) => {
  const b = new SnapshotBuilder();
  const [outer, inner, leaf] = ['Tree', 'Tree', 'Leaf'].map((name) => b.node(name));
  b.edge(0, outer!).edge(outer!, inner!).edge(inner!, leaf!);
  const { aggregates, classes } = await analyzeHeap(b.graph());
  const row = classes.names.indexOf('Tree');
  t.same([aggregates.count[row], aggregates.selfSize[row], aggregates.retainedSize[row]], [2, 20, 30]);
});

t.test('two large parts of one dominator are two suspects, and it is none itself', async (t) => {
  const b = new SnapshotBuilder();
  const global = b.node('global');
  const parts = ['Cache', 'Queue'].map((name) => b.node(name));
  b.edge(0, global, 'global', 'shortcut');
  for (const [i, part] of parts.entries()) {
    b.edge(global, part, ['cache', 'queue'][i]);
    for (let item = 0; item < 51 - i; item++)
      b.edge(part, b.node(i === 0 ? 'Entry' : 'Job'), item, 'element');
  }
  const { suspects } = summarize(await analyzeHeap(b.graph()));
  t.same(
    suspects.map(({ object, holds, path }) => [object.class, holds[0], path!.text]),
    [
      ['Cache', { class: 'Entry', count: 51, retainedBytes: 510 }, 'globalThis.cache → Cache'],
      ['Queue', { class: 'Job', count: 50, retainedBytes: 500 }, 'globalThis.queue → Queue'],
    ],
  );
});

t.test('a linked list is a suspect at its head, also when its links have two classes in turn', async (t) => {
  const b = new SnapshotBuilder();
  const global = b.node('global');
  b.edge(0, global, 'global', 'shortcut');
  let last = global;
  for (let i = 0; i < 1000; i++) {
    const next = b.node(i % 2 === 0 ? 'Promise' : 'Reaction');
    b.edge(last, next, i === 0 ? 'queue' : 'next');
    last = next;
  }
  const { suspects } = summarize(await analyzeHeap(b.graph()));
  t.equal(suspects.length, 1);
  t.match(suspects[0], {
    object: { id: 7 },
    path: { text: /^globalThis\.queue → Promise → \.next → Reaction$/ },
  });
  t.ok(suspects[0]!.share > 0.89, `${suspects[0]!.share}`);
  t.match(suspects[0]!.holds, [
    { class: 'Reaction', count: 500, retainedBytes: 5000 },
    { class: 'Promise', count: 499, retainedBytes: 4990 },
  ]);
});

t.test('the table of a Map is named by the Map', async (t) => {
  const b = new SnapshotBuilder();
  const map = b.node('Map', { size: 32 });
  // 512 buckets: 3 words, 512 of them, and 1,024 entries of three words, beside a header of two.
  const table = b.node('', { kind: 'array', size: 8 * (2 + 3 + 512 + 3 * 1024) });
  b.edge(0, map, 'map', 'property').edge(map, table, 'table', 'internal');
  for (let i = 0; i < 1000; i++) {
    const first = 3 + 512 + 3 * i;
    b.edge(table, b.node('k', { kind: 'string' }), String(first), 'internal');
    // Every other value is a small integer, which a snapshot does not show.
    if (i % 2 === 0) b.edge(table, b.node('V'), String(first + 1), 'internal');
  }
  const { suspects, collections } = summarize(await analyzeHeap(b.graph()));
  t.equal(suspects[0]!.object.class, 'Map');
  t.match(collections, [{ collection: 'Map', entries: 1000, capacity: 1024 }]);
});

t.test('layouts of tables are told by their sizes alone', async (t) => {
  t.match(tableLayout(3624), { kind: 'Map', first: 67, width: 3, capacity: 128 });
  t.match(tableLayout(2600), { kind: 'Set', first: 67, width: 2, capacity: 128 });
  t.match(
    tableLayout(4 * (2 + 3 + 7 * 4)),
    { kind: 'Map', capacity: 8 },
    'words of four bytes, as in a browser',
  );
  t.equal(tableLayout(101), undefined);
  t.equal(tableLayout(0), undefined);
});

t.test('duplicate strings are counted by text, with what one copy would save', async (t) => {
  const b = new SnapshotBuilder();
  const long = 'x'.repeat(1024);
  for (const [text, size] of [
    ['a', 24],
    ['a', 24],
    ['a', 24],
    ['b', 24],
    [long, 2000],
    [long, 4000],
  ] as const) {
    b.edge(0, b.node(text, { kind: 'string', size }));
  }
  b.edge(0, b.node('a', { kind: 'string', size: 0 }));
  const { duplicateStrings } = summarize(await analyzeHeap(b.graph()), { showStrings: true });
  t.same(duplicateStrings, {
    strings: 6,
    bytes: 6096,
    duplicates: 3,
    wastedBytes: 2048,
    top: [
      { text: 'x'.repeat(80), length: 1024, count: 2, bytes: 6000, wastedBytes: 2000, maybeDifferent: true },
      { text: 'a', length: 1, count: 3, bytes: 72, wastedBytes: 48, maybeDifferent: false },
    ],
  });
  t.notOk('text' in summarize(await analyzeHeap(b.graph())).duplicateStrings.top[0]!);
});

t.test('functions are grouped by where they were written', async (t) => {
  const b = new SnapshotBuilder();
  const shared = b.node('onData', { kind: 'code' });
  const script = b.node('file:///app/src/feed.js', { kind: 'code' });
  b.edge(0, shared).edge(shared, script, 'script', 'internal');
  for (let i = 0; i < 5; i++) {
    const closure = b.node('onData', { kind: 'closure', size: 64 });
    b.edge(0, closure).edge(closure, shared, 'shared', 'internal').locate(closure, 9, 41, 4);
  }
  b.edge(0, b.node('other', { kind: 'closure' }));
  t.same(summarize(await analyzeHeap(b.graph())).closures, [
    { function: 'onData()', file: '/app/src/feed.js', line: 42, column: 5, count: 5, selfBytes: 320 },
  ]);
});

t.test('further realms and detached nodes are listed', async (t) => {
  const b = new SnapshotBuilder();
  const main = b.node('system / NativeContext', { kind: 'hidden', size: 900 });
  const other = b.node('system / NativeContext / https://example.test', { kind: 'hidden', size: 500 });
  const element = b.node('<div id="a">', { kind: 'native' });
  b.edge(0, main).edge(0, other, 'other').edge(0, element).detach(element);
  const { contexts, detached } = summarize(await analyzeHeap(b.graph()));
  t.match(contexts, [{ object: { selfBytes: 500 }, path: { length: 1 } }]);
  t.same(detached, [{ class: '<div>', count: 1, selfBytes: 10 }]);
});

t.test('Top keeps the greatest, and the earlier of equals', async (t) => {
  const top = new Top<string>(3);
  for (const [item, score] of Object.entries({ a: 1, b: 3, c: 2, d: 3, e: Number.NaN, f: 0 }))
    top.add(score, item);
  t.same(top.items(), ['b', 'd', 'c']);
  t.equal(top.threshold, 2);
});
