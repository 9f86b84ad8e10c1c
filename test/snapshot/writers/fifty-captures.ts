import v8 from 'node:v8';
import { createForkWriter } from '../../../src/snapshot/writers/fork-writer.js';
import { leftOver } from '../../helpers/left-over.js';
import { ended, fileReader, forkTools } from './capture-tools.js';
import { childProcesses, descriptors } from './processes.js';

// In a process of its own, whose heap is small: says what fifty captures left that the first one had not.
const [, , file = '/dev/null'] = process.argv;
const tools = await forkTools({ settleSeconds: 0.02 });
if (typeof tools === 'string') throw new Error(tools);
const writer = createForkWriter(tools);
const tag = v8.cachedDataVersionTag();
let switchesAsBefore = true;

async function capture(): Promise<void> {
  const outcome = await writer.capture({ spawnReader: fileReader(file) });
  if (outcome.outcome !== 'written') throw outcome.error;
  if ((await ended(outcome.reader)) !== 0) throw new Error('the reader failed');
  switchesAsBefore &&= v8.cachedDataVersionTag() === tag;
}

const resources = (): string[] => [
  ...[...descriptors().values()].map((name) => `descriptor ${name.replace(/\d+/, 'N')}`),
  ...process.getActiveResourcesInfo(),
];
const children = (): string[] => childProcesses().map(({ name, state }) => `process ${name} ${state}`);

// The first capture loads what stays loaded.
await capture();
const before = resources();
for (let round = 0; round < 50; round += 1) await capture();
const left = [...(await leftOver(resources, before)), ...(await leftOver(children, []))];
console.log(JSON.stringify({ left, switchesAsBefore }));
