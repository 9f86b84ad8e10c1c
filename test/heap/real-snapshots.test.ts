import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { analyzeHeap, type HeapAnalysis } from '../../src/heap/analysis.js';
import { compareHeaps } from '../../src/heap/comparison/compare.js';
import { takeFootprint } from '../../src/heap/comparison/footprint.js';
import { nodeName } from '../../src/heap/graph.js';
import type { NodeOrdinal } from '../../src/heap/index-types.js';
import { LightReader } from '../../src/heap/format/light-reader.js';
import { summarize } from '../../src/heap/summary/summarize.js';
import { readBytes, type RawSnapshot } from './helpers/builder.js';
import { LEAKING_PROGRAM, runProgram, temporaryFolder } from './helpers/real.js';
import { createRandom } from './helpers/random.js';
import { Reference } from './helpers/reference.js';

const folder = await temporaryFolder(t);
await runProgram(folder, LEAKING_PROGRAM);
const bytes = (name: string) => readFileSync(path.join(folder, name));
const read = (name: string) => readBytes(bytes(name));
const analyses = await Promise.all(
  ['1.heapsnapshot', '2.heapsnapshot', '3.heapsnapshot'].map((name) => analyzeHeap(read(name))),
);
const [first, second, third] = analyses as [HeapAnalysis, HeapAnalysis, HeapAnalysis];
const raw = JSON.parse(bytes('1.heapsnapshot').toString()) as RawSnapshot;
const HOLDER = /^sessions in module .*\/cache\.cjs → Map$/;

t.test('the columns of a file that V8 wrote are its lists', async (t) => {
  const { graph } = first;
  const reference = new Reference(raw);
  t.equal(graph.nodeCount, raw.snapshot.node_count);
  t.equal(graph.edgeCount, raw.snapshot.edge_count);
  t.same([...graph.nodeId], reference.ids);
  t.same([...graph.selfSize], reference.sizes);
  const names = reference.names.map((name, node) => [name, nodeName(graph, node as NodeOrdinal)]);
  t.same(
    names.filter(([expected, found]) => expected !== found),
    [],
  );
  t.equal(graph.locations.node.length, raw.locations!.length / 4);
  const { length } = raw.edges;
  t.equal(graph.edgeTo[length / 3 - 1], raw.edges[length - 1]! / raw.snapshot.meta.node_fields.length);
});

t.test('dominators of a real heap are those of another algorithm', async (t) => {
  const reference = new Reference(raw);
  const expected = reference.dominators();
  const wrong = expected.filter((dominator, node) => first.dominator[node] !== dominator);
  t.equal(wrong.length, 0, `of ${expected.length} nodes`);
});

t.test('retained sizes of a real heap are what becomes unreachable', async (t) => {
  const reference = new Reference(raw);
  const plain = await analyzeHeap(read('1.heapsnapshot'), { sizes: 'v8' });
  const random = createRandom(7);
  const { graph, retainedSize } = plain;
  const large = [...retainedSize.keys()].sort((a, b) => retainedSize[b]! - retainedSize[a]!).slice(1, 15);
  const some = Array.from({ length: 15 }, () => 1 + random(graph.nodeCount - 1));
  const cliques = new Set(reference.unreachable());
  for (const node of [...large, ...some]) {
    if (!cliques.has(node))
      t.equal(retainedSize[node], reference.retainedSize(node), `node @${graph.nodeId[node]}`);
  }
  const total = reference.sizes.reduce((sum, size) => sum + size, 0);
  t.equal(retainedSize[graph.root], total, 'the root retains all');
  t.equal(first.retainedSize[graph.root], total, 'also when helper arrays count for their owners');
});

t.test('classes are counted as by their names', async (t) => {
  const expected = new Reference(raw);
  const plain = await analyzeHeap(read('1.heapsnapshot'), { sizes: 'v8' });
  const row = plain.classes.names.indexOf('Session');
  const nodes = expected.names.flatMap((name, node) =>
    name === 'Session' && expected.kinds[node] === 'object' ? [node] : [],
  );
  const bytes = nodes.reduce((sum, node) => sum + expected.sizes[node]!, 0);
  t.equal(plain.aggregates.count[row], nodes.length);
  t.ok(nodes.length >= 1500);
  t.equal(plain.aggregates.selfSize[row], bytes);
  const retained = nodes.reduce((sum, node) => sum + plain.retainedSize[node]!, 0);
  t.equal(plain.aggregates.retainedSize[row], retained, 'no session is within another');
  const root = plain.aggregates.retainedSize.findIndex((size) => size > plain.retainedSize[0]!);
  t.equal(root, -1, 'no class retains more than there is');

  const light = new LightReader();
  light.push(await readFile(path.join(folder, '1.heapsnapshot')));
  const { classes } = light.finish();
  t.match(
    classes.find(({ name }) => name === 'Session'),
    { count: nodes.length, selfBytes: bytes },
  );
});

t.test('the planted Map is a suspect, with its path and what it holds', async (t) => {
  const summary = summarize(third, { suspectShare: 0.1 });
  const suspect = summary.suspects.find(({ path }) => HOLDER.test(path?.text ?? ''));
  t.match(suspect, { object: { class: 'Map' }, holds: [{ class: 'Session', count: 4500 }] });
  const collection = summary.collections.find(({ path }) => HOLDER.test(path?.text ?? ''));
  t.match(collection, { collection: 'Map', entries: 4500 });
  t.ok(collection!.capacity >= 4500);
  const array = summary.collections.find(({ path }) => path?.text.startsWith('limits in module'));
  t.match(array, { collection: 'Array', entries: 3000 });
  const { path } = suspect!;
  t.equal(path!.length, path!.steps.length);
  t.equal(path!.steps.at(-1)!.id, suspect!.object.id);
  t.ok(summary.duplicateStrings.duplicates > 0);
  t.notOk(JSON.stringify(summary).includes('user 1/1'), 'no content of a string is in it');
  t.match(
    summary.closures.find(({ file }) => file !== undefined),
    { count: Number, line: Number },
  );
  t.same(summary.contexts, [], 'there is one realm');
});

t.test('a comparison by ids names the planted Map first, and what came', async (t) => {
  const comparison = compareHeaps([takeFootprint(first), takeFootprint(second)], third, { top: 10 });
  t.equal(comparison.matchedBy, 'ids');
  t.ok(comparison.idAgreement > 0.99, `agreement ${comparison.idAgreement}`);
  const [holder] = comparison.holders;
  t.match(holder!.path!.text, HOLDER);
  t.match(holder, { object: { class: 'Map' }, entries: { before: 1500, after: 4500 }, steady: true });
  t.match(holder!.gained[0], { class: 'Session', count: 3000 });
  t.equal(holder!.retainedBytes.length, 3);
  t.ok(
    holder!.ownGrowthBytes >
      0.9 * (comparison.snapshots[2]!.totalBytes - comparison.snapshots[0]!.totalBytes),
  );
  const sessions = comparison.classes.find((row) => row.class === 'Session')!;
  t.match(sessions, {
    countBefore: 1500,
    countAfter: 4500,
    objects: { new: { count: 3000 }, gone: { count: 0 }, kept: { count: 1500 } },
  });
});

t.test('snapshots of two processes are matched by paths, and the Map is still named', async (t) => {
  const other = await temporaryFolder(t);
  await runProgram(other, LEAKING_PROGRAM);
  const modules = await readFile(path.join(other, '3.heapsnapshot'), 'utf8');
  // The other process ran in another folder; a server has its files where they were.
  const moved = await analyzeHeap(readBytes(Buffer.from(modules.replaceAll(other, folder))));
  const comparison = compareHeaps([takeFootprint(first)], moved);
  t.equal(comparison.matchedBy, 'paths');
  t.ok(comparison.idAgreement < 0.95, `agreement ${comparison.idAgreement}`);
  t.match(comparison.holders[0]!.path!.text, HOLDER);
  t.match(comparison.holders[0]!.entries, { before: 1500, after: 4500 });
  t.equal(comparison.classes.find((row) => row.class === 'Session')!.objects, undefined);
});

t.test('names that stand twice, as in a redacted file, change nothing', async (t) => {
  const { snapshot, nodes, edges, strings, ...rest } = raw;
  const { node_fields: nodeFields, edge_types: edgeTypes } = snapshot.meta;
  const nameField = nodeFields.indexOf('name');
  const twice = (index: number, row: number): number => index + (row % 2) * strings.length;
  const indexed = new Set(['element', 'hidden'].map((kind) => edgeTypes[0]!.indexOf(kind)));
  const doubled = {
    snapshot,
    nodes: nodes.map((value, i) =>
      i % nodeFields.length === nameField ? twice(value, Math.floor(i / nodeFields.length)) : value,
    ),
    edges: edges.map((value, i) =>
      i % 3 === 1 && !indexed.has(edges[i - 1]!) ? twice(value, Math.floor(i / 3)) : value,
    ),
    ...rest,
    strings: [...strings, ...strings],
  };
  const analysis = await analyzeHeap(readBytes(Buffer.from(JSON.stringify(doubled))));
  t.same(summarize(analysis), { ...summarize(first), strings: 2 * strings.length });
});

t.test('a snapshot compared with itself has no growth', async (t) => {
  const comparison = compareHeaps([takeFootprint(first)], first);
  t.match(comparison, { matchedBy: 'ids', holders: [], classes: [], idAgreement: 1 });
  t.throws(() => compareHeaps([], first), RangeError);
});
