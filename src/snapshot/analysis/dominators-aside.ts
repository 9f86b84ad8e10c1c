import os from 'node:os';
import { Worker } from 'node:worker_threads';
import type { EdgeTable } from '../../heap/graph.js';
import type { Dominators } from '../../heap/passes/dominators.js';
import type { EdgeMarks } from '../../heap/passes/edge-marks.js';

const SCRIPT = new URL('dominators-thread.js', import.meta.url);
/** Below it a thread takes longer to start than the dominators to find. */
const FEWEST_NODES = 100_000;

/** What the thread is given. The columns are shared memory if the reader made them, and else copied. */
export interface DominatorsTask {
  readonly edges: EdgeTable;
  readonly marks: EdgeMarks;
}

/**
 * Finds the dominators in a thread of their own. Comes to `undefined` where that does not pay, there is no second processor,
 * or the thread fails, as under a limit of processes or Node's permission model: who asks then finds them alone, and only
 * later. Never rejects.
 */
export async function findDominatorsAside(
  edges: EdgeTable,
  marks: EdgeMarks,
): Promise<Dominators | undefined> {
  if (edges.nodeCount < FEWEST_NODES || os.availableParallelism() === 1) return undefined;
  try {
    return await fromThread({ edges, marks });
  } catch {
    return undefined;
  }
}

function fromThread(task: DominatorsTask): Promise<Dominators> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(SCRIPT, { workerData: task });
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`the thread ended with code ${code}`)));
  });
}
