/** The thread that `computeDominatorsInThread` starts. */
import { parentPort, workerData } from 'node:worker_threads';
import { findDominators } from '../../heap/passes/dominators.js';
import type { DominatorsTask } from './dominators-in-thread.js';

const { edges, marks } = workerData as DominatorsTask;
const found = findDominators(edges, marks);
parentPort!.postMessage(found, [found.dominator.buffer, found.order.buffer]);
