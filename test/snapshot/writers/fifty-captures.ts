import v8 from 'node:v8';
import { createForkWriter } from '../../../src/snapshot/writers/fork-writer.js';
import { ended, fileReader, forkTools } from './capture-tools.js';
import { childProcesses, descriptors } from './processes.js';

// In a process of its own, whose heap is small: says what was there after the first capture and after fifty more.
const [, , file = '/dev/null'] = process.argv;
const tools = await forkTools({ settleSeconds: 0.02 });
if (typeof tools === 'string') throw new Error(tools);
const writer = createForkWriter(tools);
const tag = v8.cachedDataVersionTag();

async function capture(): Promise<object> {
  const outcome = await writer.capture({ spawnReader: fileReader(file) });
  if (outcome.outcome !== 'written') throw outcome.error;
  if ((await ended(outcome.reader)) !== 0) throw new Error('the reader failed');
  return {
    descriptors: descriptors().size,
    children: childProcesses().length,
    switchesAsBefore: v8.cachedDataVersionTag() === tag,
    resources: process.getActiveResourcesInfo().length,
  };
}

// The first capture loads what stays loaded.
const first = await capture();
let last = first;
for (let round = 0; round < 50; round += 1) last = await capture();
console.log(JSON.stringify({ first, last }));
