import { parentPort, workerData } from 'node:worker_threads';
import type { Kind, KindRun } from './kind.js';

const { module, name } = workerData as KindRun;
const { kinds } = (await import(module)) as { kinds: Readonly<Record<string, Kind>> };
parentPort!.postMessage(await kinds[name]!.run(), []);
