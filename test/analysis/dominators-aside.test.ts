import { execFile } from 'node:child_process';
import os from 'node:os';
import { promisify } from 'node:util';
import t from 'tap';
import { findDominatorsAside, type DominatorsTask } from '../../src/analysis/dominators-aside.js';
import type { NodeOrdinal } from '../../src/heap/index-types.js';
import { findDominators } from '../../src/heap/passes/dominators.js';
import { EdgeMark } from '../../src/heap/passes/edge-marks.js';
import { createRandom } from '../heap/helpers/random.js';

/** Every node has two edges that hold what they lead to. */
function randomTask(nodeCount: number): DominatorsTask {
  const random = createRandom(nodeCount);
  const edgeTo = Uint32Array.from({ length: 2 * nodeCount }, () => random(nodeCount));
  const holders = new Uint32Array(nodeCount);
  for (const to of edgeTo) holders[to]! += 1;
  const firstEdge = Uint32Array.from({ length: nodeCount + 1 }, (_, node) => 2 * node);
  return {
    edges: { nodeCount, root: 0 as NodeOrdinal, firstEdge, edgeTo },
    marks: { marks: new Uint8Array(edgeTo.length).fill(EdgeMark.essential), holders },
  };
}

for (const nodeCount of [1_000, 150_000]) {
  t.test(`${nodeCount} nodes: as in this thread`, async (t) => {
    const { edges, marks } = randomTask(nodeCount);
    let turned = false;
    setImmediate(() => (turned = true));
    const found = await findDominatorsAside(edges, marks);
    t.equal(turned, nodeCount > 100_000 && os.availableParallelism() > 1, 'another thread only if it pays');
    const { dominator, order } = findDominators(edges, marks);
    t.strictSame(found.dominator, dominator);
    t.strictSame(found.order, order);
  });
}

t.test('without permission to start threads it only takes longer', async (t) => {
  const flag = ['--permission', '--experimental-permission'].find((name) =>
    process.allowedNodeEnvironmentFlags.has(name),
  );
  const code = `
    import { Worker } from 'node:worker_threads';
    import { findDominatorsAside } from ${JSON.stringify(import.meta.resolve('../../src/analysis/dominators-aside.js'))};
    let refused;
    try { new Worker('', { eval: true }) } catch (error) { refused = error.code }
    const nodeCount = 150_000;
    const firstEdge = Uint32Array.from({ length: nodeCount + 1 }, (_, i) => Math.min(i, nodeCount - 1));
    const edgeTo = Uint32Array.from({ length: nodeCount - 1 }, (_, i) => i + 1);
    const holders = new Uint32Array(nodeCount).fill(1, 1);
    const edges = { nodeCount, root: 0, firstEdge, edgeTo };
    const { dominator } = await findDominatorsAside(edges, { marks: new Uint8Array(nodeCount).fill(1), holders });
    console.log(refused, dominator.at(-1));`;
  const args = [flag!, '--allow-fs-read=*', '--no-warnings', '--input-type=module', '--eval', code];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: {} });
  t.equal(stdout, 'ERR_ACCESS_DENIED 149998\n');
});
