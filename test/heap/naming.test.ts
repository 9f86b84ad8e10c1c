import t from 'tap';
import { analyzeHeap } from '../../src/heap/analysis.js';
import { pathTo } from '../../src/heap/summary/describe.js';
import { SnapshotBuilder } from './helpers/builder.js';

/** A module whose function keeps `variable`, in V8's own words, reached from the runtime by numbered slots. */
function moduleWith(b: SnapshotBuilder, url: string, variable: string, value: number, depth = 1): void {
  const native = b.node('system / NativeContext', { kind: 'hidden' });
  const contexts = Array.from({ length: depth }, () => b.node('system / Context'));
  const closure = b.node('remember', { kind: 'closure' });
  const shared = b.node('remember', { kind: 'code' });
  const script = b.node(url, { kind: 'code' });
  const roots = b.node('(GC roots)', { kind: 'synthetic' });
  b.edge(0, roots, 1, 'element').edge(roots, closure, 3, 'element');
  b.edge(closure, shared, 'shared', 'internal').edge(shared, script, 'script', 'internal');
  b.edge(closure, contexts.at(-1)!, 'context', 'internal').locate(closure, 5, 41, 8);
  for (const [i, context] of contexts.entries())
    b.edge(context, i === 0 ? native : contexts[i - 1]!, 'previous', 'internal');
  b.edge(contexts.at(-1)!, value, variable, 'context');
}

async function textTo(b: SnapshotBuilder, node: number): Promise<string | undefined> {
  return pathTo(await analyzeHeap(b.graph()), node).path?.text;
}

t.test('a variable of a module is named by the module', async (t) => {
  for (const url of ['/srv/app/src/cache.js', 'file:///srv/app/src/cache.js']) {
    const b = new SnapshotBuilder();
    const map = b.node('Map');
    const table = b.node('', { kind: 'array' });
    const entry = b.node('Session');
    moduleWith(b, url, 'sessions', map);
    b.edge(map, table, 'table', 'internal').edge(table, entry, '12', 'internal');
    t.equal(await textTo(b, map), 'sessions in module app/src/cache.js → Map');
    t.equal(
      await textTo(b, entry),
      'sessions in module app/src/cache.js → Map → {table} → (array) → {12} → Session',
    );
  }
});

t.test('a variable of a function is named by a function that closes over it', async (t) => {
  const b = new SnapshotBuilder();
  const value = b.node('Array');
  moduleWith(b, '/srv/app/src/list.js', 'items', value, 2);
  t.equal(await textTo(b, value), 'items in closure remember (app/src/list.js:42) → Array');
});

t.test(
  'a global of the program comes before what Node itself names, and a variable of the program before a standard global',
  async (t) => {
    const b = new SnapshotBuilder();
    const global = b.node('global');
    const value = b.node('Cache');
    b.edge(0, global, 'global', 'shortcut').edge(global, value, 'my cache');
    t.equal(await textTo(b, value), 'globalThis["my cache"] → Cache');

    const c = new SnapshotBuilder();
    const root = c.node('global');
    const process = c.node('process');
    const held = c.node('Held');
    c.edge(0, root, 'global', 'shortcut').edge(root, process, 'process');
    const context = c.node('system / Context');
    const closure = c.node('f', { kind: 'closure' });
    const shared = c.node('f', { kind: 'code' });
    const script = c.node('/a/b.js', { kind: 'code' });
    c.edge(process, closure, 'listener')
      .edge(closure, context, 'context', 'internal')
      .edge(context, held, 'held', 'context');
    c.edge(closure, shared, 'shared', 'internal').edge(shared, script, 'script_or_debug_info', 'internal');
    t.equal(await textTo(c, held), 'held in module a/b.js → Held');
    t.equal(await textTo(c, closure), 'globalThis.process → process → .listener → f()');
  },
);

t.test(
  'without a name the path begins at the first object, and a long one is cut in the middle',
  async (t) => {
    const b = new SnapshotBuilder();
    const roots = b.node('(GC roots)', { kind: 'synthetic' });
    b.edge(0, roots, 1, 'element');
    let last = roots;
    for (let i = 0; i < 100; i++) {
      const next = b.node('Link');
      b.edge(last, next, i === 0 ? 7 : 'next', i === 0 ? 'element' : 'property');
      last = next;
    }
    const path = pathTo(await analyzeHeap(b.graph()), last).path!;
    t.equal(path.length, 101);
    t.equal(path.steps.length, 64);
    t.match(path.text, /^\[7\] → Link → \.next → Link .*… 87 more … → \.next → Link/);
    t.equal(await textTo(b, 0), '(root)');
    const lost = b.node('Lost');
    t.equal(await textTo(b, lost), undefined, 'nothing leads to it');
  },
);

t.test('plain objects are shown by their keys, and names are cut', async (t) => {
  const b = new SnapshotBuilder();
  const plain = b.node('Object');
  b.edge(0, plain, 'a'.repeat(500));
  for (const key of ['__proto__', 'id', 'name', 'c', 'd', 'e', 'f', 'g']) b.edge(plain, 0, key);
  const text = (await textTo(b, plain))!;
  t.match(text, / → Object \{id, name, c, d, e, f, …\}$/);
  t.ok(text.length < 200);
});
