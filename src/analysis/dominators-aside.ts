import os from 'node:os';
import { Worker } from 'node:worker_threads';
import type { EdgeTable } from '../heap/graph.js';
import { findDominators, type Dominators } from '../heap/passes/dominators.js';
import type { EdgeMarks } from '../heap/passes/edge-marks.js';

const SCRIPT = new URL('dominators-thread.js', import.meta.url);
/** Below it a thread takes longer to start than the dominators to find. */
const FEWEST_NODES = 100_000;

/** What the thread is given: shared columns, which cost it nothing. */
export interface DominatorsTask {
  readonly edges: EdgeTable;
  readonly marks: EdgeMarks;
}

/** Finds the dominators in a thread of their own, or here where there is no second processor or no thread to be had. */
export async function findDominatorsAside(edges: EdgeTable, marks: EdgeMarks): Promise<Dominators> {
  if (edges.nodeCount < FEWEST_NODES || os.availableParallelism() === 1) return findDominators(edges, marks);
  try {
    return await fromThread({ edges, marks });
  } catch {
    // A limit of processes or the permission model: it only takes longer. A fault of ours comes again here.
    return findDominators(edges, marks);
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
