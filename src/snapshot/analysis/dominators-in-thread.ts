import os from 'node:os';
import { Worker } from 'node:worker_threads';
import type { EdgeTable } from '../../heap/graph.js';
import type { Dominators } from '../../heap/passes/dominators.js';
import type { EdgeMarks } from '../../heap/passes/edge-marks.js';

const SCRIPT = new URL('dominators-thread.js', import.meta.url);
/** For fewer nodes, starting a thread takes longer than computing the dominators. */
const FEWEST_NODES = 100_000;

/** Input of the thread. Columns that the reader allocated are shared memory; others are copied. */
export interface DominatorsTask {
  readonly edges: EdgeTable;
  readonly marks: EdgeMarks;
}

/**
 * Computes the dominators in a thread of their own. Returns undefined when that is not worthwhile: for few nodes, without a
 * second processor, or when the thread fails, as under a limit of processes or Node's permission model. The caller then
 * computes them itself. Never rejects.
 */
export async function computeDominatorsInThread(
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
