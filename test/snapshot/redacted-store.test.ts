import { randomInt } from 'node:crypto';
import { text } from 'node:stream/consumers';
import v8 from 'node:v8';
import t from 'tap';
import { createRedaction, redacting, type RedactionSummary } from '../../src/snapshot/redaction/redaction.js';
import { faultsOf, type Graph } from './redaction/graph.js';
import { description, newDirectory, openScratch } from './store/scratch-store.js';

t.test(
  'a snapshot of this process goes through the redactor into the store and comes out whole',
  async (t) => {
    const store = await openScratch(newDirectory(t));
    const secret = Array.from({ length: 24 }, () => 'QWXZKVJYPGHTMNRU'[randomInt(16)]).join('');
    const kept = [{ heldByTest: `${secret} of this test` }];
    let summary: RedactionSummary | undefined;
    const redact = redacting(createRedaction(), (result) => {
      summary = result;
    });
    const stored = await store.add(redact(v8.getHeapSnapshot()), () => ({
      ...description,
      heapBytes: summary!.heapBytes,
      nodeCount: summary!.nodes,
      edgeCount: summary!.edges,
    }));
    t.equal(kept.length, 1);
    t.ok(stored.heapBytes! > 1e6 && stored.nodeCount! > 10_000, 'figures of a real heap');
    t.equal(stored.rawBytes, summary?.bytesWritten);

    const json = await text((await store.open(stored.id, 'identity')).stream());
    const graph = JSON.parse(json) as Graph;
    t.same(faultsOf(graph), []);
    t.equal(graph.snapshot.node_count, stored.nodeCount);
    t.notOk(json.includes(secret.slice(0, 8)));
    t.ok(graph.strings.includes('heldByTest'));
  },
);
