import { execFile } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import t from 'tap';
import {
  computeDominatorsInThread,
  type DominatorsTask,
} from '../../../src/snapshot/analysis/dominators-in-thread.js';
import type { NodeOrdinal } from '../../../src/heap/index-types.js';
import { findDominators } from '../../../src/heap/passes/dominators.js';
import { EdgeMark } from '../../../src/heap/passes/edge-marks.js';
import { sharedNumbers } from '../../../src/heap/format/columns.js';
import { createRandom } from '../../heap/helpers/random.js';

/** Every node has two edges that hold what they lead to. */
function randomTask(nodeCount: number): DominatorsTask {
  const random = createRandom(nodeCount);
  const firstEdge = sharedNumbers(nodeCount + 1);
  const edgeTo = sharedNumbers(2 * nodeCount);
  const holders = sharedNumbers(nodeCount);
  for (let node = 0; node <= nodeCount; node++) firstEdge[node] = 2 * node;
  for (let edge = 0; edge < edgeTo.length; edge++) {
    edgeTo[edge] = random(nodeCount);
    holders[edgeTo[edge]!]! += 1;
  }
  const marks = new Uint8Array(new SharedArrayBuffer(edgeTo.length)).fill(EdgeMark.essential);
  return { edges: { nodeCount, root: 0 as NodeOrdinal, firstEdge, edgeTo }, marks: { marks, holders } };
}

t.test('a large graph: a thread finds what this one would', async (t) => {
  const { edges, marks } = randomTask(150_000);
  const ends: Promise<unknown[]>[] = [];
  const onWorker = (worker: Worker): void => void ends.push(once(worker, 'exit'));
  process.on('worker', onWorker);
  t.teardown(() => process.off('worker', onWorker));
  const found = await computeDominatorsInThread(edges, marks);
  if (os.availableParallelism() === 1) return t.equal(found, undefined, 'there is one processor');
  t.ok(edges.firstEdge.buffer instanceof SharedArrayBuffer, 'columns as the reader makes them');
  t.same(await Promise.all(ends), [[0]]);
  const { dominator, order } = findDominators(edges, marks);
  t.strictSame(found?.dominator, dominator);
  t.strictSame(found?.order, order);
  return undefined;
});

t.test('a small graph is not worth a thread', async (t) => {
  const { edges, marks } = randomTask(1_000);
  t.equal(await computeDominatorsInThread(edges, marks), undefined);
});

t.test('without permission to start threads there is no answer, and no error', async (t) => {
  const flag = ['--permission', '--experimental-permission'].find((name) =>
    process.allowedNodeEnvironmentFlags.has(name),
  );
  const code = `
    import { Worker } from 'node:worker_threads';
    import { computeDominatorsInThread } from ${JSON.stringify(import.meta.resolve('../../../src/snapshot/analysis/dominators-in-thread.js'))};
    let refused;
    try { new Worker('', { eval: true }) } catch (error) { refused = error.code }
    console.log(refused, await computeDominatorsInThread({ nodeCount: 1_000_000 }, {}));`;
  const args = [flag!, '--allow-fs-read=*', '--no-warnings', '--input-type=module', '--eval', code];
  // What tap hands on to children needs more than is permitted.
  const { stdout } = await promisify(execFile)('env', ['-i', process.execPath, ...args]);
  t.equal(stdout, 'ERR_ACCESS_DENIED undefined\n');
});
